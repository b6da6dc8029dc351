"""Words that deny, doubt, plan or report, with how far they reach: the table behind ``assertion``.

In the patterns \\x01 stands for each character of the first end of the fact, \\x02 for those of the second.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from graphwright.pipeline.records import Assertion

Reach = Literal["verb", "contrast", "embedding", "adverb", "sentence", "after"]
Speaker = Literal["before", "behind", "owner", ""]


@dataclass(frozen=True, slots=True)
class Cue:
    """Words that change what is asserted, and how far they reach.

    ``verb``: between the ends, to the end of its clause. ``contrast``: only the words right after it. ``embedding``:
    over the clauses that it introduces. ``adverb``: the whole of its clause. ``sentence``: all of the sentence.
    ``after``: what precedes it.

    Who speaks stands ``before`` the cue or ``behind`` it, or is the ``owner`` of what it names
    ("her claim that"). Where the pattern has a group ``said``, that is the verb, and the rest may hold the speaker.
    """

    assertion: Assertion
    reach: Reach
    pattern: re.Pattern[str]
    speaker: Speaker = ""


def _cue(assertion: Assertion, reach: Reach, *phrases: str, speaker: Speaker = "") -> Cue:
    before = "" if phrases[0].startswith(",") else BEFORE
    return Cue(assertion, reach, re.compile(rf"{before}(?:{'|'.join(phrases)})(?![\w-])"), speaker)


BEFORE = r"(?<![\w\"“-])"
BE = r"(?:is|are|was|were|be|been|being|'s|'re)"
OFTEN = r"(?:(?:now|also|still|always|later|often|widely|generally|currently|reportedly|never|once|since|all) )*"
FACTS = r"(?:reports?|rumou?rs?|claims?|allegations?|suggestions?|stories|speculation|accusations?|charges|beliefs?)"
DEED = r"(?:merger|deal|sale|takeover|acquisition|wedding|marriage|engagement|plans?|transfer|move|purchase|project)"
SPOKE = (
    r"(?:says?|said|states?|stated|claims?|claimed|claiming|alleges?|alleged|alleging|argues?|argued|insists?|insisted|"
    r"reports|reported|announces?|announced|asserts?|asserted|maintains?|maintained|suggests?|suggested|saying|stating|"
    r"complained|boasted|tweeted|writes|wrote|added|testified)"
)
WHERE_SAID = r"(?:(?:on|in|last|this) (?:(?:an?|the|his|her|its|their) )?\w+ |yesterday |today )?"
SAID = r"(?P<said>said|says|claims|claimed|reported|reports|wrote|announced|stated|alleged|told)"
ASIDE = r"(?P<said>said|says|claims|claimed|insists|insisted|argues|argued|reported|reports|alleged)"
REST = r"(?: [^,;]{0,40})?[.\"'”]*$"
NOT_SPEAKER = r"(?!(?:and|but|who|which|where|when|as|that|while) )"
WORD = rf"{NOT_SPEAKER}[\w.'&-]+"
SPEAKER = rf"{WORD}(?: {WORD}){{0,8}}?"
PREDICATE = (
    r"(?:was|is|are|were|has|had|have|did|does|will|would|may|might|can|could|never|also|became|won|went|left|met|led"
    r"|wrote|made|took|ran|held|sold|bought|built|taught|came|got|lost|\w+ed|\w+s)"
)

CLAUSE_SAID = (
    r"(?:(?:on|in|at|during|after|that|this|there|it|its|he|she|they|we|I) (?=\w)|nothing"
    r"|\w+day (?:that|it|he|she|they)"
    rf"|(?:{WORD} ){{1,6}}?(?:was|is|are|were|had|has|have|did|does|will|would|may|might|can|could|should|must|never"
    r"|rose|fell)(?![\w-]))"
)
"""What follows a verb of saying and names no speaker: "Acme, based in Oslo, said on Monday" says not where Acme is."""

NOT_CUES = re.compile(
    r"(?<!\w)(?:(?:[Nn]ot|n't) (?:only|just|merely|simply|least|surprisingly|until|long|far|fewer|less|more than)"
    r"|(?:is|was|are|were)(?:n't| not) (?:only|just|merely|simply)|no (?:longer|fewer|less|later|more than)"
    r"|[Ii]f not|as (?:soon|much|many|far|well) as possible|whether or not|if any|[Ww]ithout (?:doubt|question)"
    r"|(?:[Pp]robably|[Pp]erhaps|[Pp]ossibly|[Aa]rguably|[Aa]pparently) (?:\w+ )?(?:best|most|better|more)"
    r"|never[- ]ending|could (?:\w+ )?(?:afford|speak|read|hear|see|trace)|likely to be remembered"
    r"|(?:[Hh]is|[Hh]er|[Tt]heir|[Tt]he|[Ww]hose|[Aa]|last|own|free|good|ill) will"
    r"|(?:may|can|could|might) (?:also )?be (?:seen|found|reached|heard|divided|traced))"
    r"(?!\w)"
)

CUES = (
    _cue(
        "hedged", "embedding",
        r"(?:not|n't|never|un) ?(?:been )?(?:clear|known|certain|sure|proven|proved|confirmed|established|recorded) "
        r"(?:whether|if|that|who|how|by whom)",
        r"(?:unclear|unknown|uncertain|doubtful|disputed|debated|questionable|unlikely)(?: whether| if| that)",
        r"(?:wonder(?:s|ed)?|asked|doubts?|doubted|debates?|debated|question(?:s|ed)?|considers?|considered|considering|"
        r"discuss(?:ed|es|ing)?|decide|know|see) (?:about )?(?:whether|if)", r"whether",
        r"[Ii]t (?:is|was|has been) (?:widely |generally |often |also )*(?:believed|thought|rumou?red|suspected|"
        r"speculated|assumed|possible|likely|probable|conceivable)(?: that)?",
        r"(?:[Tt]here (?:is|was|are|were) )?(?:[Nn]o|little) (?:evidence|proof|record|sign|indication) (?:that|of)",
        r"(?:[Rr]umou?rs?|[Ss]peculation|[Ss]peculated|[Ss]uspicions?|[Ss]uspect(?:s|ed)?) (?:has it )?(?:that|of)",
    ),
    _cue(
        "hedged", "verb",
        r"(?:may|might|could)(?: well| also| even| still| then)?(?: not)?",
        rf"{BE} {OFTEN}(?:believed|thought|suspected|rumou?red|alleged|presumed|assumed|speculated|supposed|likely"
        r"|unlikely|unconfirmed|considering|weighing|exploring)",
        r"attributed", r"(?:seems?|seemed|appears|appeared) to(?: have)?", r"in talks (?:to|with|about|over)",
        r"(?:tried|tries|trying|attempted|attempting) (?:to|at)", r"(?:sought|seeks|seeking) to",
        r"(?:offered|bid|bids|bidding) (?:to|for)", r"(?:considered|considers|considering|contemplated) \w+ing",
    ),
    _cue(
        "hedged", "adverb",
        r"[Aa]llegedly", r"[Rr]eportedly", r"[Ss]upposedly", r"[Pp]urportedly", r"[Pp]ossibly", r"[Pp]erhaps",
        r"[Pp]robably", r"[Pp]resumably", r"[Aa]pparently", r"[Ss]eemingly", r"[Cc]onceivably", r"[Aa]rguably",
        r"[Mm]aybe", r"most likely", r"unconfirmed", r"rumou?red", r"alleged", r"supposed", r"purported", r"putative",
    ),
    _cue("hedged", "sentence", r"^(?:If|Unless|Whether|Assuming|Supposing)", r"\?['\")\]]*\s*$"),
    _cue(
        "hedged", "after",
        rf"{BE} (?:disputed|doubtful|unconfirmed|uncertain|unclear)",
        r"(?:if|unless) (?:\w+ ){1,8}?(?:agrees?|approves?|wins|allows?)",
    ),
    _cue(
        "negated", "embedding",
        rf"(?:den(?:y|ies|ied|ying)|rejects?|rejected|rejecting|refutes?|refuted|dismiss(?:es|ed)?|disproves?|disproved)"
        rf" (?:(?:the|any|all|these|those) )*(?:{FACTS} )?(?:that|of|ever|having|being)",
        r"(?:not|n't|never) (?:true|the case|correct|right|accurate) (?:that|to say)",
        r"(?:wrong|false|incorrect|untrue|mistaken|a myth|a mistake|a lie|a legend|a misconception|impossible)"
        r" (?:that|to (?:say|claim|think|believe|state|assume) (?:that )?)",
        r"(?:wrongly|falsely|mistakenly|incorrectly|erroneously) (?:\w+ ){1,3}?that",
        r"[Nn]either",
    ),
    _cue(
        "negated", "verb",
        r"not", r"\w+n't", r"never", r"cannot", r"neither", r"nor", r"without", r"nowhere",
        r"den(?:y|ies|ied|ying)(?! (?:him|her|them))", r"(?:refus|declin)(?:e|es|ed|ing)(?: to| an?| the)",
        r"fail(?:s|ed|ing) to", r"failure to", r"reject(?:s|ed|ing)?", r"turn(?:s|ed|ing)? down",
        r"rul(?:es?|ed|ing) out", r"decid(?:es|ed|ing)? (?:against|not)",
        r"(?:drop|abandon|cancel|shelve|scrap)(?:s|p?ed|l?ed|d)? (?:its|his|her|their|the|all|any) plans?",
        r"(?:prevented|barred|banned|blocked|excluded|prohibited) from", r"(?:resist|oppos|refut|dismiss)(?:s|es|ed)",
        r"(?:almost|nearly)(?= (?:\w+ed|won|became|went|bought|lost|sold|made|met|left|took) )",
        r"(?:narrowly missed|missed out on|stopped short of|fell short of|nothing to do with)",
        r"no (?:relation|relations|connections?|ties|links?|affiliation|part|role|involvement|interest) (?:to|with|in)",
        r"would(?:n't| not)? have", r"(?:was|were) (?:originally |also |first )?to have",
        r"(?:unable|unwilling|reluctant|forbidden|too \w+) to",
        r"(?:withdrew|died|resigned|left|retired|fled) before (?:\w+ ){0,4}?(?:could|would)",
        r"(?:far|short) from", r"unrelated to",
    ),
    _cue("negated", "contrast", r"not(?: (?:by|in|at|to|from|with|for|as|of|on))?", r"instead of", r"rather than",
         r"as opposed to", r"unlike"),
    _cue(
        "negated", "after",
        rf"{BE} (?:later |since |soon |always |all |strongly )?(?:denied|refuted|disproved|debunked|dismissed|rejected)"
        r"(?=[.,;]| by| as|$)",
        r"(?:proved|proven|turned out)(?: to be)? (?:false|untrue|wrong|unfounded|baseless)",
        rf"{BE} (?:\w+ )?(?:false|untrue|a myth|a lie|a legend|a hoax|baseless|unfounded|ruled out)",
        rf"(?:{DEED}|{FACTS})? ?(?:fell through|came to nothing|never happened|never materiali[sz]ed|never took place)",
        rf"(?:{DEED} (?:was|were) (?:\w+ )?cancell?ed|called off)",
    ),
    _cue(
        "future", "verb",
        r"will(?: also| soon| likely| then| now)?", r"shall", r"\w+'ll",
        r"(?:plan|intend|hope|wish|expect|aim|propose|promise|agree|vow|pledge|want|prepare|threaten)(?:s|e?d|ing)? to",
        r"planned to", r"planning to", r"(?:plans?|intentions?|proposals?|promise|ambition|hopes) (?:to|for|of)",
        rf"{BE} {OFTEN}(?:expected|planned|scheduled|set|slated|due|about|poised|going|tipped|destined|ready|projected)"
        r" to",
        rf"{BE} (?:scheduled|slated|planned|due) (?:for|in|on)", r"(?:is|are) to(?= (?!the |a |an |this |that )[a-z])",
        r"upcoming", r"forthcoming",
    ),
    _cue(
        "attributed", "embedding",
        rf"{SPOKE} {WHERE_SAID}(?:that|he|she|it|they|we|I)", rf"{SPOKE}(?= \x01+ {PREDICATE} )",
        r"(?:claims?|claimed|claiming|professed|professes) to(?: be| have)?",
        r"(?:told|tells) (?:\w+ ){1,3}?(?:that|he|she|it|they)",
        speaker="before",
    ),
    _cue("attributed", "embedding", rf"(?i:{FACTS}) that", speaker="owner"),
    _cue(
        "attributed", "embedding",
        rf"(?:(?i:{FACTS})|{BE} {OFTEN}(?:said|claimed|reported|alleged|stated)) (?P<said>by|from) {SPEAKER}"
        r" (?:to|that)",
        speaker="behind",
    ),
    _cue(
        "attributed", "embedding",
        rf"{BE} {OFTEN}(?:said|claimed|reported|reputed|alleged|stated) (?:to|that)",
        r"[Ll]egend has it(?: that)?", r"[Tt]radition (?:has it|holds|says)(?: that)?",
    ),
    _cue(
        "attributed", "sentence",
        r"[Aa]ccording to(?! [\x01\x02])(?! (?:\w+[ '-]){0,6}?(?:[Cc]ensus|statistics|[Ss]urvey|data|figures|"
        r"estimates?|Bureau|Statistic|rules|procedures|terms|provisions|laws?|calendar))",
        speaker="behind",
    ),
    _cue("attributed", "after", rf",[\"”']* {SPEAKER} (?:has |had )?{SAID}{REST}", speaker="before"),
    _cue("attributed", "after", rf",[\"”']* {SPEAKER}, {SPEAKER}, (?P<said>said|says|told){REST}", speaker="before"),
    _cue(
        "attributed", "after", rf",[\"”']* (?P<said>said|says|claims|claimed) (?!{CLAUSE_SAID}){WORD}", speaker="behind"
    ),
    _cue("attributed", "verb", rf", {SPEAKER} {ASIDE},", speaker="before"),
    _cue("attributed", "verb", rf", {ASIDE} {SPEAKER},", speaker="behind"),
)  # fmt: skip


def _any_of(cues: Sequence[Cue]) -> re.Pattern[str]:
    patterns = [cue.pattern.pattern.replace("(?P<said>", "(?:") for cue in cues]
    words = "|".join(pattern.removeprefix(BEFORE) for pattern in patterns if pattern.startswith(BEFORE))
    others = (pattern for pattern in patterns if not pattern.startswith(BEFORE))
    return re.compile("|".join((f"{BEFORE}(?:{words})", *others)))


ANY_CUE = _any_of(CUES)
"""Found where any cue is found: most sentences have none, and one search tells so sooner than one for each."""
