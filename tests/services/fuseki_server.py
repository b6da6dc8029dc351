"""A real Fuseki for the tests: Apache Jena's SPARQL server as a child process, with nothing on disk.

One dataset keeps terms as they were written; the other, TDB2, keeps numbers and dates as values, so that "0.10" comes
back as "0.1". Users have either.
"""

from __future__ import annotations

import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from urllib.error import URLError
from urllib.request import Request, urlopen

from services.maven import ServiceUnavailableHereError, check_programs, end, fetch_jars, free_ports, tail

POM = Path(__file__).parent / "jena.xml"
JARS = "jena-5.6"
START_SECONDS = 300
SETTINGS = """
PREFIX fuseki: <http://jena.apache.org/fuseki#>
PREFIX ja: <http://jena.hpl.hp.com/2005/11/Assembler#>
PREFIX tdb2: <http://jena.apache.org/2016/tdb#>
<#terms> a fuseki:Service ; fuseki:name "terms" ; fuseki:dataset <#memory> ;
    fuseki:endpoint [ fuseki:operation fuseki:query ; fuseki:name "sparql" ] ,
                    [ fuseki:operation fuseki:update ; fuseki:name "update" ] .
<#values> a fuseki:Service ; fuseki:name "values" ; fuseki:dataset <#tdb2> ;
    fuseki:endpoint [ fuseki:operation fuseki:query ; fuseki:name "sparql" ] ,
                    [ fuseki:operation fuseki:update ; fuseki:name "update" ] .
<#memory> a ja:MemoryDataset .
<#tdb2> a tdb2:DatasetTDB2 ; tdb2:location "--mem--" .
"""


@dataclass(frozen=True, slots=True)
class FusekiServer:
    """Where a server is; ``terms`` and ``values`` are the addresses for queries of its two datasets."""

    url: str

    @property
    def terms(self) -> str:
        return f"{self.url}/terms/sparql"

    @property
    def values(self) -> str:
        return f"{self.url}/values/sparql"

    def wipe(self, dataset: str) -> None:
        """Empty the dataset of an address for queries."""
        update = dataset.removesuffix("sparql") + "update"
        request = Request(update, b"DROP ALL", {"Content-Type": "application/sparql-update"})
        with urlopen(request, timeout=60):
            pass


@contextmanager
def fuseki_server() -> Iterator[FusekiServer]:
    """A server of our own on a free port, which ends with the block."""
    check_programs()
    jars = fetch_jars(POM, JARS)
    with tempfile.TemporaryDirectory(prefix="fuseki-", ignore_cleanup_errors=True) as name:
        home = Path(name)
        (home / "config.ttl").write_text(SETTINGS, encoding="utf-8")
        (port,) = free_ports(1)
        log = home / "console.log"
        with log.open("wb") as output:
            process = subprocess.Popen(_command(jars, port), stdout=output, stderr=subprocess.STDOUT, cwd=home)
            try:
                url = f"http://127.0.0.1:{port}"
                _await(url, process, log)
                yield FusekiServer(url)
            finally:
                end(process)


def _command(jars: Path, port: int) -> list[str]:
    memory = ["-Xmx1g", "-XX:+UseSerialGC"]
    program = "org.apache.jena.fuseki.main.cmds.FusekiMainCmd"
    return [
        "java", *memory, "-cp", f"{jars}/*", program, "--port", str(port), "--localhost", "--ping",
        "--config", "config.ttl", "--quiet",
    ]  # fmt: skip


def _await(url: str, process: subprocess.Popen[bytes], log: Path) -> None:
    deadline = time.monotonic() + START_SECONDS
    while time.monotonic() < deadline and process.poll() is None:
        try:
            with urlopen(f"{url}/$/ping", timeout=5):
                return
        except (URLError, OSError):
            time.sleep(0.2)
    raise ServiceUnavailableHereError(f"Fuseki did not start: {tail(log.read_text(errors='replace'))}")
