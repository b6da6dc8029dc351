"""Items of a Wikidata JSON dump, decoded by a schema, so that nothing is made of the nine tenths that are not wanted:
https://doc.wikimedia.org/Wikibase/master/php/docs_topics_json.html

Both layouts are read, that of 2015 (ids of claims as numbers, empty lists for empty objects) and today's.
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import lru_cache
from typing import Annotated, Any

import msgspec

from graphwright.pipeline.kb.portions import Portion, number, year_of

# Wikidata labels a language by script and region too; a name in one of these is a name in the language.
VARIANTS = {
    "en": ("en-gb", "en-ca"),
    "de": ("de-at", "de-ch"),
    "pt": ("pt-br",),
    "sr": ("sr-ec", "sr-el"),
    "zh": ("zh-hans", "zh-cn", "zh-sg", "zh-my", "zh-hant", "zh-tw", "zh-hk", "zh-mo"),
}
ANY_LANGUAGE = "mul"


class _Term(msgspec.Struct, gc=False):
    value: str


class _Value(msgspec.Struct, gc=False):
    """The value of a snak: an item, a time or a quantity."""

    kind: str = msgspec.field(default="", name="entity-type")
    id: str = ""
    numeric: Annotated[int, msgspec.Meta(ge=0, le=10**11)] = msgspec.field(default=0, name="numeric-id")
    time: str | None = None
    amount: str | float = ""


class _Data(msgspec.Struct, gc=False):
    value: _Value | str | float | bool | list[msgspec.Raw] | None = None


class _Snak(msgspec.Struct, gc=False):
    datavalue: _Data | None = None


class _Statement(msgspec.Struct, gc=False):
    mainsnak: _Snak | None = None
    rank: str = ""


class _Title(msgspec.Struct, gc=False):
    title: str = ""


Claims = dict[str, list[_Statement]]


@lru_cache(maxsize=16)
def codes_of(languages: tuple[str, ...]) -> tuple[str, ...]:
    """Language codes whose names are kept, the preferred first.

    >>> codes_of(("pt",))
    ('pt', 'pt-br', 'mul')
    """
    codes = [code for language in languages for code in (language, *VARIANTS.get(language, ()))]
    return tuple(dict.fromkeys([*codes, ANY_LANGUAGE]))


@lru_cache(maxsize=16)
def _decoder(codes: tuple[str, ...]) -> msgspec.json.Decoder[Any]:
    def by_code(name: str, kind: Any) -> Any:
        fields = [
            (f"c{index}", kind | None, msgspec.field(default=None, name=code)) for index, code in enumerate(codes)
        ]
        return msgspec.defstruct(name, fields, gc=False)

    empty: Any = list[msgspec.Raw]
    fields: list[tuple[str, Any] | tuple[str, Any, Any]] = [
        ("id", str),
        ("labels", by_code("Labels", _Term) | empty),
        ("aliases", by_code("Aliases", list[_Term]) | empty | None, None),
        ("claims", Claims | empty | None, None),
        ("sitelinks", dict[str, msgspec.Raw] | empty | None, None),
    ]
    return msgspec.json.Decoder(msgspec.defstruct("Item", fields, gc=False))


def dump_portion(line: bytes, languages: tuple[str, ...]) -> Portion | None:
    """One item of a dump; ``None`` for what is no item (a property, a lexeme).

    Raises ``msgspec.ValidationError`` where the line is some other record, ``ValueError`` for a wrong id.
    """
    item = _decoder(codes_of(languages)).decode(line)
    if not item.id.startswith("Q"):
        return None
    claims: Claims = item.claims if isinstance(item.claims, dict) else {}
    sitelinks = item.sitelinks if isinstance(item.sitelinks, dict) else {}
    title = msgspec.json.decode(sitelinks["enwiki"], type=_Title).title if "enwiki" in sitelinks else ""
    return Portion(
        number(item.id),
        tuple(dict.fromkeys(_names(item))),
        claims=tuple(dict.fromkeys(_links(claims))) if claims else (),
        popularity=float(len(sitelinks)),
        population=max((_amount(value) for value in _values(claims, "P1082")), default=0),
        year=next((year for p in ("P569", "P571") for v in _values(claims, p) if (year := year_of(v.time))), 0),
        title=title,
    )


def _names(item: Any) -> Iterator[tuple[str, int, int]]:
    if isinstance(item.labels, msgspec.Struct):
        for term in msgspec.structs.astuple(item.labels):
            if term is not None:
                yield term.value, 0, 0
    if isinstance(item.aliases, msgspec.Struct):
        for terms in msgspec.structs.astuple(item.aliases):
            for term in terms or ():
                yield term.value, 1, 0


def _links(claims: Claims) -> Iterator[tuple[int, int]]:
    for attribute, statements in claims.items():
        for statement in statements:
            snak = statement.mainsnak
            if snak is None or snak.datavalue is None or statement.rank == "deprecated":
                continue
            value = snak.datavalue.value
            if type(value) is _Value and value.kind == "item":
                yield _property(attribute), value.numeric or number(value.id)


@lru_cache(maxsize=16384)
def _property(attribute: str) -> int:
    return number(attribute, "P")


def _values(claims: Claims, attribute: str) -> Iterator[_Value]:
    for statement in claims.get(attribute, ()):
        data = statement.mainsnak.datavalue if statement.mainsnak is not None else None
        if data is not None and isinstance(data.value, _Value):
            yield data.value


def _amount(value: _Value) -> int:
    return int(float(value.amount or 0))
