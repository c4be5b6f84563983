"""Who gets in at the addresses of privacy, and what stands for their parts."""

from typing import Any

from declarations.organisation.models.legal_hold import LegalHold
from declarations.privacy.models import Disposal, RetentionSettings
from tests.access import ELSEWHERE, LIST, NOT_THERE, ON_TO, THING, World

TABLE = {
    "admin/declarations/legalhold/add/": LIST,
    "admin/declarations/legalhold/<path:object_id>/change/": THING | dict.fromkeys(("hilda", "ines", "tara"), "200 200 302 200 200"),
    # Hillside has its settings: on to them.
    "admin/declarations/retentionsettings/add/": LIST | dict.fromkeys(("hilda", "ines"), ELSEWHERE),
    "admin/declarations/retentionsettings/<path:object_id>/change/": THING,
    "admin/declarations/disposal/next/": LIST,
    "admin/declarations/person/<path:object_id>/data/": ON_TO
    | {"rosa": NOT_THERE}
    | dict.fromkeys(("hilda", "ines", "tara"), "302 302 200 302 302"),
}


def things(world: World) -> dict[str, Any]:
    """One of each thing about how long things are kept, a hold on ben among them."""
    cast, at = world.cast, world.at
    hold = LegalHold.objects.create(person=cast.ben, reason=world.words, placed_by=cast.omar, placed_at=at)
    gone = Disposal.objects.create(school=cast.hillside, kind="letters", before_at=at, before_on=at.date(), rows=3, done_at=at)
    return {
        "legalhold/<path:object_id>": hold.pk,
        "retentionsettings/<path:object_id>": RetentionSettings.objects.create(school=cast.hillside).pk,
        "disposal/<path:object_id>": gone.pk,
    }
