"""What changed from one text to another: hand-made pairs, in the sentences that a person would say; and no clause is ever lost."""

import cProfile
import re
from itertools import pairwise
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from declarations.policies.diff import words as wording
from declarations.policies.diff.classify import Change, Changes, Kind, compare, compare_sentences
from declarations.policies.diff.split import parts_of
from declarations.policies.diff.words import Allowance, Fate, Span

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
    found = []
    for section in changes.sections:
        if section.kind != Kind.SAME:
            found.append(f"section {section.kind}: {section.title}")
        if section.old_title:
            found.append(f"section renamed: {section.old_title} is {section.title} now")
        if section.is_moved:
            found.append(f"section moved: {section.title}")
        found += [f"{section.title}: {sentence(change)}" for change in section.changes]
    return found


def sentence(change: Change) -> str:
    one = (change.new or change.old)[0]
    moved = f" (from {change.moved_from})" if change.moved_from else " (within the section)" if change.is_moved else ""
    words = {
        Kind.REWORDED: lambda: marked(change.spans),
        Kind.SPLIT: lambda: f"{change.old[0].text} -> {' / '.join(new.text for new in change.new)}",
        Kind.JOINED: lambda: f"{' / '.join(old.text for old in change.old)} -> {change.new[0].text}",
        Kind.RENUMBERED: lambda: f"was {change.old[0].key}",
    }.get(change.kind, lambda: one.text)()
    return f"{one.key} {change.kind}{moved}: {words}".strip()


def marked(spans: tuple[Span, ...]) -> str:
    signs = {Fate.KEPT: "{}", Fate.REMOVED: "[-{}-]", Fate.ADDED: "{{+{}+}}"}
    return " ".join(signs[span.fate].format(span.text.strip()) for span in spans)


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
        ["In class: M4 removed: Personal phones are not on the desk during lessons."],
    ),
    "reworded": (
        edited(("No adult uses their own mobile", "No adult uses a mobile of their own")),
        ["In class: M3 reworded: No adult uses {+a mobile of+} their own [-mobile-] in class at all."],
    ),
    "one word": (edited(("at all", "ever")), ["In class: M3 reworded: No adult uses their own mobile in class [-at all-] {+ever+} ."]),
    "rewritten wholly, under its key": (
        edited(("Give nobody your private number.", "Telephone families from the office.")),
        ["At lunch: M7 reworded: [-Give nobody your private number.-] {+Telephone families from the office.+}"],
    ),
    "moved within its section": (
        edited(("- **M3** No adult uses their own mobile in class at all.\n", ""),
               ("whose parents said no.\n", "whose parents said no.\n- **M3** No adult uses their own mobile in class at all.\n")),
        ["In class: M3 moved (within the section): No adult uses their own mobile in class at all."],
    ),
    "moved to another section": (
        edited(("- **M4** Personal phones are not on the desk during lessons.\n", ""),
               ("private number.\n", "private number.\n- **M4** Personal phones are not on the desk during lessons.\n")),
        ["At lunch: M4 moved (from In class): Personal phones are not on the desk during lessons."],
    ),
    "moved and reworded": (
        edited(("- **M4** Personal phones are not on the desk during lessons.\n", ""),
               ("private number.\n", "private number.\n- **M4** Personal phones are never on the desk during lessons.\n")),
        ["At lunch: M4 reworded (from In class): Personal phones are [-not-] {+never+} on the desk during lessons."],
    ),
    "numbered anew": (
        edited(("**M7**", "**M8**"), ("- **M6** Use", "- **M6** Be kind in the staff room at all times.\n- **M7** Use")),
        [
            "At lunch: M6 added: Be kind in the staff room at all times.",
            "At lunch: M7 renumbered: was M6",
            "At lunch: M8 renumbered: was M7",
        ],
    ),
    "split": (
        edited(("with school cameras only, and never of a child whose parents said no.",
                "with school cameras only.\n- **M5a** They are never of a child whose parents said no.")),
        [
            (
                "In class: M5 split: Photographs are taken with school cameras only, and never of a child whose parents said no. -> "
                "Photographs are taken with school cameras only. / M5a They are never of a child whose parents said no."
            )
        ],
    ),
    "joined": (
        edited(("at all.\n- **M4** Personal", "at all, and personal")),
        [
            (
                "In class: M3 joined: No adult uses their own mobile in class at all. / Personal phones are not on the desk during lessons."
                " -> No adult uses their own mobile in class at all, and personal phones are not on the desk during lessons."
            )
        ],
    ),
    "a heading renamed, the key kept": (
        edited(("## At lunch {#lunch}", "## At break and lunch {#lunch}")),
        ["section renamed: At lunch is At break and lunch now"],
    ),
    "a heading renamed, without a key": (
        edited(("## At lunch {#lunch}", "## In your free time")),
        ["section renamed: At lunch is In your free time now"],
    ),
    "a section added": (
        edited(("## At lunch {#lunch}", "## On trips\n\n- **M9** One school phone travels with each group.\n\n## At lunch {#lunch}")),
        ["section added: On trips", "On trips: M9 added: One school phone travels with each group."],
    ),
    "a section removed": (
        BEFORE.partition("## At lunch")[0],
        [
            "section removed: At lunch",
            "At lunch: M6 removed: Use your phone in the staff room only.",
            "At lunch: M7 removed: Give nobody your private number.",
        ],
    ),
    "sections in another order": (
        "# Phones\n\n## At lunch {#lunch}\n" + BEFORE.partition("## At lunch {#lunch}\n")[2] + "\n"
        + BEFORE.partition("# Phones\n\n")[2].partition("## At lunch")[0],
        ["section moved: At lunch"],
    ),
    "struck out": (
        edited(("No adult uses their own mobile in class at all.", "~~No adult uses their own mobile in class at all.~~")),
        ["In class: M3 reworded: {+~~+} No adult uses their own mobile in class at all. {+~~+}"],
    ),
    "a link's address": (
        edited(("Give nobody", "[Give](https://school.example/a) nobody")),
        ["At lunch: M7 reworded: Give {+(https://school.example/a)+} nobody your private number."],
    ),
}  # fmt: skip


@pytest.mark.parametrize(("after", "sentences"), PAIRS.values(), ids=PAIRS)
def test_what_changed_in_a_persons_words(after, sentences):
    changes = compare(BEFORE, after)
    assert said(changes) == sentences
    assert bool(changes) is bool(sentences)
    assert accounted_for(changes, BEFORE, after)


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
    assert said(changes) == ["section removed: Old", "Old: removed: Alpha beta.", "section added: New", "New: added: Gamma delta."]
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
    assert not compare(text, text)
    assert accounted_for(compare(text, text), text, text)


@given(TEXTS, TEXTS)
def test_every_clause_of_both_texts_is_accounted_for_exactly_once(before, after):
    changes = compare(before, after)
    assert accounted_for(changes, before, after)
    shown = [change for section in changes.sections for change in section.changes]
    assert len(shown) == sum(change.kind != Kind.SAME for change in changes.every), "what changed is shown, each once"


@given(st.lists(st.sampled_from(TEXT_PIECES := ["a ", "b, ", "it’s ", "“c” ", "d. ", "e-f ", "\n", "ü "]), max_size=40).map("".join),
       st.lists(st.sampled_from(TEXT_PIECES), max_size=40).map("".join), st.sampled_from([0, 9, 10_000]))  # fmt: skip
def test_the_spans_are_all_of_the_old_words_and_all_of_the_new(before, after, pairs):
    spans = wording.spans(before, after, Allowance(pairs))
    for fate, text in ((Fate.ADDED, before), (Fate.REMOVED, after)):
        assert unspaced("".join(span.text for span in spans if span.fate != fate)) == unspaced(text)
    assert all(one.fate != other.fate for one, other in pairwise(spans))


def unspaced(text: str) -> str:
    return wording.folded(text).replace(" ", "")


def accounted_for(changes: Changes, before: str, after: str) -> bool:
    """Every clause of the old text in exactly one change, and of the new text."""
    for text, side in ((before, "old"), (after, "new")):
        found = [clause for change in changes.every for clause in getattr(change, side)]
        wanted = [clause for part in parts_of(text) for clause in part.clauses]
        assert sorted(found, key=place) == wanted
    return True


def place(clause):
    return clause.section, clause.place


def test_every_word_that_is_read_is_in_a_clause_or_a_title():
    text = "Before\n\n## One\n\npara *two*\n\n- **A1** item\n  - nested\n\n> quoted\n\n```\ncode\n```\n\n| head |\n|---|\n| cell |\n"
    words = [word for part in parts_of(text) for clause in part.clauses for word in re.findall(r"\w+", f"{clause.key} {clause.text}")]
    assert words == ["Before", "para", "two", "A1", "item", "nested", "quoted", "code", "head", "cell"]


LONG = {
    "alike": lambda word, n: "\n\n".join(f"Rule {number % 7} of all rules is {word} and {number}." for number in range(n)),
    "equal": lambda word, n: "\n\n".join(f"- The same {word} clause as ever, and not another." for _number in range(n)),
    "sections": lambda word, n: "\n\n".join(f"## {word} section {number}\n\nIts {number} words." for number in range(n)),
    "backwards": lambda word, n: "\n\n".join(f"Rule {n - number if word == 'new' else number} stands." for number in range(n)),
}


@pytest.mark.parametrize("make", LONG)
def test_twice_the_text_is_twice_the_work_and_not_four_times(make):
    """Counted, not timed: how many functions are called."""
    few, many = (calls(LONG[make]("old", n), LONG[make]("new", n)) for n in (400, 800))
    assert many < 2.3 * few


def calls(before: str, after: str) -> int:
    profile = cProfile.Profile()
    changes = profile.runcall(compare.__wrapped__, before, after)
    assert accounted_for(changes, before, after)
    return sum(one.callcount for one in profile.getstats())


def test_words_are_told_apart_within_an_allowance():
    """difflib is quadratic at its worst: beyond so many pairs of words the middle is removed and added as a whole."""
    alike, many = " ".join(f"h{number}" for number in range(600)), [f"w{number * 7 % 60}" for number in range(500)]
    before, after = (f"{alike} {first} {' '.join(many)} {last}." for first, last in (("one", "two"), ("three", "four")))
    allowance = Allowance()
    assert [span.fate for span in wording.spans(before, after, allowance)] == ["kept", "removed", "added", "kept"]
    assert allowance.pairs == wording.MOST_PAIRS_IN_ALL
    short = Allowance(100)
    assert len(wording.spans("one two three four five six", "one two 3 four five 6", short)) > 3
    assert short.pairs < 100
    assert [span.fate for span in wording.spans("a b c d e f g", "a b x d y f g", Allowance(0))] == ["kept", "removed", "added", "kept"]
