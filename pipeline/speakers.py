"""Whom a sentence names as the source of a fact that it only reports: "according to the Daily Courier", "Bob said".

By rule, after work on the attribution of reported speech (Krestel et al. 2008, Minding the Source; Pareti 2016, PARC
3.0): the cue of attribution says on which side of it the speaker stands, and there a noun phrase is read as a pattern
over classes of words (``word_classes``). All is looked for near a cue, so any sentence takes linear time.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping

from graphwright.pipeline.assertion import Sentence, cues_in_scope, near_sentence
from graphwright.pipeline.cues import Cue, Speaker
from graphwright.pipeline.records import Span
from graphwright.pipeline.word_classes import Words, classed

FAR = 300
MANY = 60
"""How many characters of a sentence, and how many words of these, are read before or behind a cue."""

NOUN = r"[LJ]*(?:[CM]+[LJ]*)?"
DETERMINED = r"Q*[DH][DHQ]*(?:(?<=D)Y)?(?:[LJCM]*S)*[LJCM]+"
BARE = rf"(?=Q*[LJCMS])Q*(?:{NOUN}S)*{NOUN}(?<=[LJCM])"
UNIT = rf"(?:{DETERMINED}|{BARE}|P|Q)"
PHRASE = rf"{UNIT}(?:(?:O|(?<=J)X)(?:{UNIT}|H))*"
PHRASES = rf"{PHRASE}(?:(?:,{PHRASE})*,?A{PHRASE})?"
TITLED = r"(?<=[B,.])[CM]+[LJ]+[CM]+"
LEAD = r"(?:V|D?TY?|[OX](?:[DHQ]*[LJ]*[TY]++|[DHQ]+[LJ]+(?=[CMDHQPO])|[CM]+(?=[DHQP])))"
BEFORE = re.compile(
    rf"(?<=[BX,.A])(?:{LEAD})*(?P<who>(?:{TITLED}|{PHRASES})(?:,(?!Q,){PHRASE}(?=,))?)"
    r"(?:,(?!A)[^,B]*,|,)?(?:,?W|W[^,.ABX]*)?(?:[VT]|O[TY])*$"
)
"""What may come before a verb of saying: when and where, the speaker, an insertion, "who" and its clause, adverbs."""
OWNER = re.compile(rf"(?P<who>[DHQ]*(?:{NOUN}S)+|H)[LJ]*$")
BEHIND = re.compile(rf"(?P<who>(?:{PHRASE}(?:A{PHRASE})?(?![LJCMS])|H(?=[,.B]|$))(?:,(?=[DH]){PHRASE}(?=[,.]|$))?)")


def speaker(sentence_text: str, head: Span, tail: Span) -> Span | None:
    """The words that name who reports a fact between two spans of a sentence; ``None`` where nobody is named.

    All spans are half-open offsets into the sentence. Of several speakers it is the one in whose words the fact is.

    >>> speaker("Ann plays for Rovers, her agent Bob Reed said.", (0, 3), (14, 20))
    (22, 40)
    """
    sentence = near_sentence(sentence_text, head, tail)
    attributions = [(cue, match) for cue, match in cues_in_scope(sentence) if cue.speaker]
    for cue, match in sorted(attributions, key=_nearest_first):
        found = SIDES[cue.speaker](sentence, match)
        if found is not None:
            return sentence.original(*found)
    return None


def _nearest_first(item: tuple[Cue, re.Match[str]]) -> tuple[bool, int]:
    """Words that introduce the fact, the last first; then what is said of the sentence as a whole."""
    cue, match = item
    return cue.reach != "embedding", -match.start()


def _before(sentence: Sentence, match: re.Match[str]) -> Span | None:
    """The subject of a verb of saying; where the cue holds more than the verb, it holds the subject, too."""
    if "said" in match.re.groupindex:
        return _subject(sentence, classed(sentence.text, match.start(), match.start("said")))
    return _subject(sentence, _words_before(sentence, match.start()))


def _subject(sentence: Sentence, words: Words) -> Span | None:
    return _named(BEFORE.search(words.classes.replace("N", "X")), words, sentence)


def _owner(sentence: Sentence, match: re.Match[str]) -> Span | None:
    words = _words_before(sentence, match.start())
    return _named(OWNER.search(words.classes.replace("N", "L")), words, sentence)


def _behind(sentence: Sentence, match: re.Match[str]) -> Span | None:
    start = match.end("said") if "said" in match.re.groupindex else match.end()
    words = classed(sentence.text, start, start + FAR)
    classes = words.classes.replace("N", "L")
    # An end of the fact that follows a name without a comma begins a clause: "according to The Star Ann works".
    clause = re.search(r"(?<=[CLJ])M(?![,.])", classes)
    return _named(BEHIND.match(classes[: clause.start() if clause else MANY]), words, sentence)


SIDES: Mapping[Speaker, Callable[[Sentence, re.Match[str]], Span | None]] = {
    "before": _before,
    "behind": _behind,
    "owner": _owner,
}


def _named(match: re.Match[str] | None, words: Words, sentence: Sentence) -> Span | None:
    if match is None:
        return None
    first, last = match.span("who")
    start, end = words.spans[first][0], words.spans[last - 1][1]
    named = sentence.text[start:end].removesuffix("'s").removesuffix("'").rstrip()
    return (start, start + len(named)) if named else None


def _words_before(sentence: Sentence, end: int) -> Words:
    """The words before a cue. The first may be cut off where the sentence goes on before it, and is left out."""
    start = max(0, end - FAR)
    words = classed(sentence.text, start, end)
    if start or sentence.skipped or len(words.spans) > MANY:
        return Words(words.classes[1:][-MANY:], words.spans[1:][-MANY:])
    return Words("B" + words.classes, ((0, 0), *words.spans))
