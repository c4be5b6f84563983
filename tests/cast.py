"""The cast: the same fictional people in every test, in two schools, with a leaflet and a policy published in each."""

import datetime as dt
from dataclasses import dataclass
from typing import Any

from django.test import Client
from django.utils import timezone

from declarations.devices.actions.owner import add_device
from declarations.devices.models import Permission
from declarations.organisation.models.person import Person
from declarations.organisation.models.school import School
from declarations.people.roles import grant_role
from declarations.policies import publishing
from declarations.policies.models import PolicyVersion
from declarations.signing.actions import sign as signing
from declarations.signing.models.declaration import Declaration

PASSWORD = "correct horse battery staple"
LEAFLET = """# Phones and social media

## In class {#class}

- **M3** No adult uses their own mobile in class.

## At lunch {#lunch}

- **M5** In {designated_areas} only.
"""
AUP = """# Acceptable Use Policy

## Accounts {#accounts}

- **A1** Your password is yours alone.

## Reporting {#reporting}

- **A2** Tell {DSL_contact} at once.
"""


@dataclass
class Cast:
    """Hillside: ada has signed nothing; ben signed and asked for a device; hilda (head) and omar lead; gita audits; ines administers.

    Riverside: rosa leads, rita is staff. tara is of the trust, with no school, and leads.
    """

    hillside: School
    riverside: School
    ada: Person
    ben: Person
    hilda: Person
    omar: Person
    gita: Person
    ines: Person
    rosa: Person
    rita: Person
    tara: Person
    leaflet: PolicyVersion
    aup: PolicyVersion


def make_school(slug: str, name: str) -> School:
    return School.objects.create(
        name=name,
        short_name=name.split(maxsplit=1)[0],
        slug=slug,
        dsl_contact=f"Dora Example (dsl@{slug}.example)",
        child_protection_contact="Children's services, 01632 960001",
        it_contact=f"it@{slug}.example",
        data_protection_contact=f"dpo@{slug}.example",
    )


def make_person(school: School | None, email: str, name: str, title: str = "teacher", **facts: Any) -> Person:
    person = Person(email=email, school=school, full_name=name, job_title=title, **facts)
    person.set_password(PASSWORD)
    person.save()
    return person


def publish_texts(school: School, by: Person, at: dt.datetime) -> tuple[PolicyVersion, PolicyVersion]:
    """The short leaflet and AUP above, version 1, in effect from that day."""
    published = [
        publishing.publish(
            version=publishing.draft(school=school, document=document, title=title, body=body),
            by=by,
            at=at,
            reason="The first version.",
            effective_from=school.day_of(at),
            sign_by=None,
        )
        for document, title, body in (
            ("leaflet", "Phones and social media", LEAFLET),
            ("aup", "Acceptable Use Policy", AUP),
        )
    ]
    return published[0], published[1]


def publish_next(version: PolicyVersion, *, by: Person, at: dt.datetime, sign_by: dt.date | None, body: str = "") -> PolicyVersion:
    """The next version of this document: a correction, or one that everyone signs again."""
    return publishing.publish(
        version=publishing.draft(
            school=version.school, document=version.document, title=version.title, body=body or version.source_body + "\nMore.\n"
        ),
        by=by,
        at=at,
        reason="Something changed.",
        effective_from=version.school.day_of(at),
        sign_by=sign_by,
    )


def make_cast() -> Cast:
    at = timezone.now()
    hillside, riverside = make_school("hillside", "Hillside School"), make_school("riverside", "Riverside School")
    people = {
        "ada": make_person(hillside, "ada@hillside.example", "Ada Example"),
        "ben": make_person(hillside, "ben@hillside.example", "Ben Example"),
        "hilda": make_person(hillside, "hilda@hillside.example", "Hilda Example", "headteacher"),
        "omar": make_person(hillside, "omar@hillside.example", "Omar Example", "assistant head"),
        "gita": make_person(hillside, "gita@hillside.example", "Gita Example", "auditor", category="external"),
        "ines": make_person(hillside, "ines@hillside.example", "Ines Example", "IT technician"),
        "rosa": make_person(riverside, "rosa@riverside.example", "Rosa Example", "headteacher"),
        "rita": make_person(riverside, "rita@riverside.example", "Rita Example"),
        "tara": make_person(None, "tara@trust.example", "Tara Example", "trust safeguarding lead"),
    }
    for name in ("hilda", "omar", "rosa", "tara"):
        grant_role(person=people[name], name="leadership", by=None, at=at)
    grant_role(person=people["gita"], name="auditor", by=None, at=at, ends_on=at.date() + dt.timedelta(days=90))
    grant_role(person=people["ines"], name="administrator", by=None, at=at)
    leaflet, aup = publish_texts(hillside, people["hilda"], at)
    publish_texts(riverside, people["rosa"], at)
    cast = Cast(hillside=hillside, riverside=riverside, leaflet=leaflet, aup=aup, **people)
    sign(cast.ben)
    ask(cast.ben)
    return cast


def read_everything(person: Person, at: dt.datetime) -> dict[str, PolicyVersion]:
    assert person.school is not None
    current = PolicyVersion.objects.filter(school=person.school).current(on=person.school.day_of(at))
    for version in current.values():
        signing.record_shown(person=person, version=version, section_keys=[s.key for s in version.sections()], at=at)
    return current


def sign(person: Person, at: dt.datetime | None = None) -> Declaration:
    """The person reads everything and signs."""
    at = at or timezone.now()
    current = read_everything(person, at)
    return signing.sign(
        signing.Submission(
            person=person,
            aup_id=current["aup"].pk,
            leaflet_id=current["leaflet"].pk,
            confirmed=[one["key"] for one in current["aup"].confirmations],
            typed_name=person.full_name,
            at=at,
            signed_in_with="password",
            signed_in_at=at,
            ip_address="192.0.2.7",
            browser="Test browser",
        )
    )


def ask(person: Person, address: str = "3c:22:fb:00:00:01", at: dt.datetime | None = None) -> Permission:
    return add_device(
        owner=person,
        kind="phone",
        make_and_model="Example Phone 5",
        address=address,
        reaches_school_data=False,
        reason="Timetable at lunch",
        at=at or timezone.now(),
    )


def sign_in_client(client: Client, person: Person) -> Client:
    """Signed in, with the record of how, as allauth keeps it in the session; who has a role has shown a second factor."""
    client.force_login(person)
    session = client.session
    now = timezone.now().timestamp()
    records: list[dict[str, Any]] = [{"method": "password", "at": now, "email": person.email}]
    if person.role_set.exists():
        records.append({"method": "mfa", "at": now, "type": "totp"})
    session["account_authentication_methods"] = records
    session["account_authentication_methods_user"] = str(person.pk)
    session.save()
    return client
