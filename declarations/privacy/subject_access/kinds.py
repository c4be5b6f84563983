"""The log's kinds of record, and about whom each is; a test fails for a kind that is not named here."""

from collections.abc import Set as AbstractSet

from declarations.evidence.canonical_json import Json
from declarations.organisation.models.person import Person

# Where the record says about whom it is; "" is about nobody: the school's texts, keys, lists and devices at large.
ABOUT_WHOM = {
    # About somebody whom the record names: whoever did it to them only did it.
    "account.linked": "person",
    "account.unlinked": "person",
    "code.given": "person",
    "declaration.signed": "person",
    "device.lifted": "owner",
    "exemption.ended": "person",
    "exemption.granted": "person",
    "factors.reset": "person",
    "hold.ended": "person",
    "hold.placed": "person",
    "invitation.accepted": "person",
    "invitation.made": "person",
    "permission.approved": "owner",
    "permission.declined": "owner",
    "permission.renewed": "owner",
    "permission.reviewed": "owner",
    "permission.revoked": "owner",
    "person.came_back": "person",
    "person.data_given": "person",
    "person.left_dated": "person",
    "person.stays": "person",
    "reply.answered": "person",
    "reply.made": "person",
    "role.granted": "person",
    "role.removed": "person",
    "sessions.ended": "person",
    # About the one who did it: only owners can, and the record names nobody else.
    "device.address_added": "by",
    "device.given_up": "by",
    "device.suspended": "by",
    "permission.asked": "by",
    "permission.withdrawn": "by",
    # About the signer of a declaration, whoever fetched its certificate: its reference leads to their name.
    "certificate.issued": "reference",
    # About nobody.
    "key.rotated": "",
    "log.genesis": "",
    "people.import_undone": "",
    "people.imported": "",
    "policy.published": "",
    "provider.set_up": "",
    "record.erased": "",
    "retention.done": "",
    "tablet.closed": "",
    "tablet.opened": "",
    "token.ended": "",
    "token.made": "",
}


def is_about(record: dict[str, Json], person: Person, *, references: AbstractSet[str]) -> bool:
    """Not only what they did; `references` are those of their declarations. Of a kind that is not known nothing is told."""
    way = ABOUT_WHOM.get(str(record["kind"]), "")
    named = record.get(way)
    return named in references if way == "reference" else isinstance(named, dict) and named.get("id") == person.pk
