"""The menus: which entries each person sees, in which order, and which of them is the current one."""

import re

import pytest

pytestmark = pytest.mark.pages

STAFF = ["Home", "Leaflet", "Policy", "Declarations", "Devices", "Accounts"]
ADMIN = ["What waits", "Permissions", "Devices", "Accounts", "Leaflet and policy", "Declarations", "People", "Second person", "Who is left",
         "Holidays"]  # fmt: skip
ADMIN_REST = ["Tablet", "Sign-in", "Network", "Data protection", "Register"]


def menu(page: str, begin: str) -> list[tuple[str, str, str]]:
    """The address, `aria-current` and title of each link of the first menu that begins with this text."""
    nav = page[page.index(begin) :].partition("</nav>")[0]
    return re.findall(r'<a href="([^"]*)"(?: aria-current="(\w+)")?>([^<]*)</a>', nav)


def staff_menu(page: str) -> list[tuple[str, str, str]]:
    return menu(page, '<nav class="site-nav')


@pytest.mark.parametrize(
    ("name", "more"),
    [("ben", []), ("hilda", ["Register", "Leadership desk"]), ("ines", ["Leadership desk"]), ("gita", ["Register"])],
)
def test_who_sees_which_entry(cast, signed_in, name, more):
    page = signed_in(getattr(cast, name)).get("/").text
    assert [title for _url, _current, title in staff_menu(page)] == [*STAFF, *more, "Sign-in"]


def test_the_trust_keeps_the_school_that_it_chose(cast, signed_in):
    page = signed_in(cast.tara).get("/register/?school=riverside").text
    assert staff_menu(page) == [
        ("/register/?school=riverside", "page", "Register"),
        ("/admin/", "", "Leadership desk"),
        ("/accounts/sessions/", "", "Sign-in"),
    ]


@pytest.mark.parametrize(
    ("path", "title", "current"),
    [
        ("/", "Home", "page"),
        ("/leaflet/", "Leaflet", "page"),
        ("/leaflet/all/", "Leaflet", "true"),
        ("/policy/", "Policy", "page"),
        ("/devices/add/", "Devices", "true"),
        ("/accounts/2fa/", "Sign-in", "true"),
    ],
)
def test_where_one_is(cast, signed_in, path, title, current):
    links = staff_menu(signed_in(cast.ben).get(path).text)
    assert [(link[2], link[1]) for link in links if link[1]] == [(title, current)]


@pytest.mark.parametrize(("name", "school"), [("hilda", "School"), ("ines", "School"), ("tara", "Schools")])
def test_the_menu_of_the_leadership(cast, signed_in, name, school):
    links = menu(signed_in(getattr(cast, name)).get("/admin/").text, '<nav class="desk-menu"')
    assert [title for _url, _current, title in links] == [*ADMIN, school, *ADMIN_REST]
