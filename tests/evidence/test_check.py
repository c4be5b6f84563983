"""`manage.py check_evidence`: quiet when all is well, and a sentence for each difference when it is not."""

import datetime as dt
import io
import re

import pytest
from django.conf import settings
from django.core.management import CommandError, call_command
from django.db import transaction
from django.utils import timezone

from declarations.devices.models import Permission
from declarations.evidence import consistency, kept, log, reconcile
from declarations.evidence.models import Entry, Log
from declarations.management.demo import schools
from declarations.organisation.models.person import Role
from declarations.policies import publishing
from declarations.policies.log_records import facts_of
from declarations.policies.models import PolicyVersion
from declarations.signing.models.declaration import Declaration
from tests.cast import Cast, make_school
from tests.evidence.owner import checked, without_constraints, without_guards


def run(*words: str) -> str:
    out = io.StringIO()
    call_command("check_evidence", *words, stdout=out)
    return out.getvalue()


def test_all_is_well(cast: Cast):
    sizes = {school.slug: Entry.objects.filter(log__school=school).count() for school in (cast.hillside, cast.riverside)}
    assert run() == "".join(f"{slug}: {size} entries, no differences\n" for slug, size in sizes.items())
    assert run("--school", "riverside") == f"riverside: {sizes['riverside']} entries, no differences\n"


def test_an_empty_installation_and_an_empty_school(db):
    assert run() == ""
    make_school("lakeside", "Lakeside School")
    assert run() == ""


def test_a_school_that_is_not_there(cast: Cast):
    with pytest.raises(CommandError, match="no evidence log of a school “nowhere”"):
        run("--school", "nowhere")


def test_the_demo_is_well(db):
    """Years of two schools, made through the actions."""
    schools.make(at=timezone.now(), password="correct horse battery staple", content=settings.BASE_DIR / "content")
    assert checked() == (0, [])
    assert Declaration.objects.count() > 20


def test_a_row_that_no_constraint_would_let_in_is_named(cast: Cast):
    """The log says nothing of who removed a role that was never removed."""
    row = Role.objects.get(person=cast.hilda)
    with without_guards(), without_constraints(Role):
        Role.objects.filter(pk=row.pk).update(removed_by=cast.ines)
        assert checked() == (1, [f"database: role {row.pk}: no row can be so (role_removal_is_whole)"])
    assert checked() == (0, [])


def test_each_difference_is_a_sentence(cast: Cast):
    with without_guards():
        Permission.objects.update(reason="Another")
        Declaration.objects.update(typed_name="Somebody", person_title="head")
    code, said = checked()
    assert code == 1
    assert len(said) == 3
    for line in said:
        assert re.fullmatch(r"hillside: (declaration|permission) [-\w]+(, asked)?: the log \(position \d+\) says another [a-z ]+", line)
    with pytest.raises(CommandError, match=r"3 differences: see docs/evidence\.md") as found:
        run()
    assert found.value.returncode == 1


def test_one_difference_is_one(cast: Cast):
    with without_guards():
        Permission.objects.update(reason="Another")
    out = io.StringIO()
    with pytest.raises(CommandError, match=r"^1 difference: "):
        call_command("check_evidence", stdout=out)
    assert "entries, 1 difference\n" in out.getvalue()


def test_a_publication_from_before_the_log_said_the_review_is_well(cast: Cast):
    """Its record says nothing about the minute and the review, so nothing is wrong; one that says them is held to them."""
    at = timezone.now()
    on = cast.hillside.day_of(at)
    facts = {"reason": "More.", "effective_from": on, "sign_by": None}
    approval = publishing.Approval("The board", on, "2026/14", on + dt.timedelta(days=300))
    version = publishing.draft(school=cast.hillside, document="aup", title="AUP", body="Words.")
    version = publishing.publish(version=version, by=cast.hilda, at=at, **facts, approval=approval)
    assert checked() == (0, [])
    for changes, says in (({"approval_minute": "1/1"}, "approval minute"), ({"review_on": on}, "review on")):
        with without_guards():
            PolicyVersion.objects.filter(pk=version.pk).update(**changes)
        (sentence,) = checked()[1]
        assert sentence.endswith(f"says another {says}")
        with without_guards():
            PolicyVersion.objects.filter(pk=version.pk).update(approval_minute="2026/14", review_on=approval.review_on)
    older = publishing.draft(school=cast.hillside, document="leaflet", title="L", body="Words.")
    words = publishing.published_words(older, cast.hillside)
    PolicyVersion.objects.filter(pk=older.pk).update(
        **words, effective_from=on, publish_reason="Old.", review_on=on, published_at=at, published_by=cast.hilda
    )
    older.refresh_from_db()
    said = {name: fact for name, fact in facts_of(older).items() if name not in {"approval_minute", "review_on"}}
    with transaction.atomic():
        log.append(school=cast.hillside, kind="policy.published", at=at, by=cast.hilda, facts=said)
    assert checked() == (0, [])


def test_what_is_appended_while_the_log_is_read_is_no_difference(cast: Cast):
    """The check reads one moment of the database; beside the key stands by then what came after it."""
    hillsides = Log.objects.get(school=cast.hillside)
    kept.keep_entry(hillsides.origin, 0, log.leaves(hillsides)[0])
    with consistency.snapshot():
        kept.keep_entry(hillsides.origin, 10_000, bytes(32))
        assert not any("appended last" in words for words in reconcile.differences(log=hillsides))
    assert any("appended last" in words for words in reconcile.differences(log=hillsides))
