"""What the log says of imports, and how they are compared with it."""

from collections.abc import Iterator
from operator import attrgetter

from django.utils.translation import gettext_lazy as _

from declarations.evidence.models import Log
from declarations.evidence.reconcile import Happening, check_rows
from declarations.evidence.scan import LogContents
from declarations.staff_lists.models import StaffList
from declarations.web.capability import LogKind

LOG_KINDS = (
    LogKind(name="people.imported", title=_("a staff list was imported"), needs={"list": int}),
    LogKind(name="people.import_undone", title=_("the import of a staff list was undone"), needs={"list": int}),
)


def check_staff_lists(log: Log, contents: LogContents) -> Iterator[str]:
    yield from check_rows(
        "staff list",
        "list",
        StaffList.objects.filter(school=log.school_id).defer("content", "changes").order_by("pk"),
        contents,
        Happening(
            "people.imported",
            "imported",
            attrgetter("confirmed_at"),
            lambda row: {"by": row.confirmed_by_id, "sha256": row.sha256, **row.counts},
        ),
        Happening("people.import_undone", "undone", attrgetter("undone_at"), lambda row: {"by": row.undone_by_id, "sha256": row.sha256}),
    )
