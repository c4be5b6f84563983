"""Texts of the school, and texts about others, in which the person is named: where, and a contact's words if they name nobody else."""

import re
from collections.abc import Iterator
from typing import Any, cast

from django.db.models import Field, Model
from django.utils.translation import gettext as _

from declarations.organisation.models.person import Person
from declarations.organisation.models.school import School
from declarations.privacy import erasure, personal_data
from declarations.privacy.subject_access.redact import Redactor

# Short fields that say who somebody is; the others are about somebody or something else.
SHORT = {*personal_data.CONTACTS, "approved_by", "sighted_by", "signed_in_with"}


def named_in(person: Person, redactor: Redactor) -> Iterator[dict[str, Any]]:
    """One for each field, of the person's own school; of the trust's people of every school."""
    called = erasure.names(person)
    if not called:
        return
    own = re.compile("|".join(personal_data.whole(name) for name in called), re.IGNORECASE)
    # A row once, though two of their names stand in it.
    rows = {called_here(place.row): place for place in personal_data.places(person, called)}
    for where, place in sorted(rows.items()):
        row = place.row
        if person.school_id not in {None, place.school_id}:
            continue
        for name in place.words:
            text = str(getattr(row, name))
            shown = redactor.text(text)
            # Not where the name is only a part of somebody else's, which has been taken out.
            if own.search(shown):
                told = shown if name in SHORT and shown == text and not named_alike(person, own, shown) else None
                what = cast("Field[Any, Any]", row._meta.get_field(name)).verbose_name
                yield {"place": where, "what": str(what), "text": told}
    for note, _name in personal_data.notes_elsewhere(person, called):
        if note.user_id != person.pk:
            yield {"place": f"{_('note of the desk')} {note.pk}", "what": _("a text in it"), "text": None}


def called_here(row: Model) -> str:
    """By number: a declaration's reference leads to its signer's name."""
    return str(row) if isinstance(row, School) else f"{row._meta.verbose_name} {row.pk}"


def named_alike(person: Person, own: re.Pattern[str], shown: str) -> bool:
    """Somebody else is called the same: it may be their telephone number."""
    return any(personal_data.is_shared(person, match.group()) for match in own.finditer(shown))
