"""A real Neo4j Community for the tests: jars from Maven Central, the server as a child process, all of it temporary."""

from __future__ import annotations

import os
import shutil
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

import neo4j
from neo4j.exceptions import ClientError, DriverError, Neo4jError
from services.maven import ServiceUnavailableHereError, check_programs, end, fetch_jars, free_ports, tail

POM = Path(__file__).parent / "neo4j.xml"
JARS = "neo4j-5.26"
START_SECONDS = 400
PAGE_CACHE = "64m"
"""Memory for pages of the database, which is small in tests."""
OPENED = ("java.nio", "sun.nio.ch", "java.lang", "java.util.concurrent")


@dataclass(frozen=True, slots=True)
class Neo4jServer:
    """Where a server is and how to get in; ``started`` tells how many seconds it took (0 where it ran already)."""

    uri: str
    username: str
    password: str
    database: str
    http: str | None = None
    started: float = 0.0

    def driver(self) -> neo4j.Driver:
        return neo4j.GraphDatabase.driver(self.uri, auth=(self.username, self.password), telemetry_disabled=True)

    def wipe(self) -> None:
        """Delete all nodes, a batch a transaction."""
        with self.driver() as driver, driver.session(database=self.database) as session:
            session.run("MATCH (n) CALL (n) { DETACH DELETE n } IN TRANSACTIONS OF 5000 ROWS").consume()


@contextmanager
def neo4j_server(page_cache: str = PAGE_CACHE) -> Iterator[Neo4jServer]:
    """The server of NEO4J_URI, else one of our own that ends with the block."""
    if uri := os.environ.get("NEO4J_URI"):
        yield _given(uri)
        return
    check_programs("; or set NEO4J_URI to one that runs")
    jars = fetch_jars(POM, JARS)
    with tempfile.TemporaryDirectory(prefix="neo4j-", ignore_cleanup_errors=True) as home:
        yield from _running(jars, Path(home), page_cache)


@contextmanager
def server_at(home: Path) -> Iterator[Neo4jServer]:
    """A server of our own whose data lie in a folder: the next one there has what this one had, at another port."""
    yield from _running(fetch_jars(POM, JARS), home)


@contextmanager
def imported_server(script: Path) -> Iterator[Neo4jServer]:
    """A server of our own whose database is what ``script`` (for sh) makes with ``neo4j-admin``."""
    check_programs()
    jars = fetch_jars(POM, JARS)
    with tempfile.TemporaryDirectory(prefix="neo4j-", ignore_cleanup_errors=True) as name:
        home = Path(name)
        _write_settings(home, *free_ports(2))
        tool = home / "bin" / "neo4j-admin"
        tool.parent.mkdir()
        tool.write_text(f'#!/bin/sh\nexec java -Xmx1g -cp "{jars}/*" org.neo4j.cli.AdminTool "$@"\n')
        tool.chmod(0o755)
        path = f"{tool.parent}{os.pathsep}{os.environ['PATH']}"
        environment = {**os.environ, "PATH": path, "NEO4J_HOME": name, "NEO4J_CONF": str(home / "conf")}
        done = subprocess.run(
            ["sh", script],
            env=environment,
            cwd=name,
            capture_output=True,
            text=True,
            timeout=START_SECONDS,
            check=False,
        )
        assert done.returncode == 0, done.stdout + done.stderr
        yield from _running(jars, home)


def _given(uri: str) -> Neo4jServer:
    """Somebody's server: refused unless it is empty, since the tests delete all that they find."""
    setting = os.environ.get
    user, password = setting("NEO4J_USERNAME", "neo4j"), setting("NEO4J_PASSWORD", "")
    server = Neo4jServer(uri, user, password, setting("NEO4J_DATABASE", "neo4j"))
    with server.driver() as driver:
        found = driver.execute_query("MATCH (n) RETURN count(n) AS nodes", database_=server.database)
    if nodes := found.records[0]["nodes"]:
        raise ServiceUnavailableHereError(f"{uri} holds {nodes} nodes, and the tests empty it: give them an empty one")
    return server


def _running(jars: Path, home: Path, page_cache: str = PAGE_CACHE) -> Iterator[Neo4jServer]:
    bolt, http = free_ports(2)
    _write_settings(home, bolt, http, page_cache)
    log = home / "console.log"
    began = time.monotonic()
    with log.open("w") as output:
        process = subprocess.Popen(_command(jars, home), stdout=output, stderr=subprocess.STDOUT, cwd=home)
        try:
            server = Neo4jServer(
                f"bolt://127.0.0.1:{bolt}", "neo4j", "graph-wright-tests", "neo4j", f"http://127.0.0.1:{http}"
            )
            _await(server, process, log)
            yield Neo4jServer(
                server.uri, server.username, server.password, "neo4j", server.http, time.monotonic() - began
            )
        finally:
            end(process)


def _write_settings(home: Path, bolt: int, http: int, page_cache: str = PAGE_CACHE) -> None:
    (home / "conf").mkdir(exist_ok=True)
    settings = {
        "server.bolt.listen_address": f"127.0.0.1:{bolt}",
        "server.http.listen_address": f"127.0.0.1:{http}",
        "dbms.security.auth_enabled": "true",
        "dbms.usage_report.enabled": "false",
        "server.memory.pagecache.size": page_cache,
        "server.bolt.thread_pool_max_size": "50",
    }
    settings |= _encryption(home)
    lines = [f"{name}={value}\n" for name, value in settings.items()]
    (home / "conf" / "neo4j.conf").write_text("".join(lines), encoding="utf-8")


def _encryption(home: Path) -> dict[str, str]:
    """Settings for TLS beside plain connections, with a self-signed certificate; none where there is no openssl."""
    program = shutil.which("openssl")
    if program is None:
        return {}
    folder = home / "certificates"
    folder.mkdir(exist_ok=True)
    files = ["-keyout", str(folder / "private.key"), "-out", str(folder / "public.crt")]
    subject = ["-subj", "/CN=localhost", "-addext", "subjectAltName=DNS:localhost,IP:127.0.0.1", "-days", "2"]
    command = [program, "req", "-x509", "-newkey", "rsa:2048", "-nodes", *files, *subject]
    subprocess.run(command, check=True, capture_output=True, timeout=60)
    return {
        "dbms.ssl.policy.bolt.enabled": "true",
        "dbms.ssl.policy.bolt.base_directory": str(folder),
        "dbms.ssl.policy.bolt.client_auth": "NONE",
        "server.bolt.tls_level": "OPTIONAL",
    }


def _command(jars: Path, home: Path) -> list[str]:
    opened = [f"--add-opens=java.base/{package}=ALL-UNNAMED" for package in OPENED]
    place = [f"--home-dir={home}", f"--config-dir={home / 'conf'}"]
    memory = ["-Xmx1g", "-XX:+UseSerialGC"]
    return ["java", *memory, "-cp", f"{jars}/*", *opened, "org.neo4j.server.CommunityEntryPoint", *place]


def _await(server: Neo4jServer, process: subprocess.Popen[bytes], log: Path) -> None:
    """Wait until the server lets us in; a fresh one wants its first password changed."""
    deadline = time.monotonic() + START_SECONDS
    while time.monotonic() < deadline:
        if process.poll() is not None:
            raise ServiceUnavailableHereError(f"Neo4j ended with {process.returncode}: {tail(log.read_text())}")
        with suppress(DriverError, Neo4jError, OSError):
            _set_password(server)
            with server.driver() as driver:
                driver.execute_query("RETURN 1", database_=server.database)
            return
        time.sleep(0.3)
    raise ServiceUnavailableHereError(f"Neo4j was not up after {START_SECONDS} s: {tail(log.read_text())}")


def _set_password(server: Neo4jServer) -> None:
    first = neo4j.GraphDatabase.driver(server.uri, auth=("neo4j", "neo4j"), telemetry_disabled=True)
    change = "ALTER CURRENT USER SET PASSWORD FROM 'neo4j' TO $password"
    with first, first.session(database="system") as session, suppress(ClientError):
        session.run(change, password=server.password).consume()
