"""`manage.py check_evidence`: quiet when all is well, and a sentence for each difference when it is not."""

import io
import re

import pytest
from django.conf import settings
from django.core.management import CommandError, call_command
from django.utils import timezone

from declarations.management.demo import schools
from declarations.models import Declaration, Entry, Permission
from tests.cast import Cast, make_school
from tests.evidence.owner import checked, without_guards


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
