"""How long things are kept, legal holds, disposals; and the guards that let rows go for a disposal, and for nobody who is held."""

from importlib import import_module

import django.core.validators
import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

from declarations.migrations._triggers import Guard
from declarations.migrations._triggers import install

BEFORE = import_module("declarations.migrations.0005_the_year").AFTER


def erased(person: str) -> str:
    return f"EXISTS (SELECT 1 FROM declarations_erasure AS e WHERE e.person_id = {person})"


def held(person: str) -> str:
    return f"EXISTS (SELECT 1 FROM declarations_legalhold AS h WHERE h.person_id = {person} AND h.ended_at IS NULL)"


def disposed(kind: str, older: str) -> str:
    """A disposal of this kind at the row's school is on record, of what is older than this row."""
    return f"EXISTS (SELECT 1 FROM declarations_disposal AS x WHERE x.school_id = OLD.school_id AND x.kind = '{kind}' AND ({older}))"


OWNER_OF_OLD = "(SELECT d.owner_id FROM declarations_device AS d WHERE d.id = OLD.device_id)"
# What may go for a disposal too, and of whom: an erasure is refused to who is held, so that alone opens nothing.
GOES = {
    "declarations_deviceaddress": ("addresses", "OLD.ended_at < x.before_at", OWNER_OF_OLD),
    "declarations_exemption": ("exemptions", "OLD.ended_at < x.before_at OR OLD.until < x.before_on", "OLD.person_id"),
    "declarations_reply": ("replies", "OLD.answered_at < x.before_at", "OLD.person_id"),
}
AGAIN = [
    Guard(
        **{
            **vars(guard),
            "erasable": f"{guard.erasable} OR ({disposed(kind, older)} AND NOT {held(person)})",
        }
    )
    for guard in BEFORE
    if guard.table in GOES
    for kind, older, person in [GOES[guard.table]]
] + [
    # One declaration is erased by its entry: not of who is held.
    Guard(**{**vars(guard), "erasable": f"({guard.erasable}) AND NOT {held('OLD.person_id')}"})
    for guard in BEFORE
    if guard.table == "declarations_declaration"
]
GUARDS = [
    *AGAIN,
    Guard("declarations_erasure", frozen={"": ["id", "person_id", "at", "reason"]}, belongs=f"NOT {held('NEW.person_id')}"),
    Guard(
        "declarations_legalhold",
        erasable=erased("OLD.person_id"),
        frozen={
            "": ["id", "person_id", "reason", "placed_by_id", "placed_at"],
            "ended_at": ["ended_by_id", "ended_at"],
        },
        belongs=f"NOT {erased('NEW.person_id')} AND EXISTS (SELECT 1 FROM declarations_person AS p, declarations_person AS b "
        "WHERE p.id = NEW.person_id AND b.id = NEW.placed_by_id AND (b.school_id IS NULL OR b.school_id = p.school_id))",
    ),
    Guard(
        "declarations_disposal",
        frozen={"": ["id", "school_id", "kind", "before_at", "before_on", "rows", "done_at", "done_by_id"]},
    ),
]
AFTER = list({guard.table: guard for guard in [*BEFORE, *GUARDS]}.values())
FORMER = [guard for guard in BEFORE if guard.table in {one.table for one in GUARDS}]


class Migration(migrations.Migration):

    dependencies = [
        ('declarations', '0005_the_year'),
    ]

    operations = [
        migrations.CreateModel(
            name='Disposal',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('kind', models.CharField(choices=[('addresses', 'Wi-Fi addresses of devices that may connect no longer'), ('contexts', 'IP addresses and browsers of signatures'), ('exemptions', 'exemptions that ended'), ('replies', 'replies that were answered'), ('letters', 'who was sent which e-mail'), ('notes', 'the desk’s notes'), ('sessions', 'sign-ins that ended'), ('people', 'people who left, with all that is about them')], max_length=10, verbose_name='kind')),
                ('before_at', models.DateTimeField(verbose_name='older than')),
                ('before_on', models.DateField(verbose_name='older than the day')),
                ('rows', models.PositiveIntegerField(verbose_name='how many')),
                ('done_at', models.DateTimeField(verbose_name='done at')),
                ('done_by', models.ForeignKey(help_text='Empty: from the command line of the server.', null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='done by')),
                ('school', models.ForeignKey(help_text='Empty: of the trust’s own people.', null=True, on_delete=django.db.models.deletion.PROTECT, related_name='disposals', to='declarations.school', verbose_name='school')),
            ],
            options={
                'verbose_name': 'disposal',
                'verbose_name_plural': 'disposals',
                'ordering': ['-done_at', 'id'],
                'constraints': [models.CheckConstraint(condition=models.Q(('kind__in', ['addresses', 'contexts', 'exemptions', 'replies', 'letters', 'notes', 'sessions', 'people'])), name='disposal_kind_is_known'), models.CheckConstraint(condition=models.Q(('before_at__lte', models.F('done_at'))), name='disposal_is_of_the_past')],
            },
        ),
        migrations.CreateModel(
            name='LegalHold',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('reason', models.CharField(help_text='Whose matter it is and where it is filed; no details of it.', max_length=300, verbose_name='reason')),
                ('placed_at', models.DateTimeField(verbose_name='placed at')),
                ('ended_at', models.DateTimeField(null=True, verbose_name='ended at')),
                ('ended_by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='ended by')),
                ('person', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='holds', to=settings.AUTH_USER_MODEL, verbose_name='person')),
                ('placed_by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='placed by')),
            ],
            options={
                'verbose_name': 'legal hold',
                'verbose_name_plural': 'legal holds',
                'ordering': ['-placed_at', '-id'],
                'constraints': [models.UniqueConstraint(condition=models.Q(('ended_at__isnull', True)), fields=('person',), name='hold_is_one_at_a_time', violation_error_message='They are held already.'), models.CheckConstraint(condition=models.Q(('reason', ''), _negated=True), name='hold_has_a_reason'), models.CheckConstraint(condition=models.Q(models.Q(('ended_at__isnull', True), ('ended_by__isnull', True)), models.Q(('ended_at__gte', models.F('placed_at')), ('ended_at__isnull', False), ('ended_by__isnull', False)), _connector='OR'), name='hold_end_is_all_or_none'), models.CheckConstraint(condition=models.Q(models.Q(('placed_by', models.F('person')), _negated=True), models.Q(('ended_by__isnull', True), models.Q(('ended_by', models.F('person')), _negated=True), _connector='OR')), name='hold_is_the_doing_of_another')],
            },
        ),
        migrations.CreateModel(
            name='RetentionSettings',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('address_weeks', models.PositiveSmallIntegerField(default=6, help_text='After the device was given up, its permission ended, or the owner left.', validators=[django.core.validators.MinValueValidator(1), django.core.validators.MaxValueValidator(52)], verbose_name='Wi-Fi addresses (weeks)')),
                ('context_months', models.PositiveSmallIntegerField(default=12, help_text='After the signing. The declaration itself stays.', validators=[django.core.validators.MinValueValidator(1), django.core.validators.MaxValueValidator(84)], verbose_name='IP address and browser of a signature (months)')),
                ('exemption_months', models.PositiveSmallIntegerField(default=12, help_text="After they ended. A reason may speak of somebody's health: keep it no longer than it is needed.", validators=[django.core.validators.MinValueValidator(1), django.core.validators.MaxValueValidator(84)], verbose_name='exemptions (months)')),
                ('reply_months', models.PositiveSmallIntegerField(default=24, help_text='“I want to talk about this first”, “I decline”: after they were answered.', validators=[django.core.validators.MinValueValidator(1), django.core.validators.MaxValueValidator(84)], verbose_name='replies and their answers (months)')),
                ('letter_months', models.PositiveSmallIntegerField(default=24, help_text='After it went. Who holds a checkpoint of the evidence log is kept as long as the log itself.', validators=[django.core.validators.MinValueValidator(1), django.core.validators.MaxValueValidator(84)], verbose_name='who was sent which e-mail (months)')),
                ('note_months', models.PositiveSmallIntegerField(default=24, help_text='The history that a page of the admin shows. The evidence log is another thing, and stays.', validators=[django.core.validators.MinValueValidator(1), django.core.validators.MaxValueValidator(84)], verbose_name='the desk’s notes of what was changed (months)')),
                ('years_after_leaving', models.PositiveSmallIntegerField(default=6, help_text='Declarations, what was read, devices, decisions, roles. In England: until employment ends, and six years.', validators=[django.core.validators.MinValueValidator(1), django.core.validators.MaxValueValidator(40)], verbose_name='everything else about a person (years after leaving)')),
                ('school', models.OneToOneField(on_delete=django.db.models.deletion.PROTECT, related_name='retention', to='declarations.school', verbose_name='school')),
            ],
            options={
                'verbose_name': 'how long records are kept',
                'verbose_name_plural': 'how long records are kept',
                'constraints': [models.CheckConstraint(condition=models.Q(('address_weeks__gte', 1), ('address_weeks__lte', 52)), name='retention_addresses_are_kept_a_year_at_most'), models.CheckConstraint(condition=models.Q(('context_months__gte', 1), ('context_months__lte', 84), ('exemption_months__gte', 1), ('exemption_months__lte', 84), ('letter_months__gte', 1), ('letter_months__lte', 84), ('note_months__gte', 1), ('note_months__lte', 84), ('reply_months__gte', 1), ('reply_months__lte', 84)), name='retention_months_are_seven_years_at_most'), models.CheckConstraint(condition=models.Q(('years_after_leaving__gte', 1), ('years_after_leaving__lte', 40)), name='retention_years_are_forty_at_most')],
            },
        ),
        migrations.RunPython(install(GUARDS), install(FORMER)),
    ]
