"""What the log says of imports."""

from django.utils.translation import gettext_lazy as _

from declarations.web.capability import LogKind

LOG_KINDS = (
    LogKind(name="people.imported", title=_("a staff list was imported")),
    LogKind(name="people.import_undone", title=_("the import of a staff list was undone")),
)
