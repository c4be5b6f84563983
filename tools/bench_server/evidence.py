"""A long log in seconds: what the actions write one by one, written in bulk, so that the check finds nothing against it."""

import datetime as dt
import hashlib
import secrets
from itertools import batched

from django.utils import timezone

from declarations.certificates.models import IssuedCertificate
from declarations.evidence import kept, log
from declarations.evidence import signed_note as note
from declarations.evidence.canonical_json import Json
from declarations.evidence.merkle import Roots
from declarations.evidence.models import Checkpoint, Entry, Log
from declarations.organisation.models.person import Person
from declarations.people.roles import grant_role
from declarations.signing import reference
from declarations.signing.log_records import facts_of_declaration
from declarations.signing.models.declaration import Declaration
from tests.cast import make_person, make_school, publish_texts

BATCH = 1000


class Filling:
    """A school with a log of `size` entries: a declaration, the certificate of it, and so on, a checkpoint after each pair."""

    def __init__(self, slug: str, size: int) -> None:
        self.at = timezone.now()  # noqa: TID251  # a script is a door
        self.school = make_school(slug, f"{slug.capitalize()} School")
        head = make_person(self.school, f"head@{slug}.example", "Hilda Example")
        grant_role(person=head, name="leadership", by=None, at=self.at)
        self.leaflet, self.aup = publish_texts(self.school, head, self.at)
        self.log = Log.objects.select_related("school").get(school=self.school)
        self.leaves = log.leaves(self.log)
        self.roots = Roots(self.leaves)
        self.key = log.private_key()
        pairs = (size - len(self.leaves)) // 2
        Person.objects.bulk_create(
            Person(school=self.school, email=f"p{count}@{slug}.example", full_name=f"Person {count}", job_title="teacher")
            for count in range(pairs)
        )
        people = Person.objects.filter(school=self.school).exclude(pk=head.pk).order_by("pk")
        for some in batched(people.iterator(chunk_size=BATCH), BATCH):  # strict= is younger than Python 3.12
            self.write(some)
        newest = Checkpoint.objects.filter(log=self.log).latest("size")
        kept.keep_checkpoint(self.log.origin, newest.note, count=self.log.checkpoints.count())
        kept.settle(self.log.origin, newest.note)

    def write(self, people: tuple[Person, ...]) -> None:
        """A declaration and its certificate for each of these people."""
        declarations, signed, issues, checkpoints, certificates = [], [], [], [], []
        for person in people:
            declaration = self.declaration(person)
            declarations.append(declaration)
            signed.append(self.entry("declaration.signed", person, facts_of_declaration(declaration)))
            sha256 = hashlib.sha256(declaration.reference.encode()).hexdigest()
            facts: dict[str, Json] = {"reference": declaration.reference, "declaration": signed[-1].position, "pdf_sha256": sha256}
            size = len(self.leaves)
            checkpoints.append(Checkpoint(log=self.log, size=size, note=self.note(size), made_at=self.at))
            issues.append(self.entry("certificate.issued", None, facts))
            certificates.append(IssuedCertificate(sha256=sha256, issued_at=self.at))
        # In order: the guard lets in none but the next.
        Entry.objects.bulk_create(entry for pair in zip(signed, issues, strict=True) for entry in pair)
        for declaration, certificate, entry, issue in zip(declarations, certificates, signed, issues, strict=True):
            declaration.entry, certificate.entry, certificate.logged_as = entry, entry, issue
        Declaration.objects.bulk_create(declarations)
        IssuedCertificate.objects.bulk_create(certificates)
        Checkpoint.objects.bulk_create(checkpoints)

    def entry(self, kind: str, by: Person | None, facts: dict[str, Json]) -> Entry:
        made = log.new_entry(self.log, position=len(self.leaves), kind=kind, at=self.at, by=by, facts=facts)
        self.leaves.append(bytes(made.leaf_hash))
        return made

    def note(self, size: int) -> str:
        return note.sign(note.Checkpoint(self.log.origin, size, self.roots.at(size)), self.key)

    def declaration(self, person: Person) -> Declaration:
        on = self.school.day_of(self.at)
        year = self.school.year(on=on)
        return Declaration(
            reference=reference.from_random(secrets.token_bytes(reference.RANDOM_BYTES)),
            school=self.school,
            school_name=self.school.name,
            person=person,
            person_name=person.full_name,
            person_email=person.email,
            person_title=person.job_title,
            aup=self.aup,
            leaflet=self.leaflet,
            statement=self.aup.statement,
            confirmations=self.aup.confirmations,
            typed_name=person.full_name,
            signed_at=self.at,
            signed_on=on,
            time_zone=self.school.time_zone,
            school_year=year.key,
            lapses_on=year.lapses_on,
            signed_in_with="password",
            signed_in_at=self.at - dt.timedelta(minutes=5),
        )
