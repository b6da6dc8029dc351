"""Linking entities of a document to a knowledge base."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from graphwright.models.linker import Example, LinkerConfig, calibrated, evaluate, fit
from graphwright.pipeline.candidates import names_of, questions
from graphwright.pipeline.errors import ConfigurationError
from graphwright.pipeline.knowledge import KnowledgeBase
from graphwright.pipeline.knowledge_starter import STARTER
from graphwright.pipeline.linking import SHIPPED_RANKER, Decision, KnowledgeLinker, Ranker, decide
from graphwright.pipeline.linking_features import feature_names
from graphwright.pipeline.records import Document, Entity, Form, Mention, make_document


@pytest.fixture(scope="module")
def linker() -> KnowledgeLinker:
    return KnowledgeLinker(KnowledgeBase.open(STARTER), Ranker.load())


def read(text: str, *names: tuple[str, str]) -> tuple[Document, list[Entity]]:
    """A document and one entity for each (name, label), at its first place."""
    document = make_document("memory:text", text)
    entities = []
    for number, (name, label) in enumerate(names):
        start = text.index(name)
        form: Form = "pronoun" if name.islower() else "name"
        mention = Mention(document.id, start, start + len(name), label, 1.0, form)
        entities.append(Entity(number, name, label, (mention,)))
    return document, entities


def linked(linker: KnowledgeLinker, text: str, *names: tuple[str, str]) -> list[str | None]:
    return [entity.kb_id for entity in linker.link(*read(text, *names))]


def test_well_known_names(linker: KnowledgeLinker) -> None:
    text = "The delegation flew from Paris to Ottawa, where Canada signed the treaty with France."
    found = linked(linker, text, ("Paris", "LOC"), ("Ottawa", "LOC"), ("Canada", "LOC"), ("France", "LOC"))
    assert found == ["Q90", "Q1930", "Q16", "Q142"]


def test_a_place_is_told_by_what_follows_it(linker: KnowledgeLinker) -> None:
    assert linked(linker, "She teaches in Denton, Texas, on weekdays.", ("Denton", "LOC")) == ["Q128306"]


def test_what_is_not_in_the_knowledge_base_is_nil(linker: KnowledgeLinker) -> None:
    text = "Wendeline Krautgartner founded Obbleford Sprocketry in a shed."
    document, entities = read(text, ("Wendeline Krautgartner", "PER"), ("Obbleford Sprocketry", "ORG"))
    for entity in linker.link(document, entities):
        assert entity.kb_id is None
        assert 0.5 <= entity.score <= 1.0


def test_dates_numbers_and_pronouns_are_left_alone(linker: KnowledgeLinker) -> None:
    document, entities = read("In 1997 she sold 12 boats.", ("1997", "TIME"), ("she", "PER"), ("12", "NUM"))
    assert list(linker.link(document, entities)) == entities


def test_scores_are_probabilities_and_a_minimum_makes_nil(linker: KnowledgeLinker) -> None:
    document, entities = read(
        "They met in Springfield with people from Canada.", ("Springfield", "LOC"), ("Canada", "LOC")
    )
    plain = linker.link(document, entities)
    strict = KnowledgeLinker(linker.base, linker.ranker, minimum=1.0).link(document, entities)
    assert all(0.0 <= entity.score <= 1.0 for entity in plain)
    assert [entity.kb_id for entity in strict] == [None, None]


def test_the_answer_is_a_function_of_the_document(linker: KnowledgeLinker) -> None:
    document, entities = read(
        "Berlin and Vienna trade with Rome.", ("Berlin", "LOC"), ("Vienna", "LOC"), ("Rome", "LOC")
    )
    fresh = KnowledgeLinker(KnowledgeBase.open(STARTER), Ranker.load())
    linker.link(*read("Vienna and Vienna, Virginia.", ("Vienna", "LOC")))
    assert linker.link(document, entities) == fresh.link(document, entities)


def test_odd_input_does_no_harm(linker: KnowledgeLinker) -> None:
    text = "“‘{}`'; DROP” met مرحبا and 🙂 Ü in 北京."
    names = [("“‘{}`'; DROP”", "ORG"), ("مرحبا", "PER"), ("🙂 Ü", "MISC"), ("北京", "LOC")]
    assert len(linked(linker, text, *names)) == 4
    assert linker.link(make_document("memory:none", ""), []) == []


def test_weights_round_trip_and_refuse_other_features(tmp_path: Path) -> None:
    ranker = Ranker.load()
    ranker.save(tmp_path / "ranker.json")
    again = Ranker.load(tmp_path / "ranker.json")
    features = np.ones((3, len(feature_names())))
    assert np.array_equal(ranker.scores(features), again.scores(features))
    (tmp_path / "ranker.json").write_text(SHIPPED_RANKER.read_text().replace("prior", "posterior"))
    with pytest.raises(ConfigurationError, match="another version"):
        Ranker.load(tmp_path / "ranker.json")
    with pytest.raises(ConfigurationError, match="cannot read"):
        Ranker.load(tmp_path / "missing.json")


def test_a_row_scores_the_same_alone_and_in_company() -> None:
    ranker = Ranker.load()
    rows = np.random.default_rng(3).normal(size=(17, len(feature_names())))
    alone = np.concatenate([ranker.scores(row[None]) for row in rows])
    assert np.array_equal(ranker.scores(rows), alone)


def test_training_learns_to_pick_and_to_refuse_and_is_reproducible() -> None:
    random = np.random.default_rng(5)
    examples = []
    for _ in range(1200):
        features = np.zeros((4, len(feature_names())))
        features[:, :6] = random.normal(size=(4, 6))
        features[3, :6] = 0.0
        answer = int(np.argmax(features[:3, 0])) if features[:3, 0].max() > 0.5 else 3
        examples.append(Example(features, answer, 1.0, False))
    config = LinkerConfig(epochs=40, batch=64, rate=1e-2, decay=0.0)
    first, second = fit(examples[:1000], config), fit(examples[:1000], config)
    report = evaluate(calibrated(first, examples[1000:]), examples[1000:])
    assert report.accuracy > 0.8
    assert report.calibration_error < 0.15
    assert np.array_equal(first.hidden, second.hidden)


def test_a_surname_borrows_from_the_full_name(linker: KnowledgeLinker) -> None:
    text = "Christopher Nolan arrived first. Later Nolan spoke."
    document, entities = read(text, ("Christopher Nolan", "PER"))
    start = text.rindex("Nolan")
    late = replace(entities[0], id=1, name="Nolan", mentions=(Mention(document.id, start, start + 5, "PER"),))
    assert [entity.kb_id for entity in linker.link(document, [*entities, late])] == ["Q25191", "Q25191"]


def test_namesakes_together_outweigh_nil(linker: KnowledgeLinker) -> None:
    """First whether it is in the knowledge base at all, then which of them."""
    document, entities = read("Paris is a city.", ("Paris", "LOC"))
    [question] = questions(document, entities, linker.base)
    count = len(question.options)
    assert count > 1
    chances = np.array([0.4, *[0.2 / (count - 1)] * (count - 1), 0.4])
    assert decide(np.log(chances), question).kb_id == question.options[0].candidate.entity.id
    chances = np.array([0.3, *[0.1 / (count - 1)] * (count - 1), 0.6])
    assert decide(np.log(chances), question) == Decision(None, pytest.approx(0.6))


def test_people_are_found_without_what_people_leave_out(linker: KnowledgeLinker) -> None:
    found = {candidate.entity.id for candidate in linker.base.candidates("Scott Carpenter")}
    [carpenter] = [item.id for item in linker.base.search("Lieutenant Commander M. Scott Carpenter", limit=1)]
    assert carpenter in found


def test_rare_words_say_more(linker: KnowledgeLinker) -> None:
    assert linker.base.rarity("university") < linker.base.rarity("lovelace") <= linker.base.rarity("no entity's word")


def test_initials_alone_are_those_of_too_many(linker: KnowledgeLinker) -> None:
    document, entities = read("J. C. ran with John C. Reilly.", ("J. C.", "PER"), ("John C. Reilly", "PER"))
    assert [names_of(document, entity) for entity in entities] == [(), ("John C. Reilly",)]


def test_a_son_is_not_his_father(linker: KnowledgeLinker) -> None:
    """Both names have a word that the other lacks; a name that only leaves words out may be the same."""
    document, entities = read("Percy Florence Shelley sailed.", ("Percy Florence Shelley", "PER"))
    [question] = questions(document, entities, linker.base)
    assert "Q93343" not in {option.candidate.entity.id for option in question.options}
    document, entities = read("Constanze Weber sang.", ("Constanze Weber", "PER"))
    [question] = questions(document, entities, linker.base)
    assert "Q84464" in {option.candidate.entity.id for option in question.options}


def options_of(linker: KnowledgeLinker, text: str, label: str, *names: str) -> set[str]:
    """Names of the options of one entity that has all the names."""
    document, entities = read(text, *((name, label) for name in names))
    mentions = tuple(mention for entity in entities for mention in entity.mentions)
    [question] = questions(document, [replace(entities[0], mentions=mentions)], linker.base)
    return {option.candidate.entity.name for option in question.options}


def test_senior_is_not_junior(linker: KnowledgeLinker) -> None:
    son = "Martin Luther King, Jr."
    assert son in options_of(linker, "Martin Luther King Jr. preached.", "PER", "Martin Luther King Jr.")
    assert son in options_of(linker, "Martin Luther King preached.", "PER", "Martin Luther King")
    assert son not in options_of(linker, "Martin Luther King Sr. preached.", "PER", "Martin Luther King Sr.")


def test_a_short_form_is_that_of_the_longer_name(linker: KnowledgeLinker) -> None:
    """Not of somebody else whom it is short for."""
    text = "Washington Irving wrote. The river gave Washington tales."
    document, [writer] = read(text, ("Washington Irving", "PER"))
    start = text.rindex("Washington")
    short = Mention(document.id, start, start + len("Washington"), "PER")
    [question] = questions(document, [replace(writer, mentions=(*writer.mentions, short))], linker.base)
    assert "Q23" not in {option.candidate.entity.id for option in question.options}
    assert "George Washington" in options_of(linker, "Washington crossed the river.", "PER", "Washington")


def test_an_acronym_is_that_of_the_name_that_it_stands_behind(linker: KnowledgeLinker) -> None:
    stranger = "National Library of China"
    assert stranger in options_of(linker, "NLC makes lamps.", "ORG", "NLC")
    found = options_of(
        linker, "The Northern Lantern Company (NLC) makes lamps.", "ORG", "Northern Lantern Company", "NLC"
    )
    assert stranger not in found
    whole, short = "Massachusetts Institute of Technology", "MIT"
    assert "MIT" in options_of(linker, f"The {whole} ({short}) opened.", "ORG", whole, short)


def test_a_link_that_is_most_likely_wrong_is_not_made(linker: KnowledgeLinker) -> None:
    text = "NLC, the lamp maker from Tromsø, hired Sigrid Aune."
    [entity] = linker.link(*read(text, ("NLC", "ORG")))
    assert entity.kb_id is None


def test_a_given_name_alone_is_nobody(linker: KnowledgeLinker) -> None:
    """Unless something else in the document speaks for who it is, or it is the name of a ruler."""
    assert linked(linker, "Amy baked bread and sang all day.", ("Amy", "PER")) == [None]
    assert linked(linker, "Queen Victoria gave a mountain away.", ("Victoria", "PER")) == ["Q9439"]
    assert linked(linker, "Nurhaci united the tribes.", ("Nurhaci", "PER")) == ["Q311189"]


def test_of_several_names_the_one_seen_most_often_counts(linker: KnowledgeLinker) -> None:
    text = "Toyota Motor Corporation, or Toyota."
    document, [whole] = read(text, ("Toyota Motor Corporation", "ORG"))
    short = Mention(document.id, text.rindex("Toyota"), len(text) - 1, "ORG")
    [question] = questions(document, [replace(whole, mentions=(*whole.mentions, short))], linker.base)
    found = next(option for option in question.options if option.candidate.entity.id == "Q53268")
    [alone] = [option for option in linker.base.named("Toyota") if option.entity.id == "Q53268"]
    assert (found.name, found.kind) == ("Toyota Motor Corporation", "alias")
    assert found.candidate.count == alone.count > 0


def test_a_university_is_not_the_town_it_lies_in(linker: KnowledgeLinker) -> None:
    text = "He took his degree at Cambridge and later taught at Cambridge, where he became a professor in 1902."
    assert linked(linker, text, ("Cambridge", "ORG")) == ["Q35794"]
