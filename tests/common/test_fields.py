"""Form fields: typed text, and days in certain years."""

import datetime as dt

import pytest
from django.forms import ValidationError

from declarations.common.fields import DayField, DayInput, TypedField


@pytest.mark.parametrize("character", ["\x00", "\x0b", "\x7f", "\x85", "\u202a", "\u202e", "\u2066", "\u2069", "\ud800"])
def test_no_text_holds_what_cannot_be_seen(character):
    with pytest.raises(ValidationError, match="cannot be typed or seen"):
        TypedField(lines=True).clean(f"Ada{character}Example")


@pytest.mark.parametrize(("typed", "kept"), [("Ada\tExample ", "Ada Example"), ("Zoe\u0308", "Zo\u00eb"), ("\u200eעדה", "\u200eעדה")])
def test_other_text_is_kept_in_one_form(typed, kept):
    assert TypedField().clean(typed) == kept


@pytest.mark.parametrize(("typed", "is_taken"), [("1999-12-31", False), ("2000-01-01", True), ("2100-12-31", True), ("2101-01-01", False)])
def test_a_day_is_in_one_of_the_years(typed, is_taken):
    field = DayField(years=range(2000, 2101))
    if is_taken:
        assert field.clean(typed) == dt.date.fromisoformat(typed)
    else:
        with pytest.raises(ValidationError, match="Choose a day from the year 2000 to the year 2100") as error:
            field.clean(typed)
        assert error.value.code == "year"
    assert DayField().clean(typed) == dt.date.fromisoformat(typed)


def test_a_day_is_picked_in_the_browsers_calendar():
    assert DayInput().render("on", dt.date(2027, 3, 1)) == '<input type="date" name="on" value="2027-03-01">'
    assert DayField(required=False, years=range(2000, 2101)).clean("") is None
