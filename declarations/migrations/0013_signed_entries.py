"""Each entry of the evidence log bears a signature of its own; those from before have none, and the log says where they begin."""

from dataclasses import replace
from importlib import import_module

from django.db import migrations, models

from declarations.migrations._triggers import install
from declarations.migrations._triggers import uninstall

BEFORE = import_module("declarations.migrations.0012_dual_control").AFTER
ENTRY = next(guard for guard in BEFORE if guard.table == "declarations_entry")
SIGNED = replace(ENTRY, frozen={"": [*ENTRY.frozen[""], "signature"]})
AFTER = [*(guard for guard in BEFORE if guard.table != ENTRY.table), SIGNED]


class Migration(migrations.Migration):
    dependencies = [("declarations", "0012_dual_control")]

    operations = [
        migrations.RunPython(migrations.RunPython.noop, install([ENTRY])),
        migrations.AddField("entry", "signature", models.BinaryField(max_length=64, null=True, verbose_name="signature")),
        migrations.RunPython(install([SIGNED]), uninstall([SIGNED])),
    ]
