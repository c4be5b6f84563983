"""A school has one headteacher for good, and one for days."""

from dataclasses import replace
from importlib import import_module

from django.db import migrations

from declarations.migrations._triggers import install, uninstall

# Nobody else of the school holds it in the same way on that day.
ALONE = (
    "NEW.name <> 'headteacher' OR NEW.removed_at IS NOT NULL OR EXISTS (SELECT 1 FROM declarations_person AS n WHERE n.id = NEW.person_id "
    "AND n.school_id IS NOT NULL AND NOT EXISTS (SELECT 1 FROM declarations_role AS r JOIN declarations_person AS p ON p.id = r.person_id "
    "WHERE r.name = 'headteacher' AND p.school_id = n.school_id AND r.removed_at IS NULL "
    "AND (r.ends_on IS NULL) = (NEW.ends_on IS NULL) AND (r.ends_on IS NULL OR r.ends_on > DATE(NEW.granted_at)) "
    "AND (p.leaves_on IS NULL OR p.leaves_on > DATE(NEW.granted_at))))"
)
BEFORE = import_module("declarations.migrations.0017_social_media").AFTER
AFTER = [replace(guard, belongs=ALONE) if guard.table == "declarations_role" else guard for guard in BEFORE]
OLD, NEW = ([guard for guard in guards if guard.table == "declarations_role"] for guards in (BEFORE, AFTER))


class Migration(migrations.Migration):
    dependencies = [("declarations", "0018_lists_in_order")]

    operations = [
        migrations.RunPython(uninstall(OLD), install(OLD)),
        migrations.RunPython(install(NEW), uninstall(NEW)),
    ]
