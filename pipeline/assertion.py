"""Does a sentence assert a fact, or deny, doubt, plan or merely report it?

Cue phrases with scope, after NegEx and ConText (Chapman et al. 2001, A Simple Algorithm for Identifying Negated
Findings; Harkema et al. 2009, ConText): a cue says something of the fact where its scope covers both ends, or the
stretch between them. Scopes end with the clause. Words inside the two names are never cues ("No Doubt", "May").
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from graphwright.pipeline.cues import ANY_CUE, CUES, NOT_CUES, Cue
from graphwright.pipeline.records import Assertion, Span

NEAR = 1000
PRIORITY: tuple[Assertion, ...] = ("negated", "hedged", "future", "attributed")

CLAUSE_END = re.compile(
    r"[;:]|--|[—–]|\.(?= [A-Z\"'])|(?<![\w-])(?:but|although|though|whereas|while|whilst|because|until|till|since"
    r"|before|after|when|where|whose|which|who|that|despite|however|except|as well as|so)(?![\w-])"
    r"|(?<!\w)and (?=(?:\w+ly|later|then|also|was|is|has|had|became|moved|went|won|made|wrote|did|he|she|it|they|died"
    r"|left|led|began|\w+ed) )"
)
SENTENCE_PART_END = re.compile(r";|\.(?= [A-Z\"'])|,? (?:but|although|though|whereas) |, (?:and|so) ")
LISTED = re.compile(r"[A-Z\x01].*|and|or|nor|of|the|de|van|von|")
FUNCTION_WORDS = re.compile(r"\s*(?:(?:by|in|at|to|with|for|from|as|of|on|the|a|an|his|her|its|their) )*")
DOUBT_BEFORE = re.compile(r"(?:may|might|possibly|perhaps|probably) (?:have )?$")
DOUBT_AFTER = re.compile(
    r"\w* (?:been )?(?:known|certain|clear|confirmed|sure|proven|proved|recorded|believed|thought)(?!\w)"
)
UNTIL = re.compile(r"[^,;]*(?<!\w)(?:until|till)(?!\w)")


@dataclass(frozen=True, slots=True)
class Sentence:
    """What is near a fact, its ends masked, the first by \\x01 and the second by \\x02.

    ``skipped`` characters are left out before it, and ``gap`` after its first end.
    """

    text: str
    first: Span
    second: Span
    skipped: int = 0
    gap: int = 0

    def between(self, start: int, end: int) -> bool:
        return self.first[1] <= start and end <= self.second[0]

    def original(self, start: int, end: int) -> Span | None:
        """The offsets in the sentence as it was; ``None`` for a stretch from which something was left out."""
        if self.gap and start < self.first[1] < end:
            return None
        offset = self.skipped + (self.gap if start >= self.first[1] else 0)
        return start + offset, end + offset


def assertion(sentence_text: str, head: Span, tail: Span) -> Assertion:
    """How a sentence states a fact between two spans of it (half-open offsets into the sentence).

    Where several cues apply, denial outweighs doubt, doubt a plan, and a plan its being reported.

    >>> assertion("Ann never played for Rovers.", (0, 3), (21, 27))
    'negated'
    """
    sentence = near_sentence(sentence_text, head, tail)
    found = {_meaning(cue, match.start(), match.end(), sentence) for cue, match in cues_in_scope(sentence)}
    return next((item for item in PRIORITY if item in found), "asserted")


def near_sentence(text: str, head: Span, tail: Span) -> Sentence:
    """The sentence without what is more than ``NEAR`` characters off: a sentence can be a file without full stops."""
    first, second = sorted((head, tail))
    low, gap = max(0, first[0] - NEAR), max(0, second[0] - first[1] - NEAR)
    kept = text[low : first[1]] + text[first[1] + gap : second[1] + NEAR]
    first, second = (first[0] - low, first[1] - low), (second[0] - low - gap, second[1] - low - gap)
    return Sentence(_masked(kept, first, second), first, second, low, gap)


def _masked(text: str, first: Span, second: Span) -> str:
    text = text.replace("’", "'").replace("\n", " ")  # lines of a text may be broken anywhere
    for mark, (start, end) in (("\x02", second), ("\x01", first)):
        text = text[:start] + mark * (end - start) + text[end:]
    return NOT_CUES.sub(lambda match: "_" * len(match[0]), text)


def cues_in_scope(sentence: Sentence) -> Iterator[tuple[Cue, re.Match[str]]]:
    """The cues that say something of the fact, in the order of the table, with where they stand."""
    if not ANY_CUE.search(sentence.text):
        return
    for cue in CUES:
        for match in cue.pattern.finditer(sentence.text):
            if REACHES[cue.reach](match.start(), match.end(), sentence):
                yield cue, match


def _meaning(cue: Cue, start: int, end: int, sentence: Sentence) -> Assertion:
    """A denial in doubt ("may not have", "not known to have") is a doubt; one with a term ("not until") asserts."""
    if cue.assertion != "negated" or cue.reach != "verb":
        return cue.assertion
    if DOUBT_BEFORE.search(sentence.text, max(0, start - 20), start) or DOUBT_AFTER.match(sentence.text, end):
        return "hedged"
    return "asserted" if UNTIL.match(sentence.text, sentence.second[1]) else "negated"


def _verb(start: int, end: int, sentence: Sentence) -> bool:
    return sentence.between(start, end) and _same_clause(sentence.text[end : sentence.second[0]])


def _contrast(start: int, end: int, sentence: Sentence) -> bool:
    target = sentence.second if start >= sentence.first[1] else sentence.first
    gap = FUNCTION_WORDS.match(sentence.text, end)
    return gap is not None and gap.end() == target[0]


def _embedding(start: int, end: int, sentence: Sentence) -> bool:
    before = end <= sentence.first[0] and not SENTENCE_PART_END.search(sentence.text, end, sentence.first[0])
    between = sentence.between(start, end) and not SENTENCE_PART_END.search(sentence.text, end, sentence.second[0])
    return before or between


def _adverb(start: int, end: int, sentence: Sentence) -> bool:
    if end <= sentence.first[0]:
        return _same_clause(sentence.text[end : sentence.first[0]])
    behind = 0 <= start - sentence.second[1] <= 2 and sentence.text[end : end + 1] in (".", ",", "")
    return behind or _verb(start, end, sentence)


def _sentence(start: int, end: int, sentence: Sentence) -> bool:
    low, high = min(start, sentence.first[0]), max(end, sentence.second[1])
    return ";" not in sentence.text[low:high]


def _after(start: int, end: int, sentence: Sentence) -> bool:
    return start >= sentence.second[1] and ";" not in sentence.text[sentence.second[1] : start]


REACHES = {
    "verb": _verb,
    "contrast": _contrast,
    "embedding": _embedding,
    "adverb": _adverb,
    "sentence": _sentence,
    "after": _after,
}


def _same_clause(stretch: str) -> bool:
    """Whether what a cue says still holds after these words: no clause ends, and commas only list or put in."""
    if CLAUSE_END.search(stretch):
        return False
    start = _after_insertion(stretch) if stretch.startswith(",") else 0
    comma = stretch.find(",", start)
    return comma < 0 or all(LISTED.fullmatch(word) for word in re.split(r"[\s,]+", stretch[comma:]))


def _after_insertion(stretch: str) -> int:
    """Where ", in the end," and the like is over; 0 where there is no second comma."""
    return stretch.find(",", 1) + 1
