"""Signing in with the school's own accounts, and signing on a tablet at the office; with their guards."""

from importlib import import_module

import django.core.validators
import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

import declarations.sign_in.models
from declarations.migrations._triggers import Guard
from declarations.migrations._triggers import install
from declarations.migrations._triggers import uninstall


def row_of(table: str, key: str, condition: str) -> str:
    return f"EXISTS (SELECT 1 FROM declarations_{table} AS it WHERE it.id = NEW.{key} AND {condition})"


def erased(person: str) -> str:
    """An erasure of this person is on record: the one reason for which rows that are kept may go."""
    return f"EXISTS (SELECT 1 FROM declarations_erasure AS e WHERE e.person_id = {person})"


SAME_SCHOOL = "it.school_id = NEW.school_id"
GUARDS = [
    # Whom it pins down stays; another tenant or client is another provider.
    Guard("declarations_identityprovider", frozen={"": ["id", "school_id", "kind", "slug", "client_id", "tenant"]}),
    Guard(
        "declarations_linkedaccount",
        erasable=erased("OLD.person_id"),
        frozen={"": ["id", "person_id", "provider_id", "subject", "linked_at"], "ended_at": ["ended_at", "ended_by_id", "email"]},
        belongs=row_of(
            "identityprovider", "provider_id",
            "(it.school_id IS NULL OR it.school_id = (SELECT p.school_id FROM declarations_person AS p WHERE p.id = NEW.person_id))",
        ),
    ),
    Guard(
        "declarations_signingsession",
        frozen={"": ["id", "school_id", "opened_by_id", "opened_at", "closes_at"], "closed_at": ["closed_at", "closed_by_id"]},
        belongs=row_of("person", "opened_by_id", f"(it.school_id IS NULL OR {SAME_SCHOOL})"),
    ),
    Guard(
        "declarations_signingcode",
        erasable=erased("OLD.person_id"),
        frozen={
            "": ["id", "school_id", "person_id", "given_by_id", "given_at", "expires_at", "code_hash"],
            "used_at": ["used_at", "tablet_id"],
            "done_at": ["done_at"],
        },
        belongs=row_of("person", "person_id", SAME_SCHOOL)
        + " AND " + row_of("person", "given_by_id", f"(it.school_id IS NULL OR {SAME_SCHOOL})"),
    ),
]
BEFORE = import_module("declarations.migrations.0006_privacy").AFTER
AFTER = [*BEFORE, *GUARDS]


class Migration(migrations.Migration):

    dependencies = [
        ('declarations', '0006_privacy'),
    ]

    operations = [
        migrations.CreateModel(
            name='IdentityProvider',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('kind', models.CharField(choices=[('microsoft', 'Microsoft 365'), ('google', 'Google')], max_length=9, verbose_name='kind')),
                ('slug', models.CharField(help_text='Also the name of the file on the server that holds the client secret (docs/sign-in.md): hillside-microsoft.', max_length=40, unique=True, validators=[django.core.validators.RegexValidator('\\A[a-z0-9][a-z0-9-]{0,39}\\Z', 'Small letters, digits and -.')], verbose_name='name in the address')),
                ('client_id', models.CharField(help_text='Microsoft: “Application (client) ID”.', max_length=200, verbose_name='client ID')),
                ('tenant', models.CharField(blank=True, default='', help_text='Microsoft alone: “Directory (tenant) ID”. Nobody of another tenant gets in.', max_length=36, validators=[django.core.validators.RegexValidator('\\A[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}\\Z', "The tenant's ID, in small letters: 8 hexadecimal digits, -, 4, -, 4, -, 4, -, 12.")], verbose_name='tenant')),
                ('domains', models.CharField(help_text='The e-mail domains of staff, separated by spaces: hillside.example. Nobody of another domain gets in.', max_length=400, validators=[declarations.sign_in.models.are_domains], verbose_name='domains')),
                ('second_factor', models.BooleanField(default=False, help_text='Only if the provider is set up so that nobody gets past it with a password alone: then its sign-in is enough for leadership, auditors and administrators too.', verbose_name='always asks for a second factor')),
                ('in_use', models.BooleanField(default=True, verbose_name='in use')),
                ('school', models.ForeignKey(blank=True, help_text="Empty: one for all schools of the trust and for the trust's own people.", null=True, on_delete=django.db.models.deletion.PROTECT, related_name='identity_providers', to='declarations.school', verbose_name='school')),
            ],
            options={
                'verbose_name': 'identity provider',
                'verbose_name_plural': 'identity providers',
                'ordering': ['slug'],
            },
        ),
        migrations.CreateModel(
            name='LinkedAccount',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('subject', models.CharField(max_length=255, verbose_name='subject')),
                ('email', models.CharField(help_text='As the provider said it last.', max_length=254, verbose_name='e-mail there')),
                ('linked_at', models.DateTimeField(verbose_name='linked at')),
                ('ended_at', models.DateTimeField(null=True, verbose_name='ended at')),
                ('ended_by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='ended by')),
                ('person', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='linked_accounts', to=settings.AUTH_USER_MODEL, verbose_name='person')),
                ('provider', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='accounts', to='declarations.identityprovider', verbose_name='provider')),
            ],
            options={
                'verbose_name': 'linked account',
                'verbose_name_plural': 'linked accounts',
                'ordering': ['linked_at', 'id'],
            },
        ),
        migrations.CreateModel(
            name='SigningSession',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('opened_at', models.DateTimeField(verbose_name='opened at')),
                ('closes_at', models.DateTimeField(verbose_name='closes at')),
                ('closed_at', models.DateTimeField(help_text='Sooner than it closes by itself.', null=True, verbose_name='closed at')),
                ('closed_by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='closed by')),
                ('opened_by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='opened by')),
                ('school', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='signing_sessions', to='declarations.school', verbose_name='school')),
            ],
            options={
                'verbose_name': 'tablet for signing',
                'verbose_name_plural': 'tablets for signing',
                'ordering': ['-opened_at', '-id'],
            },
        ),
        migrations.CreateModel(
            name='SigningCode',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('given_at', models.DateTimeField(verbose_name='given at')),
                ('expires_at', models.DateTimeField(verbose_name='expires at')),
                ('code_hash', models.CharField(max_length=64, unique=True, verbose_name='hash of the code')),
                ('used_at', models.DateTimeField(null=True, verbose_name='used at')),
                ('done_at', models.DateTimeField(help_text='When its use ended: signed, or left.', null=True, verbose_name='done at')),
                ('given_by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='given by')),
                ('person', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='signing_codes', to=settings.AUTH_USER_MODEL, verbose_name='person')),
                ('school', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, to='declarations.school', verbose_name='school')),
                ('tablet', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='codes', to='declarations.signingsession', verbose_name='tablet')),
            ],
            options={
                'verbose_name': 'one-time code',
                'verbose_name_plural': 'one-time codes',
                'ordering': ['-given_at', '-id'],
            },
        ),
        migrations.AddConstraint(
            model_name='identityprovider',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('kind', 'microsoft'), models.Q(('tenant', ''), _negated=True)), models.Q(('kind', 'google'), ('tenant', '')), _connector='OR'), name='provider_is_pinned', violation_error_message="Microsoft 365 needs the school's tenant, and Google has none."),
        ),
        migrations.AddConstraint(
            model_name='identityprovider',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('slug', ''), _negated=True), models.Q(('client_id', ''), _negated=True), models.Q(('domains', ''), _negated=True)), name='provider_is_whole'),
        ),
        migrations.AddConstraint(
            model_name='linkedaccount',
            constraint=models.UniqueConstraint(condition=models.Q(('ended_at__isnull', True)), fields=('provider', 'subject'), name='account_is_one_persons'),
        ),
        migrations.AddConstraint(
            model_name='linkedaccount',
            constraint=models.UniqueConstraint(condition=models.Q(('ended_at__isnull', True)), fields=('provider', 'person'), name='account_is_one_a_person'),
        ),
        migrations.AddConstraint(
            model_name='linkedaccount',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('subject', ''), _negated=True), models.Q(('email', ''), _negated=True)), name='account_has_subject_and_email'),
        ),
        migrations.AddConstraint(
            model_name='linkedaccount',
            constraint=models.CheckConstraint(condition=models.Q(('ended_by__isnull', True), ('ended_at__isnull', False), _connector='OR'), name='account_end_is_whole'),
        ),
        migrations.AddConstraint(
            model_name='signingsession',
            constraint=models.CheckConstraint(condition=models.Q(('closes_at__gt', models.F('opened_at'))), name='tablet_closes_after_opening'),
        ),
        migrations.AddConstraint(
            model_name='signingsession',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('closed_at__isnull', True), ('closed_by__isnull', True)), models.Q(('closed_at__gte', models.F('opened_at')), ('closed_at__isnull', False), ('closed_by__isnull', False)), _connector='OR'), name='tablet_closing_is_whole'),
        ),
        migrations.AddConstraint(
            model_name='signingcode',
            constraint=models.CheckConstraint(condition=models.Q(('given_by', models.F('person')), _negated=True), name='code_is_given_by_another'),
        ),
        migrations.AddConstraint(
            model_name='signingcode',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('code_hash', ''), _negated=True), ('expires_at__gt', models.F('given_at'))), name='code_is_hashed_and_expires'),
        ),
        migrations.AddConstraint(
            model_name='signingcode',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('tablet__isnull', True), ('used_at__isnull', True)), models.Q(('tablet__isnull', False), ('used_at__isnull', False), ('used_at__lt', models.F('expires_at'))), _connector='OR'), name='code_is_used_on_a_tablet_in_time'),
        ),
        migrations.AddConstraint(
            model_name='signingcode',
            constraint=models.CheckConstraint(condition=models.Q(('done_at__isnull', True), ('used_at__isnull', False), _connector='OR'), name='code_is_done_after_its_use'),
        ),
        migrations.RunPython(install(GUARDS), uninstall(GUARDS)),
    ]
