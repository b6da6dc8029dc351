"""Makes a Wikidata JSON dump of any size out of a small real one, for tests and to measure `kb build`.

    python tests/dump_maker.py SAMPLE DUMP.json.gz --entities 1000000 --seed 7

Statements with their references and qualifiers, and the language codes, are those of SAMPLE; names, links between
items and sizes are drawn. Equal arguments give equal bytes. Ids come in no order, as in a real dump. Item Q20001 and
the 49,999 after it (fewer in a small dump) share the alias "Common Ground".
"""

from __future__ import annotations

import argparse
import bz2
import gzip
import json
import random
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Any, cast

SHARED_ALIAS, SHARED_FIRST, SHARED_COUNT = "Common Ground", 20_001, 50_000
FIRST_ITEM = 10_001
# Classes: name, number of a class above it (0: none). The first four are what most items are instances of.
CLASSES = (
    (5, "human", 215627), (515, "city", 486972), (4830453, "business", 43229), (11424, "film", 2431196),
    (215627, "person", 0), (486972, "human settlement", 0), (43229, "organization", 0),
    (2431196, "audiovisual work", 0), (1549591, "big city", 515), (532, "village", 486972),
    (3918, "university", 2385804), (2385804, "institution", 43229), (6256, "country", 0), (33999, "actor", 0),
    (7278, "political party", 43229), (24862, "short film", 11424),
)  # fmt: skip
INSTANCES = (5, 5, 5, 5, 5, 515, 532, 532, 1549591, 4830453, 4830453, 3918, 7278, 11424, 24862, 43229)
LINKS = (17, 131, 27, 19, 20, 69, 106, 108, 159, 161, 57, 495, 136, 361, 527, 112, 26, 40, 463, 1344)
_LATIN = "ba den kor mi sha ver lo tun ra gel phi osk ane wy cor lin mar est ulf ho van zi qua pre sten ow dra ell"
_CYRILLIC = "ба ден кор ми ша вер ло тун ра гель фи оск ане ви цор лин мар эст ульф хо ван зи ква пре стен ов дра елл"
_HAN = "巴 登 科 米 沙 维 洛 通 拉 格 菲 奥 安 威 林 玛 艾 乌 霍 万 齐 夸 普 斯 德 埃 北 南 东 西 山 河 城 海"
_ARABIC = "با دن كور مي شا فر لو تن را جل في اسك وي لين مار است هو فان زي كو بر ستن در ال"
SYLLABLES = [part.split() for part in (_LATIN, _CYRILLIC, _HAN, _ARABIC)]
SCRIPTS = {"ru": 1, "uk": 1, "bg": 1, "sr": 1, "be": 1, "zh": 2, "ja": 2, "yue": 2, "wuu": 2, "ar": 3, "fa": 3, "ur": 3}
MOST_WORDS = 200_000


@dataclass(frozen=True)
class Material:
    """What is drawn from: statements and references as JSON text, language codes, words in four scripts."""

    statements: Sequence[tuple[str, str]]
    references: Sequence[str]
    languages: Sequence[str]
    words: Sequence[Sequence[str]]
    marks: Sequence[str]


def material(sample: Iterable[bytes], count: int, chance: random.Random) -> Material:
    """Statements without links to items, references, and languages of the items of a dump; ``count`` words a script."""
    items = [item for item in map(_record, sample) if item and item["id"].startswith("Q")]
    statements = [
        s for item in items if isinstance(item["claims"], dict) for group in item["claims"].values() for s in group
    ]
    plain = [(s["mainsnak"]["property"], _text(s)) for s in statements if "entity-type" not in _text(s["mainsnak"])]
    references = [_text(s["references"]) for s in statements if s.get("references")]
    languages = sorted({code for item in items for code in item["labels"]} - {"en", "mul"}) or ["de"]
    words = [sorted({_word(chance, part) for _ in range(count)}) for part in SYLLABLES]
    return Material(
        plain, references or ["[]"], languages, words, [f"{chance.getrandbits(64):016X}" for _ in range(4096)]
    )


def _record(line: bytes) -> Any:
    text = line.strip().rstrip(b",")
    return json.loads(text) if len(text) > 2 else None


def _text(value: object) -> str:
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"))


def _word(chance: random.Random, syllables: Sequence[str]) -> str:
    return "".join(chance.choices(syllables, k=chance.choice((2, 3, 3, 4)))).capitalize()


def lines(made_of: Material, entities: int, chance: random.Random) -> Iterator[str]:
    """One entity a line: classes, then items in no order; every fiftieth line is a property."""
    for number, name, above in CLASSES:
        links = _link(made_of, chance, number, 279, above) if above else ""
        claims = f'"P279":[{links}]' if links else ""
        yield _entity(number, _values("labels", [("en", name)]), '"aliases":{}', claims, "")
    step = 7_368_787  # prime, so that multiples of it visit every number below a count that it does not divide
    for index in range(max(entities - len(CLASSES), 0)):
        yield _item(made_of, chance, FIRST_ITEM + index * step % (entities - len(CLASSES)), entities)
        if index % 50 == 49:
            yield _text({"type": "property", "datatype": "string", "id": f"P{index}", "labels": {}, "claims": {}})


def _item(made_of: Material, chance: random.Random, number: int, entities: int) -> str:
    kind = chance.choice(INSTANCES)
    size = min(chance.lognormvariate(0.0, 0.8), 12.0)
    picked = [int(chance.random() ** 1.5 * MOST_WORDS) for _ in range(2)]
    aliases = (
        [] if chance.random() < 0.5 else [_alias(made_of, chance, picked, kind) for _ in range(chance.randint(1, 3))]
    )
    if SHARED_FIRST <= number < SHARED_FIRST + SHARED_COUNT:
        aliases.append(SHARED_ALIAS)
    claims = _claims(made_of, chance, number, kind, size, entities)
    codes = ["en"] * (chance.random() < 0.9) + ["mul"] * (chance.random() < 0.1)
    codes += chance.sample(made_of.languages, min(int(8 * size), len(made_of.languages)))
    labels = [(code, _name(made_of.words[SCRIPTS.get(code[:2], 0)], picked, kind)) for code in codes]
    links = ",".join(_sitelink(code, name) for code, name in labels[: int(5 * size)] if code != "mul")
    return _entity(number, _values("labels", labels), _aliases(aliases), claims, links)


def _name(words: Sequence[str], picked: Sequence[int], kind: int) -> str:
    first, last = words[picked[0] % len(words)], words[picked[1] % len(words)]
    if kind in (515, 532, 1549591):
        return first
    ending = {4830453: " Ltd", 3918: " University", 7278: " Party"}.get(kind, "")
    return f"{first} {last}{ending}"


def _alias(made_of: Material, chance: random.Random, picked: Sequence[int], kind: int) -> str:
    words = made_of.words[0]
    other = words[chance.randrange(len(words))]
    first, last = words[picked[0] % len(words)], words[picked[1] % len(words)]
    return chance.choice((f"{first[0]}. {last}", f"{first} {other} {last}", f"{other} {last}", f"{other} of {first}"))


def _claims(made_of: Material, chance: random.Random, number: int, kind: int, size: float, entities: int) -> str:
    groups = [f'"P31":[{_link(made_of, chance, number, 31, kind)}]']
    for attribute in chance.sample(LINKS, min(3 + int(4 * size), len(LINKS))):
        # Few items are linked to by many: countries, professions.
        value = FIRST_ITEM + int(chance.random() ** 3 * entities)
        groups.append(f'"P{attribute}":[{_link(made_of, chance, number, attribute, value)}]')
    drawn = dict(chance.choices(made_of.statements, k=int(9 * size))) if made_of.statements else {}
    groups += [f'"{attribute}":[{text}]' for attribute, text in drawn.items()]
    return ",".join(groups)


def _link(made_of: Material, chance: random.Random, number: int, attribute: int, value: int) -> str:
    old = chance.random() < 0.03
    ids = f'"entity-type":"item","numeric-id":{value}' + ("" if old else f',"id":"Q{value}"')
    references = chance.choice(made_of.references) if chance.random() < 0.6 else "[]"
    mark = f"{chance.choice(made_of.marks)}-{chance.choice(made_of.marks)}"
    return (
        f'{{"mainsnak":{{"snaktype":"value","property":"P{attribute}","hash":"{mark}","datavalue":{{"value":{{{ids}}},'
        f'"type":"wikibase-entityid"}},"datatype":"wikibase-item"}},"type":"statement","id":"Q{number}${mark}",'
        f'"rank":"normal","references":{references}}}'
    )


def _values(name: str, labels: Sequence[tuple[str, str]]) -> str:
    return (
        f'"{name}":{{' + ",".join(f'"{code}":{{"language":"{code}","value":"{text}"}}' for code, text in labels) + "}"
    )


def _aliases(names: Sequence[str]) -> str:
    listed = ",".join(f'{{"language":"en","value":"{name}"}}' for name in names)
    return f'"aliases":{{"en":[{listed}]}}' if names else '"aliases":{}'


def _sitelink(code: str, name: str) -> str:
    return f'"{code}wiki":{{"site":"{code}wiki","title":"{name}","badges":[],"url":"https://{code}.wikipedia.org/wiki/{name}"}}'


def _entity(number: int, labels: str, aliases: str, claims: str, links: str) -> str:
    return (
        f'{{"type":"item","id":"Q{number}",{labels},"descriptions":{{}},{aliases},"claims":{{{claims}}},'
        f'"sitelinks":{{{links}}},"lastrevid":{number * 7},"modified":"2026-01-01T00:00:00Z"}}'
    )


def make_dump(sample: Path, output: Path, entities: int, seed: int = 7) -> None:
    """Write ``entities`` items to ``output`` (.json, .gz or .bz2), in the layout of a real dump."""
    chance = random.Random(seed)
    with _opened(sample, "rb") as stream:
        made_of = material(stream, min(500 + entities // 5, MOST_WORDS), chance)
    with _opened(output, "wb") as stream:
        stream.write(b"[\n")
        for index, line in enumerate(lines(made_of, entities, chance)):
            stream.write((",\n" if index else "").encode() + line.encode())
        stream.write(b"\n]\n")


def _opened(path: Path, mode: str) -> IO[bytes]:
    if path.suffix == ".bz2":
        return cast(IO[bytes], bz2.open(path, mode))
    if path.suffix != ".gz":
        return cast(IO[bytes], path.open(mode))
    if mode == "rb":
        return cast(IO[bytes], gzip.open(path, mode))
    return cast(IO[bytes], gzip.GzipFile(path, mode, 6, mtime=0))


def main() -> None:
    parser = argparse.ArgumentParser(description="Make a Wikidata JSON dump of any size out of a small real one.")
    parser.add_argument("sample", type=Path)
    parser.add_argument("output", type=Path)
    parser.add_argument("--entities", type=int, default=1_000_000)
    parser.add_argument("--seed", type=int, default=7)
    given = parser.parse_args()
    make_dump(given.sample, given.output, given.entities, given.seed)


if __name__ == "__main__":
    main()
