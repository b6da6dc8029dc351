"""The keys under which names are stored in a knowledge base and looked up in it."""

from __future__ import annotations

import re
from collections.abc import Iterator

from graphwright.pipeline.names import acronym, bag, is_acronym, normalise, organisation_core, person_words, place_core

# How a key matches a name, strictest first.
LABEL, ALIAS, CORE, ACRONYM, BAG, PART, FUZZY = range(7)
# What follows a name in parentheses or after a comma: "Google (United States)", "Macquarie University, Sydney".
_LONG = 3
_LONGEST = 200
_SPACED_INITIALS = re.compile(r"(?:[^\W\d_]\. )+[^\W\d_]\.?")
_INSERTION = re.compile(r"(.*\S)\s+(?:[\"“”'‘«]([^\"“”«»]+)[\"“”'’»]|\([^()]+\))\s+(\S.*)")
_AFTERTHOUGHT = re.compile(r"\s*(?:\([^)]*\)|,.*)$")


def lookup_keys(name: str) -> list[tuple[str, int]]:
    """Keys under which a name is looked up, each with the kind of match it makes, strictest first."""
    key = normalise(name)
    if not key:
        return []
    keys = [(key, LABEL)]
    head = normalise(_head(name))
    shorter = (
        *(organisation_core(key), place_core(key), " ".join(person_words(key)), head, organisation_core(head)),
        *(normalise(plain) for plain in _without_insertion(name)),
        normalise(name.replace(" ", "")) if _SPACED_INITIALS.fullmatch(name) else "",
    )
    keys += [(core, CORE) for core in dict.fromkeys(shorter) if core not in (key, "")]
    words = bag(key)
    if " " in words and words != key:
        keys.append((words, BAG))
    return keys


def derived_keys(name: str, label: str) -> Iterator[tuple[str, int]]:
    """Keys under which a name is stored: what ``lookup_keys`` and shorter forms of the name would ask for."""
    key = normalise(name)
    if not key:
        return
    yield key, LABEL
    if label == "LOC":
        shorter = {normalise(name.split(",")[0]), place_core(key)}
    elif label == "PER":
        shorter = {" ".join(person_words(key))}
    else:
        shorter = {organisation_core(key), place_core(key), normalise(_head(name))}
    yield from ((core, CORE) for core in sorted(shorter - {key, ""}))
    if label == "PER":
        yield from ((short, PART) for short in _shorter_names(key))
    if label in ("ORG", ""):
        yield from _acronym_key(name)


def _shorter_names(key: str) -> list[str]:
    """A person's name without what people leave out: "melinda ann gates" -> "melinda gates", "m scott carpenter" ->
    "scott carpenter".
    """
    words = person_words(key)
    if len(words) < _LONG:
        return []
    ends = f"{words[0]} {words[-1]}" if len(words[0]) > 1 else " ".join(words[1:])
    return [ends]


def _acronym_key(name: str) -> Iterator[tuple[str, int]]:
    short = acronym(name)
    if len(short) > 2 and is_acronym(short.upper()):
        yield short, ACRONYM


def _without_insertion(name: str) -> list[str]:
    """A name without what is put into it in quotes or parentheses, and with a quoted nickname in place of what stands
    before: 'Henry "Hank" Moss' -> "Henry Moss", "Hank Moss"; "Tidal (TO) Optics" -> "Tidal Optics".
    """
    inserted = _INSERTION.fullmatch(name) if len(name) <= _LONGEST else None
    if inserted is None:
        return []
    before, nickname, behind = inserted.group(1, 2, 3)
    return [f"{before} {behind}", *([f"{nickname} {behind}"] if nickname else [])]


def _head(name: str) -> str:
    """The name without its afterthought; most have none, and are not searched for one."""
    return _AFTERTHOUGHT.sub("", name) if "(" in name or "," in name else name.rstrip()
