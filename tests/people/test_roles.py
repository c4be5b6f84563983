"""Who holds what is there to be seen by the leadership, and so is what was done without signing in."""

from pathlib import Path

from django.core.management import call_command
from django.urls import reverse
from django.utils import timezone

from declarations.evidence import kinds
from declarations.organisation.models.person import Person, Role
from declarations.people.roles import grant_role, remove_role
from tests.evidence.kinds import written
from tests.staff_lists.exports import FILES

ROLES = "/admin/declarations/role/"
COMMANDS = "/admin/declarations/role/command-line/"


def test_who_holds_what_since_when_by_whom(cast, signed_in):
    grant_role(person=cast.ben, name="leadership", by=cast.ines, at=timezone.now())
    remove_role(role=Role.objects.get(person=cast.omar), by=cast.ines, at=timezone.now())
    Person.objects.filter(pk=cast.gita.pk).update(leaves_on=timezone.localdate())
    for name in ("hilda", "ines"):
        page = signed_in(getattr(cast, name)).get(ROLES).content.decode()
        for said in (
            "Ben Example",
            "Ines Example",
            "the server&#x27;s command line",
            "taken away by Ines Example",
            "they have left",
            "of the trust",
        ):
            assert said in page, said
        assert "Rosa Example" not in page
        assert "Rita" not in page
    held = signed_in(cast.hilda).get(f"{ROLES}?live=yes").content.decode()
    assert "Ben Example" in held
    assert "Omar Example" not in held
    assert "Gita Example" not in held
    assert "Omar Example" in signed_in(cast.hilda).get(f"{ROLES}?live=no").content.decode()
    assert signed_in(cast.ada).get(ROLES).status_code == 403
    assert "Rosa Example" in signed_in(cast.tara).get(ROLES).content.decode()
    person = signed_in(cast.hilda).get(reverse("admin:declarations_person_change", args=[cast.ben.pk])).content.decode()
    assert "(Ines Example)" in person


def test_roles_are_looked_at_here_and_changed_nowhere_but_on_the_persons_page(cast, signed_in):
    role = Role.objects.get(person=cast.omar)
    for path in (f"{ROLES}add/", f"{ROLES}{role.pk}/delete/"):
        assert signed_in(cast.ines).post(path).status_code == 403
    assert signed_in(cast.ines).post(f"{ROLES}{role.pk}/change/", {"name": "auditor"}).status_code == 403
    assert signed_in(cast.rosa).get(f"{ROLES}{role.pk}/change/").status_code in {302, 404}


def test_what_the_command_line_did_is_visible_to_the_leadership(cast, signed_in, tmp_path: Path):
    grant_role(person=cast.ben, name="leadership", by=None, at=timezone.now())
    grant_role(person=cast.ada, name="administrator", by=cast.ines, at=timezone.now())
    call_command("import_people", str(FILES / "bromcom.xlsx"), "--school", "hillside", verbosity=0)
    page = signed_in(cast.hilda).get(COMMANDS).content.decode()
    assert "Ben Example, leadership" in page
    assert "a staff list was imported" in page
    assert "2 joins" in page
    assert "Ada Example" not in page
    assert "Ben Example" not in signed_in(cast.rosa).get(COMMANDS).content.decode()
    assert signed_in(cast.ada).get(COMMANDS).status_code == 200
    assert signed_in(cast.ben).get(COMMANDS).status_code == 200
    assert signed_in(cast.gita).get(COMMANDS).status_code == 403
    assert "Choose a school" in signed_in(cast.tara).get(COMMANDS).content.decode()
    assert "Ben Example" in signed_in(cast.tara).get(f"{COMMANDS}?school=hillside").content.decode()


def test_what_is_never_done_from_there_is_not_looked_at():
    beginnings = ("declaration.", "permission.", "device.", "certificate.", "log.", "network.set_up", "account.", "keeper.", "abuse.")
    by_command = {"log.restored", "account.linked", "account.unlinked"}
    assert kinds.never_by_command() == {kind for kind in written() if kind.startswith(beginnings)} - by_command
