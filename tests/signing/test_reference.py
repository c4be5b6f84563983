"""References: drawn from 80 bits, read out over a telephone, typed back."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from declarations.signing.reference import ALPHABET, FORM, canonical, from_random

pytestmark = pytest.mark.sqlite  # the database has no say in it: once is enough

WRITTEN = "7Q2M-K0TX-9D4V-HW6B"
random_bytes = st.binary(min_size=10, max_size=10)


@pytest.mark.parametrize(
    ("random", "reference"),
    [
        (bytes(10), "0000-0000-0000-0000"),
        (b"\xff" * 10, "ZZZZ-ZZZZ-ZZZZ-ZZZZ"),
        (bytes(9) + b"\x01", "0000-0000-0000-0001"),
        (b"\x80" + bytes(9), "G000-0000-0000-0000"),
        (bytes.fromhex("00443214c74254b635cf"), "0123-4567-89AB-CDEF"),
    ],
)
def test_ten_bytes_are_sixteen_letters(random, reference):
    assert from_random(random) == reference


@pytest.mark.parametrize("length", [0, 9, 11, 16])
def test_another_number_of_bytes_is_refused(length):
    with pytest.raises(ValueError, match="10 random bytes"):
        from_random(bytes(length))


def test_no_letter_can_be_taken_for_another():
    assert len(set(ALPHABET)) == 32
    assert not set("ILOU") & set(ALPHABET)


@given(random_bytes, random_bytes)
def test_no_bit_is_lost(one, other):
    assert FORM.fullmatch(from_random(one))
    assert (from_random(one) == from_random(other)) is (one == other)


@given(random_bytes, st.data())
def test_however_it_is_typed_it_is_found(random, data):
    reference = from_random(random)
    lookalikes = {"0": "0Oo", "1": "1IiLl"}
    typed = ""
    for letter in reference.replace("-", ""):
        typed += data.draw(st.sampled_from(lookalikes.get(letter, letter + letter.lower())))
        typed += data.draw(st.sampled_from(["", "", "", "-", " ", "\u2013", "\u00a0"]))
    assert canonical(typed) == reference


@pytest.mark.parametrize(
    "typed",
    [WRITTEN, WRITTEN.lower(), WRITTEN.replace("-", ""), WRITTEN.replace("-", " "), f"  {WRITTEN}\n", WRITTEN.replace("0", "O")]
    + [WRITTEN.replace("-", dash) for dash in "\u2010\u2011\u2012\u2013\u2014\u2015"],
)
def test_ways_of_typing_one(typed):
    assert canonical(typed) == WRITTEN


@pytest.mark.parametrize(
    "typed",
    [
        "",
        "-",
        WRITTEN[:-1],
        WRITTEN + "0",
        WRITTEN.replace("7", "U"),  # U is no letter of the alphabet and looks like none
        WRITTEN.replace("7", "\uff17"),  # a full-width 7
        WRITTEN.replace("7", "\x00"),
        WRITTEN.replace("-", "_"),
        WRITTEN.replace("-", "/"),
        WRITTEN + "-" * 50,
        "../../etc/passwd",
        "{{7*7}}",
        "\u0131" * 16,  # a dotless i, whose capital is I
        "\ufb06" * 8,  # a ligature, whose capitals are two letters
        "0" * 1_000_000,
    ],
)
def test_what_cannot_be_one_is_none(typed):
    assert canonical(typed) is None


@given(st.text(max_size=70))
def test_whatever_is_typed_is_a_reference_or_none(typed):
    found = canonical(typed)
    assert found is None or re.fullmatch(f"[{ALPHABET}]{{4}}(-[{ALPHABET}]{{4}}){{3}}", found)
