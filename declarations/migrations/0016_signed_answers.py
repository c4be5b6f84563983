"""Whether a controller signs its answers."""

from importlib import import_module

from django.db import migrations, models

from declarations.migrations._triggers import install
from declarations.migrations._triggers import uninstall

GUARDS = import_module("declarations.migrations.0015_token_limits").AFTER


class Migration(migrations.Migration):
    dependencies = [("declarations", "0015_token_limits")]

    operations = [
        # SQLite makes the table anew, and cannot while triggers of others name it.
        migrations.RunPython(uninstall(GUARDS), install(GUARDS)),
        migrations.AddField(
            "controller",
            "signs_answers",
            models.BooleanField(
                default=True,
                help_text=(
                    "Its answers carry a Message-Authenticator, and one without is not believed. Take the tick away only for a controller that "
                    "cannot, and has no update."
                ),
                verbose_name="signs its answers",
            ),
        ),
        migrations.RunPython(install(GUARDS), uninstall(GUARDS)),
    ]
