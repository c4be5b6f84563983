"""What a headteacher proposed is decided by the chair or the deputy alone, also while somebody acts; a deputy has to be there."""

from dataclasses import replace
from importlib import import_module

from django.db import migrations

from declarations.migrations._triggers import install, uninstall

ACCOUNTS = import_module("declarations.migrations.0017_social_media")
BEFORE = import_module("declarations.migrations.0020_known_since").AFTER
PROPOSER_IS_HEAD = ACCOUNTS.held("NEW.proposed_by_id", "headteacher")
DEPUTY = (
    "EXISTS (SELECT 1 FROM declarations_school AS s JOIN declarations_person AS p ON p.id = s.fallback_decider_id AND p.school_id = s.id "
    "WHERE s.id = NEW.school_id AND p.id = NEW.decided_by_id AND (p.leaves_on IS NULL OR p.leaves_on > NEW.decided_on))"
)
MAY_DECIDE = (
    f"({PROPOSER_IS_HEAD} AND ({ACCOUNTS.held('NEW.decided_by_id', 'chair')} OR {DEPUTY}) "
    f"OR NOT {PROPOSER_IS_HEAD} AND {ACCOUNTS.held('NEW.decided_by_id', 'headteacher')})"
)
AFTER = [
    replace(guard, fits=guard.fits.replace(ACCOUNTS.MAY_DECIDE, MAY_DECIDE)) if guard.table == "declarations_schoolaccount" else guard
    for guard in BEFORE
]
OLD, NEW = ([guard for guard in guards if guard.table == "declarations_schoolaccount"] for guards in (BEFORE, AFTER))


class Migration(migrations.Migration):
    dependencies = [("declarations", "0020_known_since")]

    operations = [
        migrations.RunPython(uninstall(OLD), install(OLD)),
        migrations.RunPython(install(NEW), uninstall(NEW)),
    ]
