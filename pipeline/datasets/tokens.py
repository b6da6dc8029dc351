"""Text from tokens, and where each token then is.

The tokenisers of treebanks (Marcus et al. 1993) lose spaces; here they are put back by rule, as a reader expects them.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from graphwright.pipeline.records import Span

BRACKETS = {"-LRB-": "(", "-RRB-": ")", "-LSB-": "[", "-RSB-": "]", "-LCB-": "{", "-RCB-": "}", "``": '"', "''": '"'}
NO_SPACE_BEFORE = frozenset(",.;:!?%)]}’”»…，。；：！？）」』》、")
NO_SPACE_AFTER = frozenset("([{$£€#“‘«（「『《")
CLITICS = frozenset(
    {f"{mark}{end}" for mark in "'’" for end in ("s", "S", "re", "ve", "ll", "m", "d")} | {"n't", "n’t"}
)


def joined(sentences: Iterable[Sequence[str]]) -> tuple[str, list[Span], list[list[Span]]]:
    """The text of tokenised sentences, the span of each sentence, and of each token in it.

    >>> joined([["(", "Hi", ")", "!"]])
    ('(Hi)!', [(0, 5)], [[(0, 1), (1, 3), (3, 4), (4, 5)]])
    """
    text, bounds, spans = "", [], []
    for tokens in sentences:
        text += " " if text else ""
        start, places, quoted, before = len(text), [], False, ""
        for token in tokens:
            shown = BRACKETS.get(token, token)
            if before and _spaced(before, shown, quoted):
                text += " "
            places.append((len(text), len(text) + len(shown)))
            text += shown
            quoted = not quoted if shown == '"' else quoted
            before = shown
        bounds.append((start, len(text)))
        spans.append(places)
    return text, bounds, spans


def aligned(tokens: Sequence[str], text: str) -> list[Span] | None:
    """Where tokens stand in the text they were made from; ``None`` where they do not."""
    spans, position = [], 0
    for token in tokens:
        start = text.find(token, position)
        if start < 0 or text[position:start].strip():
            return None
        position = start + len(token)
        spans.append((start, position))
    return spans


def _spaced(before: str, token: str, quoted: bool) -> bool:
    if token in NO_SPACE_BEFORE or token in CLITICS or before in NO_SPACE_AFTER:
        return False
    if '"' in (token, before):
        return (token == '"') != quoted if token == '"' else not quoted
    return not (_wide(before[-1:]) and _wide(token[:1]))


def _wide(character: str) -> bool:
    """Whether a character is of a script that writes no spaces: Chinese, or kana."""
    return "\u3040" <= character <= "\u30ff" or "\u3400" <= character <= "\u9fff"
