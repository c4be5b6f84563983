"""Who gets in where: every address, everybody, every method; an address that is not in the table fails.

The addresses lead to ben's things at Hillside. Codes are those of GET, HEAD, POST (with an empty form), PUT and DELETE; `in` is
a redirect to the sign-in page. Nobody ever meets an error of the server's.
"""

from collections.abc import Callable

import pytest
from django.apps import apps
from django.db import connection
from django.test import Client

from declarations.devices.models import Suspension
from declarations.evidence.models import Checkpoint, Entry, IssuedCertificate
from declarations.policies.models import SectionRead
from tests.addresses import address, bens_things, routes
from tests.cast import Cast

METHODS = ("get", "head", "post", "put", "delete")
READING = ("get", "head", "put", "delete")
EVERYBODY = {"out", "ben", "ada", "hilda", "gita", "ines", "rosa", "tara"}

TO_SIGN_IN = "in in in in in"
READ = "200 200 405 405 405"  # a page
FORM = "200 200 200 405 405"  # a page with a form, which an empty POST shows again
DONE = "200 200 302 405 405"  # a page with a form, which is done with an empty POST
ELSEWHERE = "302 302 302 302 302"
NO = "403 403 403 403 403"
NOT_THERE = "404 404 404 404 404"
NO_READING = "403 403 405 405 405"
NOT_THERE_TO_READ = "404 404 405 405 405"
NOT_THERE_TO_DO = "404 404 404 405 405"
DESK = "200 200 200 200 200"  # Django's admin answers every method; it does something for POST alone
VIEW_ONLY = "200 200 403 200 200"


def rule(**codes: str) -> dict[str, str]:
    """`rule(ben_ada="…", rest="…")`: everybody's codes."""
    rest = codes.pop("rest", None)
    found = {name: code for names, code in codes.items() for name in names.split("_")}
    return {name: found.get(name, rest) for name in EVERYBODY}


ANYBODY = rule(rest=READ)
# Pages of people of a school; those of the trust, who sign nothing and own nothing, are sent to the register.
STAFF = rule(out=TO_SIGN_IN, tara=ELSEWHERE, rest=READ)
BENS_DEVICE = rule(out=TO_SIGN_IN, ben=DONE, tara=ELSEWHERE, rest=NOT_THERE_TO_DO)
CERTIFICATE = rule(out=TO_SIGN_IN, ben_hilda_gita_tara=READ, ada_ines_rosa=NOT_THERE_TO_READ)
REGISTER = rule(out="in in 405 405 405", hilda_gita_rosa_tara=READ, ben_ada_ines=NO_READING)
OF_ONE_SCHOOL = REGISTER | {"tara": "302 302 405 405 405"}  # the trust chooses a school first
# The desk: the leadership and administrators; what is not the school's is not there.
LIST = rule(out=TO_SIGN_IN, ben_ada_gita=NO, rest=DESK)
THING = LIST | {"rosa": NOT_THERE}
# What people say of themselves is the leadership's to read, not IT's.
FOR_LEADERS = rule(out=TO_SIGN_IN, ben_ada_gita_ines=NO, rest=DESK)
NEVER = rule(out=TO_SIGN_IN, rest=NO)
NEVER_THING = NEVER | {"rosa": NOT_THERE}
SEEN = THING | {"hilda": VIEW_ONLY, "ines": VIEW_ONLY, "tara": VIEW_ONLY}
ON_TO = rule(out=TO_SIGN_IN, ben_ada_gita=NO, rest=ELSEWHERE)
SIGNED_OUT_ONLY = rule(out="200 200 200 200 405", rest=ELSEWHERE)
SIGNED_IN_FORM = rule(out=TO_SIGN_IN, rest="200 200 200 200 405")

TABLE = {
    "": STAFF,
    "leaflet/": STAFF,
    "leaflet/all/": STAFF,
    "leaflet/<slug:key>/": STAFF,
    "policy/": STAFF,
    "changes/": STAFF,
    "versions/<int:pk>/": rule(out=TO_SIGN_IN, rosa=NOT_THERE_TO_READ, rest=READ),
    "sign/": rule(out=TO_SIGN_IN, ben=DONE, tara=ELSEWHERE, rest=FORM),  # ben has signed: an old form leads to what he signed
    "sign/reply/": rule(out=TO_SIGN_IN, tara=ELSEWHERE, rest=FORM),
    "policy/paper.pdf": STAFF,
    "declarations/<str:reference>/scan/": rule(out=TO_SIGN_IN, rest=NOT_THERE_TO_READ),  # ben signed on screen
    "declarations/": STAFF,
    "declarations/<str:reference>.pdf": CERTIFICATE,
    "declarations/<str:reference>/": CERTIFICATE,
    "devices/": STAFF,
    "devices/add/": rule(out=TO_SIGN_IN, tara=ELSEWHERE, rest=FORM),
    "devices/<int:pk>/ask/": BENS_DEVICE | {"ben": FORM},
    "devices/<int:pk>/withdraw/": BENS_DEVICE,
    "devices/<int:pk>/lost/": BENS_DEVICE,
    "devices/<int:pk>/give-up/": BENS_DEVICE,
    "devices/seen/": rule(out=TO_SIGN_IN, tara=ELSEWHERE, rest=FORM),
    "devices/<int:pk>/address/": BENS_DEVICE | {"ben": FORM},
    # Machines: whoever asks without a token is told no, by no code that FreeRADIUS takes for *go on*.
    "network/authorize/": rule(rest="405 405 403 405 405"),
    "network/allow-list/<str:form>/": rule(rest="403 403 405 405 405"),
    # The tablet: whoever is not at one is told so, and those who may lend one can make it of this device.
    "tablet/": rule(rest=FORM),
    "tablet/open/": rule(out="in in in 405 405", hilda_ines_rosa=FORM, tara="302 302 302 405 405", rest="403 403 403 405 405"),
    "tablet/leaflet/": rule(rest=ELSEWHERE),
    "tablet/sign/": rule(rest=ELSEWHERE),
    "tablet/leave/": rule(rest=ELSEWHERE),
    "tablet/touched/": rule(rest=ELSEWHERE),
    "register/": REGISTER,
    "register.csv": OF_ONE_SCHOOL,
    "register.pdf": OF_ONE_SCHOOL,
    "certificates.zip": OF_ONE_SCHOOL,
    "verify/": rule(rest=FORM),
    "verify/aup_verify.py": ANYBODY,
    ".well-known/aup-evidence.txt": ANYBODY,
    "verify/<str:reference>/": ANYBODY,
    "welcome/<str:secret>/": rule(rest="404 404 404 405 405"),
    "healthz": ANYBODY,
    "robots.txt": ANYBODY,
    "admin/": LIST,
    "admin/login/": rule(out=TO_SIGN_IN, rest=ELSEWHERE),
    "admin/logout/": ON_TO,
    "admin/jsi18n/": rule(out=TO_SIGN_IN, ben_ada_gita=NO, rest=READ),
    "admin/(?P<app_label>declarations)/$": ON_TO,
    "admin/(?P<url>.*)$": rule(out=TO_SIGN_IN, ben_ada_gita=NO, rest=NOT_THERE),
    "admin/declarations/permission/<path:object_id>/change/": THING | dict.fromkeys(("hilda", "ines", "tara"), "200 200 400 200 200"),
    "admin/declarations/permission/renewal/": rule(out=TO_SIGN_IN, ben_ada_gita_ines=NO, rest="200 200 400 200 200"),
    "admin/declarations/declaration/add/": LIST,
    "admin/declarations/response/": FOR_LEADERS,
    "admin/declarations/response/<path:object_id>/change/": FOR_LEADERS | {"rosa": NOT_THERE},
    "admin/declarations/exemption/": FOR_LEADERS,
    "admin/declarations/exemption/add/": FOR_LEADERS,
    "admin/declarations/exemption/<path:object_id>/change/":
        FOR_LEADERS | {"rosa": NOT_THERE} | dict.fromkeys(("hilda", "tara"), "200 200 302 200 200"),
    "admin/declarations/policyversion/add/": LIST,
    "admin/declarations/policyversion/<path:object_id>/preview/": THING,
    "admin/declarations/policyversion/<path:object_id>/publish/": THING | {"hilda": ELSEWHERE, "tara": ELSEWHERE, "ines": NO},
    "admin/declarations/policyversion/<path:object_id>/change/": SEEN,
    "admin/declarations/person/add/": LIST,
    "admin/declarations/person/<path:object_id>/change/": THING,
    "admin/declarations/person/<path:object_id>/leaving/": THING,
    "admin/declarations/person/<path:object_id>/invite/": ON_TO | {"rosa": NOT_THERE},
    "admin/declarations/person/invite-all/": LIST | dict.fromkeys(("hilda", "ines", "rosa", "tara"), "200 200 302 200 200"),
    "admin/declarations/role/<path:object_id>/change/": SEEN,
    "admin/declarations/role/command-line/": LIST,
    "admin/declarations/stafflist/add/": rule(out=TO_SIGN_IN, ines=DESK, rest=NO),
    "admin/declarations/stafflist/<path:object_id>/change/": SEEN | {"ines": ELSEWHERE},  # on to its preview
    "admin/declarations/stafflist/<path:object_id>/columns/": rule(out=TO_SIGN_IN, ines=DESK, rest=NO),
    "admin/declarations/stafflist/<path:object_id>/preview/": rule(out=TO_SIGN_IN, ines=DESK, rest=NO),
    "admin/declarations/stafflist/<path:object_id>/undo/": rule(out=TO_SIGN_IN, ines="200 200 302 200 200", rest=NO),
    "admin/declarations/person/<path:object_id>/roles/give/":
        THING | dict.fromkeys(("hilda", "tara"), "302 302 403 302 302") | {"ines": "302 302 200 302 302"},
    "admin/declarations/person/<path:object_id>/roles/<int:role_id>/take/":
        THING | dict.fromkeys(("hilda", "tara"), "302 302 403 302 302") | {"ines": "302 302 404 302 302"},  # ben has no role
    "admin/declarations/person/<path:object_id>/ways-in/code/":
        ON_TO | {"rosa": NOT_THERE} | dict.fromkeys(("hilda", "ines", "tara"), "302 302 200 302 302"),
    "admin/declarations/person/<path:object_id>/ways-in/": THING | dict.fromkeys(("hilda", "tara"), "200 200 404 200 200")
    | {"ines": "200 200 404 200 200"},
    "admin/declarations/school/": rule(out=TO_SIGN_IN, ben_ada_gita=NO, tara=DESK, rest=ELSEWHERE),  # on to the one school
    "admin/declarations/school/<path:object_id>/change/": THING,
    "admin/declarations/device/<path:object_id>/change/": SEEN,
    "admin/declarations/suspension/<path:object_id>/change/": THING | dict.fromkeys(("hilda", "ines", "tara"), "200 200 302 200 200"),
    "admin/declarations/declaration/<path:object_id>/change/": SEEN,
    "accounts/login/": SIGNED_OUT_ONLY,
    "accounts/login/code/": SIGNED_OUT_ONLY,
    "accounts/login/code/confirm/": rule(out=TO_SIGN_IN, rest=ELSEWHERE),
    "accounts/logout/": rule(out="in in in 405 405", rest="200 200 in 405 405"),
    "accounts/signup/": rule(out=DESK, rest=ELSEWHERE),  # says that sign-up is closed
    "accounts/inactive/": ANYBODY,
    "accounts/reauthenticate/": SIGNED_IN_FORM,
    "accounts/reauthenticate/code/": rule(out=TO_SIGN_IN, rest=FORM),
    "accounts/sessions/": rule(out=TO_SIGN_IN, rest="200 200 404 405 405"),
    # The provider is not in use: to those that are, tests/sign_in goes.
    "accounts/with/<slug:slug>/": rule(rest=NOT_THERE_TO_READ),
    "accounts/with/<slug:slug>/back/": rule(rest=NOT_THERE_TO_READ),
    "accounts/2fa/": rule(out=TO_SIGN_IN, rest=READ),
    "accounts/2fa/authenticate/": rule(out=TO_SIGN_IN, rest=ELSEWHERE),
    "accounts/2fa/reauthenticate/": rule(out=TO_SIGN_IN, rest=ELSEWHERE),  # on to the way that they have
    "accounts/2fa/app/add/": rule(out=TO_SIGN_IN, rest="200 200 200 200 405"),
    "accounts/2fa/app/remove/": rule(out=TO_SIGN_IN, rest=NOT_THERE),
    "accounts/2fa/passkeys/": rule(out=TO_SIGN_IN, rest=READ),
    "accounts/2fa/passkeys/add/": rule(out=TO_SIGN_IN, rest="200 200 200 200 405"),
    "accounts/2fa/passkeys/reauthenticate/": rule(out=TO_SIGN_IN, rest=ELSEWHERE),
    "accounts/2fa/passkeys/login/": rule(out="in in in in 405", rest=ELSEWHERE),
    "accounts/2fa/passkeys/<int:pk>/remove/": rule(out=TO_SIGN_IN, rest="404 404 404 405 404"),
    "accounts/2fa/passkeys/<int:pk>/edit/": rule(out=TO_SIGN_IN, rest="404 404 404 404 405"),
    "accounts/2fa/recovery-codes/": rule(out=TO_SIGN_IN, rest=NOT_THERE_TO_READ),
    "accounts/2fa/recovery-codes/generate/": rule(out=TO_SIGN_IN, rest="200 200 200 200 405"),
    "accounts/2fa/recovery-codes/download/": rule(out=TO_SIGN_IN, rest=NOT_THERE),
    "accounts/password/change/": SIGNED_IN_FORM,
    "accounts/password/set/": rule(out=TO_SIGN_IN, rest=ELSEWHERE),
    "accounts/password/reset/": rule(rest="200 200 200 200 405"),
    "accounts/password/reset/done/": ANYBODY,
    "accounts/password/reset/key/(?P<uidb36>[0-9A-Za-z]+)-(?P<key>.+)/$": rule(rest=DESK),  # says that the link is of no use
    "accounts/password/reset/key/done/": ANYBODY,
}  # fmt: skip
NETWORK = ("networktoken", "networksettings", "controller", "disconnect", "lastseen", "deviceaddress", "addressclash")
# Looked at by the leadership too, changed by administrators alone.
TABLE |= {f"admin/declarations/{name}/<path:object_id>/change/": SEEN for name in NETWORK}
ADDED = rule(out=TO_SIGN_IN, ines=DESK, rest=NO)
TABLE |= {
    "admin/declarations/networktoken/overview/": LIST,
    "admin/declarations/networktoken/<path:object_id>/end/": ON_TO
    | {"rosa": NOT_THERE}
    | dict.fromkeys(("hilda", "tara"), "302 302 403 302 302"),
    "admin/declarations/networktoken/add/": ADDED,
    "admin/declarations/identityprovider/add/": ADDED,
    "admin/declarations/identityprovider/<path:object_id>/change/": SEEN | {"ines": DESK},
    "admin/declarations/kiosksession/<path:object_id>/change/": SEEN,
    "admin/declarations/kiosksession/<path:object_id>/close/": ON_TO | {"rosa": NOT_THERE},
    "admin/declarations/controller/add/": ADDED,
    "admin/declarations/controller/<path:object_id>/change/": SEEN | {"ines": DESK},
    "admin/declarations/networksettings/<path:object_id>/change/": SEEN | {"ines": "200 200 200 200 200"},
}
KEPT = ("legalhold", "retentionsettings", "disposal")
TABLE |= {
    "admin/declarations/legalhold/add/": LIST,
    "admin/declarations/legalhold/<path:object_id>/change/": THING | dict.fromkeys(("hilda", "ines", "tara"), "200 200 302 200 200"),
    # Hillside has its settings: on to them.
    "admin/declarations/retentionsettings/add/": LIST | dict.fromkeys(("hilda", "ines"), ELSEWHERE),
    "admin/declarations/retentionsettings/<path:object_id>/change/": THING,
    "admin/declarations/disposal/<path:object_id>/change/": SEEN,
    "admin/declarations/disposal/next/": LIST,
    "admin/declarations/person/<path:object_id>/data/":
        ON_TO | {"rosa": NOT_THERE} | dict.fromkeys(("hilda", "ines", "tara"), "302 302 200 302 302"),
}  # fmt: skip
for name in (
    "permission",
    "policyversion",
    "person",
    "school",
    "device",
    "suspension",
    "declaration",
    "identityprovider",
    "kiosksession",
    *NETWORK,
    "role",
    "stafflist",
    *KEPT,
):
    one = f"admin/declarations/{name}/<path:object_id>/"
    TABLE |= {one: ON_TO, f"{one}history/": THING, f"{one}delete/": NEVER_THING}
    TABLE.setdefault(f"admin/declarations/{name}/", LIST)
    TABLE.setdefault(f"admin/declarations/{name}/add/", NEVER)
HOLIDAY = "admin/declarations/holiday/<path:object_id>/"
DELETED = rule(out=TO_SIGN_IN, ben_ada_gita=NO, rosa=NOT_THERE, rest="200 200 200 200 200")
TABLE |= {
    "admin/declarations/holiday/": LIST,
    "admin/declarations/holiday/add/": LIST,
    "admin/declarations/holiday/import/": LIST,
    HOLIDAY: ON_TO,
    f"{HOLIDAY}change/": THING,
    f"{HOLIDAY}history/": THING,
    f"{HOLIDAY}delete/": DELETED,
}
for name in ("response", "exemption"):
    one = f"admin/declarations/{name}/<path:object_id>/"
    TABLE |= {one: ON_TO, f"{one}history/": FOR_LEADERS | {"rosa": NOT_THERE}, f"{one}delete/": NEVER_THING}
    TABLE.setdefault(f"admin/declarations/{name}/add/", NEVER)

TABLE |= {f"admin/{page}/": LIST for page in ("not-signed", "scheduled-tasks", "emails")}
MOVED = rule(rest="301 301 301 301 301")
TABLE |= {f"admin/{old}/(?P<rest>.*)$": MOVED for old in ("left", "jobs", "messages")}
TABLE |= {f"admin/declarations/{old}/(?P<rest>.*)$": MOVED for old in ("reply", "seen", "signingsession")}


def test_every_address_is_in_the_table_and_no_other():
    assert set(routes()) == set(TABLE)


@pytest.fixture(autouse=True)
def unhurried(settings) -> None:
    """More requests from one address than the limits let through; tests/staff and tests/auditor hold the limits."""
    settings.ACCOUNT_RATE_LIMITS = dict.fromkeys(settings.ACCOUNT_RATE_LIMITS, "1000000/m/ip")


@pytest.fixture
def clients(cast: Cast, signed_in: Callable[..., Client]) -> dict[str, Client]:
    return {name: Client() if name == "out" else signed_in(getattr(cast, name)) for name in EVERYBODY}


def answer(client: Client, method: str, url: str) -> str:
    """The code of the answer; what a POST does is undone, so that nobody meets what another left behind."""
    cookies, before = client.cookies.copy(), connection.savepoint() if method == "post" else ""
    client.raise_request_exception = False
    response = getattr(client, method)(url)
    if response.streaming:
        list(response.streaming_content)
    if before:
        connection.savepoint_rollback(before)
        client.cookies = cookies
    to_sign_in = response.status_code == 302 and response.url.startswith("/accounts/login/")
    return "in" if to_sign_in else str(response.status_code)


GROUPS = 10  # not a test for each address: making the cast and signing everybody in takes longer than asking


@pytest.mark.parametrize("group", range(GROUPS))
def test_who_gets_in(cast: Cast, clients, group: int):
    things = bens_things(cast)
    device, at = things["device/<path:object_id>"], cast.aup.published_at
    # ben's phone is suspended here: to report it lost again is done, and is the same suspension.
    lost = Suspension.objects.create(device_id=device, suspended_by=cast.ben, suspended_at=at)
    wrong = {}
    for route in sorted(TABLE)[group::GROUPS]:
        url = address(route, things | {"suspension/<path:object_id>": lost.pk})
        before = facts()
        answers = {name: {method: answer(client, method, url) for method in READING} for name, client in clients.items()}
        # Only a POST changes anything.
        assert facts() == before, url
        for name, client in clients.items():
            answers[name]["post"] = answer(client, "post", url)
            codes = " ".join(answers[name][method] for method in METHODS)
            if codes != TABLE[route][name]:
                wrong[route, name] = f"{codes}, not {TABLE[route][name]}"
    assert wrong == {}


# In the middle of signing in, or at its end.
NO_WAY_BACK = {"accounts/login/code/confirm/", "accounts/logout/", "accounts/2fa/authenticate/", "accounts/2fa/passkeys/login/"}


def test_signing_in_leads_back(cast: Cast):
    things = bens_things(cast)
    for route, codes in TABLE.items():
        if codes["out"].startswith("in"):
            target = Client().get(address(route, things)).url
            assert "?next=/" in target or route in NO_WAY_BACK, route


def facts() -> list[list[tuple]]:
    """All rows of all tables of ours, but for what showing a text or handing out a certificate writes down."""
    written = {SectionRead, Checkpoint, IssuedCertificate}
    models = [model for model in apps.get_app_config("declarations").get_models() if model not in written]
    handed_out = {"kind": "certificate.issued"}
    return [
        list((model._default_manager.exclude(**handed_out) if model is Entry else model._default_manager).order_by("pk").values_list())
        for model in models
    ]
