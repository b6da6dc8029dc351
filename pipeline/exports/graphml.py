"""The graph as GraphML (http://graphml.graphdrawing.org/specification.html), for networkx, Gephi, yEd, igraph.

A node for each thing and for each value, a directed edge for each statement. XML 1.0 has no control characters: they
become U+FFFD in names and sentences; ``aliases``, ``qualifiers`` and ``evidence`` are JSON in ASCII and lose nothing.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import asdict
from typing import IO, Final
from urllib.parse import quote
from xml.sax.saxutils import escape

from graphwright.pipeline.exports.drafts import Draft, open_text
from graphwright.pipeline.graph import Evidence, Literal, Node, Statement
from graphwright.pipeline.sinks.store import Store

ILLEGAL: Final = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
"""What XML 1.0 cannot hold: https://www.w3.org/TR/xml/#charsets."""
_SPACES: Final = {"\r": "&#13;", "\n": "&#10;", "\t": "&#9;", '"': "&quot;"}
_NODE: Final = dict.fromkeys(("label", "type", "kbId", "aliases", "datatype", "unit"), "string")
_EDGE: Final = {
    **dict.fromkeys(("label", "predicate"), "string"),
    "score": "double",
    "band": "string",
    "evidenceCount": "int",
    **dict.fromkeys(("sentence", "qualifiers", "evidence"), "string"),
}
KEYS: Final = {"node": _NODE, "edge": _EDGE}
HEAD: Final = (
    '<?xml version="1.0" encoding="UTF-8"?>\n<graphml xmlns="http://graphml.graphdrawing.org/xmlns" '
    'xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance" xsi:schemaLocation="http://graphml.graphdrawing.org/xmlns '
    'http://graphml.graphdrawing.org/xmlns/1.0/graphml.xsd">\n'
)


def export_graphml(store: Store, draft: Draft, names: Mapping[str, str]) -> str:
    """``graph.graphml``. ``label`` is what drawing programs show, ``type`` of a value is ``value``."""
    with open_text(draft("graph.graphml")) as stream:
        writer = _Writer(stream)
        writer.head()
        for node in store.nodes():
            writer.element("node", f'id="{identifier(node.id)}"', _node(node))
        for statement in store.statements():
            writer.statement(statement, names)
        stream.write("</graph>\n</graphml>\n")
    lost = f"; {writer.lost:,} characters that XML cannot hold became U+FFFD in labels and sentences"
    return (
        "sources of documents, mentions without a fact, merges and people's decisions are not in it"
        f"{lost if writer.lost else ''}; nq and neo4j-admin carry all"
    )


class _Writer:
    """Writes elements and counts the characters that were lost."""

    def __init__(self, stream: IO[str]) -> None:
        self._stream = stream
        self.lost = 0

    def head(self) -> None:
        self._stream.write(HEAD)
        for kind, attributes in KEYS.items():
            for name, kind_of_value in attributes.items():
                key = f'id="{kind}-{name}" for="{kind}" attr.name="{name}" attr.type="{kind_of_value}"'
                self._stream.write(f"<key {key}/>\n")
        self._stream.write('<graph id="graph" edgedefault="directed">\n')

    def statement(self, statement: Statement, names: Mapping[str, str]) -> None:
        """An edge; its value gets a node of its own."""
        target = statement.object
        if isinstance(target, Literal):
            end = f"value:{statement.id}"
            value = {"label": target.value, "type": "value", "datatype": target.datatype, "unit": target.unit}
            self.element("node", f'id="{end}"', value)
        else:
            end = identifier(target)
        ends = f'source="{identifier(statement.subject)}" target="{end}"'
        self.element("edge", f'id="{identifier(statement.id)}" {ends}', _edge(statement, names))

    def element(self, kind: str, attributes: str, values: Mapping[str, object]) -> None:
        data = "".join(
            f'<data key="{kind}-{name}">{self._text(str(value))}</data>'
            for name, value in values.items()
            if value != ""
        )
        self._stream.write(f"<{kind} {attributes}>{data}</{kind}>\n")

    def _text(self, value: str) -> str:
        legal, count = ILLEGAL.subn("\ufffd", value)
        self.lost += count
        return escape(legal, {"\r": "&#13;"})


def identifier(text: str) -> str:
    """A text as an XML attribute; what XML cannot hold is percent-encoded."""
    legal = ILLEGAL.sub(lambda found: quote(found[0], safe="", errors="surrogatepass"), text)
    return escape(legal, _SPACES)


def _node(node: Node) -> Mapping[str, object]:
    told = {"label": node.name, "type": node.label, "kbId": node.kb_id or ""}
    return {**told, "aliases": json.dumps(node.aliases)} if node.aliases else told


def _edge(statement: Statement, names: Mapping[str, str]) -> Mapping[str, object]:
    best = max(statement.evidence, key=lambda item: (item.assertion == "asserted", item.score, item.id))
    return {
        "label": names.get(statement.predicate, statement.predicate),
        "predicate": statement.predicate,
        "score": repr(statement.score),
        "band": statement.band,
        "evidenceCount": len(statement.evidence),
        "sentence": best.text,
        "qualifiers": json.dumps(statement.qualifiers) if statement.qualifiers else "",
        "evidence": json.dumps(list(_told(statement.evidence))),
    }


def _told(evidence: tuple[Evidence, ...]) -> Iterator[dict[str, object]]:
    return map(asdict, evidence)
