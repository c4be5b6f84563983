"""The triggers: signed, published and decided rows refuse to change, and rows of two schools never meet."""

from django.db import migrations

from declarations.migrations._triggers import Guard
from declarations.migrations._triggers import install
from declarations.migrations._triggers import uninstall


def row_of(table: str, key: str, condition: str) -> str:
    return f"EXISTS (SELECT 1 FROM declarations_{table} AS it WHERE it.id = NEW.{key} AND {condition})"


def erased(person: str) -> str:
    """An erasure of this person is on record: the one reason for which rows that are kept may go."""
    return f"EXISTS (SELECT 1 FROM declarations_erasure AS e WHERE e.person_id = {person})"


OWNER_OF_OLD = "(SELECT d.owner_id FROM declarations_device AS d WHERE d.id = OLD.device_id)"
ERASED_ENTRY = "EXISTS (SELECT 1 FROM declarations_entry AS l WHERE l.id = OLD.entry_id AND l.record IS NULL)"

GUARDS = [
    Guard(
        "declarations_declaration",
        erasable=f"{erased('OLD.person_id')} OR {ERASED_ENTRY}",
        frozen={
            "": ["id", "reference", "school_id", "school_name", "person_id", "person_name", "person_email", "person_title",
                 "aup_id", "leaflet_id", "statement", "confirmations", "typed_name", "signed_at", "signed_on", "time_zone",
                 "school_year", "lapses_on", "signed_in_with", "signed_in_at", "entry_id"],
        },
        belongs=" AND ".join(
            [
                row_of("person", "person_id", "it.school_id = NEW.school_id"),
                row_of("policyversion", "aup_id", "it.school_id = NEW.school_id AND it.document = 'aup' AND it.published_at IS NOT NULL"),
                row_of("policyversion", "leaflet_id", "it.school_id = NEW.school_id AND it.document = 'leaflet' AND it.published_at IS NOT NULL"),
            ]
        ),
    ),
    # Deleted sooner than the declaration, by retention; never rewritten.
    Guard("declarations_signingcontext", frozen={"": ["id", "declaration_id", "ip_address", "browser"]}, keeps_rows=False),
    Guard(
        "declarations_policyversion",
        frozen={
            "": ["id", "school_id", "document", "number"],
            "published_at": ["title", "source_body", "source_statement", "source_confirmations", "body", "statement",
                             "confirmations", "sha256", "effective_from", "sign_by", "publish_reason", "approved_by",
                             "approved_on", "review_on", "published_at", "published_by_id"],
        },
        keeps_rows="published_at",
    ),
    Guard(
        "declarations_sectionread",
        erasable=erased("OLD.person_id"),
        frozen={"": ["id", "person_id", "version_id", "section_key", "first_at"]},
        belongs=row_of(
            "person", "person_id",
            "it.school_id = (SELECT v.school_id FROM declarations_policyversion AS v WHERE v.id = NEW.version_id)",
        ),
    ),
    Guard(
        "declarations_device",
        erasable=erased("OLD.owner_id"),
        frozen={"": ["id", "school_id", "owner_id", "kind", "make_and_model", "reaches_school_data", "added_at"]},
        belongs=row_of("person", "owner_id", "it.school_id = NEW.school_id"),
    ),
    Guard(
        "declarations_deviceaddress",
        erasable=erased(OWNER_OF_OLD),
        frozen={"": ["id", "school_id", "device_id", "address", "added_at"], "ended_at": ["ended_at"]},
        belongs=row_of("device", "device_id", "it.school_id = NEW.school_id"),
    ),
    Guard(
        "declarations_permission",
        erasable=erased("OLD.owner_id"),
        frozen={
            "": ["id", "school_id", "device_id", "owner_id", "asked_by_id", "asked_at", "reason"],
            "decided_at": ["decided_by_id", "decided_at", "approved", "until", "conditions", "decision_note"],
            "ended_at": ["ended_by_id", "ended_at", "ended_because", "ended_note"],
        },
        belongs=row_of("device", "device_id", "it.school_id = NEW.school_id AND it.owner_id = NEW.owner_id"),
    ),
    Guard(
        "declarations_suspension",
        erasable=erased(OWNER_OF_OLD),
        frozen={"": ["id", "device_id", "suspended_by_id", "suspended_at"], "lifted_at": ["lifted_by_id", "lifted_at"]},
    ),
    Guard(
        "declarations_role",
        erasable=erased("OLD.person_id"),
        frozen={
            "": ["id", "person_id", "name", "granted_at", "granted_by_id", "ends_on"],
            "removed_at": ["removed_at", "removed_by_id"],
        },
    ),
    Guard(
        "declarations_entry",
        frozen={"": ["id", "log_id", "position", "kind", "at", "leaf_hash"]},
        # Erasing takes the record away; the leaf hash stays, and the log still adds up.
        emptied=("record",),
        belongs="NEW.record IS NOT NULL AND NEW.position = "
        "(SELECT COALESCE(MAX(l.position) + 1, 0) FROM declarations_entry AS l WHERE l.log_id = NEW.log_id)",
    ),
    Guard("declarations_checkpoint", frozen={"": ["id", "log_id", "size", "note", "made_at"]}),
    Guard("declarations_issuedcertificate", frozen={"": ["id", "entry_id", "sha256", "logged_as_id", "issued_at"]}),
    Guard("declarations_erasure", frozen={"": ["id", "person_id", "at", "reason"]}),
    # Certificates name the log: its name is given once.
    Guard("declarations_log", frozen={"": ["id", "school_id", "origin"]}),
    # A person stays with their school: what they signed and own is that school's.
    Guard("declarations_person", frozen={"school_id": ["school_id"]}, keeps_rows=False),
]


class Migration(migrations.Migration):
    dependencies = [("declarations", "0001_facts")]

    operations = [migrations.RunPython(install(GUARDS), uninstall(GUARDS))]
