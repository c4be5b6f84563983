"""Who gets in at the addresses of accounts, and what stands for their parts: a proposal of ben's that waits for hilda."""

from typing import Any

from tests.access import ELSEWHERE, FORM, NOT_THERE_TO_DO, NOT_THERE_TO_READ, STAFF, TO_SIGN_IN, World, rule
from tests.social_media.making import proposed

NOT_NOW = "403 403 403 405 405"
ACT = rule(out=TO_SIGN_IN, tara=ELSEWHERE, rosa=NOT_THERE_TO_DO, rest=NOT_NOW)

TABLE = {
    "social-media/": STAFF,
    "social-media/propose/": rule(out=TO_SIGN_IN, tara=ELSEWHERE, rest=FORM),
    "social-media/register/": rule(out=TO_SIGN_IN, tara=ELSEWHERE, rest=FORM),
    "social-media/<int:pk>/": STAFF | {"rosa": NOT_THERE_TO_READ},
    "social-media/<int:pk>/edit/": rule(out=TO_SIGN_IN, tara=ELSEWHERE, rest=NOT_THERE_TO_DO),
    "social-media/<int:pk>/decide/": ACT | {"hilda": FORM},
    "social-media/<int:pk>/withdraw/": ACT | {"ben": "200 200 302 405 405"},
    "social-media/<int:pk>/hand-over/": ACT | dict.fromkeys(("ben", "ada", "hilda"), FORM),
    **{f"social-media/<int:pk>/{name}/": ACT for name in ("answer", "live", "review", "suspend", "lift", "close")},
}


def things(world: World) -> dict[str, Any]:
    account = proposed(world.cast, by="ben", purpose=world.words)
    return {"social-media/<int:pk>": account.pk, "schoolaccount/<path:object_id>": account.pk}
