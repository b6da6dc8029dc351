"""Whether somebody's name is a woman's or a man's, by the given name; most names say it, many do not."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache, lru_cache
from importlib.resources import files

import yaml

from graphwright.pipeline.names import normalise, person_words

REMEMBERED = 65_536


@lru_cache(REMEMBERED)
def gender_of_name(name: str) -> str:
    """What a name says: "male", "female" or "unknown".

    >>> gender_of_name("Dr. Amélie Durand"), gender_of_name("J. Edgar Hoover"), gender_of_name("Kim Novak")
    ('female', 'male', 'unknown')
    """
    words = (word for word in person_words(normalise(name)) if len(word) > 1)
    return _genders().get(next(words, ""), "unknown")


@cache
def given_names(gender: str) -> tuple[str, ...]:
    """The names that are a "female" or a "male" one's, in small letters, sorted."""
    return tuple(sorted(name for name, of in _genders().items() if of == gender))


@cache
def _genders() -> Mapping[str, str]:
    """Given name -> "female" or "male"."""
    lists = yaml.safe_load(files("graphwright.pipeline").joinpath("given_names.yaml").read_text(encoding="utf-8"))
    return {word: gender for gender, words in lists.items() for word in words.split()}
