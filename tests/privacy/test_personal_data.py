"""Personal data is declared once, beside the models: no relation to a person, no text and no table is forgotten."""

import unicodedata

import pytest
from django.apps import apps
from django.contrib.admin.models import CHANGE, LogEntry
from django.contrib.contenttypes.models import ContentType
from django.db import models
from django.utils import timezone

from declarations.mail.models import Email, Reminder
from declarations.organisation.models.person import Person
from declarations.organisation.models.school import School
from declarations.privacy import erasure
from declarations.privacy.models import Disposal, RetentionSettings
from declarations.privacy.personal_data import declared
from declarations.privacy.retention import rules
from declarations.staff_lists.models import StaffList
from tests.cast import Cast, make_person

# Tables of Django and allauth without a person in them; e-mail addresses are not confirmed by a link here, so that one stays empty.
WITHOUT_PEOPLE = {"auth.Permission", "auth.Group", "contenttypes.ContentType", "account.EmailConfirmation"}
# Rows that refer to somebody's rows and are not about them.
NOTHING_OF_A_PERSON = {"declarations.Email.checkpoint", "declarations.Email.invitation"}


def all_fields() -> list[tuple[type[models.Model], models.Field]]:
    return [(model, field) for model in apps.get_models(include_auto_created=True) for field in model._meta.concrete_fields]


def test_every_relation_to_a_person_is_declared():
    """A new field with a person in it: say in the room's personal_data.py whether the row is about them, or what they did."""
    relations = {(model, field.name) for model, field in all_fields() if field.related_model is Person}
    said = {
        (model, name)
        for model, data in declared().items()
        for name in (*data.about, *data.acts)
        if "__" not in name and name != "pk" and model._meta.get_field(name).related_model is Person
    }
    assert said == relations
    assert not [data for data in declared().values() if set(data.about) & set(data.acts)]


def test_every_text_is_declared_as_free_or_fixed_or_secret():
    """A new text field: say in the room's personal_data.py whether somebody types it freely."""
    texts = {
        (model, field.name)
        for model, field in all_fields()
        if isinstance(field, models.CharField | models.TextField | models.JSONField)
        and not field.choices
        and model._meta.label not in WITHOUT_PEOPLE
    }
    said = [
        (model, name)
        for model, data in declared().items()
        for name in (*data.free_text, *data.fixed, *data.secret)
        if not isinstance(model._meta.get_field(name), models.BinaryField)
    ]
    assert len(said) == len(set(said))
    assert set(said) == texts


def test_what_hangs_on_a_row_about_somebody_is_about_them_too():
    personal = {model for model, data in declared().items() if data.about and model is not Person}
    for model, field in all_fields():
        if field.related_model in personal and model not in personal:
            assert f"{model._meta.label}.{field.name}" in NOTHING_OF_A_PERSON | {"account.EmailConfirmation.email_address"}, model


def leads_to(model: type[models.Model], path: str) -> models.Field:
    """The field at the end of a path."""
    *relations, last = path.split("__")
    for name in relations:
        model = model._meta.get_field(name).related_model
    return model._meta.pk if last == "pk" else model._meta.get_field(last)


def test_every_path_leads_to_what_it_says():
    for model, data in declared().items():
        for path in (*data.about, *data.acts, *data.belongs_to.values()):
            field = leads_to(model, path)
            assert field.related_model is Person or field is Person._meta.pk, f"{model.__name__}: {path}"
        for moment in filter(None, data.acts.values()):
            assert isinstance(leads_to(model, moment), models.DateTimeField)
        for name in (*data.names, *data.belongs_to, *filter(None, [data.email])):
            assert isinstance(leads_to(model, name), models.CharField)
        assert set(data.contacts) <= set(data.free_text)
        if data.free_text:
            field = leads_to(model, data.school)
            assert field.related_model is School or field is School._meta.pk, f"{model.__name__}: {data.school}"


def test_every_kind_of_disposal_has_a_rule_and_a_length_of_time():
    assert {rule.kind for rule in rules()} == set(Disposal.Kind)
    # Those that write to the log come last.
    assert [rule.kind for rule in rules()][-3:] == ["exemptions", "replies", "people"]
    lengths = {field.name for field in RetentionSettings._meta.concrete_fields if isinstance(field, models.PositiveSmallIntegerField)}
    assert {rule.kept_for for rule in rules()} == lengths | {""}


def test_an_erasure_deletes_what_refers_before_what_is_referred_to():
    order = erasure.in_order_of_erasure()
    assert set(order) == set(erasure.erased_tables())
    assert order.index(Reminder) < order.index(Email)
    for model in order:
        for field in model._meta.concrete_fields:
            if field.related_model in order and field.related_model is not model:
                assert order.index(model) < order.index(field.related_model), f"{model.__name__}.{field.name}"


# --- names however they are written


@pytest.mark.parametrize("stored", ["NFC", "NFD"])
@pytest.mark.parametrize("called", ["NFC", "NFD"])
@pytest.mark.parametrize("name", ["Zoë Ångström-Lee", 'Zoë "Zo" Lee', "Zoë O\\Lee"])
@pytest.mark.parametrize("of_others", [True, False])
def test_an_accent_is_erased_from_what_a_staff_list_changed(cast: Cast, name: str, called: str, stored: str, of_others: bool):
    zoe = make_person(cast.hillside, "zoe@hillside.example", unicodedata.normalize(called, name))
    before = {"job_title": f"deputy of {unicodedata.normalize(stored, name)}"}
    change = {"id": cast.ben.pk if of_others else zoe.pk, "before": before, "after": {"job_title": "teacher"}}
    changed = imported(cast, [change])
    kept = imported(cast, [{**change, "id": cast.ben.pk, "before": {"job_title": "deputy of Zoe Lee"}}])
    erasure.erase_person(person=zoe, reason="asked for", at=timezone.now())
    changed.refresh_from_db()
    assert changed.changes is None
    kept.refresh_from_db()
    assert kept.changes is not None


def test_a_name_in_other_capitals_is_erased_from_what_a_staff_list_changed(cast: Cast):
    changed = imported(cast, [{"id": cast.ada.pk, "before": {"email": "BEN@Hillside.example"}, "after": {"email": ""}}])
    erasure.erase_person(person=cast.ben, reason="asked for", at=timezone.now())
    changed.refresh_from_db()
    assert changed.changes is None


def imported(cast: Cast, changed: list[dict[str, object]]) -> StaffList:
    at = timezone.now()
    return StaffList.objects.create(
        school=cast.hillside, uploaded_at=at, uploaded_by=cast.ines, sha256="0" * 64, confirmed_at=at, confirmed_by=cast.ines,
        changes={"joined": [], "changed": changed},
    )  # fmt: skip


@pytest.mark.parametrize("stored", ["NFC", "NFD"])
@pytest.mark.parametrize("name", ["Zoë Lee", "Z. (Zoë) Lee+", "Zoë [x]|y Lee"])
def test_a_name_is_searched_letter_by_letter_however_its_accents_are_stored(cast: Cast, name: str, stored: str):
    zoe = make_person(cast.hillside, "", unicodedata.normalize("NFC", name))
    cast.hillside.it_contact = f"Ask {unicodedata.normalize(stored, name)}"
    cast.hillside.save()
    note = LogEntry.objects.create(
        user=cast.ines, content_type=ContentType.objects.get_for_model(Person), object_id=str(cast.ada.pk), object_repr="Ada",
        action_flag=CHANGE, change_message=f"Given to {unicodedata.normalize(stored, name)}, or Zxx",
    )  # fmt: skip
    assert erasure.elsewhere(zoe) == ["Hillside School: settings"]
    erasure.erase_person(person=zoe, reason="asked for", at=timezone.now())
    note.refresh_from_db()
    assert note.change_message == "Given to (erased), or Zxx"
