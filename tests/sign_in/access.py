"""Who gets in at the addresses of sign_in, and what stands for their parts."""

from typing import Any

from declarations.sign_in.models import IdentityProvider
from tests.access import (
    ADDED,
    ADMIN,
    ANYBODY,
    ELSEWHERE,
    FORM,
    LIST,
    NOT_THERE,
    NOT_THERE_TO_READ,
    ON_TO,
    READ,
    THING,
    TO_SIGN_IN,
    VIEWED,
    World,
    rule,
)

SIGNED_OUT_ONLY = rule(out="200 200 200 200 405", rest=ELSEWHERE)
SIGNED_IN_FORM = rule(out=TO_SIGN_IN, rest="200 200 200 200 405")

TABLE = {
    "welcome/<str:secret>/": rule(rest="404 404 404 405 405"),
    "admin/declarations/person/<path:object_id>/invite/": ON_TO | {"rosa": NOT_THERE},
    "admin/declarations/person/invite-all/": LIST | dict.fromkeys(("hilda", "ines", "rosa", "tara"), "200 200 302 200 200"),
    "admin/declarations/person/<path:object_id>/ways-in/": THING
    | dict.fromkeys(("hilda", "tara"), "200 200 404 200 200")
    | {"ines": "200 200 404 200 200"},
    "accounts/login/": SIGNED_OUT_ONLY,
    "accounts/login/code/": SIGNED_OUT_ONLY,
    "accounts/login/code/confirm/": rule(out=TO_SIGN_IN, rest=ELSEWHERE),
    "accounts/logout/": rule(out="in in in 405 405", rest="200 200 in 405 405"),
    "accounts/signup/": rule(out=ADMIN, rest=ELSEWHERE),  # says that sign-up is closed
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
    "accounts/password/reset/key/(?P<uidb36>[0-9A-Za-z]+)-(?P<key>.+)/$": rule(rest=ADMIN),  # says that the link is of no use
    "accounts/password/reset/key/done/": ANYBODY,
    "admin/declarations/identityprovider/add/": ADDED,
    "admin/declarations/identityprovider/<path:object_id>/change/": VIEWED | {"ines": ADMIN},
}


def things(world: World) -> dict[str, Any]:
    """A provider that is not in use (nothing answers there), and a passkey that is nobody's."""
    provider, _made = IdentityProvider.objects.get_or_create(
        school=world.cast.hillside, kind="google", slug="hillside-google", client_id="a-client", domains="hillside.example", in_use=False
    )
    return {
        "<slug:slug>": provider.slug,
        "identityprovider/<path:object_id>": provider.pk,
        "passkeys/<int:pk>": 1,
        "welcome/<str:secret>": "0" * 64,
        "(?P<uidb36>[0-9A-Za-z]+)-(?P<key>.+)": "1-set-password",
    }
