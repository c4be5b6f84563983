"""`manage.py load_policy`: any school's own file becomes a draft, or gets one clear sentence."""

import io
import os
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command

from declarations.organisation.models.school import School
from declarations.policies import publishing
from declarations.policies.models import PolicyVersion
from tests.cast import make_school

ROOT = Path(__file__).resolve().parent.parent.parent

OWN = """# Acceptable use at our school

Read this *first*.

## Your account {#account}

- **A1** Yours alone. Ask **[the helpdesk@hillside.example](mailto:helpdesk@hillside.example)** – or “IT”.

## Who to tell

> {DSL_contact} of {school}, and {nobody}.
"""


@pytest.fixture
def hillside(db: None) -> School:
    make_school("riverside", "Riverside School")
    return make_school("hillside", "Hillside School")


@pytest.fixture
def own(tmp_path: Path) -> Path:
    return written(tmp_path, OWN.encode())


def written(folder: Path, data: bytes, name: str = "our-own_policy.md") -> Path:
    path = folder / name
    path.write_bytes(data)
    return path


def load(path: Path | str, *options: str, school: str = "hillside", document: str = "aup") -> str:
    """What the command prints."""
    out = io.StringIO()
    call_command("load_policy", "--school", school, "--document", document, *options, str(path), stdout=out, no_color=True)
    return out.getvalue()


def refusal(path: Path | str, *options: str, **where: str) -> str:
    """The sentence with which the command refuses; and nothing has been made."""
    before = PolicyVersion.objects.count()
    with pytest.raises(CommandError) as refused:
        load(path, *options, **where)
    assert PolicyVersion.objects.count() == before
    sentence = str(refused.value)
    assert "\n" not in sentence
    assert "Traceback" not in sentence
    return sentence


def test_a_file_becomes_a_draft_and_the_command_says_what_it_made(hillside, own):
    output = load(own)
    draft = PolicyVersion.objects.get(school=hillside)
    assert (draft.document, draft.number, draft.title, draft.is_published) == ("aup", 1, "Acceptable use at our school", False)
    assert draft.source_body == OWN
    assert draft.source_confirmations
    assert "Hillside School" in output
    assert "version 1, “Acceptable use at our school”" in output
    assert "  introduction: Introduction\n  account: Your account\n  who-to-tell: Who to tell\n" in output
    assert "stand for: {DSL_contact}, {school}." in output
    assert "Nothing will stand for {nobody}" in output


def test_a_word_that_the_school_has_not_given_yet_is_named(hillside, own):
    School.objects.filter(pk=hillside.pk).update(dsl_contact=" ")
    assert "has no words for {DSL_contact} yet" in load(own)


def test_a_leaflet_has_no_statement(hillside, own):
    load(own, document="leaflet")
    draft = PolicyVersion.objects.get(school=hillside)
    assert (draft.document, draft.source_statement, draft.source_confirmations) == ("leaflet", "", [])


def test_without_a_heading_the_file_gives_its_name_and_a_title_can_be_given(hillside, tmp_path):
    plain = written(tmp_path, b"Only one sentence.")
    load(plain)
    assert PolicyVersion.objects.get(school=hillside).title == "our own policy"
    load(plain, "--title", "  Our  policy ", "--replace")
    assert PolicyVersion.objects.get(school=hillside).title == "Our policy"


def test_windows_line_ends_and_a_byte_order_mark_are_taken_in_stride(hillside, tmp_path):
    load(written(tmp_path, b"\xef\xbb\xbf" + OWN.replace("\n", "\r\n").encode()))
    assert PolicyVersion.objects.get(school=hillside).source_body == OWN


def test_a_draft_is_only_replaced_when_asked(hillside, own, tmp_path):
    load(own)
    assert "There is a draft of this document already" in refusal(own)
    assert "--replace" in refusal(own)
    load(written(tmp_path, b"# Newer\n\nText."), "--replace")
    assert PolicyVersion.objects.get(school=hillside).title == "Newer"


def test_the_next_version_after_a_published_one_has_the_next_number(cast, own):
    output = load(own)
    assert PolicyVersion.objects.filter(school=cast.hillside, document="aup").count() == 2
    assert "version 2" in output


def test_another_schools_draft_is_no_hindrance(hillside, own):
    load(own, school="riverside")
    load(own)
    assert PolicyVersion.objects.count() == 2


@pytest.mark.parametrize(
    ("data", "says"),
    [
        pytest.param(b"", "There is no text in it", id="empty"),
        pytest.param(b" \n\t\r\n ", "There is no text in it", id="blank"),
        pytest.param("Schöne Grüße".encode("latin-1"), "not UTF-8 text: byte 4", id="latin-1"),
        pytest.param("# Policy".encode("utf-16"), "not UTF-8 text: byte 1", id="utf-16"),
        pytest.param(b"# Policy\n\nA NUL: \x00.\n", "Line 3 holds a control character (U+0000)", id="nul"),
        pytest.param(b"PK\x03\x04 rest of a .docx", "This is a Word document or other packed file", id="word"),
        pytest.param(b"%PDF-1.7 rest", "This is a PDF", id="pdf"),
        pytest.param(b"a" * (5 * 1024 * 1024), "too big: 5,242,880 bytes, and at most 1,048,576", id="5 MB"),
        pytest.param(b"> " * 500 + b"deep", "nested too deeply", id="deep"),
        pytest.param(b"*a " * 20_000, "too long", id="marks"),
    ],
)
def test_a_file_that_is_no_text_gets_one_clear_sentence(hillside, tmp_path, data, says):
    sentence = refusal(written(tmp_path, data))
    assert says in sentence
    assert "our-own_policy.md" in sentence


def test_what_only_the_schools_words_make_too_long_is_refused_too(hillside, tmp_path):
    just_fits = b"{school} " + b"word " * 1998
    assert "With the school's words filled in: The paragraph at line 1 is too long" in refusal(written(tmp_path, just_fits))


def test_a_missing_file_a_folder_and_an_impossible_name(hillside, tmp_path):
    assert "There is no file" in refusal(tmp_path / "gone.md")
    assert "is not a file" in refusal(tmp_path)
    assert "is not a file" in refusal("/dev/null")
    assert "cannot be read" in refusal(tmp_path / ("long" * 100))
    assert "not the name of a file" in refusal("a\x00b") or "There is no file" in refusal("a\x00b")


def test_a_file_that_may_not_be_read(hillside, own):
    own.chmod(0)
    if os.access(own, os.R_OK):  # root may read everything: a folder that is in the way does the same
        assert "There is no file" in refusal(own / "inside.md") or "cannot be read" in refusal(own / "inside.md")
    else:
        assert "cannot be read: Permission denied" in refusal(own)


def test_an_unknown_school_is_told_which_there_are(hillside, own):
    assert refusal(own, school="hilside") == "There is no school “hilside”. There are: hillside, riverside."


def test_without_any_school_the_way_to_make_one_is_named(db, own):
    assert "There are none yet: manage.py add_school" in refusal(own)


@pytest.mark.parametrize("title", ["", "  ", "a\x07b", "\udcff", "long " * 40])
def test_a_title_that_is_none_is_refused(hillside, own, title):
    assert "title" in refusal(own, "--title", title)


def test_a_heading_too_long_for_a_title_is_refused(hillside, tmp_path):
    assert "Give it as --title" in refusal(written(tmp_path, b"# " + b"long " * 40 + b"\n\nText."))


def test_other_documents_are_not_known(hillside, own):
    assert "invalid choice" in refusal(own, document="poster")


def test_the_starter_texts_load_with_every_placeholder_known(hillside):
    for document in ("leaflet", "aup"):
        output = load(ROOT / "content" / f"{document}.md", document=document)
        assert "Nothing will stand for" not in output
    assert PolicyVersion.objects.filter(school=hillside).count() == 2


def test_a_published_text_is_what_was_loaded(cast, own):
    load(own, school="riverside")
    draft = PolicyVersion.objects.get(school=cast.riverside, published_at=None)
    at = cast.leaflet.published_at
    published = publishing.publish(
        version=draft, by=cast.rosa, at=at, reason="Ours.", effective_from=cast.riverside.day_of(at), sign_by=None
    )
    assert "Dora Example \\(dsl@riverside.example\\) of Riverside School" in published.body
