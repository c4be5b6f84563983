"""Erasure takes along how somebody signed in: accounts, second factors, browsers, codes."""

from allauth.mfa.models import Authenticator
from allauth.usersessions.models import UserSession
from django.contrib.sessions.models import Session
from django.utils import timezone

from declarations.evidence.models import Entry
from declarations.privacy import erasure
from declarations.sign_in.linked_accounts import recognise, save_provider
from declarations.sign_in.models import IdentityProvider, LinkedAccount
from declarations.sign_in.oidc_claims import Identity
from declarations.signing.actions import kiosk
from declarations.signing.actions.sign import Submission
from declarations.signing.models.kiosk import SigningCode
from declarations.signing.queries import sign_in_method
from tests.cast import Cast, make_person, read_everything
from tests.evidence.owner import checked
from tests.privacy.test_erasure import dumped, traces
from tests.sign_in.proofs import by_password, with_app


def test_nothing_is_left_of_how_they_signed_in(cast: Cast):
    at = timezone.now()
    google = IdentityProvider(school=cast.hillside, kind="google", slug="g", client_id="c", domains="hillside.example")
    save_provider(google, by=cast.ines, at=at)
    recognise(provider=google, identity=Identity("subject-ada-7", "ada@hillside.example"), at=at)
    recognise(provider=google, identity=Identity("subject-ada-7", "ada.other@hillside.example"), at=at)
    recognise(provider=google, identity=Identity("subject-ben-8", "ben@hillside.example"), at=at)
    kiosk.give_code(person=cast.ada, by=cast.hilda, at=at)
    by_password(cast.ada)
    with_app(cast.ada)
    with_app(cast.ben)
    cast.ada.refresh_from_db()
    assert UserSession.objects.filter(user=cast.ada).exists()
    erasure.erase_person(person=cast.ada, reason="retention", at=at)
    for model, field in ((LinkedAccount, "person"), (SigningCode, "person"), (Authenticator, "user"), (UserSession, "user")):
        assert not model.objects.filter(**{field: cast.ada}).exists(), model
    assert not [one for one in Session.objects.all() if one.get_decoded().get("_auth_user_id") == str(cast.ada.pk)]
    assert traces(dumped(), "subject-ada-7", "ada.other@", "ada@hillside", "Ada Example") == []
    assert LinkedAccount.objects.get().person == cast.ben
    assert Authenticator.objects.filter(user=cast.ben).count() == 2
    assert checked() == (0, [])


def test_whoever_gave_a_code_is_named_as_standing_elsewhere(cast: Cast):
    at = timezone.now()
    nora = make_person(cast.hillside, "", "Nora Kitchen")
    code, words = kiosk.give_code(person=nora, by=cast.hilda, at=at)
    lent = kiosk.open_tablet(school=cast.hillside, by=cast.omar, at=at, lasts=kiosk.LONGEST)
    code = kiosk.use_code(tablet=lent, typed=words, at=at)
    current = read_everything(nora, at)
    submission = Submission(
        person=nora, at=at, aup_id=current["aup"].pk, leaflet_id=current["leaflet"].pk, typed_name="Nora", ip_address=None, browser="",
        confirmed=[one["key"] for one in current["aup"].confirmations], signed_in_with=sign_in_method(code), signed_in_at=at,
    )  # fmt: skip
    declaration = kiosk.sign(code=code, submission=submission)
    assert f"declaration {declaration.reference}: who gave its code" in erasure.preview(person=cast.hilda).elsewhere
    assert not erasure.preview(person=cast.gita).elsewhere
    erasure.erase_person(person=nora, reason="retention", at=at)
    assert not SigningCode.objects.filter(person=nora).exists()
    assert Entry.objects.filter(kind="code.given", record__isnull=False).count() == 0
