"""Texts that were made to break stores: a thousand different ones, the same in every run."""

from __future__ import annotations

import random
from collections.abc import Iterator

CYPHER = (
    "'}) DETACH DELETE n //",
    '"}) SET n.owned = true WITH n MATCH (m) DETACH DELETE m //',
    "`]->() SET n:`Owned",
    "$rows ${row.id} $1 {id: row.id} CALL db.labels()",
    "/* */ // ; :param x => 1",
    "' OR 1=1 RETURN n UNION MATCH (n) DELETE n //",
)
SPARQL = (
    '" . } } ; DROP ALL ; INSERT DATA { GRAPH <urn:a> { <urn:a> <urn:b> "',
    "''' } ; CLEAR ALL #",
    '""" } ; LOAD <file:///etc/passwd> #',
    "> } ; DROP ALL #",
    "<urn:x> a <urn:y> . ?s ?p ?o }",
    '"^^<urn:type> "@en "@en--ltr <<( <urn:a> <urn:b> <urn:c> )>>',
    r"\u0041 \U0001F600 \x41 \\u0041 \" \n \t \b",
    "SERVICE <http://127.0.0.1:1/> { ?s ?p ?o } # comment",
)
MARKUP = (
    "<script>alert(1)</script>",
    "]]> <![CDATA[ &amp; &#0; <!-- -->",
    '{"@id": "urn:x", "@type": "@json", "@context": {}}',
    "_:blank @prefix @base",
    "%s %20 %00 {0} {braces} [[brackets]] ((parentheses))",
    "a,b;c\td|e",
    "=cmd|' /C calc'!A0",
)
SCRIPTS = (
    "\u202eright to left\u202c",
    "\u2066isolated\u2069 \u200f\u200e\u061c",
    "نص من اليمين إلى اليسار",
    "e\u0301 é \u212b Å ﬁ ß İ ı",
    "🦉👩‍🚀🏳️‍🌈\U0010fffd",
    "知識グラフ지식",
    "Z\u0337\u0322a\u0324l\u0335g\u0321o",
    "\ufeff\u200b\u00ad\u2028\u2029\u0085",
    "\ufffe\uffff\U0001fffe\ufdd0",
)
QUOTES = ("'", '"', "`", "''", '""', "``", "\\", "\\\\", "´", "“”", "«»", "‘’", "\\'", '\\"', "\\`")
SPACES = (" ", "\t", "\n", "\r", "\r\n", "\u00a0", "\u3000", "  ", "")
CONTROL = tuple(map(chr, (*range(32), *range(127, 160))))
PIECES = (*CYPHER, *SPARQL, *MARKUP, *SCRIPTS, *QUOTES, *SPACES, "Ada Lovelace", "O'Brien", "null", "-0", "NaN")
LONG = 10_000
"""Characters of the longest."""


def hostile_texts(count: int, seed: int = 13) -> list[str]:
    """Different texts: each piece and each control character alone first, then mixtures; every fiftieth is long."""
    chance = random.Random(seed)
    made = dict.fromkeys((*PIECES, *CONTROL))
    while len(made) < count:
        text = "".join(_mixture(chance))
        if len(made) % 50 == 0:
            text = (text * LONG)[:LONG]
        made[text] = None
    return list(made)[:count]


def _mixture(chance: random.Random) -> Iterator[str]:
    for _ in range(chance.randint(2, 7)):
        yield chance.choice(CONTROL) if chance.random() < 0.15 else chance.choice(PIECES)
