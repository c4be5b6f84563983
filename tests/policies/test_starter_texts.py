"""The starter leaflet and AUP: every rule, nobody's name, short enough for a phone, plain enough for a tired reader."""

import re
from pathlib import Path
from string import Formatter

import pytest

from declarations.policies.text import placeholders, sections
from declarations.policies.text.clauses import CLAUSE_KEY
from declarations.policies.text.defaults import DEFAULT_CONFIRMATIONS, DEFAULT_STATEMENT
from tests.policies.clauses import clauses

pytestmark = pytest.mark.sqlite  # the database has no say in it: once is enough

CONTENT = Path(__file__).parents[2] / "content"
TEXTS = {name: placeholders.read_text((CONTENT / f"{name}.md").read_bytes()) for name in ("leaflet", "aup")}

# What each rule must speak of, in whatever words: keys of the leaflet and some of the words that carry its meaning.
RULES = {
    "M0": "phone wrong way disciplinary every member of staff",
    "M1": "smartphone Wi-Fi only after {SLT} agreed",
    "M2": "network only signed declaration read comply Acceptable Use Policy",
    "M3": "no adult staff volunteer helper own mobile class at all text e-mail away designated area {SLT} insists",
    "M4": "personal phones not desk lessons safe designated staff area locked code",
    "M5": "lunch off duty own devices only designated staff areas mobile data permission Wi-Fi professional standards",
    "M6": "never photograph students own phone school cameras only policy photography data protection",
    "M7": "private phone never communicate students personal number",
    "M8": "national guidance 2007 education department safer working practice boundaries personal information professional role scrutiny",
    "M9": "{DSL} {DSL_contact} local authority child-protection {child_protection_contact}",
    "S1": "dangers social networking responsible professional",
    "S2": "most staff good effect trouble in school and out",
    "S3": "balance new good practice protect yourself allegations legal risk school staff governors every child",
    "S4": "sites software shared interests networks exchange text pictures video e-mail mobile devices",
    "SS1": "distinct account education entirely separate personal age official school e-mail",
    "SS2": "{headteacher} approves every proposal before school service hosts",
    "SS3": "links other sites appropriate safe",
    "SS4": "no photographs children without written parental never name child personally identifying",
    "SS5": "inappropriate comment abuses record remove report leadership",
    "SS6": "not message students directly not public",
    "SS7": "never breach another school policy",
    "SS8": "never financial interests commercial venture personal campaign",
    "SS9": "report breach at once {headteacher} {DSL}",
    "SS10": "national guidance 2007 write children misread grooming",
    "P1": "personal social media not invite parents students accept engage",
    "P2": "receive child personal social media report {DSL}",
    "P3": "inappropriate communications any child report {DSL} immediately",
    "P4": "strongly advise highest privacy settings every personal account",
    "P5": "e-mail school business staff school community official school account",
    "P6": "not personal e-mail mobile phone own contact school community accept",
    "P7": "advise not post specific individual matters school community",
    "P8": "advise post relates school reputation",
    "P9": "no current pupil any age former pupil under 18 friend follower subscriber",
    "P10": "not school e-mail address personal social media account",
    "P11": "never social media internet attack insult abuse defame pupils families colleagues professionals organisations school",
    "P12": "not school e-mail personal equipment encryption data breach",
}
WORDS = {
    "school": "Hillside School",
    "SLT": "senior leadership team (SLT)",
    "headteacher": "headteacher",
    "DSL": "designated safeguarding lead (DSL)",
    "DSL_contact": "Priya Example, priya_x@hillside.example, 01632 960101",
    "child_protection_contact": "Anyshire *Children's* Services [duty desk], 01632 960102",
    "IT_contact": "it_desk@hillside.example",
    "data_protection_contact": "dp-office@hillside.example",
    "designated_areas": "the staff room, offices\nand room 4",
}


def own_keys(name: str) -> list[str]:
    return [key for key in clauses(TEXTS[name]) if CLAUSE_KEY.fullmatch(key)]


def syllables(word: str) -> int:
    groups = len(re.findall(r"[aeiouy]+", re.sub(r"(?:[^l]e|es|ed)\Z", "", word.lower())))
    return max(groups, 1)


def grade(source: str) -> float:
    """The Flesch–Kincaid grade: years of schooling. A rough measure, but the same for every draft."""
    prose = re.sub(r"\*\*[A-Z]{1,2}\d+\*\* ", "", source)
    prose = re.sub(r"[{}]", "", sections.plain(prose))
    sentences = [part for part in re.split(r"[.:;?!]\s+|\n\n", prose) if re.search(r"\w", part)]
    spoken = re.findall(r"[A-Za-z’'-]+", prose)
    return 0.39 * len(spoken) / len(sentences) + 11.8 * sum(map(syllables, spoken)) / len(spoken) - 15.59


def test_the_leaflet_carries_every_rule_once() -> None:
    assert sorted(own_keys("leaflet")) == sorted(RULES)
    for key in RULES:
        assert TEXTS["leaflet"].count(f"- **{key}** ") == 1


@pytest.mark.parametrize("key", RULES)
def test_each_rule_says_what_it_must(key: str) -> None:
    clause = clauses(TEXTS["leaflet"])[key].lower()
    assert [word for word in RULES[key].split() if word.lower() not in clause] == []


def test_the_keys_of_the_policy_run_without_a_gap() -> None:
    keys = own_keys("aup")
    assert keys == [f"A{number}" for number in range(1, len(keys) + 1)]
    assert all(TEXTS["aup"].count(f"- **{key}** ") == 1 for key in keys)


def test_the_policy_refers_only_to_rules_that_exist() -> None:
    own = set(own_keys("aup"))
    named = set(re.findall(r"\b(?:A|M|S|SS|P)\d{1,2}\b", TEXTS["aup"]))
    assert named - own <= set(RULES)
    assert {"M1", "M2", "P12"} <= named


def test_wi_fi_permission_is_not_permission_for_school_e_mail() -> None:
    clause = clauses(TEXTS["aup"])["A14"]
    assert "is not permission to put school e-mail on the device" in clause
    assert "P12" in clause


@pytest.mark.parametrize("name", TEXTS)
def test_every_section_is_named_and_short_enough_for_a_phone(name: str) -> None:
    parts = sections.sections(TEXTS[name])
    assert 6 <= len(parts) <= 10
    assert sections.title_of(TEXTS[name])
    for part in parts:
        assert f"{{#{part.key}}}" in TEXTS[name], "the key is written out, so that a new title does not change it"
        assert len(sections.plain(part.body).split()) <= 220, part.title
        assert any(CLAUSE_KEY.fullmatch(key) for key in clauses(f"## {part.title}\n\n{part.body}"))


@pytest.mark.parametrize("name", TEXTS)
def test_the_words_are_plain(name: str) -> None:
    assert grade(TEXTS[name]) < 9
    for clause in clauses(TEXTS[name]).values():
        longest = max((len(sentence.split()) for sentence in re.split(r"[.:;?!]\s+|\n\n", clause)), default=0)
        assert longest <= 36, clause


@pytest.mark.parametrize("name", TEXTS)
def test_nobody_is_named(name: str) -> None:
    text = TEXTS[name]
    assert placeholders.placeholders(text) <= placeholders.PLACEHOLDERS
    assert not re.search(r"@|https?:|www\.|\b0\d{3,}|\+44", text)
    assert not re.search(r"\b(?:SLT|DSL|LADO|Mrs?|Ms|Dr)\b(?!\}|_contact)", text), "labels are the school's to set"


def test_between_them_they_use_every_placeholder() -> None:
    used = set().union(*(placeholders.placeholders(text) for text in TEXTS.values()))
    assert used == placeholders.PLACEHOLDERS == set(WORDS)


@pytest.mark.parametrize("name", TEXTS)
def test_filling_in_a_school_changes_its_words_and_nothing_else(name: str) -> None:
    filled = placeholders.checked(placeholders.substitute(TEXTS[name], WORDS))
    assert placeholders.placeholders(filled) == set()
    assert [part.key for part in sections.sections(filled)] == [part.key for part in sections.sections(TEXTS[name])]
    assert re.sub(r"<[^>]+>", "\n", sections.html(filled)).count("\n") == re.sub(r"<[^>]+>", "\n", sections.html(TEXTS[name])).count("\n")
    for word in re.findall(r"[\w*@.\[\]'-]+", WORDS["DSL_contact"]):
        assert word in sections.plain(filled)


@pytest.mark.parametrize("name", TEXTS)
def test_permission_is_never_called_consent(name: str) -> None:
    for key, clause in clauses(TEXTS[name]).items():
        assert key == "SS4" or "consent" not in clause.lower()  # SS4: the consent of parents to a photograph


@pytest.mark.parametrize("name", TEXTS)
def test_the_spelling_is_british(name: str) -> None:
    assert not re.search(
        r"\b(?:email|cell ?phone|behavior|color|program|licenses|\w+ized?|\w+izing|\w+ization)\b", TEXTS[name], re.IGNORECASE
    )


def test_the_statement_and_the_confirmations() -> None:
    assert [confirmation["key"] for confirmation in DEFAULT_CONFIRMATIONS] == ["read", "comply", "monitored", "reporting", "breach"]
    sentences = [DEFAULT_STATEMENT, *(confirmation["text"] for confirmation in DEFAULT_CONFIRMATIONS)]
    for sentence in sentences:
        assert sentence.startswith("I ")
        assert sentence.count(".") == 1
        assert sentence.endswith(".")
        assert {field for _, field, _, _ in Formatter().parse(sentence) if field} <= placeholders.PLACEHOLDERS
        assert not placeholders.placeholders(placeholders.substitute_plain(sentence, WORDS))
    assert "read the leaflet and the Acceptable Use Policy of {school}" in DEFAULT_STATEMENT
    assert "will comply with the Acceptable Use Policy" in DEFAULT_STATEMENT
    assert "{DSL}" in DEFAULT_CONFIRMATIONS[3]["text"]
