"""Who signs again sees first what changed since they signed; and need not read again what they have read, word for word."""

import datetime as dt
import re
from html.parser import HTMLParser

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from declarations.common.errors import RefusedError
from declarations.policies import publishing
from declarations.policies.models import PolicyVersion, SectionRead
from declarations.signing import queries
from declarations.signing.actions import sign as signing
from declarations.signing.models.declaration import Declaration
from tests.cast import make_person, make_school, publish_next, publish_texts, sign

DAY = dt.timedelta(days=1)


@pytest.fixture
def today(cast):
    return cast.hillside.day_of(timezone.now())


def again(version, cast, *edits, sign_by="today", reason="Something changed."):
    """The next version of this text, with these edits, to be signed by everyone again unless `sign_by` is None."""
    body = PolicyVersion.objects.filter(school=version.school, document=version.document).latest("number").source_body
    for old, new in edits:
        assert old in body
        body = body.replace(old, new)
    at = timezone.now()
    on = version.school.day_of(at)
    return publishing.publish(
        version=publishing.draft(school=version.school, document=version.document, title=version.title, body=body),
        by=cast.hilda,
        at=at,
        reason=reason,
        effective_from=on,
        sign_by=on if sign_by == "today" else sign_by,
    )


class Heard(HTMLParser):
    """The page's main part as a screen reader says it: hidden signs are not heard, hidden words are."""

    def __init__(self, page):
        super().__init__()
        self.silent, self.said = [], []
        self.feed(page.partition("<main")[2].partition("</main")[0])

    def handle_starttag(self, tag, attrs):
        if tag not in {"br", "input", "path"}:
            self.silent.append(dict(attrs).get("aria-hidden") == "true")

    def handle_endtag(self, tag):
        if self.silent:
            self.silent.pop()

    def handle_data(self, data):
        if not any(self.silent):
            self.said.append(data)

    def __str__(self):
        return re.sub(r"\s+", " ", "".join(self.said))


def heard(client):
    return str(Heard(client.get("/changes/").text))


def test_what_changed_is_said_in_words_from_the_version_that_was_signed(cast, signed_in):
    again(cast.leaflet, cast, ("No adult uses their own", "Nobody uses their own"), reason="Clearer words.", sign_by=None)
    again(cast.leaflet, cast, ("- **M5** In", "- **M4** Watches count as phones.\n- **M5** In"), reason="Watches, too.")
    again(cast.aup, cast, ("## Accounts {#accounts}\n\n- **A1** Your password is yours alone.\n\n", ""), reason="Moved elsewhere.")
    page = heard(signed_in(cast.ben))
    assert "You signed version 1. Now it is version 3. 1 added, 1 reworded" in page
    assert "Reworded: M3 [removed: No adult ] [added: Nobody ] uses their own mobile in class." in page
    assert "Added: M4 Watches count as phones." in page
    assert re.search(
        r"Version 2, in effect from [^:]+ \(a correction\): Clearer words\. Version 3, in effect from [^:]+: Watches, too\.", page
    )
    assert "Accounts This section is removed. Removed: A1 Your password is yours alone." in page
    assert "Moved elsewhere." in page
    assert page.index("Watches count") < page.index("The whole text as it is now")


def test_marks_are_not_by_colour_alone(cast, signed_in):
    again(cast.leaflet, cast, ("No adult uses", "Nobody uses"))
    page = signed_in(cast.ben).get("/changes/").text
    assert "<del>No adult </del>" in page
    assert "<ins>Nobody </ins>" in page


def test_it_is_the_first_thing_to_do_and_one_step_from_every_text(cast, signed_in, today):
    client = signed_in(cast.ben)
    for path in ("/", "/leaflet/", "/leaflet/all/", "/policy/"):
        assert "/changes/" not in client.get(path).text, "nothing changed yet"
    again(cast.leaflet, cast, ("No adult uses", "Nobody uses"), sign_by=today + DAY)
    home = client.get("/").text
    (first, *_rest) = re.findall(r'class="btn btn-primary" href="([^"]+)"', home)
    assert first == "/changes/"
    for path in ("/leaflet/", "/leaflet/all/", "/sign/"):
        assert "This is not the text that you signed." in client.get(path).text, path
    assert "/changes/" not in client.get("/policy/").text, "the policy is the one that was signed"
    page = client.get("/changes/").text
    for link in ("/leaflet/all/", f"/versions/{cast.leaflet.pk}/", "/leaflet/class/"):
        assert f'href="{link}"' in page
    assert "Acceptable Use Policy is the one that you signed: version 1." in page


def test_a_correction_asks_nothing_and_can_be_looked_at(cast, signed_in):
    again(cast.aup, cast, ("yours alone", "yours only"), sign_by=None)
    client = signed_in(cast.ben)
    home = client.get("/").text
    assert "You have nothing to sign." in home
    assert "your signature holds" in home
    page = client.get("/changes/").text
    assert "yours " in page
    assert "On to the policy and signing" not in page


def test_who_never_signed_has_nothing_to_compare(cast, signed_in):
    again(cast.leaflet, cast, ("No adult uses", "Nobody uses"))
    client = signed_in(cast.ada)
    assert "/changes/" not in client.get("/").text
    page = client.get("/changes/").text
    assert "You have not signed yet" in page
    assert "<del>" not in page


def test_nothing_changed_but_marks_and_spaces(cast, signed_in):
    again(cast.leaflet, cast, ("No adult", "*No*  adult"))
    assert "No word of it changed." in heard(signed_in(cast.ben))


def test_nothing_changed_at_all(cast, signed_in):
    page = signed_in(cast.ben).get("/changes/").text
    assert "Phones and social media is the one that you signed: version 1." in page
    assert "Acceptable Use Policy is the one that you signed: version 1." in page


def test_the_statement_and_the_confirmations_are_compared_too(cast, signed_in):
    draft = publishing.draft(
        school=cast.hillside,
        document="aup",
        title="Staff AUP",
        body=cast.aup.source_body,
        sentence="I have read both texts of {school}, and I will comply with the Acceptable Use Policy.",
        confirmations=cast.aup.source_confirmations[1:],
    )
    at = timezone.now()
    on = cast.hillside.day_of(at)
    publishing.publish(version=draft, by=cast.hilda, at=at, reason="Fewer.", effective_from=on, sign_by=on)
    page = heard(signed_in(cast.ben))
    assert "What is confirmed and signed" in page
    assert f"Removed: {cast.aup.confirmations[0]['text']}" in page
    assert "[added: both texts ]" in page
    assert "Its title was “Acceptable Use Policy”." in page


def test_before_anything_is_published_the_page_says_so(cast, signed_in):
    newcomer = make_person(make_school("new", "New School"), "nell@new.example", "Nell Example")
    assert "has not published this text yet" in signed_in(newcomer).get("/changes/").text


def test_looking_at_the_changes_notes_nothing(cast, signed_in):
    again(cast.leaflet, cast, ("No adult uses", "Nobody uses"))
    before = list(SectionRead.objects.values_list())
    signed_in(cast.ben).get("/changes/")
    assert list(SectionRead.objects.values_list()) == before


def test_a_text_of_a_school_cannot_run_anything(cast, signed_in):
    hostile = "<script>alert(98765)</script> <img src=x onerror=alert(98765)> [x](javascript:alert(98765))"
    again(cast.leaflet, cast, ("No adult uses", f"{hostile} uses"), ("## At lunch", f"## {hostile}"), reason=hostile)
    page = signed_in(cast.ben).get("/changes/").text
    assert "<script>alert(98765)" not in page
    assert "<img src=x" not in page
    assert 'href="javascript' not in page


# Reading ----------------------------------------------------------------------------------------------------------------


def test_what_is_word_for_word_the_same_need_not_be_read_again(cast, signed_in):
    changed = again(cast.leaflet, cast, ("No adult uses", "Nobody uses"))
    client = signed_in(cast.ben)
    contents = client.get("/leaflet/").text
    assert "1 of 2 sections read" in contents
    assert "as you read it before" in contents
    sign_page = client.get("/sign/").text
    assert 'href="/leaflet/class/"' in sign_page
    assert 'href="/leaflet/lunch/"' not in sign_page
    with pytest.raises(RefusedError) as refused:
        sign_current(cast.ben)
    assert refused.value.code == "unread"
    assert 'href="/leaflet/class/"' in client.get("/changes/").text
    client.get("/leaflet/class/")
    declaration = sign_current(cast.ben)
    assert declaration.leaflet == changed
    shown = SectionRead.objects.filter(person=cast.ben, version=changed)
    assert [row.section_key for row in shown] == ["class"], "nothing is noted for what was not shown"


def sign_current(person):
    at = timezone.now()
    current = PolicyVersion.objects.filter(school=person.school).current(on=person.school.day_of(at))
    return signing.sign(
        signing.Submission(
            person=person,
            aup_id=current["aup"].pk,
            leaflet_id=current["leaflet"].pk,
            confirmed=[confirmation["key"] for confirmation in current["aup"].confirmations],
            typed_name=person.full_name,
            at=at,
            signed_in_with="password",
            signed_in_at=at,
            ip_address=None,
            browser="",
        )
    )


@pytest.mark.parametrize(
    ("edit", "unread"),
    [
        (("No adult", "No  adult"), ["class"]),  # to the letter, and no less: what counts is what was on the screen
        (("## At lunch {#lunch}", "## At break {#lunch}"), ["lunch"]),
        (("## At lunch {#lunch}", "## At lunch {#break}"), []),
        (("## At lunch {#lunch}", "## New {#new}\n\nWords.\n\n## At lunch {#lunch}"), ["new"]),
        (("# Phones and social media\n", "# Phones\n"), []),
    ],
)
def test_the_same_means_to_the_letter(cast, edit, unread):
    version = again(cast.leaflet, cast, edit)
    assert queries.unread(person=cast.ben, version=version) == unread


def test_it_counts_through_versions_that_were_never_opened(cast):
    """Read in the first, untouched in the second (nobody opened it), still the same in the third."""
    again(cast.leaflet, cast, ("No adult uses", "Nobody uses"))
    third = again(cast.leaflet, cast, ("Nobody uses", "Not one adult uses"))
    assert queries.progress(person=cast.ben, version=third) == queries.Progress(["class"], ["lunch"])
    fourth = again(cast.leaflet, cast, ("Not one adult uses", "No adult uses"))
    assert queries.unread(person=cast.ben, version=fourth) == [], "the very words of the first"


def test_what_was_shown_is_ones_own_and_of_the_same_document_and_school(cast):
    version = again(cast.leaflet, cast, ("No adult uses", "Nobody uses"))
    assert queries.unread(person=cast.ada, version=version) == ["class", "lunch"], "she was shown nothing"
    new = make_school("twin", "Twin School")
    leaflet, _aup = publish_texts(new, cast.tara, timezone.now())
    assert queries.unread(person=cast.ben, version=leaflet) == ["class", "lunch"], "another school's, in the same words"
    swapped = publish_next(cast.aup, by=cast.hilda, at=timezone.now(), sign_by=None, body=cast.leaflet.source_body)
    assert queries.unread(person=cast.ben, version=swapped) == ["class", "lunch"], "another document's"


def test_a_section_that_was_not_shown_before_does_not_count(cast, signed_in):
    signed_in(cast.ada).get("/leaflet/lunch/")
    version = again(cast.leaflet, cast, ("No adult uses", "Nobody uses"))
    assert queries.progress(person=cast.ada, version=version) == queries.Progress(["class"], ["lunch"])
    same = again(cast.leaflet, cast, ("Nobody uses", "No adult uses"))
    assert queries.unread(person=cast.ada, version=same) == ["class"], "the words of the first, of which she opened one section"


def test_the_number_of_queries_does_not_grow(cast, signed_in):
    client = signed_in(cast.ben)
    again(cast.leaflet, cast, ("No adult uses", "Nobody uses"))
    again(cast.aup, cast, ("yours alone", "yours only"))
    client.get("/changes/")

    def queries(path):
        with CaptureQueriesContext(connection) as asked:
            assert client.get(path).status_code == 200
        return len(asked)

    few = {path: queries(path) for path in QUERIES}
    for number in range(15):
        again(cast.leaflet, cast, ("{#lunch}\n", f"{{#lunch}}\n\nWords {number}.\n"))
        again(cast.aup, cast, ("## Reporting", f"## Part {number}\n\nWords.\n\n## Reporting"))
    assert (few, {path: queries(path) for path in QUERIES}) == (QUERIES, QUERIES)
    sign(cast.ben)
    assert Declaration.objects.filter(person=cast.ben).count() == 2


QUERIES = {"/changes/": 12, "/leaflet/": 7}
