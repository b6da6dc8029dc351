"""An annotator whose documents come out without what a policy takes out: all that follows sees no more of them."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from typing import Final, Literal, Protocol

from graphwright.pipeline.errors import GraphwrightError
from graphwright.pipeline.protocols import Annotator
from graphwright.pipeline.records import Annotated, Document
from graphwright.pipeline.redaction.cuts import Cut, cut
from graphwright.pipeline.redaction.policy import KINDS, Redaction, make_redaction
from graphwright.pipeline.redaction.redact import PAGES, UNTOUCHED, redact
from graphwright.pipeline.redaction.rules import personal_data

Given = Literal["nothing", "mentions", "entities"]
WITHHELD: Final = "the rest of the message may quote the document and is withheld"
_QUOTED: Final = re.compile(r"(?<!\w)'[^']*'|\"[^\"]*\"")
_FOREIGN: Final = re.compile(r"(?<=: )(\w+(?:Error|Exception|Warning)): .*")


class Completing(Protocol):
    """An annotator that can start from what is given."""

    def complete(self, documents: Iterable[Annotated], given: Given) -> Iterator[Annotated]: ...


@dataclass(frozen=True, slots=True)
class Redacting:
    """Fills ``Annotator``; its version covers policy and key, so that with another of them documents are read again.

    The networks read the text as it is; also title, subject and other metadata, for the names in them.
    """

    inner: Annotator
    redaction: Redaction

    @property
    def version(self) -> str:
        return redacted_version(self.inner.version, self.redaction)

    def annotate(self, documents: Iterable[Document]) -> Iterator[Annotated]:
        """What is left of each document, in order. An error never quotes a document."""
        return self._redacted(lambda: self.inner.annotate(documents))

    def _redacted(self, annotate: Callable[[], Iterator[Annotated]]) -> Iterator[Annotated]:
        try:
            for annotated in annotate():
                yield redact(annotated, self.redaction, self._beside(annotated.document))
        except GraphwrightError:
            raise
        except Exception as error:  # its message and its context may hold the text
            raise RuntimeError(f"{type(error).__name__}; {WITHHELD}") from None

    def _beside(self, document: Document) -> list[Annotated]:
        """The metadata annotated, where there are names to be found."""
        if not self.redaction.labels:
            return []
        told = (value for key, value in sorted(document.metadata.items()) if key not in (*UNTOUCHED, PAGES))
        texts = [text for text in dict.fromkeys(told) if any(char.isalpha() for char in text)]
        return list(
            self.inner.annotate(
                Document(f"{document.id} {number}", text, document.source, document.language)
                for number, text in enumerate(texts)
            )
        )


@dataclass(frozen=True, slots=True)
class RedactingCompleter(Redacting):
    """The same of an annotator that can start from what is given."""

    completer: Completing

    def complete(self, documents: Iterable[Annotated], given: Given) -> Iterator[Annotated]:
        """What is left of each document, in order."""
        return self._redacted(lambda: self.completer.complete(documents, given))


def redacted_version(version: str, redaction: Redaction) -> str:
    """The version of an annotator under a policy."""
    return f"{version} redact-{redaction.fingerprint}"


def plain_reason(reason: str) -> str:
    """The reason of a failure without what it may quote of a document.

    >>> plain_reason("cannot be read: ValueError: bad cell Ann Doe")
    'cannot be read: ValueError; the rest of the message may quote the document and is withheld'
    >>> plain_reason("wanted 'id'; found ann@example.org")
    "wanted '...'; found [EMAIL]"
    """
    short = _FOREIGN.sub(rf"\1; {WITHHELD}", reason)
    every = make_redaction(",".join(f"{kind}=drop" for kind in KINDS), "")
    assert every is not None
    text = _QUOTED.sub("'...'", short)
    found = personal_data(text, every.rules)
    return cut(text, (Cut(start, end, kind, every.replacement(kind, ""), True) for start, end, kind in found)).text
