"""The personal data of staff lists and invitations."""

import unicodedata
from collections.abc import Collection, Iterator
from typing import Any

from django.utils.translation import gettext_lazy as _

from declarations.organisation.models.person import Person
from declarations.staff_lists.models import StaffList
from declarations.web.capability import PersonalData, SharedRows


def changes_of(person: Person) -> Iterator[dict[str, Any]]:
    """What lists changed about them. A list that nobody has confirmed has changed nothing yet."""
    for staff_list in StaffList.objects.filter(school=person.school_id, changes__isnull=False).order_by("pk"):
        for kind, changes in (staff_list.changes or {}).items():
            yield from ({"at": staff_list.confirmed_at, "what": kind} | change for change in changes if change["id"] == person.pk)


def forget_in_lists(person: Person, names: Collection[str]) -> None:
    """Deletes lists that wait to be confirmed, and empties what others changed if it says the person's number or a name of theirs."""
    StaffList.objects.filter(school=person.school_id, confirmed_at__isnull=True).delete()
    folded = {fold(name) for name in names}
    for staff_list in StaffList.objects.filter(school=person.school_id, changes__isnull=False):
        changes = staff_list.changes or {}
        numbers = {change["id"] for part in changes.values() for change in part}
        if person.pk in numbers or any(name in fold(text) for text in texts(changes) for name in folded):
            StaffList.objects.filter(pk=staff_list.pk).update(changes=None)


def fold(text: str) -> str:
    """The text in one form, however its accents and capitals were typed."""
    return unicodedata.normalize("NFC", unicodedata.normalize("NFC", text).casefold())


def texts(value: Any) -> Iterator[str]:
    """Every text in a JSON value."""
    match value:
        case str():
            yield value
        case list():
            for item in value:
                yield from texts(item)
        case dict():
            yield from texts(list(value.values()))


PERSONAL_DATA = (
    PersonalData(
        model=StaffList,
        acts={"uploaded_by": "uploaded_at", "confirmed_by": "confirmed_at", "undone_by": "undone_at"},
        fixed=("sha256", "columns", "counts", "changes"),
        shared=SharedRows(title=_("what staff lists changed, while that can be undone"), extract=changes_of, forget=forget_in_lists),
    ),
)
