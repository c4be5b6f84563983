"""Signing: what has been shown, agreed to and named, on the texts as they stood on the page; once."""

import datetime as dt

import pytest

from declarations.common.errors import RefusedError
from declarations.organisation.models.person import Person
from declarations.policies.models import SectionRead
from declarations.signing import queries, reference
from declarations.signing.actions import sign as signing
from declarations.signing.models.declaration import Declaration, SignatureMetadata
from tests.cast import Cast, publish_next, read_everything, sign

DAY = dt.timedelta(days=1)


@pytest.fixture
def at(cast: Cast) -> dt.datetime:
    return cast.aup.published_at + dt.timedelta(minutes=1)


def asked(cast: Cast, at: dt.datetime, **other) -> dict:
    """All that ada's click carries; `other` replaces some of it."""
    return {
        "person": cast.ada,
        "aup_id": cast.aup.pk,
        "leaflet_id": cast.leaflet.pk,
        "confirmed": [confirmation["key"] for confirmation in cast.aup.confirmations],
        "typed_name": "Ada Example",
        "at": at,
        "signed_in_with": "password",
        "signed_in_at": at,
        "ip_address": "192.0.2.7",
        "browser": "Test browser",
    } | other


def refused(code: str, facts: dict) -> str:
    before = Declaration.objects.count(), SignatureMetadata.objects.count()
    with pytest.raises(RefusedError) as no:
        signing.sign(signing.Submission(**facts))
    assert no.value.code == code
    assert (Declaration.objects.count(), SignatureMetadata.objects.count()) == before
    return str(no.value)


def test_a_declaration_holds_everything_as_it_was(cast: Cast, at):
    read_everything(cast.ada, at)
    signed = signing.sign(signing.Submission(**asked(cast, at, typed_name="  Ada Example ")))
    assert reference.FORM.fullmatch(signed.reference)
    assert (signed.person_name, signed.person_email, signed.person_title) == ("Ada Example", "ada@hillside.example", "teacher")
    assert (signed.school_name, signed.time_zone, signed.typed_name) == ("Hillside School", "Europe/London", "Ada Example")
    assert (signed.aup, signed.leaflet) == (cast.aup, cast.leaflet)
    assert (signed.statement, signed.confirmations) == (cast.aup.statement, cast.aup.confirmations)
    year = cast.hillside.year(on=signed.signed_on)
    assert (signed.signed_at, signed.school_year, signed.lapses_on) == (at, year.key, year.lapses_on)
    assert (signed.context.ip_address, signed.context.browser) == ("192.0.2.7", "Test browser")
    Person.objects.filter(pk=cast.ada.pk).update(full_name="Ada Newname", email="new@hillside.example", job_title="deputy")
    again = Declaration.objects.get(pk=signed.pk)
    assert (again.person_name, again.person_email, again.person_title) == ("Ada Example", "ada@hillside.example", "teacher")


def test_a_long_browser_name_is_cut(cast: Cast, at):
    read_everything(cast.ada, at)
    assert len(signing.sign(signing.Submission(**asked(cast, at, browser="B" * 10_000, ip_address=None))).context.browser) == 400


@pytest.mark.parametrize("browser", ["Mozilla\x00/5.0", "M\u00f6zilla", "\ud800", "\x01\x02", "", " "])
def test_whatever_the_browser_calls_itself_it_is_signed(cast: Cast, at, browser):
    read_everything(cast.ada, at)
    signed = signing.sign(signing.Submission(**asked(cast, at, browser=browser)))
    assert "\x00" not in SignatureMetadata.objects.get(declaration=signed).browser


def test_signing_twice_is_signing_once(cast: Cast, at):
    read_everything(cast.ada, at)
    first = signing.sign(signing.Submission(**asked(cast, at)))
    assert signing.sign(signing.Submission(**asked(cast, at + DAY, typed_name="Other"))) == first
    # A correction asks for nothing, so there is nothing to sign on it.
    publish_next(cast.aup, by=cast.hilda, at=at, sign_by=None)
    assert signing.sign(signing.Submission(**asked(cast, at + DAY))) == first


def test_every_section_of_both_texts_must_have_been_shown(cast: Cast, at):
    assert "every section" in refused("unread", asked(cast, at))
    for version in (cast.leaflet, cast.aup):
        for section in version.sections():
            refused("unread", asked(cast, at))
            signing.record_shown(person=cast.ada, version=version, section_keys=[section.key], at=at)
    signing.sign(signing.Submission(**asked(cast, at)))


def test_what_others_were_shown_does_not_count(cast: Cast, at):
    assert SectionRead.objects.filter(person=cast.ben).exists()
    refused("unread", asked(cast, at))
    assert queries.unread(person=cast.ada, version=cast.leaflet) == ["class", "lunch"]
    assert queries.unread(person=cast.ben, version=cast.leaflet) == []


def test_the_first_showing_is_kept(cast: Cast, at):
    for later in range(3):
        signing.record_shown(person=cast.ada, version=cast.aup, section_keys=["accounts", "accounts"], at=at + later * DAY)
    assert SectionRead.objects.get(person=cast.ada).first_at == at


def test_every_confirmation_must_be_ticked(cast: Cast, at):
    read_everything(cast.ada, at)
    keys = [confirmation["key"] for confirmation in cast.aup.confirmations]
    for missing in keys:
        refused("unconfirmed", asked(cast, at, confirmed=[key for key in keys if key != missing]))
    refused("unconfirmed", asked(cast, at, confirmed=[]))
    # A tick that nobody asked for is not kept.
    assert signing.sign(signing.Submission(**asked(cast, at, confirmed=[*keys, "and_more"]))).confirmations == cast.aup.confirmations


@pytest.mark.parametrize("typed", ["", " ", "\n\t", "\u00a0"])
def test_a_name_must_be_typed(cast: Cast, at, typed):
    read_everything(cast.ada, at)
    refused("unnamed", asked(cast, at, typed_name=typed))


def test_a_text_that_changed_meanwhile_is_not_signed(cast: Cast, at):
    read_everything(cast.ada, at)
    new = publish_next(cast.aup, by=cast.hilda, at=at, sign_by=cast.hillside.day_of(at))
    assert "changed while you were reading" in refused("changed", asked(cast, at))
    # The new text has to be read before it is signed.
    refused("unread", asked(cast, at, aup_id=new.pk))
    assert sign(cast.ada, at).aup == new


def test_a_correction_meanwhile_is_read_as_well(cast: Cast, at):
    read_everything(cast.ada, at)
    publish_next(cast.leaflet, by=cast.hilda, at=at, sign_by=None)
    refused("changed", asked(cast, at))


@pytest.mark.parametrize("ids", [("leaflet", "aup"), ("aup", "aup"), (0, 0), (-1, 2**70), ("theirs", "theirs")])
def test_no_other_text_is_signed(cast: Cast, at, ids):
    read_everything(cast.ada, at)
    rita = read_everything(cast.rita, at)
    known = {"leaflet": cast.leaflet.pk, "aup": cast.aup.pk}
    aup_id, leaflet_id = (rita[d].pk for d in ("aup", "leaflet")) if "theirs" in ids else (known.get(i, i) for i in ids)
    refused("changed", asked(cast, at, aup_id=aup_id, leaflet_id=leaflet_id))


def test_nothing_is_signed_where_nothing_is_published(cast: Cast, at):
    from tests.cast import make_person, make_school

    newcomer = make_person(make_school("third", "Third School"), "n@third.example", "New Example")
    refused("changed", asked(cast, at, person=newcomer))


@pytest.mark.parametrize(
    ("facts", "may"), [({"leaves_on": 0}, False), ({"leaves_on": 1}, True), ({"starts_on": 1}, False), ({"starts_on": 0}, True)]
)
def test_who_is_not_there_signs_nothing(cast: Cast, at, facts, may):
    read_everything(cast.ada, at)
    on = cast.hillside.day_of(at)
    Person.objects.filter(pk=cast.ada.pk).update(**{name: on + days * DAY for name, days in facts.items()})
    if may:
        signing.sign(signing.Submission(**asked(cast, at)))
    else:
        refused("not_there", asked(cast, at))


def test_the_trusts_people_sign_nothing(cast: Cast, at):
    refused("not_there", asked(cast, at, person=cast.tara))


def test_references_differ(cast: Cast, at):
    assert sign(cast.ada, at).reference != sign(cast.rita, at).reference != Declaration.objects.get(person=cast.ben).reference
