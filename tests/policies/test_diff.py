"""What changed from one text to another: hand-made pairs, in the sentences that a person would say; and no clause is ever lost."""

import re
import time
from collections import Counter
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from declarations.policies import diff
from declarations.policies.diff import Change, Changes, Kind, Span, compare, compare_sentences, parts_of

# A slow machine is no fault of the text.
settings.register_profile("untimed", deadline=None)
settings.load_profile("untimed")

CONTENT = Path(__file__).parent.parent.parent / "content"
BEFORE = """# Phones

## In class {#class}

Phones are a "help" and a hindrance - often.

- **M3** No adult uses their own mobile in class at all.
- **M4** Personal phones are not on the desk during lessons.
- **M5** Photographs are taken with school cameras only, and never of a child whose parents said no.

## At lunch {#lunch}

- **M6** Use your phone in the staff room only.
- **M7** Give nobody your private number.
"""


def edited(*edits: tuple[str, str]) -> str:
    after = BEFORE
    for old, new in edits:
        assert old in after
        after = after.replace(old, new)
    return after


def said(changes: Changes) -> list[str]:
    """As a person would say it: `In class: M3 reworded: No adult [-uses-]{+touches+} their …`."""
    sentences = []
    for section in changes.sections:
        if section.kind != Kind.SAME:
            sentences.append(f"section {section.kind}: {section.title}")
        if section.old_title:
            sentences.append(f"section renamed: {section.old_title} is {section.title} now")
        if section.is_moved:
            sentences.append(f"section moved: {section.title}")
        sentences += [f"{section.title}: {sentence(change)}" for change in section.changes]
    return sentences


def sentence(change: Change) -> str:
    return f"{change.kind}: {marked(change.spans) if change.spans else change.new or change.old}"


def marked(spans: tuple[Span, ...]) -> str:
    signs = {Kind.SAME: "{}", Kind.REMOVED: "[-{}-]", Kind.ADDED: "{{+{}+}}"}
    return " ".join(signs[span.kind].format(span.text.strip()) for span in spans)


PAIRS = {
    "nothing": (BEFORE, []),
    "spaces and line ends": (BEFORE.replace("\n", "  \r\n\r\n").replace("No adult", "No   adult"), []),
    "quotation marks and dashes": (edited(('a "help" and a hindrance - often', "a “help” and a hindrance – often")), []),
    "bold": (edited(("No adult", "*No* adult"), ("the staff room", "**the staff room**")), []),
    "added": (
        edited(("- **M4**", "- **M3a** Watches count as phones.\n- **M4**")),
        ["In class: added: M3a Watches count as phones."],
    ),
    "removed": (
        edited(("- **M4** Personal phones are not on the desk during lessons.\n", "")),
        ["In class: removed: M4 Personal phones are not on the desk during lessons."],
    ),
    "reworded": (
        edited(("No adult uses their own mobile", "No adult uses a mobile of their own")),
        ["In class: reworded: M3 No adult uses {+a mobile of+} their own [-mobile-] in class at all."],
    ),
    "one word": (edited(("at all", "ever")), ["In class: reworded: M3 No adult uses their own mobile in class [-at all-] {+ever+} ."]),
    "rewritten wholly, under its key": (
        edited(("Give nobody your private number.", "Telephone families from the office.")),
        ["At lunch: reworded: [-M7 Give nobody your private number.-] {+M7 Telephone families from the office.+}"],
    ),
    "rewritten wholly, without a key": (
        edited(("Phones are a", "Telephones, I think, can be made into a"), (' "help" and a hindrance - often.', " tool.")),
        [
            "In class: removed: Phones are a “help” and a hindrance - often.",
            "In class: added: Telephones, I think, can be made into a tool.",
        ],
    ),
    "half of its words kept, without a key": (
        edited((' "help" and a hindrance - often.', ' "help" for busy teachers.')),
        ["In class: reworded: Phones are a “help” [-and a hindrance - often-] {+for busy teachers+} ."],
    ),
    "elsewhere in its section": (
        edited(("- **M3** No adult uses their own mobile in class at all.\n", ""),
               ("whose parents said no.\n", "whose parents said no.\n- **M3** No adult uses their own mobile in class at all.\n")),
        [
            "In class: removed: M3 No adult uses their own mobile in class at all.",
            "In class: added: M3 No adult uses their own mobile in class at all.",
        ],
    ),
    "to another section": (
        edited(("- **M4** Personal phones are not on the desk during lessons.\n", ""),
               ("private number.\n", "private number.\n- **M4** Personal phones are not on the desk during lessons.\n")),
        [
            "In class: removed: M4 Personal phones are not on the desk during lessons.",
            "At lunch: added: M4 Personal phones are not on the desk during lessons.",
        ],
    ),
    "numbered anew": (
        edited(("**M7**", "**M8**"), ("- **M6** Use", "- **M6** Be kind in the staff room at all times.\n- **M7** Use")),
        [
            "At lunch: added: M6 Be kind in the staff room at all times.",
            "At lunch: reworded: [-M6-] {+M7+} Use your phone in the staff room only.",
            "At lunch: reworded: [-M7-] {+M8+} Give nobody your private number.",
        ],
    ),
    "split": (
        edited(("with school cameras only, and never of a child whose parents said no.",
                "with school cameras only.\n- **M5a** They are never of a child whose parents said no.")),
        [
            (
                "In class: reworded: M5 Photographs are taken with school cameras only "
                "[-, and never of a child whose parents said no-] ."
            ),
            "In class: added: M5a They are never of a child whose parents said no.",
        ],
    ),
    "a heading renamed, the key kept": (
        edited(("## At lunch {#lunch}", "## At break and lunch {#lunch}")),
        ["section renamed: At lunch is At break and lunch now"],
    ),
    "a key renamed, the heading kept": (edited(("{#lunch}", "{#pause}")), []),
    "a heading and its key renamed": (
        edited(("## At lunch {#lunch}", "## In your free time")),
        [
            "section added: In your free time",
            "In your free time: added: M6 Use your phone in the staff room only.",
            "In your free time: added: M7 Give nobody your private number.",
            "section removed: At lunch",
            "At lunch: removed: M6 Use your phone in the staff room only.",
            "At lunch: removed: M7 Give nobody your private number.",
        ],
    ),
    "a section added": (
        edited(("## At lunch {#lunch}", "## On trips\n\n- **M9** One school phone travels with each group.\n\n## At lunch {#lunch}")),
        ["section added: On trips", "On trips: added: M9 One school phone travels with each group."],
    ),
    "a section removed": (
        BEFORE.partition("## At lunch")[0],
        [
            "section removed: At lunch",
            "At lunch: removed: M6 Use your phone in the staff room only.",
            "At lunch: removed: M7 Give nobody your private number.",
        ],
    ),
    "sections in another order": (
        "# Phones\n\n## At lunch {#lunch}\n" + BEFORE.partition("## At lunch {#lunch}\n")[2] + "\n"
        + BEFORE.partition("# Phones\n\n")[2].partition("## At lunch")[0],
        ["section moved: In class"],
    ),
    "struck out": (
        edited(("No adult uses their own mobile in class at all.", "~~No adult uses their own mobile in class at all.~~")),
        ["In class: reworded: M3 {+~~+} No adult uses their own mobile in class at all. {+~~+}"],
    ),
    "a link's address": (
        edited(("Give nobody", "[Give](https://school.example/a) nobody")),
        ["At lunch: reworded: M7 Give {+(https://school.example/a)+} nobody your private number."],
    ),
}  # fmt: skip


@pytest.mark.parametrize(("after", "sentences"), PAIRS.values(), ids=PAIRS)
def test_what_changed_in_a_persons_words(after, sentences):
    changes = compare(BEFORE, after)
    assert said(changes) == sentences
    assert bool(changes) is bool(sentences)
    assert_nothing_is_lost(changes, BEFORE, after)


def test_a_row_of_a_table_is_a_clause_and_so_is_a_smaller_heading():
    table = "## Who\n\n### Today\n\n| Who | Room |\n|---|---|\n| Ada | 1 |\n| Ben | 2 |\n"
    changes = compare(table, table.replace("| Ben | 2 |", "| Ben | 3 |"))
    assert said(changes) == ["Who: reworded: Ben | [-2-] {+3+}"]
    assert said(compare(table, table.replace("### Today", "### Not today"))) == ["Who: reworded: [-Today-] {+Not today+}"]


def test_what_is_gone_stands_where_it_stood():
    before = "## One\n\n- alpha apple\n- beta banana\n- gamma grape\n\n## Two\n\n- delta date\n\n## Three\n\n- epsilon elder\n"
    after = "## One\n\n- alpha apple\n- zeta zucchini plum\n- gamma grape\n\n## Three\n\n- epsilon elder\n\n## Four\n\n- eta\n"
    assert said(compare(before, after)) == [
        "One: removed: beta banana",
        "One: added: zeta zucchini plum",
        "section removed: Two",
        "Two: removed: delta date",
        "section added: Four",
        "Four: added: eta",
    ]


def test_a_text_that_has_nothing_in_common_is_removed_and_added():
    changes = compare("## Old\n\nAlpha beta.", "## New\n\nGamma delta.")
    assert said(changes) == ["section added: New", "New: added: Gamma delta.", "section removed: Old", "Old: removed: Alpha beta."]
    assert changes.counts() == {Kind.ADDED: 1, Kind.REMOVED: 1}


def test_the_statement_and_the_confirmations_are_compared_too():
    old = ["I have read it.", "I will comply with it.", "I agree to all of it."]
    new = ["I have read it.", "I know who the safeguarding lead is.", "I will comply with it at home too.", "I agree to all of it."]
    assert said(compare_sentences("What is signed", old, new)) == [
        "What is signed: added: I know who the safeguarding lead is.",
        "What is signed: reworded: I will comply with it {+at home too+} .",
    ]
    assert not compare_sentences("What is signed", old, [*old])


def test_the_starter_texts_compared_with_themselves_are_the_same():
    for name in ("leaflet", "aup"):
        text = (CONTENT / f"{name}.md").read_text()
        assert not compare(text, text.replace("’", "'").replace("\n", "\n "))


# Few words, so that clauses are often alike; headings with and without keys.
WORDS = st.lists(
    st.sampled_from(["phones", "class", "never", "always", "staff", "the", "a", "ask", "DSL", "“quoted”", "isn’t"]), min_size=1, max_size=9
)
BLOCKS = st.one_of(
    WORDS.map(lambda words: " ".join(words) + "."),
    st.tuples(st.sampled_from(["A1", "A2", "A3", "M3"]), WORDS).map(lambda two: f"- **{two[0]}** {' '.join(two[1])}"),
    WORDS.map(lambda words: f"- {' '.join(words)}\n  - {words[0]} too"),
    st.sampled_from(
        ["## Class", "## Lunch {#lunch}", "## Trips", "## Staff {#lunch}", "### small", "| a | b |\n|-|-|\n| never | ask |", "***", ">"]
    ),
)
TEXTS = st.lists(BLOCKS, min_size=1, max_size=14).map("\n\n".join)


@given(TEXTS)
def test_nothing_changed_from_a_text_to_itself(text):
    changes = compare(text, text)
    assert not changes
    assert_nothing_is_lost(changes, text, text)


@given(TEXTS, TEXTS)
def test_every_word_of_both_texts_is_there_in_its_order(before, after):
    assert_nothing_is_lost(compare(before, after), before, after)


@given(TEXTS, TEXTS)
def test_what_changed_is_shown_and_nothing_else(before, after):
    changes = compare(before, after)
    shown = Counter(change.kind for section in changes.sections for change in section.changes)
    assert (
        shown
        == changes.counts()
        == Counter(change.kind for section in changes.every for change in section.every) - Counter({Kind.SAME: 1_000})
    )


WORDS_AND_SIGNS = st.lists(st.sampled_from(["a ", "b, ", "it’s ", "“c” ", "d. ", "e-f ", "\n", "ü ", "<b>"]), max_size=40).map("".join)


@given(WORDS_AND_SIGNS, WORDS_AND_SIGNS, st.sampled_from([0, 9, 10_000]))
def test_the_spans_are_all_of_the_old_words_and_all_of_the_new(before, after, pairs):
    assert_spans_hold(diff.spans(before, after, diff._Work(pairs)), before, after)


def assert_spans_hold(spans, before: str, after: str) -> None:
    for kind, text in ((Kind.ADDED, before), (Kind.REMOVED, after)):
        assert unspaced("".join(span.text for span in spans if span.kind != kind)) == unspaced(text)


def unspaced(text: str) -> str:
    return diff.folded(text).replace(" ", "")


def assert_nothing_is_lost(changes: Changes, before: str, after: str) -> None:
    """Put together again, each side is its text: sections (the old ones may stand in another order), points in order, words."""
    new = [
        (section.title, [change.new for change in section.every if change.new]) for section in changes.every if section.kind != Kind.REMOVED
    ]
    old = [
        (section.old_title or section.title, [change.old for change in section.every if change.old])
        for section in changes.every
        if section.kind != Kind.ADDED
    ]
    assert new == [(part.title, part.points) for part in parts_of(after)]
    titles = [(diff.folded(part.title), part.points) for part in parts_of(before)]
    assert sorted((diff.folded(title), points) for title, points in old) == sorted(titles)
    for change in (change for section in changes.every for change in section.every):
        if change.kind == Kind.REWORDED:
            assert_spans_hold(change.spans, change.old, change.new)
        if change.kind == Kind.SAME:
            assert diff.folded(change.old) == diff.folded(change.new)


def test_every_word_that_is_read_is_in_a_point_or_a_title():
    text = (
        "Before\n\n## One\n\npara *two*\n\n- **A1** item\n  - nested\n\n> quoted\n\n```\ncode\n\nmore\n```\n\n| head |\n|---|\n| cell |\n"
    )
    words = [word for part in parts_of(text) for point in part.points for word in re.findall(r"\w+", point)]
    assert words == ["Before", "para", "two", "A1", "item", "nested", "quoted", "code", "more", "head", "cell"]


LONG = {
    "alike": lambda word, n: "\n\n".join(f"Rule {number % 7} of all rules is {word} and {number}." for number in range(n)),
    "equal": lambda word, n: "\n\n".join(f"- The same {word} clause as ever, and not another." for _number in range(n)),
    "sections": lambda word, n: "\n\n".join(f"## {word} section {number}\n\nIts {number} words." for number in range(n)),
    "sections with keys": lambda word, n: "\n\n".join(
        f"## S {number} {{#s{number}}}\n\n{word} {'a b ' * 50}{word}." for number in range(n)
    ),
    "backwards": lambda word, n: "\n\n".join(f"Rule {n - number if word == 'new' else number} stands." for number in range(n)),
    "paragraphs": lambda word, n: "\n\n".join(f"{word} {f'x {word} ' * 400}{number}" for number in range(n // 20)),
    "by turns": lambda word, n: "\n\n".join(("a b " if word == "old" else "b a ") * 199 + word for _number in range(n // 20)),
}


@pytest.mark.parametrize("make", LONG)
def test_a_long_text_takes_seconds_at_most(make):
    before, after = LONG[make]("old", 1500), LONG[make]("new", 1500)
    began = time.monotonic()
    changes = compare.__wrapped__(before, after)
    assert time.monotonic() - began < 30
    assert_nothing_is_lost(changes, before, after)


def test_words_are_told_apart_within_bounds():
    """difflib is quadratic at its worst: beyond so many pairs of words the middle is removed and added as a whole."""
    alike, many = " ".join(f"h{number}" for number in range(600)), [f"w{number * 7 % 60}" for number in range(500)]
    before, after = (f"{alike} {first} {' '.join(many)} {last}." for first, last in (("one", "two"), ("three", "four")))
    work = diff._Work()
    assert [span.kind for span in diff.spans(before, after, work)] == ["same", "removed", "added", "same"]
    assert work.pairs == diff.MOST_PAIRS_IN_ALL
    short = diff._Work(100)
    assert len(diff.spans("one two three four five six", "one two 3 four five 6", short)) > 3
    assert short.pairs < 100
    assert [span.kind for span in diff.spans("a b c d e f g", "a b x d y f g", diff._Work(0))] == ["same", "removed", "added", "same"]
