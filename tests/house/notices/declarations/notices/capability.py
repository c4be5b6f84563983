"""What notices hands upward."""

from declarations.notices import views
from declarations.notices.models import Notice
from django.utils.translation import gettext_lazy as _

from declarations.web.admin_base import SchoolScopedAdmin
from declarations.web.capability import Capability, LogKind, MenuEntry, Panel, PersonalData

CAPABILITY = Capability(
    name="notices",
    menu=(MenuEntry(title=_("Notices"), url="notices", order=45),),
    dashboard=(Panel(template="notices/admin/dashboard.html", context=views.panel, order=200),),
    admin={Notice: SchoolScopedAdmin},
    log_kinds=(LogKind(name="notice.read", title=_("a notice was read"), about="person", needs={"notice": int}),),
    personal_data=(PersonalData(model=Notice, about=("person",), free_text=("remark",)),),
)
