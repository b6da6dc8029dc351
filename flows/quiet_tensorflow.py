"""TensorFlow without its notes about the machine, which are no word to somebody who asked for a graph."""

from __future__ import annotations

import importlib
import os
import sys
import tempfile


def load_tensorflow() -> None:
    """Load TensorFlow; what its libraries write to standard error is only shown where it cannot be loaded.

    ``TF_CPP_MIN_LOG_LEVEL`` does not reach what TensorFlow 2.21 logs while it is being loaded.
    """
    importlib.import_module("graphwright.models")  # loads the SQLite that knowledge bases need before TensorFlow's
    sys.stderr.flush()
    shown = os.dup(2)
    with tempfile.TemporaryFile() as notes:
        os.dup2(notes.fileno(), 2)
        try:
            importlib.import_module("tensorflow")
        except BaseException:
            notes.seek(0)
            os.write(shown, notes.read())
            raise
        finally:
            os.dup2(shown, 2)
            os.close(shown)
