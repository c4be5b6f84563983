"""Canonical JSON: the same bytes as RFC 8785's own implementation, and nothing beside them."""

import json
from random import Random
from typing import Any
from unicodedata import normalize

import pytest
import rfc8785
from hypothesis import given, settings
from hypothesis import strategies as st

from declarations.evidence.canonical_json import NotCanonicalError, canon, parse
from tests.evidence.making import load_verifier

pytestmark = pytest.mark.sqlite  # the database has no say in it: once is enough

verifier = load_verifier()

LETTERS = [
    *(chr(code) for code in range(1, 0x180)),
    *"“”–—€\u2028\u2029\ufeff\ufffd\uffff\u200d\U0001f600\U0010ffff日本שלום",
]
KEYS = st.text(st.characters(min_codepoint=32, max_codepoint=126), max_size=12)
TEXTS = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0"), max_size=12).map(lambda text: normalize("NFC", text))
RECORDS = st.dictionaries(
    KEYS, TEXTS | st.none() | st.booleans() | st.integers(-(2**53) + 1, 2**53 - 1) | st.lists(TEXTS, max_size=3), max_size=5
)


def generated(random: Random, depth: int = 0) -> Any:
    kind = random.randrange(8 if depth < 4 else 5)
    if kind == 0:
        return random.choice([None, True, False])
    if kind in {1, 2}:
        return random.choice([0, 1, -1, 2**53 - 1, 1 - 2**53, random.randrange(1 - 2**53, 2**53)])
    if kind in {3, 4}:
        return normalize("NFC", "".join(random.choices(LETTERS, k=random.randrange(12))))
    if kind == 5:
        return [generated(random, depth + 1) for _ in range(random.randrange(5))]
    keys = ("".join(random.choices([chr(code) for code in range(32, 127)], k=random.randrange(9))) for _ in range(random.randrange(6)))
    return {key: generated(random, depth + 1) for key in keys}


def test_10_000_records_are_as_rfc_8785_writes_them() -> None:
    """By a plain generator with a seed, because Hypothesis takes minutes for as many; the next test is Hypothesis's."""
    random = Random(8785)
    for number in range(10_000):
        record = {"number": number, "value": generated(random), "more": generated(random)}
        written = canon(record)
        assert written == rfc8785.dumps(record)
        assert parse(written) == record
        assert verifier.parse(written) == record


@settings(max_examples=300, deadline=None, database=None)
@given(RECORDS)
def test_any_record_is_as_rfc_8785_writes_it(record: Any) -> None:
    written = canon(record)
    assert written == rfc8785.dumps(record)
    assert parse(written) == record
    assert verifier.parse(written) == record


def test_examples_of_rfc_8785() -> None:
    text = '\u20ac$\u000f\nA\'B"\\\\"/'
    assert canon({"string": text, "literals": [None, True, False], "": 1}) == (
        b'{"":1,"literals":[null,true,false],"string":"\xe2\x82\xac$\\u000f\\nA\'B\\"\\\\\\\\\\"/"}'
    )
    assert canon(["\b\t\n\f\r\x7f\u2028"]) == '["\\b\\t\\n\\f\\r\x7f\u2028"]'.encode()


@pytest.mark.parametrize(
    "value",
    [
        1.0,
        0.5,
        float("nan"),
        float("inf"),
        2**53,
        -(2**53),
        pytest.param(10**5000, id="10**5000"),
        "\0",
        "\ud800",
        "a\udfff",
        "e\u0301",
        "\u212b",
        {"é": 1},
        {"\n": 1},
        {"\x7f": 1},
        {1: 1},
        {None: 1},
        b"bytes",
        (1, 2),
        {1, 2},
        {"a": [{"b": 1.5}]},
    ],
)
def test_refuses_values(value: Any) -> None:
    with pytest.raises(NotCanonicalError):
        canon(value)


NOT_CANONICAL = [
    b"",
    b" ",
    b"{",
    b'{"a":1} ',
    b' {"a":1}',
    b'{"a": 1}',
    b'{"b":1,"a":2}',
    b'{"a":1,"a":1}',
    b'{"a":1,"a":2}',
    b'{"a":1.0}',
    b'{"a":1e3}',
    b'{"a":-0}',
    b'{"a":01}',
    b'{"a":9007199254740992}',
    b'{"a":-9007199254740992}',
    b'{"a":' + b"9" * 4000 + b"}",
    b'{"a":' + b"9" * 100_000 + b"}",
    b'{"a":NaN}',
    b'{"a":Infinity}',
    b'{"a":-Infinity}',
    b'{"a":"\\u0000"}',
    b'{"a":"\\ud800"}',
    b'{"a":"\\ud83d\\ude00"}',
    b'{"a":"\\u0041"}',
    b'{"a":"\\/"}',
    b'{"a":"\\u000A"}',
    b'{"a":"\\u000a"}',
    b'{"a":"\\u001F"}',
    b'{"a":"\xed\xa0\x80"}',
    b'{"a":"\xff"}',
    b'{"a":"\xc0\xaf"}',
    b'\xef\xbb\xbf{"a":1}',
    b'{"a":1}\n',
    b"{'a':1}",
    b'{"a":1,}',
    b'{"a":"e\xcc\x81"}',
    b'{"\\u0061":1}',
    '{"é":1}'.encode(),
    b"[" * 33 + b"1" + b"]" * 33,
    b"[" * 34 + b"]" * 34,
    b"[" * 100_000,
    b"[" * 100_000 + b"]" * 100_000,
    '{"a":1}'.encode("utf-16"),
]


@pytest.mark.parametrize("raw", NOT_CANONICAL, ids=lambda raw: repr(raw[:24]))
def test_refuses_bytes(raw: bytes) -> None:
    with pytest.raises(NotCanonicalError):
        parse(raw)
    assert verifier.parse(raw) is None


def test_nesting_up_to_the_limit() -> None:
    for raw in (b"[" * 33 + b"]" * 33, b"[" * 32 + b"1" + b"]" * 32, b'{"":' * 32 + b"{}" + b"}" * 32):
        assert verifier.parse(raw) == parse(raw) == json.loads(raw)


@settings(max_examples=400, deadline=None, database=None)
@given(RECORDS, st.data())
def test_another_byte_is_another_record(record: Any, data: st.DataObject) -> None:
    """What both readers take is canonical: they agree on whatever a changed byte makes of it."""
    raw = bytearray(canon(record))
    raw[data.draw(st.integers(0, len(raw) - 1))] = data.draw(st.integers(0, 255))
    try:
        value: Any = parse(bytes(raw))
    except NotCanonicalError:
        assert verifier.parse(bytes(raw)) is None
    else:
        assert canon(value) == raw
        assert verifier.parse(bytes(raw)) == value
