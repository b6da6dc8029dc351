"""What becomes of personal data, kind by kind: keep it, drop it, or put a pseudonym in its place."""

from __future__ import annotations

import hashlib
import hmac
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Final, Literal, get_args

from graphwright.pipeline.errors import ConfigurationError
from graphwright.pipeline.identity import content_hash
from graphwright.pipeline.records import ENTITY_LABELS, LITERAL_LABELS

Action = Literal["keep", "drop", "pseudonymise"]
RULE_KINDS: Final = ("email", "phone", "url", "ip", "iban", "card", "ssn", "id")
"""Found by rule: ``url`` is an address that holds a user's name or password, ``id`` a national number of a person."""
KINDS: Final = (*ENTITY_LABELS, *RULE_KINDS)
RULES_VERSION: Final = "1"
"""Changes with the rules of redaction: documents of a graph made by other rules are read again."""
SHORTEST_KEY: Final = 16
LETTERS: Final = 12
"""Letters of a pseudonym, 56 bits: among a million names two collide with a probability of one in 140,000."""
_NAMES: Final = {kind.casefold(): kind for kind in KINDS}
_PSEUDONYM: Final = re.compile(rf"(?:{'|'.join(ENTITY_LABELS)})-[a-z]{{{LETTERS}}}")


@dataclass(frozen=True, slots=True)
class Redaction:
    """A policy: actions by kind, those that are kept left out; ``key`` makes the pseudonyms and is shown nowhere."""

    actions: tuple[tuple[str, Action], ...] = ()
    key: bytes = field(default=b"", repr=False)

    def of(self, kind: str) -> Action:
        """What becomes of a kind."""
        return dict(self.actions).get(kind, "keep")

    @property
    def rules(self) -> tuple[str, ...]:
        """The kinds to be found by rule."""
        return tuple(kind for kind in RULE_KINDS if self.of(kind) != "keep")

    @property
    def labels(self) -> tuple[str, ...]:
        """The kinds to be found by the networks."""
        return tuple(label for label in ENTITY_LABELS if self.of(label) != "keep")

    @property
    def fingerprint(self) -> str:
        """A hash that changes with policy, rules and key, and from which the key cannot be told."""
        flat = [part for pair in self.actions for part in pair]
        return content_hash("redaction", RULES_VERSION, *flat, self._code("fingerprint", "") if self.key else "")[:12]

    def replacement(self, kind: str, text: str) -> str:
        """What stands in place of a text: "[PER]", or "PER-" and letters that are the same for the same name.

        Case and white space of a name do not matter. Pseudonyms of what is found by rule stand in brackets.
        """
        if self.of(kind) == "drop":
            return marker(kind)
        if is_pseudonym(text):
            return text
        name = " ".join(text.casefold().split())
        pseudonym = f"{kind.upper()}-{self._code(kind, name)}"
        return pseudonym if kind in ENTITY_LABELS else f"[{pseudonym}]"

    def _code(self, kind: str, text: str) -> str:
        """Letters only, so that no rule takes them for a number."""
        number = int.from_bytes(hmac.digest(self.key, f"{kind}\0{text}".encode("utf-8", "replace"), hashlib.sha256))
        letters = []
        for _ in range(LETTERS):
            number, place = divmod(number, 26)
            letters.append("abcdefghijklmnopqrstuvwxyz"[place])
        return "".join(letters)


def marker(kind: str) -> str:
    """What stands for anything of a kind: "[PER]"."""
    return f"[{kind.upper()}]"


def is_pseudonym(text: str) -> bool:
    """Whether a name is one that ``replacement`` made."""
    return _PSEUDONYM.fullmatch(text) is not None


def parse_policy(text: str) -> dict[str, Action]:
    """Kind -> action of ``PER=pseudonymise,email=drop``. Raises ``ConfigurationError`` with what is known."""
    pairs = [part.partition("=") for part in text.split(",") if part.strip()]
    names = [name.strip() for name, _, _ in pairs]
    twice = sorted({name for name in names if names.count(name) > 1})
    if twice:
        raise ConfigurationError(f"redact names {twice[0]} twice; give each kind one action")
    return checked_policy({name.strip(): action.strip() for name, _, action in pairs})


def checked_policy(actions: Mapping[str, object]) -> dict[str, Action]:
    """The same of a table. Raises ``ConfigurationError`` with what is known."""
    known = ", ".join(get_args(Action))
    found: dict[str, Action] = {}
    for name, action in actions.items():
        kind = _NAMES.get(name.casefold())
        if kind is None:
            raise ConfigurationError(f"redact: unknown kind {name!r}; known: {', '.join(KINDS)}")
        if action not in get_args(Action):
            raise ConfigurationError(f"redact: {kind} wants one of {known}; received {str(action)!r}")
        if action == "pseudonymise" and kind in LITERAL_LABELS:
            raise ConfigurationError(f"redact: {kind} can be kept or dropped; a pseudonym is no date and no number")
        found[kind] = action  # type: ignore[assignment]  # one of the three, as was asked
    return found


def make_redaction(policy: str, key: str) -> Redaction | None:
    """The policy that a text tells; ``None`` where it keeps everything.

    Raises:
        ConfigurationError: an unknown kind or action, or pseudonyms without a key of at least 16 characters.
    """
    found = parse_policy(policy)
    actions = tuple((kind, found[kind]) for kind in KINDS if found.get(kind, "keep") != "keep")
    named = [kind for kind, action in actions if action == "pseudonymise"]
    if named and len(key) < SHORTEST_KEY:
        came = f"one of {len(key)} characters" if key else "none"
        raise ConfigurationError(
            f"redact: {named[0]}=pseudonymise wants a key of at least {SHORTEST_KEY} characters in "
            f"$GRAPHWRIGHT_REDACT_KEY or in the file of $GRAPHWRIGHT_REDACT_KEY_FILE; received {came}; "
            "make one with: openssl rand -hex 32"
        )
    return Redaction(actions, key.encode() if named else b"") if actions else None
