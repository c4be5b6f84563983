"""System checks: refuse to start misconfigured, and say the mend."""

from collections.abc import Sequence
from typing import Any

from django.apps import AppConfig
from django.conf import settings
from django.core.checks import CheckMessage, Error, Tags, register

from declarations.web import registry


@register(Tags.security, deploy=True)
def production_is_configured(app_configs: Sequence[AppConfig] | None, **rest: Any) -> list[CheckMessage]:  # noqa: ARG001  # Django's signature
    """A production site has its own key, an https address, and is not a demo."""
    messages: list[CheckMessage] = []
    if settings.SECRET_KEY.startswith("insecure-"):
        messages.append(
            Error(
                "SECRET_KEY is not set, so every start and every worker signs its own sessions.",
                hint="Set SECRET_KEY, or SECRET_KEY_FILE to a file that holds 50 random characters.",
                id="declarations.E001",
            )
        )
    if not settings.HTTPS:
        messages.append(
            Error(
                f"SITE_URL is {settings.SITE_URL}: passwords would cross the network in clear.",
                hint="Set SITE_URL to the https:// address that people type.",
                id="declarations.E002",
            )
        )
    if any(host == "*" or host.startswith(".") for host in settings.ALLOWED_HOSTS):
        messages.append(
            Error(
                "ALLOWED_HOSTS lets any host name, or any below a domain, pass as this site's.",
                hint="Name the hosts that people type, without * and without a dot in front.",
                id="declarations.E013",
            )
        )
    for check in registry.every(lambda capability: capability.checks):
        messages += check()
    if not settings.SECOND_FACTOR_REQUIRED:
        messages.append(
            Error(
                "REQUIRE_SECOND_FACTOR is off: a guessed password is enough to decide, to publish and to read everybody's declarations.",
                hint="Unset it, or set it to 1.",
                id="declarations.E009",
            )
        )
    if settings.DEMO:
        messages.append(
            Error(
                "DEMO is on: everybody knows the passwords.",
                hint="Unset DEMO; start with an empty database (docs/install.md).",
                id="declarations.E003",
            )
        )
    return messages


@register(Tags.database)
def database_is_fit(
    app_configs: Sequence[AppConfig] | None,  # noqa: ARG001  # Django's signature
    databases: Sequence[str] | None = None,
    **rest: Any,  # noqa: ARG001  # Django's signature
) -> list[CheckMessage]:
    """What the rooms ask of what is stored: before each `migrate`, and by `check --database default`."""
    if "default" not in (databases or []):
        return []
    return [message for check in registry.every(lambda capability: capability.database_checks) for message in check()]


@register(Tags.database, databases=["default"])
def database_is_supported(
    app_configs: Sequence[AppConfig] | None,  # noqa: ARG001  # Django's signature
    databases: Sequence[str] | None = None,
    **rest: Any,  # noqa: ARG001  # Django's signature
) -> list[CheckMessage]:
    """SQLite must have been set to let DELETE triggers see REPLACE: without it signed rows could be replaced."""
    from django.db import connection

    if "default" not in (databases or []) or connection.vendor != "sqlite":
        return []
    with connection.cursor() as cursor:
        cursor.execute("PRAGMA recursive_triggers")
        if cursor.fetchone() == (1,):
            return []
    return [
        Error(
            "SQLite's recursive_triggers is off: a REPLACE would slip past the guards of signed rows.",
            hint="Keep the init_command of schoolpolicy/settings.py.",
            id="declarations.E004",
        )
    ]
