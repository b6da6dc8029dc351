"""Reaching Neo4j, and its errors in words a user can act on."""

from __future__ import annotations

import logging
import re
from collections.abc import Iterator
from contextlib import contextmanager
from ssl import SSLCertVerificationError
from urllib.parse import urlsplit

from neo4j import READ_ACCESS, Driver, GraphDatabase, NotificationMinimumSeverity, Session
from neo4j.exceptions import AuthError, ClientError, ConfigurationError, DriverError, Neo4jError

from graphwright.pipeline.errors import StoreError, UsageError

CONNECT_SECONDS = 2.0
ACQUIRE_SECONDS = 4.0
RETRY_SECONDS = 15.0
CREDENTIALS = re.compile(r"(?<=://)[^/\s]*@")

# What the driver tries again is no news unless it fails, and then it is raised.
logging.getLogger("neo4j").addHandler(logging.NullHandler())


def open_driver(uri: str, username: str, password: str, database: str) -> Driver:
    """A driver that has reached the database. Raises ``StoreError`` within 5 s where it cannot."""
    with reported(uri):
        driver = GraphDatabase.driver(
            uri,
            auth=(username, password) if username else None,
            connection_timeout=CONNECT_SECONDS,
            connection_acquisition_timeout=ACQUIRE_SECONDS,
            max_transaction_retry_time=RETRY_SECONDS,
            keep_alive=True,
            telemetry_disabled=True,
            notifications_min_severity=NotificationMinimumSeverity.OFF,
        )
        try:
            with driver.session(database=database, default_access_mode=READ_ACCESS) as session:
                session.run("RETURN 1").consume()
        except BaseException:
            driver.close()
            raise
    return driver


@contextmanager
def reading(driver: Driver, uri: str, database: str) -> Iterator[Session]:
    """A session for reading; the server refuses writes in it."""
    with reported(uri), driver.session(database=database, default_access_mode=READ_ACCESS) as session:
        yield session


@contextmanager
def reported(uri: str) -> Iterator[None]:
    """Raise what goes wrong as one line of a ``StoreError``."""
    try:
        yield
    except AuthError as error:
        raise StoreError(
            f"{place(uri)} refused the user name or password; set NEO4J_USERNAME and NEO4J_PASSWORD"
        ) from error
    except (ConfigurationError, ValueError) as error:
        raise StoreError(
            f"{place(uri)} is no address of a Neo4j: wanted neo4j://host:7687 or bolt://host:7687, "
            f"with +s or +ssc after the scheme for TLS ({line(error)})"
        ) from error
    except (DriverError, OSError) as error:
        if _untrusted(error):
            raise StoreError(
                f"the certificate of {place(uri)} is not trusted here: install its authority's, "
                "or for one that is self-signed write +ssc in place of +s"
            ) from error
        raise StoreError(
            f"no Neo4j answers at {place(uri)}: start it or correct the address ({line(error)})"
        ) from error
    except Neo4jError as error:
        if (error.code or "").endswith("MemoryPoolOutOfMemoryError"):
            raise StoreError(
                f"Neo4j at {place(uri)} has too little memory for this write: "
                "give it fewer documents at once, or raise server.memory.heap.max_size"
            ) from error
        raise StoreError(f"Neo4j at {place(uri)} refused: {line(error)}") from error


@contextmanager
def asked() -> Iterator[None]:
    """Raise what is wrong with a user's query as one line of a ``UsageError``."""
    try:
        yield
    except AuthError:
        raise
    except ClientError as error:
        if (error.code or "").startswith("Neo.ClientError.Security"):
            raise
        if (error.code or "").endswith("AccessMode"):
            raise UsageError("a query may only read; this one writes. Change the graph by build and forget") from error
        raise UsageError(f"Neo4j does not understand the query: {line(error)}") from error


def _untrusted(error: BaseException | None) -> bool:
    """Whether a certificate for which nobody here vouches is behind an error."""
    if error is None or isinstance(error, SSLCertVerificationError):
        return error is not None
    within = error.exceptions if isinstance(error, BaseExceptionGroup) else ()
    return any(map(_untrusted, (error.__cause__, *within)))


def place(uri: str) -> str:
    """The address without user name, password and parameters."""
    try:
        parts = urlsplit(uri)
        return f"{parts.scheme}://{parts.netloc.rpartition('@')[2]}"
    except ValueError:
        return repr(uri)


def line(error: BaseException) -> str:
    """The first line of an error's message, without the user name and password of an address in it."""
    message = error.message if isinstance(error, Neo4jError) else str(error)
    return CREDENTIALS.sub("", (message or type(error).__name__).strip().splitlines()[0]).rstrip(":")
