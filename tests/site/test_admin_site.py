"""What the admin site holds: what the rooms register, for everybody of the leadership, and nothing else."""

import pytest
from django.contrib import admin
from django.contrib.auth.models import Group

from declarations.organisation.models.school import School
from declarations.policies import publishing
from declarations.web.admin_base import SchoolScopedAdmin
from declarations.web.registry import every
from tests.cast import Cast

pytestmark = pytest.mark.pages


def test_the_site_holds_exactly_what_the_rooms_register():
    registered = dict(every(lambda capability: capability.admin.items()))
    assert {model: type(model_admin) for model, model_admin in admin.site._registry.items()} == registered
    assert all(issubclass(admin_class, SchoolScopedAdmin) for admin_class in registered.values())
    assert {model._meta.app_label for model in registered} == {"declarations"}
    assert not admin.site.is_registered(Group)


def test_whoever_has_one_school_can_choose_no_other(cast: Cast, signed_in):
    """The trust's people choose from all."""
    page = "/admin/declarations/retentionsettings/add/"
    field = signed_in(cast.ines).get(page).context["adminform"].form.fields["school"]
    assert list(field.queryset) == [cast.hillside]
    field = signed_in(cast.tara).get(page).context["adminform"].form.fields["school"]
    assert list(field.queryset) == list(School.objects.all())


@pytest.mark.parametrize(
    ("query", "shown"),
    [
        ("", {"published", "draft"}),
        ("?published=yes", {"published"}),
        ("?published=no", {"draft"}),
        ("?published=2", {"published", "draft"}),
    ],
)
def test_a_filter_by_yes_and_no(cast: Cast, signed_in, query, shown):
    publishing.draft(school=cast.hillside, document="aup", title="Next year's policy", body=cast.aup.body)
    page = signed_in(cast.hilda).get(f"/admin/declarations/policyversion/{query}")
    assert {"published" if version.is_published else "draft" for version in page.context["cl"].queryset} == shown
