"""System checks: a site that is set up wrongly does not start, and is told the mend."""

import pytest
from django.core import checks
from django.db import connection

from declarations.checks import database_is_supported, production_is_configured

GOOD = {
    "SECRET_KEY": "x" * 50,
    "HTTPS": True,
    "SITE_URL": "https://x.example",
    "DEMO": False,
    "SECOND_FACTOR_REQUIRED": True,
    "ALLOWED_HOSTS": ["x.example"],
}


@pytest.mark.parametrize(
    ("wrong", "found"),
    [
        ({}, []),
        ({"SECRET_KEY": "insecure-abc"}, ["declarations.E001"]),
        ({"HTTPS": False, "SITE_URL": "http://x.example"}, ["declarations.E002"]),
        ({"DEMO": True}, ["declarations.E003"]),
        ({"SECOND_FACTOR_REQUIRED": False}, ["declarations.E009"]),
        ({"SITE_URL": f"https://{'x' * 78}"}, []),
        ({"SITE_URL": f"https://{'x' * 79}"}, ["declarations.E008"]),
        ({"SITE_URL": "https://schülé.example"}, ["declarations.E008"]),
        ({"SITE_URL": "https://"}, ["declarations.E008"]),
        ({"ALLOWED_HOSTS": ["x.example", "*"]}, ["declarations.E013"]),
        ({"ALLOWED_HOSTS": [".x.example"]}, ["declarations.E013"]),
        (
            {"SECRET_KEY": "insecure-abc", "HTTPS": False, "DEMO": True},
            ["declarations.E001", "declarations.E002", "declarations.E003"],
        ),
    ],
)
def test_what_production_must_have(settings, wrong, found):
    for name, value in (GOOD | wrong).items():
        setattr(settings, name, value)
    messages = production_is_configured(None)
    assert [message.id for message in messages] == found
    assert all(message.hint and message.level == checks.ERROR for message in messages)


@pytest.mark.django_db
def test_production_is_asked_about_by_the_deploy_check_only(settings):
    for name, value in (GOOD | {"DEMO": True}).items():
        setattr(settings, name, value)
    assert "declarations.E003" not in {message.id for message in checks.run_checks()}
    assert "declarations.E003" in {message.id for message in checks.run_checks(include_deployment_checks=True)}


@pytest.mark.django_db
def test_the_database_of_the_tests_is_fit():
    assert checks.run_checks(databases=["default"], tags=[checks.Tags.database]) == []


@pytest.mark.sqlite
@pytest.mark.django_db
def test_sqlite_without_recursive_triggers_is_refused():
    with connection.cursor() as cursor:
        cursor.execute("PRAGMA recursive_triggers = OFF")
        try:
            found = database_is_supported(None, databases=["default"])
        finally:
            cursor.execute("PRAGMA recursive_triggers = ON")
    assert [message.id for message in found] == ["declarations.E004"]
    assert database_is_supported(None, databases=[]) == []
    assert database_is_supported(None) == []
