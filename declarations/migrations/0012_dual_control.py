"""Changes that need a second person, the waiting that they bring, sealed e-mails, and the guards of these."""

from importlib import import_module

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

from declarations.migrations._triggers import Guard
from declarations.migrations._triggers import install
from declarations.migrations._triggers import uninstall

GUARDS = [
    Guard(
        "declarations_guardedchange",
        erasable="EXISTS (SELECT 1 FROM declarations_erasure AS e WHERE e.person_id = OLD.person_id)",
        frozen={
            "": ["id", "school_id", "kind", "person_id", "before", "after", "salt", "confirm_from", "asked_by_id", "asked_at"],
            "made_at": ["made_at"],
            "settled_at": ["settled_at", "settled_by_id", "settled_with"],
        },
    ),
]
# SQLite makes a table anew to change a column, and cannot while triggers of others name it: all are put away meanwhile.
BEFORE = import_module("declarations.migrations.0008_staff_list").AFTER
AFTER = [*BEFORE, *GUARDS]


class Migration(migrations.Migration):

    dependencies = [
        ('declarations', '0011_added_on'),
    ]

    operations = [
        migrations.RunPython(uninstall(BEFORE), install(BEFORE)),
        migrations.CreateModel(
            name='GuardedChange',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('kind', models.CharField(max_length=10, verbose_name='kind')),
                ('before', models.JSONField(default=dict, verbose_name='before')),
                ('after', models.JSONField(default=dict, verbose_name='after')),
                ('salt', models.CharField(max_length=32, verbose_name='salt')),
                ('confirm_from', models.EmailField(blank=True, help_text='The address that they had before.', max_length=254, verbose_name='can be confirmed from')),
                ('asked_at', models.DateTimeField(verbose_name='asked for at')),
                ('made_at', models.DateTimeField(null=True, verbose_name='made at')),
                ('settled_at', models.DateTimeField(null=True, verbose_name='settled at')),
                ('settled_with', models.CharField(blank=True, choices=[('second', 'confirmed by a second person'), ('address', 'confirmed from the address that they had'), ('session', 'confirmed by themself, signed in'), ('refused', 'refused')], default='', max_length=7, verbose_name='how')),
            ],
            options={
                'verbose_name': 'change that needs a second person',
                'verbose_name_plural': 'changes that need a second person',
                'ordering': ['-asked_at', '-id'],
            },
        ),
        migrations.RemoveConstraint(
            model_name='email',
            name='letter_tells_of_something',
        ),
        migrations.AddField(
            model_name='email',
            name='sealed',
            field=models.TextField(blank=True, default='', help_text='Of a code: encrypted, and gone once it is sent.', verbose_name='what it says'),
        ),
        migrations.AddField(
            model_name='person',
            name='email_since',
            field=models.DateTimeField(editable=False, help_text='Empty: from the first.', null=True, verbose_name='has this e-mail address since'),
        ),
        migrations.AddField(
            model_name='person',
            name='waits_until',
            field=models.DateTimeField(editable=False, help_text='How they sign in was changed, and nobody has confirmed it: until then they sign and decide nothing.', null=True, verbose_name='waits until'),
        ),
        migrations.AlterField(
            model_name='email',
            name='kind',
            field=models.CharField(choices=[('receipt', 'receipt of a declaration'), ('checkpoint', 'checkpoint for safe keeping'), ('reminder', 'reminder'), ('decision', 'decision about a device'), ('reply', 'somebody wants to talk, or declines'), ('answer', 'answer to a reply'), ('invitation', 'invitation'), ('code', 'code, link or notice of signing in'), ('change', 'change of how somebody signs in, or of who may do what')], max_length=10, verbose_name='kind'),
        ),
        migrations.AddField(
            model_name='guardedchange',
            name='asked_by',
            field=models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='asked for by'),
        ),
        migrations.AddField(
            model_name='guardedchange',
            name='person',
            field=models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='guarded_changes', to=settings.AUTH_USER_MODEL, verbose_name='person'),
        ),
        migrations.AddField(
            model_name='guardedchange',
            name='school',
            field=models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='declarations.school', verbose_name='school'),
        ),
        migrations.AddField(
            model_name='guardedchange',
            name='settled_by',
            field=models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='settled by'),
        ),
        migrations.AddField(
            model_name='email',
            name='change',
            field=models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='emails', to='declarations.guardedchange', verbose_name='change'),
        ),
        migrations.AlterField(
            model_name='identityprovider',
            name='second_factor',
            field=models.BooleanField(default=False, help_text='Microsoft alone, and only if it is set up so that nobody gets past it with a password alone: then its sign-in is enough for leadership, auditors and administrators too, whenever its token says that a second factor was shown.', verbose_name='always asks for a second factor'),
        ),
        migrations.AddConstraint(
            model_name='email',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('declaration__isnull', False), ('kind', 'receipt')), models.Q(('checkpoint__isnull', False), ('kind', 'checkpoint')), models.Q(('kind', 'reminder'), ('on__isnull', False), ('person__isnull', False)), models.Q(('kind', 'decision'), ('permission__isnull', False)), models.Q(('kind__in', ['reply', 'answer']), ('response__isnull', False)), models.Q(('invitation__isnull', False), ('kind', 'invitation')), models.Q(('change__isnull', False), ('kind', 'change')), models.Q(('kind', 'code'), ('person__isnull', False)), _connector='OR'), name='letter_tells_of_something'),
        ),
        migrations.AddConstraint(
            model_name='guardedchange',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('settled_at__isnull', True), ('settled_by__isnull', True), ('settled_with', '')), models.Q(('settled_at__gte', models.F('asked_at')), ('settled_at__isnull', False), ('settled_by__isnull', False), ('settled_with__in', ['second', 'address', 'session', 'refused'])), _connector='OR'), name='change_is_settled_whole'),
        ),
        migrations.AddConstraint(
            model_name='guardedchange',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('settled_with', 'second'), _negated=True), models.Q(models.Q(('asked_by__isnull', True), models.Q(('settled_by', models.F('asked_by')), _negated=True), _connector='OR'), models.Q(('person__isnull', True), models.Q(('settled_by', models.F('person')), _negated=True), _connector='OR')), _connector='OR'), name='change_is_confirmed_by_a_second_person'),
        ),
        migrations.AddConstraint(
            model_name='guardedchange',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('settled_with__in', ['address', 'session']), _negated=True), ('settled_by', models.F('person')), _connector='OR'), name='change_is_confirmed_by_themself'),
        ),
        migrations.AddConstraint(
            model_name='guardedchange',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('kind', ''), _negated=True), models.Q(('salt', ''), _negated=True)), name='change_has_kind_and_salt'),
        ),
        migrations.RunPython(install(AFTER), uninstall(AFTER)),
    ]
