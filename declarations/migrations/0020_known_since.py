"""A declaration says since when its signer had had their e-mail address and their newest second factor, as its record does."""

import datetime as dt
import json
from dataclasses import replace
from importlib import import_module

from django.apps.registry import Apps
from django.db import migrations, models
from django.db.backends.base.schema import BaseDatabaseSchemaEditor

from declarations.migrations._triggers import install
from declarations.migrations._triggers import uninstall

BEFORE = import_module("declarations.migrations.0019_one_headteacher").AFTER
DECLARATION = next(guard for guard in BEFORE if guard.table == "declarations_declaration")
COLUMNS = ["address_since", "factor_since"]
KNOWN = replace(DECLARATION, frozen={"": [*DECLARATION.frozen[""], *COLUMNS]})
AFTER = [*(guard for guard in BEFORE if guard.table != DECLARATION.table), KNOWN]


def fill(apps: Apps, schema_editor: BaseDatabaseSchemaEditor) -> None:  # noqa: ARG001  # RunPython's signature
    """Records told it a little earlier than the table did."""
    declarations = apps.get_model("declarations", "Declaration").objects
    for number, record in declarations.filter(entry__record__isnull=False).values_list("pk", "entry__record").iterator():
        facts = json.loads(bytes(record or b""))
        known = {name: dt.datetime.fromisoformat(facts[name]) for name in COLUMNS if facts.get(name)}
        if known:
            declarations.filter(pk=number).update(**known)


class Migration(migrations.Migration):
    dependencies = [("declarations", "0019_one_headteacher")]

    operations = [
        migrations.RunPython(uninstall([DECLARATION]), install([DECLARATION])),
        migrations.AddField("declaration", "address_since", models.DateTimeField(help_text="Empty: from the first.", null=True, verbose_name="had the e-mail address since")),
        migrations.AddField("declaration", "factor_since", models.DateTimeField(help_text="Empty: none.", null=True, verbose_name="had the newest second factor since")),
        migrations.RunPython(fill, migrations.RunPython.noop),
        migrations.RunPython(install([KNOWN]), uninstall([KNOWN])),
    ]
