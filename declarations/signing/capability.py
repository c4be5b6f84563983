"""The front door of signing: what it hands upward."""

from django.utils.translation import gettext_lazy as _

from declarations.signing import home, publish_impact
from declarations.signing.actions import kiosk
from declarations.signing.admin import dashboard, person_page
from declarations.signing.admin.declarations import DeclarationAdmin
from declarations.signing.admin.filters import SigningStatusFilter
from declarations.signing.admin.kiosk import KioskSessionAdmin
from declarations.signing.admin.responses import ExemptionAdmin, ResponseAdmin
from declarations.signing.emails import EMAILS
from declarations.signing.log_records import LOG_KINDS, check_declarations, check_exemptions, check_responses, check_tablets
from declarations.signing.models.declaration import Declaration
from declarations.signing.models.kiosk import KioskSession
from declarations.signing.models.response import Exemption, Response
from declarations.signing.personal_data import PERSONAL_DATA, RETENTION
from declarations.web.capability import Capability, Departure, MenuEntry, Panel, PersonPage

CAPABILITY = Capability(
    name="signing",
    person_filters=(SigningStatusFilter,),
    emails=EMAILS,
    personal_data=PERSONAL_DATA,
    retention=RETENTION,
    publish_impact=(Panel(template="signing/admin/publish_impact.html", context=publish_impact.context),),
    admin={Declaration: DeclarationAdmin, Response: ResponseAdmin, Exemption: ExemptionAdmin, KioskSession: KioskSessionAdmin},
    menu=(
        MenuEntry(title=_("Leaflet"), url="leaflet", order=20, covers=("/leaflet/",)),
        MenuEntry(title=_("Policy"), url="policy", order=30),
        MenuEntry(title=_("Declarations"), url="declarations", order=40, covers=("/declarations/",)),
        MenuEntry(title=_("Declarations"), url="admin:declarations_declaration_changelist", order=50, in_admin=True),
        MenuEntry(title=_("Tablet"), url="admin:declarations_kiosksession_changelist", order=100, in_admin=True),
    ),
    dashboard=(Panel(template="signing/admin/dashboard.html", context=dashboard.responses, order=30),),
    home=(
        Panel(template="signing/home_to_do.html", context=home.state_of_signing, order=10),
        Panel(template="signing/home_response.html", context=home.last_response, order=30),
        Panel(template="signing/home.html", context=home.texts_and_declaration, order=50),
    ),
    person_pages=(PersonPage(route="ways-in/code/", name="one_time_code", view=person_page.one_time_code),),
    sign_in_methods=(Panel(template="signing/admin/one_time_code_form.html", context=person_page.one_time_code_form, order=10),),
    departure=Departure(stays=(Panel(template="signing/admin/leaving.html", context=person_page.stays, order=10),)),
    ends_ways_in=(kiosk.end_codes,),
    log_kinds=LOG_KINDS,
    reconcile=(check_declarations, check_responses, check_exemptions, check_tablets),
)
