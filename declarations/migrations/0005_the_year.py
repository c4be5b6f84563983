"""The school year: holidays, replies, exemptions, paper, renewals, reminders, the jobs of the worker; with their guards."""

from importlib import import_module

import django.db.models.deletion
import django.db.models.functions.text
from django.conf import settings
from django.db import migrations, models

from declarations.migrations._triggers import Guard
from declarations.migrations._triggers import install
from declarations.migrations._triggers import uninstall


def row_of(table: str, key: str, condition: str) -> str:
    return f"EXISTS (SELECT 1 FROM declarations_{table} AS it WHERE it.id = NEW.{key} AND {condition})"


def erased(person: str) -> str:
    """An erasure of this person is on record: the one reason for which rows that are kept may go."""
    return f"EXISTS (SELECT 1 FROM declarations_erasure AS e WHERE e.person_id = {person})"


SAME_SCHOOL = "it.school_id = NEW.school_id"
SIGNER = "(SELECT d.person_id FROM declarations_declaration AS d WHERE d.id = {row}.declaration_id)"
ERASED_ENTRY = "EXISTS (SELECT 1 FROM declarations_declaration AS d JOIN declarations_entry AS l ON l.id = d.entry_id " \
    "WHERE d.id = OLD.declaration_id AND l.record IS NULL)"
GUARDS = [
    Guard(
        "declarations_reply",
        erasable=erased("OLD.person_id"),
        frozen={
            "": ["id", "school_id", "person_id", "kind", "reason", "said_at", "said_to_id"],
            "answered_at": ["answer", "answered_by_id", "answered_at"],
        },
        belongs=row_of("person", "person_id", SAME_SCHOOL),
    ),
    Guard(
        "declarations_exemption",
        erasable=erased("OLD.person_id"),
        frozen={
            "": ["id", "school_id", "person_id", "reason", "from_on", "until", "granted_by_id", "granted_at"],
            "ended_at": ["ended_by_id", "ended_at"],
        },
        belongs=row_of("person", "person_id", SAME_SCHOOL),
    ),
    Guard(
        "declarations_papersignature",
        erasable=f"{erased(SIGNER.format(row='OLD'))} OR {ERASED_ENTRY}",
        frozen={"": ["id", "declaration_id", "entered_by_id", "sighted_by", "filed_where", "scan", "scan_type", "scan_sha256"]},
        # Nobody enters their own.
        belongs=f"NEW.entered_by_id <> {SIGNER.format(row='NEW')}",
    ),
    Guard(
        "declarations_permissionreview",
        erasable=erased("(SELECT p.owner_id FROM declarations_permission AS p WHERE p.id = OLD.permission_id)"),
        frozen={"": ["id", "permission_id", "reviewed_by_id", "reviewed_at"]},
        belongs=row_of("permission", "permission_id", "it.owner_id <> NEW.reviewed_by_id"),
    ),
    # Goes with its letter.
    Guard("declarations_reminder", frozen={"": ["id", "person_id", "letter_id", "key"]}, keeps_rows=False),
    # As they were, with the columns that are new.
    Guard(
        "declarations_permission",
        erasable=erased("OLD.owner_id"),
        frozen={
            "": ["id", "school_id", "device_id", "owner_id", "asked_by_id", "asked_at", "reason", "renews_id"],
            "decided_at": ["decided_by_id", "decided_at", "approved", "until", "conditions", "decision_note"],
            "ended_at": ["ended_by_id", "ended_at", "ended_because", "ended_note"],
        },
        belongs=row_of("device", "device_id", "it.school_id = NEW.school_id AND it.owner_id = NEW.owner_id")
        + " AND (NEW.renews_id IS NULL OR "
        + row_of("permission", "renews_id", "it.device_id = NEW.device_id AND it.owner_id = NEW.owner_id")
        + ")",
    ),
    Guard(
        "declarations_policyversion",
        frozen={
            "": ["id", "school_id", "document", "number"],
            "published_at": ["title", "source_body", "source_statement", "source_confirmations", "body", "statement",
                             "confirmations", "sha256", "effective_from", "sign_by", "publish_reason", "approved_by",
                             "approved_on", "approval_minute", "review_on", "published_at", "published_by_id"],
        },
        keeps_rows="published_at",
    ),
    Guard("declarations_person", frozen={"school_id": ["school_id"]}, keeps_rows=False),
]

# SQLite makes a table anew to change a column, and cannot while triggers of others name it: all are put away meanwhile.
BEFORE = [guard for name in ("0002_guards", "0004_network") for guard in import_module(f"declarations.migrations.{name}").GUARDS]
AFTER = list({guard.table: guard for guard in [*BEFORE, *GUARDS]}.values())


class Migration(migrations.Migration):

    dependencies = [
        ('declarations', '0004_network'),
    ]

    operations = [
        migrations.RunPython(uninstall(BEFORE), install(BEFORE)),
        migrations.CreateModel(
            name='Exemption',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('reason', models.CharField(max_length=300, verbose_name='reason')),
                ('from_on', models.DateField(verbose_name='from')),
                ('until', models.DateField(help_text='The last day on which they are exempt.', verbose_name='until')),
                ('granted_at', models.DateTimeField(verbose_name='granted at')),
                ('ended_at', models.DateTimeField(null=True, verbose_name='ended at')),
            ],
            options={
                'verbose_name': 'exemption',
                'verbose_name_plural': 'exemptions',
                'ordering': ['-granted_at', '-id'],
            },
        ),
        migrations.CreateModel(
            name='Holiday',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('name', models.CharField(max_length=80, verbose_name='name')),
                ('first_on', models.DateField(verbose_name='first day')),
                ('last_on', models.DateField(verbose_name='last day')),
            ],
            options={
                'verbose_name': 'holiday',
                'verbose_name_plural': 'holidays',
                'ordering': ['school', 'first_on', 'last_on', 'id'],
            },
        ),
        migrations.CreateModel(
            name='Job',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('name', models.CharField(max_length=40, unique=True, verbose_name='job')),
                ('due_at', models.DateTimeField(verbose_name='due at')),
                ('held_until', models.DateTimeField(null=True, verbose_name='held until')),
                ('attempts', models.PositiveIntegerField(default=0, verbose_name='attempts')),
                ('started_at', models.DateTimeField(null=True, verbose_name='last begun at')),
                ('finished_at', models.DateTimeField(null=True, verbose_name='last finished at')),
                ('result', models.CharField(blank=True, default='', max_length=200, verbose_name='what it did')),
                ('trouble', models.CharField(blank=True, default='', max_length=300, verbose_name='last trouble')),
            ],
            options={
                'verbose_name': 'job',
                'verbose_name_plural': 'jobs',
                'ordering': ['name'],
            },
        ),
        migrations.CreateModel(
            name='PaperSignature',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('sighted_by', models.CharField(help_text='Who has seen the signed paper.', max_length=120, verbose_name='sighted by')),
                ('filed_where', models.CharField(help_text='Where the paper is kept.', max_length=200, verbose_name='filed')),
                ('scan', models.BinaryField(null=True, verbose_name='scan')),
                ('scan_type', models.CharField(blank=True, choices=[('application/pdf', 'PDF'), ('image/png', 'PNG'), ('image/jpeg', 'JPEG')], default='', max_length=15, verbose_name='type of the scan')),
                ('scan_sha256', models.CharField(blank=True, default='', max_length=64, verbose_name='SHA-256 of the scan')),
            ],
            options={
                'verbose_name': 'signature on paper',
                'verbose_name_plural': 'signatures on paper',
            },
        ),
        migrations.CreateModel(
            name='PermissionReview',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('reviewed_at', models.DateTimeField(verbose_name='reviewed at')),
            ],
            options={
                'verbose_name': 'review of a permission',
                'verbose_name_plural': 'reviews of permissions',
                'ordering': ['reviewed_at', 'id'],
            },
        ),
        migrations.CreateModel(
            name='Reminder',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('key', models.CharField(max_length=80, verbose_name='occasion')),
            ],
            options={
                'verbose_name': 'reminder',
                'verbose_name_plural': 'reminders',
                'ordering': ['id'],
            },
        ),
        migrations.CreateModel(
            name='Reply',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('kind', models.CharField(choices=[('talk', 'I want to talk about this first'), ('decline', 'I decline')], max_length=7, verbose_name='reply')),
                ('reason', models.CharField(max_length=1000, verbose_name='reason')),
                ('said_at', models.DateTimeField(verbose_name='said at')),
                ('answer', models.CharField(blank=True, default='', max_length=1000, verbose_name='answer')),
                ('answered_at', models.DateTimeField(null=True, verbose_name='answered at')),
            ],
            options={
                'verbose_name': 'reply',
                'verbose_name_plural': 'replies',
                'ordering': ['-said_at', '-id'],
            },
        ),
        migrations.RemoveConstraint(
            model_name='letter',
            name='letter_tells_of_something',
        ),
        migrations.RemoveConstraint(
            model_name='permission',
            name='permission_ending_is_known',
        ),
        migrations.RemoveConstraint(
            model_name='permission',
            name='permission_is_asked_by_its_owner',
        ),
        migrations.RemoveConstraint(
            model_name='person',
            name='person_email_is_unique_in_any_case',
        ),
        migrations.RemoveConstraint(
            model_name='person',
            name='person_has_name_and_email',
        ),
        migrations.RemoveIndex(
            model_name='letter',
            name='letter_to_send',
        ),
        migrations.AddField(
            model_name='letter',
            name='dropped_at',
            field=models.DateTimeField(help_text='What it would have told was settled before it could go.', null=True, verbose_name='dropped at'),
        ),
        migrations.AddField(
            model_name='letter',
            name='on',
            field=models.DateField(help_text='The school day of a reminder.', null=True, verbose_name='day'),
        ),
        migrations.AddField(
            model_name='letter',
            name='permission',
            field=models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='letters', to='declarations.permission', verbose_name='permission'),
        ),
        migrations.AddField(
            model_name='letter',
            name='person',
            field=models.ForeignKey(help_text='Whose address it is.', null=True, on_delete=django.db.models.deletion.PROTECT, related_name='letters', to=settings.AUTH_USER_MODEL, verbose_name='person'),
        ),
        migrations.AddField(
            model_name='permission',
            name='renews',
            field=models.OneToOneField(help_text='The permission that it carries on.', null=True, on_delete=django.db.models.deletion.PROTECT, related_name='renewal', to='declarations.permission', verbose_name='renews'),
        ),
        migrations.AddField(
            model_name='policyversion',
            name='approval_minute',
            field=models.CharField(blank=True, default='', help_text='Where the approval is on record: 2026/14.', max_length=80, verbose_name='minute'),
        ),
        migrations.AddField(
            model_name='school',
            name='listener',
            field=models.ForeignKey(blank=True, help_text='Empty: the headteacher; without one, all of the leadership.', null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='who answers people who want to talk before they sign, or decline'),
        ),
        migrations.AlterField(
            model_name='letter',
            name='kind',
            field=models.CharField(choices=[('receipt', 'receipt of a declaration'), ('checkpoint', 'checkpoint for safe keeping'), ('reminder', 'reminder'), ('decision', 'decision about a device'), ('reply', 'somebody wants to talk, or declines'), ('answer', 'answer to a reply')], max_length=10, verbose_name='kind'),
        ),
        migrations.AlterField(
            model_name='permission',
            name='ended_because',
            field=models.CharField(choices=[('withdrawn', 'withdrawn by the owner'), ('revoked', 'revoked by the leadership'), ('renewed', 'renewed: another permission carries it on')], max_length=9, null=True, verbose_name='ended because'),
        ),
        # What the database works out cannot be altered: it is taken away and added anew.
        migrations.RemoveIndex(model_name='permission', name='permission_queue'),
        migrations.RemoveField(model_name='permission', name='status'),
        migrations.AddField(model_name='permission', name='status', field=models.GeneratedField(db_persist=True, expression=models.Case(models.When(ended_because='withdrawn', then=models.Value('withdrawn')), models.When(ended_because='revoked', then=models.Value('revoked')), models.When(ended_because='renewed', then=models.Value('renewed')), models.When(approved=True, then=models.Value('approved')), models.When(approved=False, then=models.Value('declined')), default=models.Value('requested')), output_field=models.CharField(choices=[('requested', 'waiting for a decision'), ('approved', 'approved'), ('declined', 'declined'), ('withdrawn', 'withdrawn'), ('revoked', 'revoked'), ('renewed', 'renewed')], max_length=9), verbose_name='status')),
        migrations.AddIndex(model_name='permission', index=models.Index(fields=['school', 'status'], name='permission_queue')),
        migrations.AlterField(
            model_name='person',
            name='email',
            field=models.EmailField(blank=True, help_text='Also the sign-in name. Empty: somebody without e-mail, who signs at the office.', max_length=254, verbose_name='e-mail'),
        ),
        migrations.AlterField(
            model_name='policyversion',
            name='approved_by',
            field=models.CharField(blank=True, help_text='The governing board, say.', max_length=120, verbose_name='approved by'),
        ),
        migrations.AddConstraint(
            model_name='permission',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('ended_because', 'renewed'), _negated=True), models.Q(('approved', True), ('approved__isnull', False), models.Q(('ended_by', models.F('owner')), _negated=True)), _connector='OR'), name='permission_is_renewed_by_another'),
        ),
        migrations.AddConstraint(
            model_name='permission',
            constraint=models.CheckConstraint(condition=models.Q(('ended_because__isnull', True), ('ended_because__in', ['withdrawn', 'revoked', 'renewed']), _connector='OR'), name='permission_ending_is_known'),
        ),
        migrations.AddConstraint(
            model_name='permission',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('asked_by', models.F('owner')), ('renews__isnull', True)), models.Q(('approved', True), ('approved__isnull', False), ('asked_by', models.F('decided_by')), ('renews__isnull', False)), _connector='OR'), name='permission_is_asked_by_its_owner_or_renewed'),
        ),
        migrations.AddConstraint(
            model_name='person',
            constraint=models.UniqueConstraint(django.db.models.functions.text.Lower('email'), condition=models.Q(('email', ''), _negated=True), name='person_email_is_unique_in_any_case', violation_error_message='Somebody already signs in with this e-mail address.'),
        ),
        migrations.AddConstraint(
            model_name='person',
            constraint=models.CheckConstraint(condition=models.Q(('full_name', ''), _negated=True), name='person_has_a_name'),
        ),
        migrations.AddField(
            model_name='exemption',
            name='ended_by',
            field=models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='ended by'),
        ),
        migrations.AddField(
            model_name='exemption',
            name='granted_by',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='granted by'),
        ),
        migrations.AddField(
            model_name='exemption',
            name='person',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='exemptions', to=settings.AUTH_USER_MODEL, verbose_name='person'),
        ),
        migrations.AddField(
            model_name='exemption',
            name='school',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, to='declarations.school', verbose_name='school'),
        ),
        migrations.AddField(
            model_name='holiday',
            name='school',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='holidays', to='declarations.school', verbose_name='school'),
        ),
        migrations.AddConstraint(
            model_name='job',
            constraint=models.CheckConstraint(condition=models.Q(('name', ''), _negated=True), name='job_has_a_name'),
        ),
        migrations.AddField(
            model_name='papersignature',
            name='declaration',
            field=models.OneToOneField(on_delete=django.db.models.deletion.PROTECT, related_name='paper', to='declarations.declaration', verbose_name='declaration'),
        ),
        migrations.AddField(
            model_name='papersignature',
            name='entered_by',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='entered by'),
        ),
        migrations.AddField(
            model_name='permissionreview',
            name='permission',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='reviews', to='declarations.permission', verbose_name='permission'),
        ),
        migrations.AddField(
            model_name='permissionreview',
            name='reviewed_by',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='reviewed by'),
        ),
        migrations.AddField(
            model_name='reminder',
            name='letter',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='reminders', to='declarations.letter', verbose_name='letter'),
        ),
        migrations.AddField(
            model_name='reminder',
            name='person',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='reminders', to=settings.AUTH_USER_MODEL, verbose_name='person'),
        ),
        migrations.AddField(
            model_name='reply',
            name='answered_by',
            field=models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='answered by'),
        ),
        migrations.AddField(
            model_name='reply',
            name='person',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='replies', to=settings.AUTH_USER_MODEL, verbose_name='person'),
        ),
        migrations.AddField(
            model_name='reply',
            name='said_to',
            field=models.ForeignKey(help_text='Empty: to all the leadership.', null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='said to'),
        ),
        migrations.AddField(
            model_name='reply',
            name='school',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, to='declarations.school', verbose_name='school'),
        ),
        migrations.AddField(
            model_name='letter',
            name='reply',
            field=models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='letters', to='declarations.reply', verbose_name='reply'),
        ),
        migrations.AddIndex(
            model_name='letter',
            index=models.Index(condition=models.Q(('dropped_at__isnull', True), ('sent_at__isnull', True)), fields=['not_before', 'id'], name='letter_to_send'),
        ),
        migrations.AddConstraint(
            model_name='letter',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('declaration__isnull', False), ('kind', 'receipt')), models.Q(('checkpoint__isnull', False), ('kind', 'checkpoint')), models.Q(('kind', 'reminder'), ('on__isnull', False), ('person__isnull', False)), models.Q(('kind', 'decision'), ('permission__isnull', False)), models.Q(('kind__in', ['reply', 'answer']), ('reply__isnull', False)), _connector='OR'), name='letter_tells_of_something'),
        ),
        migrations.AddConstraint(
            model_name='letter',
            constraint=models.UniqueConstraint(condition=models.Q(('kind', 'reminder')), fields=('person', 'on'), name='reminder_is_one_message_a_day'),
        ),
        migrations.AddConstraint(
            model_name='letter',
            constraint=models.CheckConstraint(condition=models.Q(('sent_at__isnull', True), ('dropped_at__isnull', True), _connector='OR'), name='letter_is_sent_or_dropped'),
        ),
        migrations.AddConstraint(
            model_name='exemption',
            constraint=models.UniqueConstraint(condition=models.Q(('ended_at__isnull', True)), fields=('person',), name='exemption_is_one_at_a_time', violation_error_message='They have an exemption already: end that one first.'),
        ),
        migrations.AddConstraint(
            model_name='exemption',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('reason', ''), _negated=True), ('until__gte', models.F('from_on'))), name='exemption_has_a_reason_and_an_end'),
        ),
        migrations.AddConstraint(
            model_name='exemption',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('granted_by', models.F('person')), _negated=True), models.Q(('ended_by__isnull', True), models.Q(('ended_by', models.F('person')), _negated=True), _connector='OR')), name='exemption_is_about_another'),
        ),
        migrations.AddConstraint(
            model_name='exemption',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('ended_at__isnull', True), ('ended_by__isnull', True)), models.Q(('ended_at__gte', models.F('granted_at')), ('ended_at__isnull', False)), _connector='OR'), name='exemption_end_is_whole'),
        ),
        migrations.AddConstraint(
            model_name='holiday',
            constraint=models.UniqueConstraint(fields=('school', 'first_on', 'last_on'), name='holiday_is_entered_once', violation_error_message='These days are entered already.'),
        ),
        migrations.AddConstraint(
            model_name='holiday',
            constraint=models.CheckConstraint(condition=models.Q(('last_on__gte', models.F('first_on'))), name='holiday_ends_after_it_began', violation_error_message='A holiday cannot end before it begins.'),
        ),
        migrations.AddConstraint(
            model_name='holiday',
            constraint=models.CheckConstraint(condition=models.Q(('name', ''), _negated=True), name='holiday_has_a_name'),
        ),
        migrations.AddConstraint(
            model_name='papersignature',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('sighted_by', ''), _negated=True), models.Q(('filed_where', ''), _negated=True)), name='paper_was_sighted_and_filed'),
        ),
        migrations.AddConstraint(
            model_name='papersignature',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('scan__isnull', True), ('scan_sha256', ''), ('scan_type', '')), models.Q(('scan__isnull', False), ('scan_type__in', ['application/pdf', 'image/png', 'image/jpeg']), models.Q(('scan_sha256', ''), _negated=True)), _connector='OR'), name='paper_scan_is_all_or_none'),
        ),
        migrations.AddConstraint(
            model_name='reminder',
            constraint=models.UniqueConstraint(fields=('person', 'key'), name='reminder_of_an_occasion_is_made_once'),
        ),
        migrations.AddConstraint(
            model_name='reminder',
            constraint=models.CheckConstraint(condition=models.Q(('key', ''), _negated=True), name='reminder_has_an_occasion'),
        ),
        migrations.AddConstraint(
            model_name='reply',
            constraint=models.UniqueConstraint(condition=models.Q(('answered_at__isnull', True)), fields=('person',), name='reply_waits_once_a_person'),
        ),
        migrations.AddConstraint(
            model_name='reply',
            constraint=models.CheckConstraint(condition=models.Q(('kind__in', ['talk', 'decline']), models.Q(('reason', ''), _negated=True)), name='reply_says_what_and_why'),
        ),
        migrations.AddConstraint(
            model_name='reply',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('answer', ''), ('answered_at__isnull', True), ('answered_by__isnull', True)), models.Q(('answered_at__gte', models.F('said_at')), ('answered_at__isnull', False), ('answered_by__isnull', False), models.Q(('answer', ''), _negated=True)), _connector='OR'), name='reply_answer_is_all_or_none'),
        ),
        migrations.AddConstraint(
            model_name='reply',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('answered_by__isnull', True), models.Q(('answered_by', models.F('person')), _negated=True), _connector='OR'), models.Q(('said_to__isnull', True), models.Q(('said_to', models.F('person')), _negated=True), _connector='OR')), name='reply_is_answered_by_another'),
        ),
        migrations.RunPython(install(AFTER), uninstall(AFTER)),
    ]
