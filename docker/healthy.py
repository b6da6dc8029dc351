"""Exit 0 where the container does its work: the package is there, and the Prefect server answers if there is one."""

import os
import sys
from importlib.metadata import version
from urllib.request import urlopen

version("graphwright")
server = os.environ.get("PREFECT_API_URL")
if server:
    try:
        with urlopen(f"{server.rstrip('/')}/health", timeout=10):
            pass
    except OSError as error:
        sys.exit(f"no Prefect server at {server}: {error}")
