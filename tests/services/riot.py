"""Apache Jena's command riot, the judge of RDF files: it knows the standards better than we do."""

from __future__ import annotations

import subprocess
from collections.abc import Iterable
from pathlib import Path

from services.fuseki_server import JARS, POM
from services.maven import check_programs, fetch_jars


def riot(files: Iterable[Path], *options: str) -> str:
    """What riot has to say of files that it reads strictly; "" where it finds no fault.

    Raises ``ServiceUnavailableHereError``.
    """
    check_programs()
    command = ["java", "-Xmx1g", "-cp", f"{fetch_jars(POM, JARS)}/*", "riotcmd.riot", "--validate", "--strict"]
    done = subprocess.run(
        [*command, *options, *map(str, files)], capture_output=True, text=True, timeout=600, check=False
    )
    lines = (done.stdout + done.stderr).splitlines()
    said = "\n".join(line for line in lines if " INFO " not in line)
    return said or (f"riot ended with {done.returncode}" if done.returncode else "")
