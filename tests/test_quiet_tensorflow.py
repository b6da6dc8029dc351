"""TensorFlow starts without a word on standard error, and hides nothing after."""

from __future__ import annotations

import os
import subprocess
import sys

import pytest

QUIET = "from graphwright.flows.quiet_tensorflow import load_tensorflow; load_tensorflow(); "
USED = "import sys, tensorflow; print(tensorflow.constant([1, 2]).numpy().sum()); print('heard', file=sys.stderr)"
KNOWN = "from graphwright.pipeline.knowledge import KnowledgeBase as Base; "
OPENED = "from graphwright.pipeline.knowledge_starter import STARTER; print(Base(STARTER).named('Paris')[0].entity.id)"
MISSING = "import sys; sys.modules['tensorflow'] = None; "


def python(code: str) -> subprocess.CompletedProcess[str]:
    environment = os.environ | {"TF_CPP_MIN_LOG_LEVEL": "3"}
    return subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, env=environment, check=False)


@pytest.mark.slow
def test_loading_it_says_nothing_and_hides_nothing_after() -> None:
    done = python(QUIET + USED)
    assert (done.stdout, done.stderr) == ("3\n", "heard\n")


@pytest.mark.slow
def test_knowledge_bases_can_still_be_opened() -> None:
    assert python(QUIET + KNOWN + OPENED).stdout == "Q90\n"


def test_where_it_cannot_be_loaded_all_is_shown() -> None:
    done = python(MISSING + QUIET)
    assert done.returncode == 1
    assert "tensorflow" in done.stderr
