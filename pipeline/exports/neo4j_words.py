"""What lies beside the tables for Neo4j: the command that imports them, and the Cypher to run after it."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import IO, Final

from graphwright.pipeline.exports.neo4j_model import EDGES, NODES
from graphwright.pipeline.sinks import cypher_statements as cypher

SCRIPT: Final = "after_import.cypher"
COMMAND: Final = "import.sh"
README: Final = "README.txt"
OPTIONS: Final = ("--multiline-fields=true", "--array-delimiter=U+001F", "--id-type=string")
_RISKY: Final = re.compile(r"[^A-Za-z0-9 .,:_-]")


def import_options() -> list[str]:
    """What ``neo4j-admin database import full`` is told, but for the name of the database; files are relative."""
    nodes = [f"--nodes={table.label}={table.file}" for table in NODES]
    edges = [f"--relationships={table.type + '=' if table.type else ''}{table.file}" for table in EDGES]
    return [*OPTIONS, *nodes, *edges]


def shell_script() -> str:
    """A script for sh that imports the tables beside it."""
    options = " \\\n    ".join(import_options())
    return (
        "#!/bin/sh\n"
        "# sh import.sh [DATABASE [OPTION...]], with the server stopped.\n"
        "# Options, such as --overwrite-destination, go to neo4j-admin.\n"
        'cd "$(dirname "$0")" || exit\n'
        'database=${1:-neo4j}\n[ "$#" -gt 0 ] && shift\n'
        f'exec neo4j-admin database import full "$database" "$@" \\\n    {options}\n'
    )


def readme() -> str:
    """How to use the folder."""
    return (
        "A graph for Neo4j 5.26 or newer, as tables for neo4j-admin.\n\n"
        "1. Stop the server. The database must be new or empty (or add --overwrite-destination):\n\n"
        f"       sh {COMMAND} neo4j\n\n"
        "2. Start the server, and make constraints and indexes:\n\n"
        f"       cypher-shell -d neo4j -f {SCRIPT}\n\n"
        "The database then is a target of graphwright like any other: build, forget, query and digest work on it.\n"
    )


def start_script(stream: IO[str]) -> None:
    """Constraints and indexes, as our own store makes them; and empty arrays, which the import leaves out."""
    for text in cypher.SCHEMA.values():
        stream.write(" ".join(text.split()) + ";\n")
    stream.write(cypher.AWAIT_INDEXES + ";\n")
    for table in NODES:
        for name in table.arrays:
            each = f"CALL (n) {{ SET n.{name} = [] }} IN TRANSACTIONS OF 10000 ROWS"
            stream.write(f"MATCH (n:{table.label}) WHERE n.{name} IS NULL {each};\n")


def set_array(label: str, id: str, name: str, values: Sequence[str]) -> str:
    """A line that sets the array that no table can hold."""
    array = ", ".join(map(cypher_text, values))
    return f"MATCH (n:{label} {{id: {cypher_text(id)}}}) SET n.{name} = [{array}];\n"


def cypher_text(text: str) -> str:
    r"""A string of Cypher in plain ASCII.

    Cypher decodes ``\uXXXX`` before it parses, so that quotes and backslashes need a backslash of their own even then.

    >>> print(cypher_text("it's"))
    'it\u005C\u0027s'
    """
    return "'" + _RISKY.sub(lambda found: _escaped(found[0]), text) + "'"


def _escaped(character: str) -> str:
    data = character.encode("utf-16-be", "surrogatepass")
    units = "".join(f"\\u{int.from_bytes(data[place : place + 2], 'big'):04X}" for place in range(0, len(data), 2))
    return "\\u005C" + units if character in "'\"\\" else units
