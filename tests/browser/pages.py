"""Every page there is, and who looks at it. test_pages.py fails for an address that stands in neither of the two tables."""

from collections.abc import Iterator
from dataclasses import dataclass

from django.urls import URLPattern, URLResolver, get_resolver

from declarations.social_media.urls import ACTS

BEN, ADA, LIAM, EDITH, GRACE, JAKUB = (f"{name}@hillside.example" for name in ("ben", "ada", "liam", "edith", "grace", "jakub"))
HILDA, OMAR, GITA, INES = (f"{name}@hillside.example" for name in ("hilda", "omar", "gita", "ines"))
TARA = "tara@trust.example"
NOBODY = ""


@dataclass(frozen=True)
class Look:
    """One look at a page: the name of its address, who, and where; `{…}` is filled in from facts(). `after`: visited before."""

    name: str
    who: str
    path: str
    status: int = 200
    after: tuple[str, ...] = ()


LOOKS = [
    # The school's accounts on social media
    Look("accounts", BEN, "/social-media/"),
    Look("account_propose", BEN, "/social-media/propose/"),
    Look("account_register", HILDA, "/social-media/register/"),
    Look("admin:declarations_schoolaccount_changelist", HILDA, "/admin/declarations/schoolaccount/"),
    # Staff
    Look("home", BEN, "/"),
    Look("home", LIAM, "/"),
    Look("home", GITA, "/"),
    Look("leaflet", BEN, "/leaflet/"),
    Look("leaflet", LIAM, "/leaflet/"),
    Look("leaflet_whole", BEN, "/leaflet/all/"),
    Look("leaflet_section", BEN, "/leaflet/{section}/"),
    Look("policy", BEN, "/policy/"),
    Look("changes", BEN, "/changes/"),
    Look("changes", EDITH, "/changes/"),
    Look("changes", LIAM, "/changes/"),
    Look("version", BEN, "/versions/{first_leaflet}/"),
    Look("sign", BEN, "/sign/"),
    Look("sign", LIAM, "/sign/"),
    Look("sign", EDITH, "/sign/", after=("/leaflet/all/",)),
    Look("declarations", BEN, "/declarations/"),
    Look("declarations", LIAM, "/declarations/"),
    Look("reply", LIAM, "/sign/reply/?kind=talk"),
    Look("reply", JAKUB, "/sign/reply/"),
    Look("home", JAKUB, "/"),
    Look("certificate", HILDA, "/declarations/{paper_reference}/"),
    Look("certificate", BEN, "/declarations/{reference}/"),
    Look("devices", BEN, "/devices/"),
    Look("devices", GRACE, "/devices/"),
    Look("device_add", BEN, "/devices/add/"),
    Look("device_ask", GRACE, "/devices/{declined_device}/ask/"),
    Look("device_withdraw", BEN, "/devices/{waiting_device}/withdraw/"),
    Look("device_lost", BEN, "/devices/{waiting_device}/lost/"),
    Look("device_give_up", BEN, "/devices/{waiting_device}/give-up/"),
    Look("device_address", BEN, "/devices/{waiting_device}/address/"),
    Look("device_seen", BEN, "/devices/seen/"),
    # Auditors, and the trust
    Look("register", GITA, "/register/"),
    Look("register", GITA, "/register/?on=2020-01-01"),
    Look("register", GITA, "/register/?on=yesterday"),
    Look("register", TARA, "/register/"),
    Look("register", TARA, "/register/?school=riverside"),
    # Anyone
    Look("verify", NOBODY, "/verify/"),
    Look("verify_reference", NOBODY, "/verify/{reference}/"),
    Look("verify_reference", NOBODY, "/verify/{lapsed_reference}/"),
    Look("verify_reference", NOBODY, "/verify/0000-0000-0000-0000/", status=404),
    Look("verify_reference", NOBODY, "/verify/{paper_reference}/"),
    # The leadership's desk
    Look("admin:index", HILDA, "/admin/"),
    Look("admin:index", OMAR, "/admin/"),
    Look("admin:index", INES, "/admin/"),
    Look("admin:index", TARA, "/admin/"),
    Look("admin:declarations_permission_changelist", HILDA, "/admin/declarations/permission/"),
    Look("admin:declarations_permission_change", HILDA, "/admin/declarations/permission/{waiting}/change/"),
    Look("admin:declarations_permission_change", OMAR, "/admin/declarations/permission/{own_waiting}/change/"),
    Look("admin:declarations_permission_change", HILDA, "/admin/declarations/permission/{approved}/change/"),
    Look("admin:declarations_permission_history", HILDA, "/admin/declarations/permission/{approved}/history/"),
    Look("admin:declarations_policyversion_changelist", HILDA, "/admin/declarations/policyversion/"),
    Look("admin:declarations_policyversion_add", HILDA, "/admin/declarations/policyversion/add/"),
    Look("admin:declarations_policyversion_change", HILDA, "/admin/declarations/policyversion/{draft}/change/"),
    Look("admin:declarations_policyversion_change", HILDA, "/admin/declarations/policyversion/{first_leaflet}/change/"),
    Look("admin:declarations_policyversion_preview", HILDA, "/admin/declarations/policyversion/{draft}/preview/"),
    Look("admin:declarations_policyversion_publish", HILDA, "/admin/declarations/policyversion/{draft}/publish/"),
    Look("admin:declarations_policyversion_history", HILDA, "/admin/declarations/policyversion/{draft}/history/"),
    Look("admin:declarations_policyversion_delete", HILDA, "/admin/declarations/policyversion/{draft}/delete/"),
    Look("admin:declarations_person_changelist", INES, "/admin/declarations/person/"),
    Look("admin:declarations_person_add", INES, "/admin/declarations/person/add/"),
    Look("admin:declarations_person_change", INES, "/admin/declarations/person/{person}/change/"),
    Look("admin:declarations_person_history", INES, "/admin/declarations/person/{person}/history/"),
    Look("admin:declarations_person_leaving", INES, "/admin/declarations/person/{person}/leaving/"),
    Look("admin:declarations_person_leaving", INES, "/admin/declarations/person/{gone}/leaving/"),
    Look("admin:declarations_person_leaving", INES, "/admin/declarations/person/{ben}/leaving/"),
    Look("admin:declarations_person_invite_all", INES, "/admin/declarations/person/invite-all/"),
    Look("admin:declarations_role_changelist", HILDA, "/admin/declarations/role/"),
    Look("admin:declarations_role_change", HILDA, "/admin/declarations/role/{role}/change/"),
    Look("admin:declarations_role_history", HILDA, "/admin/declarations/role/{role}/history/"),
    Look("admin:declarations_command_line", HILDA, "/admin/declarations/role/command-line/"),
    Look("admin:declarations_stafflist_changelist", INES, "/admin/declarations/stafflist/"),
    Look("admin:declarations_stafflist_add", INES, "/admin/declarations/stafflist/add/"),
    Look("admin:declarations_school_changelist", HILDA, "/admin/declarations/school/"),
    Look("admin:declarations_school_change", HILDA, "/admin/declarations/school/{school}/change/"),
    Look("admin:declarations_school_history", HILDA, "/admin/declarations/school/{school}/history/"),
    Look("admin:not_signed", HILDA, "/admin/not-signed/"),
    Look("admin:not_signed", INES, "/admin/not-signed/?state=overdue"),
    Look("admin:not_signed", TARA, "/admin/not-signed/"),
    Look("admin:scheduled_tasks", HILDA, "/admin/scheduled-tasks/"),
    Look("admin:emails", HILDA, "/admin/emails/"),
    Look("admin:emails", TARA, "/admin/emails/"),
    Look("admin:emails", TARA, "/admin/emails/?school=riverside"),
    Look("admin:declarations_holiday_changelist", HILDA, "/admin/declarations/holiday/"),
    Look("admin:declarations_holiday_add", HILDA, "/admin/declarations/holiday/add/"),
    Look("admin:declarations_holiday_change", HILDA, "/admin/declarations/holiday/{holiday}/change/"),
    Look("admin:declarations_holiday_history", HILDA, "/admin/declarations/holiday/{holiday}/history/"),
    Look("admin:declarations_holiday_delete", HILDA, "/admin/declarations/holiday/{holiday}/delete/"),
    Look("admin:declarations_holiday_import", HILDA, "/admin/declarations/holiday/import/"),
    Look("admin:declarations_device_changelist", HILDA, "/admin/declarations/device/"),
    Look("admin:declarations_device_change", HILDA, "/admin/declarations/device/{waiting_device}/change/"),
    Look("admin:declarations_device_history", HILDA, "/admin/declarations/device/{waiting_device}/history/"),
    Look("admin:declarations_suspension_changelist", HILDA, "/admin/declarations/suspension/"),
    Look("admin:declarations_suspension_change", HILDA, "/admin/declarations/suspension/{suspension}/change/"),
    Look("admin:declarations_suspension_history", HILDA, "/admin/declarations/suspension/{suspension}/history/"),
    Look("admin:declarations_declaration_changelist", HILDA, "/admin/declarations/declaration/"),
    Look("admin:declarations_declaration_change", HILDA, "/admin/declarations/declaration/{declaration}/change/"),
    Look("admin:declarations_declaration_history", HILDA, "/admin/declarations/declaration/{declaration}/history/"),
    Look("admin:declarations_declaration_add", INES, "/admin/declarations/declaration/add/"),
    Look("admin:declarations_declaration_change", HILDA, "/admin/declarations/declaration/{paper}/change/"),
    Look("admin:declarations_permission_renewal", HILDA, "/admin/declarations/permission/renewal/"),
    Look("admin:declarations_permission_change", HILDA, "/admin/declarations/permission/{renewal}/change/"),
    Look("admin:declarations_response_changelist", HILDA, "/admin/declarations/response/"),
    Look("admin:declarations_response_change", HILDA, "/admin/declarations/response/{reply}/change/"),
    Look("admin:declarations_response_history", HILDA, "/admin/declarations/response/{reply}/history/"),
    Look("admin:declarations_exemption_changelist", HILDA, "/admin/declarations/exemption/"),
    Look("admin:declarations_exemption_add", HILDA, "/admin/declarations/exemption/add/"),
    Look("admin:declarations_exemption_change", HILDA, "/admin/declarations/exemption/{exemption}/change/"),
    Look("admin:declarations_exemption_history", HILDA, "/admin/declarations/exemption/{exemption}/history/"),
    # IT, at the same desk
    Look("admin:declarations_network", INES, "/admin/declarations/networktoken/overview/"),
    Look("admin:declarations_networktoken_changelist", INES, "/admin/declarations/networktoken/"),
    Look("admin:declarations_networktoken_add", INES, "/admin/declarations/networktoken/add/"),
    Look("admin:declarations_networksettings_changelist", INES, "/admin/declarations/networksettings/"),
    Look("admin:declarations_networksettings_add", INES, "/admin/declarations/networksettings/add/"),
    Look("admin:declarations_controller_changelist", INES, "/admin/declarations/controller/"),
    Look("admin:declarations_controller_add", INES, "/admin/declarations/controller/add/"),
    Look("admin:declarations_lastseen_changelist", INES, "/admin/declarations/lastseen/"),
    Look("admin:declarations_disconnect_changelist", INES, "/admin/declarations/disconnect/"),
    Look("admin:declarations_addressclash_changelist", INES, "/admin/declarations/addressclash/"),
    Look("admin:declarations_deviceaddress_changelist", INES, "/admin/declarations/deviceaddress/"),
    Look("admin:declarations_deviceaddress_change", INES, "/admin/declarations/deviceaddress/{address}/change/"),
    Look("admin:declarations_deviceaddress_history", INES, "/admin/declarations/deviceaddress/{address}/history/"),
    # What is kept
    Look("admin:declarations_retention", HILDA, "/admin/declarations/disposal/next/"),
    Look("admin:declarations_disposal_changelist", HILDA, "/admin/declarations/disposal/"),
    Look("admin:declarations_legalhold_changelist", HILDA, "/admin/declarations/legalhold/"),
    Look("admin:declarations_legalhold_add", HILDA, "/admin/declarations/legalhold/add/"),
    Look("admin:declarations_retentionsettings_changelist", INES, "/admin/declarations/retentionsettings/"),
    Look("admin:declarations_retentionsettings_add", INES, "/admin/declarations/retentionsettings/add/"),
    # The first time
    Look("welcome", NOBODY, "/welcome/0000/", status=404),
    Look("change", NOBODY, "/change/0000/", status=404),
    Look("waiting", BEN, "/waiting/"),
    Look("admin:changes", HILDA, "/admin/changes/"),
    # The door
    Look("account_login", NOBODY, "/accounts/login/"),
    Look("account_request_login_code", NOBODY, "/accounts/login/code/"),
    Look("account_logout", BEN, "/accounts/logout/"),
    Look("account_signup", NOBODY, "/accounts/signup/"),
    Look("account_inactive", NOBODY, "/accounts/inactive/"),
    Look("account_reauthenticate", BEN, "/accounts/reauthenticate/"),
    Look("account_change_password", BEN, "/accounts/password/change/"),
    Look("account_reset_password", NOBODY, "/accounts/password/reset/"),
    Look("account_reset_password_done", NOBODY, "/accounts/password/reset/done/"),
    Look("account_reset_password_from_key", NOBODY, "/accounts/password/reset/key/1-no-such-key/"),
    Look("account_reset_password_from_key_done", NOBODY, "/accounts/password/reset/key/done/"),
    Look("account_reauthenticate", LIAM, "/accounts/reauthenticate/?next=/sign/"),
    Look("prove_by_code", BEN, "/accounts/reauthenticate/code/?next=/sign/"),
    Look("sessions", BEN, "/accounts/sessions/"),
    Look("mfa_index", BEN, "/accounts/2fa/"),
    Look("mfa_activate_totp", BEN, "/accounts/2fa/app/add/"),
    Look("mfa_list_webauthn", BEN, "/accounts/2fa/passkeys/"),
    Look("mfa_add_webauthn", BEN, "/accounts/2fa/passkeys/add/"),
    Look("mfa_generate_recovery_codes", BEN, "/accounts/2fa/recovery-codes/generate/"),
    Look("tablet", NOBODY, "/tablet/"),
    Look("tablet", HILDA, "/tablet/"),
    Look("tablet_open", HILDA, "/tablet/open/"),
    Look("admin:declarations_person_ways_in", INES, "/admin/declarations/person/{person}/ways-in/"),
    Look("admin:declarations_identityprovider_changelist", INES, "/admin/declarations/identityprovider/"),
    Look("admin:declarations_identityprovider_add", INES, "/admin/declarations/identityprovider/add/"),
    Look("admin:declarations_kiosksession_changelist", HILDA, "/admin/declarations/kiosksession/"),
    # What goes wrong
    Look("404", BEN, "/there-is-no-such-page/", status=404),
    Look("404", NOBODY, "/there-is-no-such-page/", status=404),
    Look("403", BEN, "/register/", status=403),
    Look("403", BEN, "/admin/", status=403),
    Look("404", HILDA, "/admin/declarations/permission/999999/change/", status=404),
    Look("403", HILDA, "/admin/declarations/permission/add/", status=403),
]

# Addresses without a page of their own to look at, and why.
NO_PAGE = {
    "certificate_pdf": "a PDF",
    "paper_form": "a PDF",
    "paper_scan": "a file to download",
    "register_csv": "a CSV file",
    "register_pdf": "a PDF",
    "certificates_zip": "an archive",
    "healthz": "JSON",
    "robots": "plain text",
    "evidence_keys": "plain text",
    "None": "an address by an old word, which leads to the new one",
    "admin:declarations_person_one_time_code": "the code itself, in the answer to a POST alone: test_ways_in.py",
    "network_authorize": "for the network's own machines",
    "network_allow_list": "for the network's own machines",
    "admin:declarations_networktoken_end": "the demo's network has no token",
    "verifier": "a program to download",
    "admin:login": "leads to the sign-in page",
    "admin:logout": "leads to the sign-out page",
    "admin:jsi18n": "a script",
    "admin:app_list": "leads to the front page",
    "admin:None": "leads to a row's page, or is a 404",
    "admin:declarations_person_give_role": "only takes a form that stands on the person's page",
    "admin:declarations_person_take_role": "only takes a form that stands on the person's page",
    "admin:declarations_person_data": "a file, and only by POST",
    "admin:declarations_legalhold_change": "the demo holds nobody: tests/browser/test_kept.py",
    "admin:declarations_legalhold_history": "the demo holds nobody",
    "admin:declarations_retentionsettings_change": "the demo has the defaults",
    "admin:declarations_retentionsettings_history": "the demo has the defaults",
    "admin:declarations_disposal_change": "nothing of the demo's has gone",
    "admin:declarations_disposal_history": "nothing of the demo's has gone",
    **dict.fromkeys(
        (
            "account",
            "account_edit",
            *(f"account_{act.name}" for act in ACTS),
            "admin:declarations_schoolaccount_change",
            "admin:declarations_schoolaccount_history",
        ),
        "the demo has no account of the school's: tests/social_media",
    ),
    "admin:declarations_person_invite": "only takes a form that stands on the person's page",
    "admin:declarations_stafflist_example": "a file",
    **{
        f"admin:declarations_stafflist_{step}": "only with a list: test_people.py"
        for step in ("columns", "preview", "invite", "undo", "change", "history")
    },
    "tablet_leaflet": "only with a code: test_ways_in.py",
    "tablet_sign": "only with a code: test_ways_in.py",
    "tablet_leave": "only takes a form that stands on the tablet's pages",
    "tablet_touched": "for the tablet's script",
    "identity": "leads to a provider; the demo has none",
    "identity_callback": "where a provider leads back to; the demo has none",
    "mfa_authenticate": "only while signing in with a second factor: test_ways_in.py",
    "mfa_reauthenticate": "only with an authenticator app: test_ways_in.py",
    "mfa_deactivate_totp": "only with an authenticator app: test_ways_in.py",
    "mfa_reauthenticate_webauthn": "only with a passkey: test_ways_in.py",
    "mfa_remove_webauthn": "only with a passkey: test_ways_in.py",
    "mfa_edit_webauthn": "only with a passkey: test_ways_in.py",
    "mfa_view_recovery_codes": "only with a second factor: test_ways_in.py",
    "mfa_download_recovery_codes": "plain text",
    "mfa_login_webauthn": "for the sign-in page's script",
    "admin:declarations_kiosksession_close": "only takes a form that stands on the tablet's page",
    "account_confirm_login_code": "only while a code is awaited: test_codes.py",
    "account_set_password": "only without a password: test_codes.py",
    **{
        f"admin:declarations_{model}_{what}": "nobody may: the page says so (403, looked at above)"
        for model, whats in {
            "permission": "add delete",
            "person": "delete",
            "school": "add delete",
            "device": "add delete",
            "suspension": "add delete",
            "schoolaccount": "add delete",
            "declaration": "delete",
            "response": "add delete",
            "exemption": "delete",
            "networktoken": "delete",
            "legalhold": "delete",
            "retentionsettings": "delete",
            "disposal": "add delete",
            "networksettings": "delete",
            "controller": "delete",
            "lastseen": "add delete",
            "disconnect": "add delete",
            "addressclash": "add delete",
            "deviceaddress": "add delete",
            "role": "add delete",
            "stafflist": "delete",
            "identityprovider": "delete",
            "kiosksession": "add delete",
        }.items()
        for what in whats.split()
    },
    **{
        f"admin:declarations_{model}_{what}": "the demo's network has none"
        for model in (
            "identityprovider",
            "kiosksession",
            "networktoken",
            "networksettings",
            "controller",
            "lastseen",
            "disconnect",
            "addressclash",
        )
        for what in ("change", "history")
    },
}

FACTS = {
    "section": "SELECT section_key FROM declarations_sectionread WHERE person_id = {liam} ORDER BY id",
    "first_leaflet": "SELECT id FROM declarations_policyversion WHERE document = 'leaflet' AND number = 1 AND school_id = {hillside}",
    "draft": "SELECT id FROM declarations_policyversion WHERE published_at IS NULL AND school_id = {hillside}",
    "reference": "SELECT reference FROM declarations_declaration WHERE person_id = {ben} ORDER BY id DESC",
    "paper_reference": "SELECT reference FROM declarations_declaration d JOIN declarations_papersignature p ON p.declaration_id = d.id",
    "paper": "SELECT declaration_id FROM declarations_papersignature",
    "renewal": "SELECT id FROM declarations_permission WHERE renews_id IS NOT NULL AND school_id = {hillside}",
    "reply": "SELECT id FROM declarations_reply WHERE school_id = {hillside}",
    "exemption": "SELECT id FROM declarations_exemption WHERE school_id = {hillside}",
    "lapsed_reference": "SELECT reference FROM declarations_declaration WHERE person_id = {imogen} ORDER BY id DESC",
    "declaration": "SELECT id FROM declarations_declaration WHERE person_id = {ben} ORDER BY id DESC",
    "waiting_device": "SELECT id FROM declarations_device WHERE owner_id = {ben}",
    "declined_device": "SELECT id FROM declarations_device WHERE owner_id = {grace}",
    "waiting": "SELECT id FROM declarations_permission WHERE owner_id = {ben}",
    "own_waiting": "SELECT id FROM declarations_permission WHERE owner_id = {omar}",
    "approved": "SELECT id FROM declarations_permission WHERE owner_id = {bronwen}",
    "suspension": "SELECT id FROM declarations_suspension WHERE lifted_at IS NULL",
    "address": "SELECT address.id FROM declarations_deviceaddress address JOIN declarations_device device ON device.id = device_id "
    "WHERE owner_id = {ben}",
    "holiday": "SELECT id FROM declarations_holiday WHERE school_id = {hillside} ORDER BY id",
    "person": "SELECT {gita}",
    "ben": "SELECT {ben}",
    "gone": "SELECT {tomas}",
    "role": "SELECT id FROM declarations_role WHERE person_id = {omar}",
    "school": "SELECT {hillside}",
}


def addresses() -> Iterator[str]:
    """The name of every address there is, those of included lists with their namespace."""
    yield from names(get_resolver().url_patterns, "")


def names(patterns: list[URLPattern | URLResolver], space: str) -> Iterator[str]:
    for pattern in patterns:
        if isinstance(pattern, URLPattern):
            yield f"{space}{pattern.name}"
        else:
            yield from names(pattern.url_patterns, f"{space}{pattern.namespace}:" if pattern.namespace else space)
