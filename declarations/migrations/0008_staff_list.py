"""Staff lists and invitations, a staff number, and their guards."""

from importlib import import_module

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

from declarations.migrations._triggers import Guard
from declarations.migrations._triggers import install
from declarations.migrations._triggers import uninstall

GUARDS = [
    Guard(
        "declarations_stafflist",
        frozen={
            "": ["id", "school_id", "uploaded_at", "uploaded_by_id", "sha256"],
            "confirmed_at": ["columns", "confirmed_at", "confirmed_by_id", "counts"],
            "undone_at": ["undone_at", "undone_by_id"],
        },
        # The file of a list that nobody confirmed goes; that one was imported stays on record.
        keeps_rows="confirmed_at",
    ),
    Guard(
        "declarations_invitation",
        erasable="EXISTS (SELECT 1 FROM declarations_erasure AS e WHERE e.person_id = OLD.person_id)",
        frozen={
            "": ["id", "person_id", "salt", "sha256", "made_at", "made_by_id", "expires_at"],
            "accepted_at": ["accepted_at"],
            "ended_at": ["ended_at"],
        },
    ),
]
# SQLite makes a table anew to change a column, and cannot while triggers of others name it: all are put away meanwhile.
BEFORE = import_module("declarations.migrations.0007_sign_in").AFTER
AFTER = list({guard.table: guard for guard in [*BEFORE, *GUARDS]}.values())


class Migration(migrations.Migration):

    dependencies = [
        ('declarations', '0007_sign_in'),
    ]

    operations = [
        migrations.RunPython(uninstall(BEFORE), install(BEFORE)),
        migrations.CreateModel(
            name='Invitation',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('salt', models.CharField(max_length=32, unique=True, verbose_name='salt')),
                ('sha256', models.CharField(max_length=64, unique=True, verbose_name="SHA-256 of the link's secret")),
                ('made_at', models.DateTimeField(verbose_name='made at')),
                ('expires_at', models.DateTimeField(verbose_name='expires at')),
                ('accepted_at', models.DateTimeField(null=True, verbose_name='accepted at')),
                ('ended_at', models.DateTimeField(help_text='A newer one took its place.', null=True, verbose_name='ended at')),
            ],
            options={
                'verbose_name': 'invitation',
                'verbose_name_plural': 'invitations',
                'ordering': ['-made_at', '-id'],
            },
        ),
        migrations.CreateModel(
            name='StaffList',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('uploaded_at', models.DateTimeField(verbose_name='uploaded at')),
                ('sha256', models.CharField(max_length=64, verbose_name='SHA-256 of the file')),
                ('content', models.BinaryField(null=True, verbose_name='file')),
                ('columns', models.JSONField(default=dict, verbose_name='columns')),
                ('confirmed_at', models.DateTimeField(null=True, verbose_name='confirmed at')),
                ('counts', models.JSONField(default=dict, verbose_name='how many')),
                ('changes', models.JSONField(null=True, verbose_name='what it changed')),
                ('undone_at', models.DateTimeField(null=True, verbose_name='undone at')),
            ],
            options={
                'verbose_name': 'staff list',
                'verbose_name_plural': 'staff lists',
                'ordering': ['-uploaded_at', '-id'],
            },
        ),
        migrations.RemoveConstraint(
            model_name='letter',
            name='letter_tells_of_something',
        ),
        migrations.AddField(
            model_name='person',
            name='staff_number',
            field=models.CharField(blank=True, default='', help_text="What the school's own system calls them: it tells a staff list who is who when a name or an e-mail address changes.", max_length=40, verbose_name='staff number'),
        ),
        migrations.AlterField(
            model_name='letter',
            name='kind',
            field=models.CharField(choices=[('receipt', 'receipt of a declaration'), ('checkpoint', 'checkpoint for safe keeping'), ('reminder', 'reminder'), ('decision', 'decision about a device'), ('reply', 'somebody wants to talk, or declines'), ('answer', 'answer to a reply'), ('invitation', 'invitation')], max_length=10, verbose_name='kind'),
        ),
        migrations.AddConstraint(
            model_name='person',
            constraint=models.UniqueConstraint(condition=models.Q(('staff_number', ''), _negated=True), fields=('school', 'staff_number'), name='person_staff_number_is_unique_in_a_school', violation_error_message='Somebody else at the school has this staff number.'),
        ),
        migrations.AddField(
            model_name='invitation',
            name='made_by',
            field=models.ForeignKey(help_text='Empty: from the command line of the server.', null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='made by'),
        ),
        migrations.AddField(
            model_name='invitation',
            name='person',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='invitations', to=settings.AUTH_USER_MODEL, verbose_name='person'),
        ),
        migrations.AddField(
            model_name='letter',
            name='invitation',
            field=models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='letters', to='declarations.invitation', verbose_name='invitation'),
        ),
        migrations.AddConstraint(
            model_name='letter',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('declaration__isnull', False), ('kind', 'receipt')), models.Q(('checkpoint__isnull', False), ('kind', 'checkpoint')), models.Q(('kind', 'reminder'), ('on__isnull', False), ('person__isnull', False)), models.Q(('kind', 'decision'), ('permission__isnull', False)), models.Q(('kind__in', ['reply', 'answer']), ('reply__isnull', False)), models.Q(('invitation__isnull', False), ('kind', 'invitation')), _connector='OR'), name='letter_tells_of_something'),
        ),
        migrations.AddField(
            model_name='stafflist',
            name='confirmed_by',
            field=models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='confirmed by'),
        ),
        migrations.AddField(
            model_name='stafflist',
            name='school',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='staff_lists', to='declarations.school', verbose_name='school'),
        ),
        migrations.AddField(
            model_name='stafflist',
            name='undone_by',
            field=models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='undone by'),
        ),
        migrations.AddField(
            model_name='stafflist',
            name='uploaded_by',
            field=models.ForeignKey(help_text='Empty: from the command line of the server.', null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='uploaded by'),
        ),
        migrations.AddConstraint(
            model_name='invitation',
            constraint=models.UniqueConstraint(condition=models.Q(('accepted_at__isnull', True), ('ended_at__isnull', True)), fields=('person',), name='invitation_is_one_at_a_time'),
        ),
        migrations.AddConstraint(
            model_name='invitation',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('sha256', ''), _negated=True), models.Q(('salt', ''), _negated=True)), name='invitation_has_its_hash'),
        ),
        migrations.AddConstraint(
            model_name='invitation',
            constraint=models.CheckConstraint(condition=models.Q(('expires_at__gt', models.F('made_at'))), name='invitation_expires_later'),
        ),
        migrations.AddConstraint(
            model_name='invitation',
            constraint=models.CheckConstraint(condition=models.Q(('accepted_at__isnull', True), models.Q(('accepted_at__gte', models.F('made_at')), ('accepted_at__lt', models.F('expires_at')), ('ended_at__isnull', True)), _connector='OR'), name='invitation_is_accepted_in_time'),
        ),
        migrations.AddConstraint(
            model_name='stafflist',
            constraint=models.UniqueConstraint(condition=models.Q(('confirmed_at__isnull', True)), fields=('school',), name='staff_list_waits_once_a_school'),
        ),
        migrations.AddConstraint(
            model_name='stafflist',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('changes__isnull', True), ('confirmed_at__isnull', True), ('confirmed_by__isnull', True), ('content__isnull', False)), models.Q(('confirmed_at__isnull', False), ('content__isnull', True)), _connector='OR'), name='staff_list_file_goes_when_confirmed'),
        ),
        migrations.AddConstraint(
            model_name='stafflist',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('undone_at__isnull', True), ('undone_by__isnull', True)), models.Q(('changes__isnull', True), ('confirmed_at__isnull', False), ('undone_at__gte', models.F('confirmed_at')), ('undone_at__isnull', False)), _connector='OR'), name='staff_list_undoing_is_whole'),
        ),
        migrations.AddConstraint(
            model_name='stafflist',
            constraint=models.CheckConstraint(condition=models.Q(('sha256', ''), _negated=True), name='staff_list_has_its_hash'),
        ),
        migrations.RunPython(install(AFTER), uninstall(AFTER)),
    ]
