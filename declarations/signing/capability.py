"""The front door of signing: what it hands upward."""

from django.utils.translation import gettext_lazy as _

from declarations.signing import publish_impact
from declarations.signing.admin.declarations import DeclarationAdmin
from declarations.signing.admin.kiosk import KioskSessionAdmin
from declarations.signing.admin.responses import ExemptionAdmin, ResponseAdmin
from declarations.signing.emails import EMAILS
from declarations.signing.models.declaration import Declaration
from declarations.signing.models.kiosk import KioskSession
from declarations.signing.models.response import Exemption, Response
from declarations.signing.personal_data import PERSONAL_DATA, RETENTION
from declarations.web.capability import Capability, PublishImpact

CAPABILITY = Capability(
    name="signing",
    title=_("signing"),
    urls="declarations.signing.urls",
    emails=EMAILS,
    personal_data=PERSONAL_DATA,
    retention=RETENTION,
    publish_impact=(PublishImpact(template="signing/admin/publish_impact.html", context=publish_impact.context),),
    admin={
        Declaration: DeclarationAdmin,
        Response: ResponseAdmin,
        Exemption: ExemptionAdmin,
        KioskSession: KioskSessionAdmin,
    },
)
