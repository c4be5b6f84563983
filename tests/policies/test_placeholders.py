"""What is published can always be shown, and has no gap where a school's word belongs."""

import datetime as dt

import pytest
from django.utils import timezone

from declarations.common.errors import RefusedError
from declarations.policies import publishing
from declarations.policies.models import PolicyVersion
from tests.cast import Cast


def publish(cast: Cast, body: str, sentence: str = "I agree.") -> PolicyVersion:
    at = timezone.now()
    version = publishing.draft(school=cast.hillside, document="aup", title="AUP", body=body, sentence=sentence)
    day = cast.hillside.day_of(at) + dt.timedelta(days=1)
    return publishing.publish(version=version, by=cast.hilda, at=at, reason="New.", effective_from=day, sign_by=None)


def test_the_words_are_those_of_the_school_and_stay_words(cast: Cast) -> None:
    cast.hillside.it_contact = "it_desk *now*"
    cast.hillside.save()
    version = publish(cast, "Ask {IT_contact} at {school}.", "I agree with {IT_contact}.")
    assert version.body == f"Ask it_desk \\*now\\* at {cast.hillside.name}."
    assert version.statement == "I agree with it_desk *now*."


@pytest.mark.parametrize(("body", "sentence"), [("Ask {IT_contact}.", "I agree."), ("Ask.", "I asked {IT_contact}.")])
def test_a_word_that_the_settings_lack_stops_publishing(cast: Cast, body: str, sentence: str) -> None:
    cast.hillside.it_contact = " "
    cast.hillside.save()
    with pytest.raises(RefusedError, match=r"no words yet for: \{IT_contact\}"):
        publish(cast, body, sentence)


@pytest.mark.parametrize(("body", "says"), [("", "There is no text in it"), ("> " * 30 + "x", "too deeply"), ("x" * 10_001, "too long")])
def test_what_could_not_be_shown_is_not_published(cast: Cast, body: str, says: str) -> None:
    with pytest.raises(RefusedError, match=says):
        publish(cast, body)
    assert not PolicyVersion.objects.published().filter(title="AUP").exists()
