"""System checks: refuse to start misconfigured, and say the mend."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from django.apps import AppConfig
from django.conf import settings
from django.core.checks import CheckMessage, Error, Tags, register

from declarations.evidence import keys, log
from declarations.evidence.signed_note import ORIGIN

LONGEST_SLUG = 40


@register(Tags.security, deploy=True)
def production_is_configured(app_configs: Sequence[AppConfig] | None, **rest: Any) -> list[CheckMessage]:  # noqa: ARG001  # Django's signature
    """A production site has its own key, an https address, and is not a demo."""
    found: list[CheckMessage] = []
    if settings.SECRET_KEY.startswith("insecure-"):
        found.append(
            Error(
                "SECRET_KEY is not set, so every start and every worker signs its own sessions.",
                hint="Set SECRET_KEY, or SECRET_KEY_FILE to a file that holds 50 random characters.",
                id="declarations.E001",
            )
        )
    if not settings.HTTPS:
        found.append(
            Error(
                f"SITE_URL is {settings.SITE_URL}: passwords would cross the network in clear.",
                hint="Set SITE_URL to the https:// address that people type.",
                id="declarations.E002",
            )
        )
    if not (host := urlsplit(settings.SITE_URL).netloc.lower()) or not ORIGIN.fullmatch(f"{host}/{'x' * LONGEST_SLUG}"):
        found.append(
            Error(
                f"SITE_URL is {settings.SITE_URL}: its host cannot be part of an evidence log's name.",
                hint="At most 78 characters: letters, digits, dots, hyphens; an internationalised name in its ASCII form (xn--…).",
                id="declarations.E008",
            )
        )
    found += evidence_key_is_sound()
    if not settings.SECOND_FACTOR_REQUIRED:
        found.append(
            Error(
                "REQUIRE_SECOND_FACTOR is off: a guessed password is enough to decide, to publish and to read everybody's declarations.",
                hint="Unset it, or set it to 1.",
                id="declarations.E009",
            )
        )
    if settings.DEMO:
        found.append(
            Error(
                "DEMO is on: everybody knows the passwords.",
                hint="Unset DEMO; start with an empty database (docs/install.md).",
                id="declarations.E003",
            )
        )
    return found


def evidence_key_is_sound() -> list[CheckMessage]:
    """The evidence key is there, is ours alone, and is no demo's."""
    path = Path(settings.EVIDENCE_KEY_FILE)
    mend = "Make one with: manage.py evidence_key create; keep it in a file that only the app's user can read (chmod 600)."
    try:
        mode, content = path.stat().st_mode, path.read_bytes()
        log.read_key(path)
    except (OSError, log.MissingKeyError):
        return [Error(f"There is no evidence key in {path}: nothing can be signed.", hint=mend, id="declarations.E005")]
    if mode & 0o077:
        return [Error(f"Others can read the evidence key in {path}.", hint=mend, id="declarations.E006")]
    if keys.DEMO_MARK in content:
        return [Error(f"The evidence key in {path} is a demo's: it proves nothing.", hint=mend, id="declarations.E007")]
    return []


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
