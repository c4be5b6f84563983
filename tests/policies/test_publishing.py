"""Drafts, and publishing them: once, by the leadership, in order, with every word frozen."""

import datetime as dt
import hashlib

import pytest

from declarations.common.errors import RefusedError
from declarations.organisation.models.person import Role
from declarations.organisation.models.school import School
from declarations.policies import publishing
from declarations.policies.models import PolicyVersion
from tests.cast import Cast

DAY = dt.timedelta(days=1)


@pytest.fixture
def at(cast: Cast) -> dt.datetime:
    return cast.aup.published_at + dt.timedelta(minutes=1)


@pytest.fixture
def draft(cast: Cast) -> PolicyVersion:
    return publishing.draft(school=cast.hillside, document="aup", title="Second", body="# P\n\n## One\n\nTell {DSL_contact}.")


def everything() -> list[dict]:
    return list(PolicyVersion.objects.order_by("id").values())


def refused(code: str, action, **facts) -> str:
    before = everything()
    with pytest.raises(RefusedError) as no:
        action(**facts)
    assert no.value.code == code
    assert everything() == before
    return str(no.value)


def publish(cast: Cast, draft: PolicyVersion, at: dt.datetime, **facts):
    on = cast.hillside.day_of(at)
    usual = {"by": cast.hilda, "reason": "Changed.", "effective_from": on, "sign_by": None}
    return publishing.publish(version=draft, at=at, **(usual | facts))


def test_a_draft_takes_the_next_number_and_the_last_statement(cast: Cast, draft):
    assert (draft.number, draft.is_published, draft.body) == (2, False, "")
    assert draft.source_statement == cast.aup.source_statement
    assert draft.source_confirmations == cast.aup.source_confirmations
    leaflet = publishing.draft(school=cast.hillside, document="leaflet", title="L", body="Words.")
    assert (leaflet.source_statement, leaflet.source_confirmations) == ("", [])


def test_the_first_aup_has_the_statement_of_the_house(cast: Cast):
    School.objects.filter(pk=cast.hillside.pk).update(slug="old")
    from tests.cast import make_school

    new = make_school("third", "Third School")
    first = publishing.draft(school=new, document="aup", title="First", body="Words.")
    assert first.number == 1
    assert first.source_statement
    assert [set(confirmation) for confirmation in first.source_confirmations] == [{"key", "text"}] * len(first.source_confirmations)
    assert first.source_confirmations


def test_there_is_one_draft_unless_it_may_be_replaced(cast: Cast, draft):
    facts = {"school": cast.hillside, "document": "aup", "title": "Third", "body": "Other words."}
    refused("refused", publishing.draft, **facts)
    replaced = publishing.draft(**facts, replace=True, sentence="I agree.", confirmations=[{"key": "k", "text": "t"}])
    assert (replaced.number, replaced.source_body, replaced.source_statement) == (2, "Other words.", "I agree.")
    assert replaced.source_confirmations == [{"key": "k", "text": "t"}]
    assert PolicyVersion.objects.filter(school=cast.hillside, published_at=None).count() == 1


def test_publishing_fills_in_the_schools_words_and_freezes_them(cast: Cast, draft, at):
    on = cast.hillside.day_of(at)
    published = publish(cast, draft, at, reason=" Changed. ", sign_by=on + DAY)
    assert published.is_published
    assert "Dora Example" in published.body
    assert "{" not in published.body + published.statement + str([confirmation["text"] for confirmation in published.confirmations])
    assert published.sha256 == hashlib.sha256(published.body.encode()).hexdigest()
    assert (published.publish_reason, published.published_by, published.published_at) == ("Changed.", cast.hilda, at)
    assert (published.effective_from, published.sign_by) == (on, on + DAY)
    # What the settings become later changes nothing in it.
    School.objects.filter(pk=cast.hillside.pk).update(dsl_contact="Dan Example", name="Hilltop School")
    assert "Dora Example" in PolicyVersion.objects.get(pk=draft.pk).text()


def test_publishing_happens_once(cast: Cast, draft, at):
    publish(cast, draft, at)
    assert refused("too_late", publish, cast=cast, draft=draft, at=at)
    assert refused("too_late", publishing.discard, version=draft)


def test_a_discarded_draft_is_gone_and_not_published(cast: Cast, draft, at):
    publishing.discard(version=draft)
    assert not PolicyVersion.objects.filter(pk=draft.pk).exists()
    refused("too_late", publishing.discard, version=draft)
    refused("too_late", publish, cast=cast, draft=draft, at=at)


@pytest.mark.parametrize("name", ["ada", "gita", "ines", "rosa", "rita"])
def test_only_the_leadership_of_the_school_publishes(cast: Cast, draft, at, name):
    refused("not_yours", publish, cast=cast, draft=draft, at=at, by=getattr(cast, name))


@pytest.mark.parametrize("name", ["hilda", "omar", "tara"])
def test_each_of_the_leadership_may_publish(cast: Cast, draft, at, name):
    assert publish(cast, draft, at, by=getattr(cast, name)).published_by == getattr(cast, name)


def test_a_role_that_was_taken_away_publishes_nothing(cast: Cast, draft, at):
    Role.objects.filter(person=cast.hilda).update(removed_at=at)
    refused("not_yours", publish, cast=cast, draft=draft, at=at)


def test_the_dates_must_be_possible(cast: Cast, draft, at):
    on = cast.hillside.day_of(at)
    assert "past" in refused("refused", publish, cast=cast, draft=draft, at=at, effective_from=on - DAY)
    assert "before" in refused("refused", publish, cast=cast, draft=draft, at=at, effective_from=on + DAY, sign_by=on)
    for reason in ("", "  "):
        assert "why" in refused("refused", publish, cast=cast, draft=draft, at=at, reason=reason)
    publish(cast, draft, at, effective_from=on + DAY, sign_by=on + DAY)


def test_versions_take_effect_in_the_order_of_their_numbers(cast: Cast, draft, at):
    on = cast.hillside.day_of(at)
    publish(cast, draft, at, effective_from=on + 7 * DAY)
    third = publishing.draft(school=cast.hillside, document="aup", title="Third", body="Words.")
    assert "later than that" in refused("refused", publish, cast=cast, draft=third, at=at, effective_from=on + 6 * DAY)
    # The other document has its own order.
    publish(cast, publishing.draft(school=cast.hillside, document="leaflet", title="L", body="Words."), at)
    publish(cast, third, at, effective_from=on + 7 * DAY)


def test_the_approval_is_the_drafts_unless_another_is_given(cast: Cast, draft, at):
    on = cast.hillside.day_of(at)
    PolicyVersion.objects.filter(pk=draft.pk).update(approved_by="The board", approved_on=on, approval_minute="12/3")
    published = publish(cast, draft, at)
    assert publishing.Approval.of(published) == publishing.Approval("The board", on, "12/3")
    third = publishing.draft(school=cast.hillside, document="aup", title="Third", body="Words.")
    approval = publishing.Approval("The trust", on, "", on + DAY)
    assert publishing.Approval.of(publish(cast, third, at, approval=approval)) == approval


def test_what_is_said_of_an_approval_must_be_possible(cast: Cast, draft, at):
    on = cast.hillside.day_of(at)
    approval = publishing.Approval
    for code, impossible in (
        ("approved_by", approval("", on)),
        ("approved_by", approval("", None, "12/3")),
        ("approved_on", approval("The board")),
        ("approved_on", approval("The board", on + DAY)),
        ("review_on", approval(review_on=on)),
    ):
        assert refused(code, publish, cast=cast, draft=draft, at=at, approval=impossible)


def test_a_review_that_is_due_is_settled_by_an_approval_after_the_last_publication(cast: Cast, draft, at):
    approval = publishing.Approval
    on = cast.hillside.day_of(at)
    publish(cast, draft, at, approval=approval("The board", on, "1/1", on + DAY))
    third = publishing.draft(school=cast.hillside, document="aup", title="Third", body="Words.")
    later, later_on = at + 9 * DAY, on + 9 * DAY
    facts = {"cast": cast, "draft": third, "at": later}
    for code, not_enough in (
        ("approved_on", approval()),
        ("approved_on", approval("The board", on, "", later_on + DAY)),
        ("review_on", approval("The board", on + DAY)),
        ("review_on", approval("The board", on + DAY, "", later_on)),
    ):
        assert "review" in refused(code, publish, **facts, approval=not_enough)
    # The other document's review is its own.
    publish(cast, publishing.draft(school=cast.hillside, document="leaflet", title="L", body="Words."), later)
    assert publish(**facts, approval=approval("The board", on + DAY, "", later_on + DAY)).is_published


def test_only_what_was_looked_at_is_published(cast: Cast, draft, at):
    seen = publishing.fingerprint(draft, publishing.published_words(draft, cast.hillside))
    refused("changed", publish, cast=cast, draft=draft, at=at, seen="")
    PolicyVersion.objects.filter(pk=draft.pk).update(title="Third")
    refused("changed", publish, cast=cast, draft=draft, at=at, seen=seen)
    PolicyVersion.objects.filter(pk=draft.pk).update(title=draft.title)
    assert publish(cast, draft, at, seen=seen).is_published
