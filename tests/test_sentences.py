import time

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from graphwright.pipeline.sentences import sentences

PIECES = st.sampled_from(
    ["Ada Osei", " met ", "Dr.", "U.S.", "3.5", ". ", "! ", "?", "\n", "\n\n", "  ", "\t", '"', "(", ")", "…", "[4]",
     "- ", "王先生", "。", "！", "”", "שלום", "مرحبا؟", "👩🏽‍🚀", "é", "\u00a0", "\u2028", "no", "i", "."]
)  # fmt: skip


def split(text: str) -> list[str]:
    return [text[start:end] for start, end in sentences(text)]


@given(st.one_of(st.text(max_size=200), st.lists(PIECES, max_size=60).map("".join)))
def test_spans_cover_all_that_is_not_white_in_order_and_trimmed(text):
    position = 0
    for start, end in sentences(text):
        assert start < end
        assert not text[position:start].strip(), "only white space lies between sentences"
        assert text[start:end] == text[start:end].strip()
        position = end
    assert not text[position:].strip()


@given(st.lists(PIECES, max_size=30).map("".join), st.lists(PIECES, max_size=30).map("".join))
@example("! ”", "")
def test_a_blank_line_parts_what_stands_on_both_sides(above, below):
    assert split(above + "\n\n" + below) == split(above) + split(below)


@pytest.mark.parametrize(
    "expected",
    [
        ["Dr. Mara Lind met J. R. Holt at 5 p.m. in St. Albans.", "They spoke for 3.5 hours."],
        ["She lives in the U.S. with her son.", "He works for Acme Inc. in Lagos."],
        ["He moved to the U.S. in May.", "It was No. 3 on Jan. 5, 1990."],
        ["She left Acme Corp.", "The firm closed in 1999."],
        ["It served until World War I.", "The fort then fell."],
        ['"Is it far?" she asked.', '"No," he said.', '"We are there."'],
        ["(It rained all day.)", "Nobody came."],
        ["The bridge opened in 1931.[2][3]", "It closed in 1960. [4]", "A tunnel replaced it."],
        ["Wait... what is it?", "Look!", "The lake, e.g. its north shore, froze."],
        ["The firm is cited by Holt et al. in their study.", "Prices rose vs. last year."],
        ["We went home.", "i was tired."],
        ["dr. mara lind met j. r. holt at 5 p.m. in st. albans.", "they spoke for 3.5 hours."],
        ["she lives in paris, e.g. on mondays.", 'he asked "why?"', "nobody came (in 1990).", "no. 3 did."],
    ],
)
def test_english(expected):
    assert split(" ".join(expected)) == expected


def test_chinese_needs_no_space():
    assert split("李娜出生于武汉。她在哪里工作？她说：“我在上海！”然后她走了。") == [
        "李娜出生于武汉。",
        "她在哪里工作？",
        "她说：“我在上海！”",
        "然后她走了。",
    ]
    assert split("他问：“你好吗？”，然后走了。") == ["他问：“你好吗？”，然后走了。"]


def test_right_to_left_and_emoji():
    assert split("هل وصلت؟ نعم وصلت. שלום עולם. הוא הלך.") == ["هل وصلت؟", "نعم وصلت.", "שלום עולם.", "הוא הלך."]
    assert split("We won! 🎉🎉 Ada cheered. 👩🏽‍🚀 left.") == ["We won!", "🎉🎉 Ada cheered.", "👩🏽‍🚀 left."]


def test_a_wrapped_paragraph_is_not_cut_at_its_lines():
    text = (
        "The harbour of Port Alder was built by the Norwegian engineer Dr.\n"
        "Ove Strand between 1901 and 1908, and it was widened in 1950 when\n"
        "larger ships came. It is still in use."
    )
    first, second = split(text)
    assert first.endswith("when\nlarger ships came.")
    assert second == "It is still in use."


def test_lines_that_stand_for_themselves_are_sentences():
    assert split("Introduction\nThe mill burned down.\nnobody was hurt\n- flour\n- oats\n2. Rye is sold.") == [
        "Introduction",
        "The mill burned down.",
        "nobody was hurt",
        "- flour",
        "- oats",
        "2. Rye is sold.",
    ]


@pytest.mark.parametrize("text", ["", " \n\t\n ", "\u00a0"])
def test_white_space_has_no_sentences(text):
    assert sentences(text) == ()


@pytest.mark.parametrize("unit", [".", "?!", ". ", ".\n", "\n", " ", "a\n", '." "', "[1].", "。", "a. "])
def test_time_grows_with_length_only(unit):
    text = unit * (400_000 // len(unit))
    started = time.perf_counter()
    sentences(text)
    assert time.perf_counter() - started < 10, "a quadratic scan would take minutes"
