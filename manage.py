#!/usr/bin/env python
"""Django's command line for this project."""

import os
import sys

# These neither read nor write what SECRET_KEY protects; `demo` gives itself an environment first.
WITHOUT_KEY = {"check", "collectstatic", "compilemessages", "demo", "evidence_key", "help", "makemessages", "makemigrations", "version"}


def main() -> None:
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "schoolpolicy.settings")
    from django.conf import settings
    from django.core.management import execute_from_command_line

    command = sys.argv[1] if len(sys.argv) > 1 else "help"
    if (
        not command.startswith("-")
        and command not in WITHOUT_KEY
        and settings.SECRET_KEY_IS_MADE_UP
        and not (settings.DEBUG or settings.DEMO)
    ):
        sys.exit(
            f"SECRET_KEY is not set, so `{command}` would work with a key that is made up for this once, "
            "and might write what nobody can read afterwards. "
            f"Without containers: sudo schoolpolicy-manage {command} … (docs/install.md). To try things out: DEBUG=1."
        )
    execute_from_command_line(sys.argv)


if __name__ == "__main__":
    main()
