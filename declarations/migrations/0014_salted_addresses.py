"""The log says of each Wi-Fi address a hash, whose salt is in the row of the address and goes with it; rows from before have none."""

from dataclasses import replace
from importlib import import_module

from django.db import migrations, models

from declarations.migrations._triggers import install
from declarations.migrations._triggers import uninstall

BEFORE = import_module("declarations.migrations.0013_signed_entries").AFTER
ADDRESS = next(guard for guard in BEFORE if guard.table == "declarations_deviceaddress")
SALTED = replace(ADDRESS, frozen=ADDRESS.frozen | {"": [*ADDRESS.frozen[""], "salt"]})
AFTER = [*(guard for guard in BEFORE if guard.table != ADDRESS.table), SALTED]


class Migration(migrations.Migration):
    dependencies = [("declarations", "0013_signed_entries")]

    operations = [
        migrations.RunPython(migrations.RunPython.noop, install([ADDRESS])),
        migrations.AddField("deviceaddress", "salt", models.BinaryField(max_length=16, null=True, verbose_name="salt")),
        migrations.RunPython(install([SALTED]), uninstall([SALTED])),
    ]
