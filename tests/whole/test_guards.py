"""The triggers: all in place, and everything that is written once is refused a second value, from underneath."""
# ruff: noqa: S608  # the names in this SQL are our own tables and columns

import datetime as dt
from typing import Any

import pytest
from django.db import IntegrityError, connection, models, transaction
from django.db.models import ProtectedError

from declarations.devices.actions import approval, owner
from declarations.devices.models import DeviceAddress, Permission, Suspension
from declarations.evidence.models import Entry
from declarations.mail.models import Email
from declarations.organisation.models.erasure import Erasure
from declarations.organisation.models.legal_hold import LegalHold
from declarations.organisation.models.person import Person, Role
from declarations.organisation.models.school import School
from declarations.policies.models import PolicyVersion
from declarations.signing.models.declaration import Declaration, SignatureMetadata
from tests.cast import Cast, ask, make_person, publish_next
from tests.guards import trigger_names
from tests.rooms import of_rooms
from tests.whole.rows import AT, GUARDS, bases, execute, facts_of, field_of, insert, model_of, prepared, refused_by, update

# A column of a guarded table that no guard names, and why.
FREE = {
    "declarations_permission.status": "worked out by the database from the other columns",
    **{
        f"declarations_networktoken.{column}": "written at each use, to the minute"
        for column in ("last_used_at", "last_address", "refused_at", "refused_address")
    },
    "declarations_seen.*": "the last answer takes the place of the one before",
    **{f"declarations_identityprovider.{column}": "a setting" for column in ("domains", "second_factor", "in_use")},
    **{f"declarations_disconnect.{column}": "until it is answered" for column in ("due_at", "held_until", "attempts", "trouble")},
    "declarations_addressclash.*": "the last time takes the place of the one before",
    "declarations_stafflist.content": "goes when the list is confirmed: it holds names",
    "declarations_stafflist.changes": "goes when the list can no longer be undone: it holds names",
    "declarations_person.*": "people change their name, title, password and dates; what they signed keeps them as they were",
}
UNGUARDED = {
    "declarations_school": "its words and dates are settings; what they were is in what was published and signed",
    "declarations_networksettings": "a setting",
    "declarations_controller": "a setting; what it answered is in the requests",
    "declarations_holiday": "a setting; nothing that was decided goes by it",
    "declarations_retentionsettings": "a setting; what went by it stands in the disposals",
    "declarations_job": "what the worker did last, and when it is due again",
    "declarations_letter": "its attempts are counted, and erasure takes it away; what it carries is kept elsewhere",
}
# Tables of which the cast has no row yet.
EVIDENCE = {
    "declarations_checkpoint": "checkpoint",
    "declarations_issuedcertificate": "issued",
    "declarations_erasure": "erasure",
    "declarations_networktoken": "token",
    "declarations_seen": "seen",
    "declarations_disconnect": "disconnect",
    "declarations_addressclash": "clash",
    "declarations_reply": "reply",
    "declarations_exemption": "exemption",
    "declarations_papersignature": "paper",
    "declarations_permissionreview": "review",
    "declarations_reminder": "reminder",
    "declarations_legalhold": "hold",
    "declarations_disposal": "disposal",
    "declarations_identityprovider": "provider",
    "declarations_linkedaccount": "linked",
    "declarations_signingsession": "tablet",
    "declarations_signingcode": "code",
    "declarations_stafflist": "imported list",
    "declarations_invitation": "invitation",
    "declarations_guardedchange": "change",
}
# … and of which a row with this mark is another one.
MARKED_ROWS = {
    ("declarations_networktoken", "ended_at"): "ended token",
    ("declarations_disconnect", "answered_at"): "answered disconnect",
    ("declarations_reply", "answered_at"): "answered reply",
    ("declarations_exemption", "ended_at"): "ended exemption",
    ("declarations_legalhold", "ended_at"): "ended hold",
    ("declarations_linkedaccount", "ended_at"): "unlinked",
    ("declarations_signingsession", "closed_at"): "closed tablet",
    ("declarations_signingcode", "used_at"): "used code",
    ("declarations_signingcode", "done_at"): "done code",
    ("declarations_stafflist", "undone_at"): "undone list",
    ("declarations_guardedchange", "made_at"): "confirmed change",
    ("declarations_guardedchange", "settled_at"): "confirmed change",
    ("declarations_invitation", "accepted_at"): "accepted invitation",
    ("declarations_invitation", "ended_at"): "ended invitation",
}

MARKED = [(guard.table, marker, column) for guard in GUARDS for marker, columns in guard.frozen.items() for column in columns]


def sentence(table: str, kind: str) -> str:
    words = {
        "unchanged": "what is written once does not change",
        "kept": "rows are kept",
        "together": "does not fit the rows that are there",
    }
    return f"{table.removeprefix('declarations_')}: {words[kind]}"


def row_with(cast: Cast, table: str, marker: str) -> int:
    """The id of a row of this table in which the marker holds a value."""
    for module in of_rooms("facts"):
        if table in module.ROWS:
            return module.ROWS[table](cast, marker)
    return own_row_with(cast, table, marker)


def own_row_with(cast: Cast, table: str, marker: str) -> int:
    """The same of tables that no room hands in."""
    if table == "declarations_deviceaddress" and marker == "ended_at":
        owner.give_up(device=Permission.objects.get(owner=cast.ben).device, by=cast.ben, at=later(Permission.objects.get(owner=cast.ben)))
        return DeviceAddress.objects.get(device__owner=cast.ben).pk
    if table == "declarations_permission":
        waiting = Permission.objects.get(owner=cast.ben)
        if marker:
            at = later(waiting)
            until = cast.hillside.day_of(at)
            approval.approve(permission=waiting, by=cast.hilda, until=until, at=at, conditions="Staff room", note="Fine.")
            if marker == "ended_at":
                approval.revoke(permission=waiting, by=cast.omar, note="Left on a bus.", at=at)
        return waiting.pk
    if table == "declarations_suspension":
        model, facts = bases(cast)["lifted" if marker else "suspension"]
        return insert(model, facts)
    if table in EVIDENCE:
        model, facts = bases(cast)[MARKED_ROWS.get((table, marker), EVIDENCE[table])]
        return insert(model, facts)
    if table == "declarations_role":
        model, facts = bases(cast)["role"]
        return insert(model, facts | ({"removed_at": AT, "removed_by_id": cast.ines.pk} if marker else {}))
    return model_of(table)._default_manager.order_by("pk").first().pk


def later(permission: Permission) -> dt.datetime:
    return permission.asked_at + dt.timedelta(seconds=1)


def value_of(table: str, pk: int, column: str) -> Any:
    model = model_of(table)
    return model._default_manager.values_list(field_of(model, column).attname, flat=True).get(pk=pk)


def another(model: type[models.Model], column: str, value: Any) -> Any:
    """A value that is not this one."""
    field = field_of(model, column)
    if isinstance(field, models.BooleanField):
        return not value
    if isinstance(field, models.JSONField):
        return [{"key": "other", "text": "Something else"}]
    if isinstance(field, models.DateTimeField | models.DateField):
        return (
            (value or AT) + dt.timedelta(days=1) if isinstance(field, models.DateTimeField) else (value or AT.date()) + dt.timedelta(days=1)
        )
    if isinstance(field, models.BinaryField):
        return bytes(value or b"") + b"x"
    if isinstance(field, models.GenericIPAddressField):
        return "192.0.2.99"
    if isinstance(field, models.CharField | models.TextField):
        return "x" if value != "x" else "y"
    return (value or 0) + 1


@pytest.mark.parametrize(("table", "marker", "column"), MARKED, ids=[f"{t[13:]}-{m or 'always'}-{c}" for t, m, c in MARKED])
def test_a_write_once_column_refuses_a_second_value(cast: Cast, table, marker, column):
    model, pk = model_of(table), row_with(cast, table, marker)
    before = value_of(table, pk, column)
    changed = another(model, column, before)
    with refused_by(sentence(table, "unchanged")):
        update(model, pk, {column: changed})
    with refused_by(sentence(table, "unchanged")):
        model._default_manager.filter(pk=pk).update(**{field_of(model, column).attname: changed})
    if before is not None and column != "id":  # a key cannot be emptied anyway
        with refused_by(sentence(table, "unchanged")):
            execute(f"UPDATE {table} SET {column} = NULL WHERE id = %s", pk)
    assert value_of(table, pk, column) == before
    # Writing what is there already is no change.
    update(model, pk, {column: before})


def test_no_column_and_no_table_is_forgotten():
    for guard in GUARDS:
        columns = {field.column for field in model_of(guard.table)._meta.local_concrete_fields}
        named = {column for columns in guard.frozen.values() for column in columns} | set(guard.emptied)
        assert named <= columns
        free = {column for column in columns - named if f"{guard.table}.{column}" not in FREE and f"{guard.table}.*" not in FREE}
        assert not free, f"{guard.table}: {free} can be changed: name them in the guard, or in FREE with the reason"
    tables = {model._meta.db_table for model in School._meta.apps.get_app_config("declarations").get_models()}
    assert tables == {guard.table for guard in GUARDS} | set(UNGUARDED)


def test_a_mark_is_itself_written_once():
    for guard in GUARDS:
        for marker, columns in guard.frozen.items():
            assert not marker or marker in columns, f"{guard.table}: clearing {marker} would open the row again"


@pytest.mark.django_db
def test_every_trigger_is_there_and_no_other():
    expected = set()
    for guard in GUARDS:
        kinds = [
            *(["unchanged"] if guard.frozen else []),
            *(["kept"] if guard.keeps_rows else []),
            *(["together"] if guard.belongs else []),
            *(["fits"] if guard.fits else []),
        ]
        if guard.keeps_rows and connection.vendor == "postgresql":
            kinds.append("kept_whole")
        expected |= {(guard.table, f"{guard.table}_{kind}") for kind in kinds}
    with connection.cursor():  # connects
        pass
    assert set(trigger_names(connection)) == expected
    assert len(expected) > 20


# Until the marker holds a value the columns are free: that is how a draft is edited and a decision made.
def test_a_draft_is_edited_and_thrown_away(cast: Cast):
    model, facts = bases(cast)["draft"]
    pk = insert(model, facts)
    for column in ("title", "source_body", "source_confirmations", "sign_by", "review_on", "approved_by"):
        update(model, pk, {column: another(model, column, facts[column])})
    execute("DELETE FROM declarations_policyversion WHERE id = %s", pk)
    assert not PolicyVersion.objects.filter(pk=pk).exists()


@pytest.mark.parametrize("guard", [guard for guard in GUARDS if guard.keeps_rows], ids=lambda guard: guard.table[13:])
def test_a_row_that_is_kept_is_not_deleted(cast: Cast, guard):
    model, pk = model_of(guard.table), row_with(cast, guard.table, "")
    refusal = sentence(guard.table, "kept")
    with refused_by(refusal):
        execute(f"DELETE FROM {guard.table} WHERE id = %s", pk)
    with refused_by(refusal):
        model._default_manager.filter(pk=pk)._raw_delete(using="default")
    with pytest.raises((IntegrityError, ProtectedError)), transaction.atomic():
        model._default_manager.filter(pk=pk).delete()
    with refused_by(refusal):
        execute(f"DELETE FROM {guard.table}")
    assert model._default_manager.filter(pk=pk).exists()


def test_what_may_be_deleted(cast: Cast):
    new = make_person(cast.hillside, "new@hillside.example", "New Example")
    execute("DELETE FROM declarations_person WHERE id = %s", new.pk)
    SignatureMetadata.objects.get(declaration__person=cast.ben).delete()
    assert not Person.objects.filter(pk=new.pk).exists()
    assert Declaration.objects.filter(person=cast.ben).count() == 1


def test_who_signed_stays(cast: Cast):
    with pytest.raises(IntegrityError, match=r"(?i)foreign key"), transaction.atomic():  # noqa: PT012  # it is refused at the end
        execute("DELETE FROM declarations_person WHERE id = %s", cast.ben.pk)
        connection.check_constraints()
    with pytest.raises(ProtectedError), transaction.atomic():
        cast.ben.delete()


def test_a_person_is_given_a_school_once(cast: Cast):
    cast.tara.school = cast.hillside
    cast.tara.save(update_fields=["school"])
    with refused_by("person: what is written once does not change"):
        Person.objects.filter(pk=cast.tara.pk).update(school=cast.riverside)


@pytest.mark.parametrize("guard", [guard for guard in GUARDS if guard.keeps_rows], ids=lambda guard: guard.table[13:])
@pytest.mark.postgresql
def test_a_table_is_not_emptied(cast: Cast, guard):
    execute("SET CONSTRAINTS ALL IMMEDIATE")  # TRUNCATE wants no check pending, and would be refused for that
    rows = model_of(guard.table)._default_manager.count()
    with pytest.raises(IntegrityError, match="rows are kept"), transaction.atomic():
        execute(f"TRUNCATE {guard.table} CASCADE")
    assert model_of(guard.table)._default_manager.count() == rows


@pytest.mark.postgresql
def test_a_table_without_that_guard_is_emptied(cast: Cast):
    execute("SET CONSTRAINTS ALL IMMEDIATE")
    execute("TRUNCATE declarations_signingcontext")
    assert not SignatureMetadata.objects.exists()


@pytest.mark.postgresql
def test_the_guards_stay_up_for_a_replica(cast: Cast):
    with connection.cursor() as cursor:
        cursor.execute("SELECT tgname FROM pg_trigger WHERE NOT tgisinternal AND tgenabled <> 'A'")
        assert cursor.fetchall() == []
    execute("SET LOCAL session_replication_role = replica")
    signed = Declaration.objects.get(person=cast.ben)
    with refused_by("declaration: what is written once does not change"):
        execute("UPDATE declarations_declaration SET typed_name = 'Somebody' WHERE id = %s", signed.pk)
    with refused_by("declaration: rows are kept"):
        execute("DELETE FROM declarations_declaration")
    model, facts = bases(cast)["device"]
    with refused_by("device: does not fit the rows that are there"):
        insert(model, facts | {"school_id": cast.riverside.pk})
    # The control: what is not ALWAYS, a foreign key's own check, is off for a replica.
    insert(Suspension, {"device_id": 0, "suspended_by_id": 0, "suspended_at": AT, "lifted_by_id": None, "lifted_at": None})
    execute("SET CONSTRAINTS ALL IMMEDIATE")
    transaction.set_rollback(True)


# UPSERT and REPLACE: the roundabout ways.
KEPT = {"declarations_declaration": "declaration", "declarations_policyversion": "published", "declarations_permission": "asked",
        "declarations_sectionread": "section read", "declarations_deviceaddress": "address", "declarations_role": "role",
        "declarations_suspension": "suspension", "declarations_device": "device", "declarations_reply": "reply",
        "declarations_exemption": "exemption", "declarations_papersignature": "paper",
        "declarations_permissionreview": "review", "declarations_linkedaccount": "linked",
        "declarations_signingsession": "tablet", "declarations_signingcode": "code", "declarations_stafflist": "imported list",
        "declarations_invitation": "invitation", "declarations_guardedchange": "change"}  # fmt: skip


@pytest.mark.parametrize("table", sorted(KEPT))
def test_an_upsert_changes_nothing(cast: Cast, table):
    model, facts = bases(cast)[KEPT[table]]
    pk = insert(model, facts)
    columns = ["id", *facts]
    values = [pk, *(prepared(model, column, value) for column, value in facts.items())]
    changed = next(iter(GUARDS[[guard.table for guard in GUARDS].index(table)].frozen[""][1:2]))
    with refused_by(sentence(table, "unchanged")):
        execute(
            f"INSERT INTO {table} ({', '.join(columns)}) VALUES ({', '.join(['%s'] * len(columns))}) "
            f"ON CONFLICT (id) DO UPDATE SET {changed} = %s",
            *values,
            prepared(model, changed, another(model, changed, facts[changed])),
        )


@pytest.mark.sqlite  # REPLACE is SQLite's
@pytest.mark.parametrize("table", sorted(KEPT))
@pytest.mark.parametrize("verb", ["REPLACE", "INSERT OR REPLACE"])
def test_a_replace_replaces_nothing(cast: Cast, table, verb):
    model, facts = bases(cast)[KEPT[table]]
    pk = insert(model, facts)
    columns = ["id", *facts]
    values = [pk, *(prepared(model, column, value) for column, value in facts.items())]
    with refused_by(sentence(table, "kept")):
        execute(f"{verb} INTO {table} ({', '.join(columns)}) VALUES ({', '.join(['%s'] * len(columns))})", *values)
    kept = facts_of(model._default_manager.get(pk=pk))
    assert {name: kept[name] for name in facts} == facts


@pytest.mark.sqlite
def test_a_replace_by_another_key_replaces_nothing(cast: Cast):
    model, facts = bases(cast)["declaration"]
    reference = Declaration.objects.get(person=cast.ben).reference
    columns = list(facts)
    values = [prepared(model, column, value) for column, value in (facts | {"reference": reference}).items()]
    with refused_by("declaration: rows are kept"):
        execute(f"REPLACE INTO {model._meta.db_table} ({', '.join(columns)}) VALUES ({', '.join(['%s'] * len(columns))})", *values)
    with refused_by("declaration: what is written once does not change"):
        insert(model, facts)
        execute("UPDATE OR REPLACE declarations_declaration SET reference = %s WHERE person_id = %s", reference, cast.ada.pk)


# Rows of two schools never meet. Names stand for the cast's.
STRANGERS = [
    ("declaration", {"person_id": "rita"}),
    ("declaration", {"person_id": "tara"}),
    ("declaration", {"school_id": "riverside"}),
    ("declaration", {"aup_id": "riverside's aup"}),
    ("declaration", {"leaflet_id": "riverside's leaflet"}),
    ("declaration", {"aup_id": "leaflet"}),
    ("declaration", {"leaflet_id": "aup"}),
    ("declaration", {"aup_id": "draft aup"}),
    ("section read", {"person_id": "rita"}),
    ("section read", {"person_id": "tara"}),
    ("section read", {"version_id": "riverside's leaflet"}),
    ("device", {"owner_id": "rita"}),
    ("device", {"owner_id": "tara"}),
    ("device", {"school_id": "riverside"}),
    ("address", {"school_id": "riverside"}),
    ("asked", {"school_id": "riverside"}),
    ("asked", {"owner_id": "ben", "asked_by_id": "ben"}),
    ("seen", {"school_id": "riverside"}),
    ("disconnect", {"school_id": "riverside"}),
    ("clash", {"school_id": "riverside"}),
    ("clash", {"person_id": "rita"}),
    ("reply", {"person_id": "rita"}),
    ("exemption", {"person_id": "rita"}),
    # Nobody enters their own paper, and nobody reviews their own permission.
    ("paper", {"entered_by_id": "ben"}),
    ("review", {"reviewed_by_id": "ada"}),
    ("renewal", {"renews_id": "ben's permission"}),
    # Who is held is not erased, and who is erased is not held; a hold is the school's or the trust's doing.
    ("erasure", {"person_id": "somebody held"}),
    ("hold", {"person_id": "somebody erased"}),
    ("hold", {"placed_by_id": "rosa"}),
    ("linked", {"person_id": "rita"}),
    ("linked", {"person_id": "tara"}),
    ("tablet", {"opened_by_id": "rosa"}),
    ("code", {"person_id": "rita"}),
    ("code", {"given_by_id": "rosa"}),
]


@pytest.mark.parametrize(("base", "stranger"), STRANGERS, ids=[f"{base}-{'-'.join(s.values())}" for base, s in STRANGERS])
def test_rows_of_two_schools_never_meet(cast: Cast, base, stranger):
    model, facts = bases(cast)[base]
    changed = {column: stranger_of(cast, name) for column, name in stranger.items()}
    with refused_by(sentence(model._meta.db_table, "together")):
        insert(model, facts | changed)
    with refused_by(sentence(model._meta.db_table, "together")):
        model._default_manager.bulk_create(
            [model(**{field_of(model, column).attname: value for column, value in (facts | changed).items()})]
        )
    insert(model, facts)


def stranger_of(cast: Cast, name: str) -> int:
    if name.startswith("riverside's"):
        return PolicyVersion.objects.get(school=cast.riverside, document=name.split()[1]).pk
    if name == "ben's permission":
        return Permission.objects.get(owner=cast.ben).pk
    if name == "somebody held":
        return LegalHold.objects.create(person=cast.gita, reason="A claim", placed_by=cast.hilda, placed_at=AT).person_id
    if name == "somebody erased":
        return Erasure.objects.create(person=cast.gita, at=AT, reason="retention").person_id
    if name == "draft aup":
        draft = bases(cast)["draft"][1] | {"document": "aup"}
        return insert(PolicyVersion, draft)
    return getattr(cast, name).pk


def test_every_guard_that_keeps_schools_apart_has_its_stranger(cast: Cast):
    rows = bases(cast)
    apart = {guard.table for guard in GUARDS if guard.belongs} - {table for module in of_rooms("facts") for table in module.ROWS}
    # Of roles only the headteacher's is a school's: tests/people/test_headteacher.py.
    assert {rows[base][0]._meta.db_table for base, _ in STRANGERS} == apart - {"declarations_entry", "declarations_role"}


@pytest.mark.parametrize("change", [{"position": 99}, {"position": 0}, {"position": 1}, {"record": None}])
def test_an_entry_comes_next_and_whole(cast: Cast, change):
    model, facts = bases(cast)["entry"]
    with refused_by(sentence("declarations_entry", "together")):
        insert(model, facts | change)
    insert(model, facts)


def test_a_record_is_emptied_and_never_rewritten(cast: Cast):
    entry = Entry.objects.order_by("pk").last()
    with refused_by(sentence("declarations_entry", "unchanged")):
        Entry.objects.filter(pk=entry.pk).update(record=b"{}")
    Entry.objects.filter(pk=entry.pk).update(record=None)
    with refused_by(sentence("declarations_entry", "unchanged")):
        Entry.objects.filter(pk=entry.pk).update(record=bytes(entry.record))


def test_rows_go_once_an_erasure_is_on_record(cast: Cast):
    signed = Declaration.objects.get(person=cast.ben)
    SignatureMetadata.objects.all().delete()
    Email.objects.all().delete()
    rows = [("declaration", signed.pk), ("permission", Permission.objects.get(owner=cast.ben).pk)]
    for table, pk in rows:
        with refused_by(sentence(f"declarations_{table}", "kept")):
            execute(f"DELETE FROM declarations_{table} WHERE id = %s", pk)
    Erasure.objects.create(person=cast.omar, at=AT, reason="another person's")
    for table, pk in rows:
        with refused_by(sentence(f"declarations_{table}", "kept")):
            execute(f"DELETE FROM declarations_{table} WHERE id = %s", pk)
    Erasure.objects.create(person=cast.ben, at=AT, reason="retention")
    for table, pk in rows:
        execute(f"DELETE FROM declarations_{table} WHERE id = %s", pk)
    assert not Declaration.objects.filter(person=cast.ben).exists()
    assert not Permission.objects.filter(owner=cast.ben).exists()


def test_a_second_device_and_a_second_version_are_as_well_guarded(cast: Cast):
    """Not only the first row of a table."""
    second = publish_next(cast.aup, by=cast.hilda, at=cast.aup.published_at, sign_by=None)
    with refused_by("policyversion: what is written once does not change"):
        PolicyVersion.objects.filter(pk=second.pk).update(sign_by=second.effective_from)
    with refused_by("policyversion: rows are kept"):
        PolicyVersion.objects.filter(pk=second.pk)._raw_delete(using="default")
    asked = ask(cast.ada, "3c:22:fb:00:00:02")
    with refused_by("permission: what is written once does not change"):
        Permission.objects.filter(pk=asked.pk).update(reason="Games")
    assert Role.objects.filter(removed_at=None).count() == 6
