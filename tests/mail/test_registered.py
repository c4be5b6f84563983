"""Each kind of e-mail is registered by its room, and whoever has no address gets none."""

import re

from django.utils import timezone

from declarations.evidence.models import Entry
from declarations.mail import outbox
from declarations.mail.models import Email
from declarations.mail.queries import Unreachable, refused, unreachable
from declarations.signing.models.declaration import Declaration
from declarations.web import registry
from tests.cast import Cast


def test_each_kind_has_one_renderer():
    assert sorted(kind.name for kind in registry.every(lambda capability: capability.emails)) == sorted(Email.Kind.values)
    for kind in Email.Kind:
        assert outbox.kind_of(Email(kind=kind)).name == kind


def test_the_page_of_previews_has_its_order(cast: Cast, signed_in):
    subjects = re.findall(r"Subject: (.*?)</strong>", signed_in(cast.hilda).get("/admin/emails/").text)
    # So far that no day of the month is in it: one subject names it.
    assert [subject.split("&")[0][:14] for subject in subjects] == [
        "Please look at", "Your code to s", "Your invitatio",
        "Please sign by", "Your declarati", "Your declarati", "Permission for", "Who has not si", "A text is to b",
        "Your Example P", "Your Example P", "Your Example P", "Your Example P",
        "Sam Example wa", "Sam Example wa", "You have an an",
        "Your declarati", "Your declarati",
        "Please keep: c",
    ]  # fmt: skip


def test_an_e_mail_is_queued_for_a_person_or_for_an_address(cast: Cast):
    at, declaration = timezone.now(), Declaration.objects.get(person=cast.ben)
    Email.objects.all().delete()
    checkpoint = declaration.entry.log.checkpoints.create(size=1, note="a note", made_at=at)
    outbox.queue(Email.Kind.RECEIPT, school=cast.hillside, recipient=cast.ben, at=at, declaration=declaration)
    outbox.queue(Email.Kind.CHECKPOINT, school=cast.hillside, recipient="chair@governors.example", at=at, checkpoint=checkpoint)
    rows = Email.objects.order_by("pk").values_list("kind", "recipient", "person", "written_at", "not_before")
    assert list(rows) == [
        ("receipt", "ben@hillside.example", cast.ben.pk, at, at),
        ("checkpoint", "chair@governors.example", None, at, at),
    ]


def test_nothing_is_queued_for_who_has_no_address(cast: Cast):
    Email.objects.all().delete()
    cast.ben.email = ""
    outbox.queue(
        Email.Kind.RECEIPT,
        school=cast.hillside,
        recipient=cast.ben,
        at=timezone.now(),
        declaration=Declaration.objects.get(person=cast.ben),
    )
    assert not Email.objects.exists()
    assert unreachable(cast.ben, set()) == Unreachable.NO_ADDRESS


def test_an_address_refuses_until_it_takes_one_again(cast: Cast):
    at = timezone.now()
    first = Email.objects.get(kind="receipt")
    Email.objects.filter(pk=first.pk).update(dropped_at=at, error="SMTPRecipientsRefused")
    assert refused(cast.hillside, at=at) == {"ben@hillside.example"}
    assert unreachable(cast.ben, refused(cast.hillside, at=at)) == Unreachable.REFUSED
    Email.objects.filter(pk=first.pk).update(error="")
    assert refused(cast.hillside, at=at) == set()


def test_a_receipt_whose_record_was_erased_is_dropped(cast: Cast):
    at = timezone.now()
    Entry.objects.filter(declaration__person=cast.ben).update(record=None)
    (pk,) = outbox.due(at=at)
    assert not outbox.send(pk, at=at)
    email = Email.objects.get(pk=pk)
    assert (email.sent_at, email.dropped_at, email.error) == (None, at, "")
