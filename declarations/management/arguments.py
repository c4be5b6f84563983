"""Reads the arguments of commands; refuses a bad one with one sentence."""

import datetime as dt
from argparse import ArgumentTypeError
from typing import Any

from django.core.exceptions import NON_FIELD_ERRORS, ValidationError
from django.core.management import CommandError
from django.db import models
from django.db.models import Q

from declarations.common.dates import YEARS
from declarations.organisation.models.school import School

MOST_DIGITS = 18  # a number with more may be larger than a database takes


def school_called(slug: str) -> School:
    """Return the school with this slug. Raises CommandError, which names the schools there are."""
    slugs = list(School.objects.order_by("slug").values_list("slug", flat=True))
    if slug in slugs:
        return School.objects.get(slug=slug)
    there_are = f"There are: {', '.join(slugs)}." if slugs else "There are none yet: manage.py add_school makes one."
    raise CommandError(f"There is no school “{line_of_text('--school', slug)}”. {there_are}")


def person_called(typed: str) -> Q:
    """Return the condition for the person with this e-mail address, or with the number in the address of their page in the admin."""
    if typed.isascii() and typed.isdigit() and len(typed) <= MOST_DIGITS:
        return Q(pk=int(typed))
    # PostgreSQL takes neither a NUL nor half a character, so other words mean nobody.
    return Q(email__iexact=typed) if typed and typed.isprintable() else Q(pk__in=[])


def line_of_text(option: str, value: str) -> str:
    """Return the value as one line of text. Raises CommandError for control characters and for bytes that are no UTF-8."""
    line = " ".join(value.split())
    if not line or not line.isprintable():
        raise CommandError(f"{option} must be a line of text, in UTF-8.")
    return line


def day(value: str) -> dt.date:
    """Read a day, `YYYY-MM-DD`, for argparse. Raises ArgumentTypeError."""
    try:
        day = dt.date.fromisoformat(value)
    except ValueError:
        raise ArgumentTypeError(f"{value!r} is not a day: write it as 2027-08-31.") from None
    if day.year not in YEARS:
        raise ArgumentTypeError(f"{value!r} is too far away: the year must be between {YEARS[0]} and {YEARS[-1]}.")
    return day


def check(row: models.Model, options: dict[str, str]) -> None:
    """Check a row before it is saved. Raises CommandError with all its faults; `options` maps fields to the options that set them."""
    try:
        row.full_clean()
    except ValidationError as invalid:
        faults: dict[str, Any] = invalid.message_dict
        lines = [
            " ".join(sentences) if field == NON_FIELD_ERRORS else f"{options.get(field, field)}: {' '.join(sentences)}"
            for field, sentences in faults.items()
        ]
        raise CommandError("\n".join(lines)) from invalid
