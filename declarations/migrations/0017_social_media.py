"""The school's accounts on social media, with their guards; the roles that decide about them."""

from importlib import import_module

import django.core.validators
import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

from declarations.migrations._triggers import Guard
from declarations.migrations._triggers import install
from declarations.migrations._triggers import uninstall


def held(person: str, name: str) -> str:
    """This person had the role on the day of the decision, and was there."""
    return (
        "EXISTS (SELECT 1 FROM declarations_role AS r JOIN declarations_person AS p ON p.id = r.person_id "
        f"WHERE r.person_id = {person} AND r.name = '{name}' AND r.granted_at <= NEW.decided_at "
        "AND (r.removed_at IS NULL OR r.removed_at > NEW.decided_at) AND (r.ends_on IS NULL OR r.ends_on > NEW.decided_on) "
        "AND (p.leaves_on IS NULL OR p.leaves_on > NEW.decided_on) AND (p.school_id = NEW.school_id OR p.school_id IS NULL))"
    )


def account(condition: str, key: str = "NEW.account_id") -> str:
    return f"EXISTS (SELECT 1 FROM declarations_schoolaccount AS a WHERE a.id = {key} AND {condition})"


# What follows the first @, with a space in its place, is one of the school's domains. LTRIM and REPLACE mean the same on both engines.
DOMAIN = "REPLACE(LTRIM(LOWER(NEW.registered_email), REPLACE(LOWER(NEW.registered_email), '@', '')), '@', ' ')"
ON_A_DOMAIN = (
    "EXISTS (SELECT 1 FROM declarations_school AS s WHERE s.id = NEW.school_id AND LENGTH("
    f"{DOMAIN}) > 1 AND REPLACE(' ' || LOWER(s.email_domains) || ' ', {DOMAIN} || ' ', '') <> ' ' || LOWER(s.email_domains) || ' ')"
)
DEPUTY = "EXISTS (SELECT 1 FROM declarations_school AS s WHERE s.id = NEW.school_id AND s.fallback_decider_id = NEW.decided_by_id)"
MAY_DECIDE = (
    f"({held('NEW.decided_by_id', 'headteacher')} OR {held('NEW.proposed_by_id', 'headteacher')} "
    f"AND ({held('NEW.decided_by_id', 'chair')} OR {DEPUTY}))"
)
TWO_KEEPERS = "(SELECT COUNT(*) FROM declarations_keeper AS k WHERE k.account_id = NEW.id AND k.ended_at IS NULL) >= 2"
IN_USE = account("a.live_at IS NOT NULL AND a.closed_at IS NULL")

GUARDS = [
    Guard(
        "declarations_schoolaccount",
        keeps_rows="proposed_at",
        frozen={
            "": ["id", "school_id", "proposed_by_id", "started_at"],
            "proposed_at": ["platform", "other_platform", "hosted_by", "name", "address", "purpose", "audience", "youngest_age",
                            "is_public", "registered_email", "posts", "comments_checked", "direct_messages", "messages_watched_by",
                            "photographs", "consent_checked_by", "links_checked", "two_step", "technical_risks_by",
                            "teaching_risks_by", "data_protection", "begins_on", "ends_on", "at_the_end", "promised", "found_live",
                            "proposed_at"],
            "withdrawn_at": ["withdrawn_at"],
            "decided_at": ["decided_by_id", "decided_at", "decided_on", "approved", "review_on", "conditions", "decision_note",
                           "age_answer"],
            "live_at": ["live_by_id", "live_at"],
            "closed_at": ["closed_by_id", "closed_at", "closed_content", "sign_in_removed_by"],
        },
        # A row begins as a draft of somebody of the school.
        belongs="NEW.proposed_at IS NULL AND NEW.withdrawn_at IS NULL AND NEW.decided_at IS NULL AND NEW.live_at IS NULL "
        "AND NEW.closed_at IS NULL AND "
        "EXISTS (SELECT 1 FROM declarations_person AS p WHERE p.id = NEW.proposed_by_id AND p.school_id = NEW.school_id)",
        fits=f"(OLD.proposed_at IS NOT NULL OR NEW.proposed_at IS NULL OR {ON_A_DOMAIN}) AND "
        f"(OLD.decided_at IS NOT NULL OR NEW.decided_at IS NULL OR {MAY_DECIDE} AND (NEW.approved IS NOT TRUE OR {TWO_KEEPERS}))",
    ),
    Guard(
        "declarations_keeper",
        frozen={
            "": ["id", "account_id", "person_id", "added_by_id", "added_at"],
            "ended_at": ["ended_by_id", "ended_at", "handed_to_id"],
        },
        # Those of a draft are exchanged freely.
        erasable="EXISTS (SELECT 1 FROM declarations_erasure AS e WHERE e.person_id = OLD.person_id) OR "
        + account("a.proposed_at IS NULL", "OLD.account_id"),
        belongs=account(
            "EXISTS (SELECT 1 FROM declarations_person AS p WHERE p.id = NEW.person_id AND p.school_id = a.school_id)"
        ),
    ),
    Guard(
        "declarations_accountquestion",
        frozen={
            "": ["id", "account_id", "asked_by_id", "asked_at", "question"],
            "answered_at": ["answered_by_id", "answered_at", "answer"],
        },
        belongs=account("a.proposed_at IS NOT NULL AND a.decided_at IS NULL AND a.withdrawn_at IS NULL"),
    ),
    Guard(
        "declarations_accountreview",
        frozen={
            "": ["id", "account_id", "reviewed_by_id", "reviewed_at", "links", "photographs", "direct_messages", "keepers", "two_step",
                 "registered_email", "conditions", "next_on"],
        },
        belongs=account("a.live_at IS NOT NULL AND a.approved AND a.closed_at IS NULL"),
    ),
    Guard(
        "declarations_accountsuspension",
        frozen={
            "": ["id", "account_id", "suspended_by_id", "suspended_at", "reason"],
            "lifted_at": ["lifted_by_id", "lifted_at"],
        },
        belongs=IN_USE,
    ),
    Guard(
        "declarations_abuserecord",
        frozen={
            "": ["id", "account_id", "what", "shown_as", "address", "seen_at", "text", "child_involved", "recorded_by_id", "recorded_at"],
            "removed_at": ["removed_by_id", "removed_at", "entered_at", "removal", "why_not_removed"],
            "reported_at": ["reported_by_id", "reported_at", "reported_to_id"],
            "acknowledged_at": ["acknowledged_at"],
        },
        belongs=account("a.live_at IS NOT NULL"),
    ),
]
# SQLite makes a table anew to change a column, and cannot while triggers of others name it: all are put away meanwhile.
BEFORE = import_module("declarations.migrations.0015_token_limits").AFTER
AFTER = [*BEFORE, *GUARDS]


class Migration(migrations.Migration):

    dependencies = [
        ('declarations', '0016_signed_answers'),
    ]

    operations = [
        migrations.RunPython(uninstall(BEFORE), install(BEFORE)),
        migrations.CreateModel(
            name='AbuseRecord',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('what', models.CharField(max_length=500, verbose_name='what happened')),
                ('shown_as', models.CharField(blank=True, default='', max_length=120, verbose_name='by whom, as shown')),
                ('address', models.CharField(blank=True, default='', max_length=300, verbose_name='address of the post')),
                ('seen_at', models.DateTimeField(verbose_name='seen at')),
                ('text', models.TextField(blank=True, default='', max_length=2000, verbose_name='its text')),
                ('child_involved', models.BooleanField(default=False, verbose_name='a child is involved')),
                ('recorded_at', models.DateTimeField(verbose_name='recorded at')),
                ('removed_at', models.DateTimeField(null=True, verbose_name='removed at')),
                ('entered_at', models.DateTimeField(null=True, verbose_name='removal entered at')),
                ('removal', models.CharField(blank=True, choices=[('hidden', 'hidden'), ('deleted', 'deleted'), ('platform', 'reported to the platform'), ('not', 'not removed')], default='', max_length=8, verbose_name='what was done')),
                ('why_not_removed', models.CharField(blank=True, default='', max_length=300, verbose_name='why it was not removed')),
                ('reported_at', models.DateTimeField(null=True, verbose_name='reported at')),
                ('acknowledged_at', models.DateTimeField(null=True, verbose_name='acknowledged at')),
            ],
            options={
                'verbose_name': 'abuse on an account',
                'verbose_name_plural': 'abuse on accounts',
                'ordering': ['-recorded_at', '-id'],
            },
        ),
        migrations.CreateModel(
            name='AccountQuestion',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('asked_at', models.DateTimeField(verbose_name='asked at')),
                ('question', models.CharField(max_length=500, verbose_name='question')),
                ('answered_at', models.DateTimeField(null=True, verbose_name='answered at')),
                ('answer', models.CharField(blank=True, default='', max_length=1000, verbose_name='answer')),
            ],
            options={
                'verbose_name': 'question about an account',
                'verbose_name_plural': 'questions about accounts',
                'ordering': ['asked_at', 'id'],
            },
        ),
        migrations.CreateModel(
            name='AccountReview',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('reviewed_at', models.DateTimeField(verbose_name='reviewed at')),
                ('links', models.CharField(choices=[('yes', 'yes'), ('no', 'no'), ('n/a', 'not applicable')], max_length=3, verbose_name='links lead to suitable, safe pages')),
                ('photographs', models.CharField(choices=[('yes', 'yes'), ('no', 'no'), ('n/a', 'not applicable')], max_length=3, verbose_name='photographs have written consent, and nobody is named')),
                ('direct_messages', models.CharField(choices=[('yes', 'yes'), ('no', 'no'), ('n/a', 'not applicable')], max_length=3, verbose_name='direct messages are as approved')),
                ('keepers', models.CharField(choices=[('yes', 'yes'), ('no', 'no'), ('n/a', 'not applicable')], max_length=3, verbose_name='the keepers are right, and nobody else signs in')),
                ('two_step', models.CharField(choices=[('yes', 'yes'), ('no', 'no'), ('n/a', 'not applicable')], max_length=3, verbose_name='two-step verification is on')),
                ('registered_email', models.CharField(choices=[('yes', 'yes'), ('no', 'no'), ('n/a', 'not applicable')], max_length=3, verbose_name="the registered e-mail is the school’s")),
                ('conditions', models.CharField(blank=True, default='', max_length=500, verbose_name='conditions from now on')),
                ('next_on', models.DateField(verbose_name='next review on')),
            ],
            options={
                'verbose_name': 'review of an account',
                'verbose_name_plural': 'reviews of accounts',
                'ordering': ['reviewed_at', 'id'],
            },
        ),
        migrations.CreateModel(
            name='AccountSuspension',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('suspended_at', models.DateTimeField(verbose_name='suspended at')),
                ('reason', models.CharField(max_length=500, verbose_name='reason')),
                ('lifted_at', models.DateTimeField(null=True, verbose_name='lifted at')),
            ],
            options={
                'verbose_name': 'suspension of an account',
                'verbose_name_plural': 'suspensions of accounts',
                'ordering': ['suspended_at', 'id'],
            },
        ),
        migrations.CreateModel(
            name='Keeper',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('added_at', models.DateTimeField(verbose_name='added at')),
                ('ended_at', models.DateTimeField(null=True, verbose_name='ended at')),
            ],
            options={
                'verbose_name': 'keeper of an account',
                'verbose_name_plural': 'keepers of accounts',
                'ordering': ['added_at', 'id'],
            },
        ),
        migrations.CreateModel(
            name='SchoolAccount',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('platform', models.CharField(choices=[('bluesky', 'Bluesky'), ('facebook', 'Facebook'), ('instagram', 'Instagram'), ('linkedin', 'LinkedIn'), ('mastodon', 'Mastodon'), ('pinterest', 'Pinterest'), ('snapchat', 'Snapchat'), ('threads', 'Threads'), ('tiktok', 'TikTok'), ('vimeo', 'Vimeo'), ('whatsapp', 'WhatsApp channel'), ('x', 'X'), ('youtube', 'YouTube'), ('other', 'another')], max_length=12, verbose_name='platform')),
                ('other_platform', models.CharField(blank=True, default='', max_length=40, verbose_name='name of the other platform')),
                ('hosted_by', models.CharField(choices=[('school', 'the school'), ('others', 'somebody else, such as a platform')], default='others', max_length=6, verbose_name='hosted by')),
                ('name', models.CharField(blank=True, default='', max_length=80, verbose_name='name of the account')),
                ('address', models.CharField(blank=True, default='', max_length=200, verbose_name='address on the platform')),
                ('purpose', models.TextField(blank=True, default='', max_length=1000, verbose_name='purpose, and benefit for teaching')),
                ('audience', models.CharField(blank=True, default='', max_length=200, verbose_name='audience')),
                ('youngest_age', models.PositiveSmallIntegerField(help_text='Empty: it is not for pupils.', null=True, validators=[django.core.validators.MaxValueValidator(19)], verbose_name='age of the youngest pupils')),
                ('is_public', models.BooleanField(default=True, verbose_name='everybody can see it')),
                ('registered_email', models.EmailField(blank=True, default='', max_length=254, verbose_name='registered e-mail')),
                ('posts', models.CharField(blank=True, default='', max_length=300, verbose_name='what is posted, and how often')),
                ('comments_checked', models.CharField(blank=True, default='', max_length=300, verbose_name='who looks at comments, how often')),
                ('direct_messages', models.CharField(choices=[('off', 'switched off, or the platform has none'), ('auto', 'an automatic answer names the school office'), ('watched', 'two people watch them')], default='off', max_length=7, verbose_name='direct messages')),
                ('messages_watched_by', models.CharField(blank=True, default='', max_length=200, verbose_name='who watches direct messages')),
                ('photographs', models.CharField(choices=[('none', 'no photographs of pupils'), ('checked', "only with the parents' written consent, and nobody is named")], default='none', max_length=7, verbose_name='photographs')),
                ('consent_checked_by', models.CharField(blank=True, default='', max_length=200, verbose_name='who checks the consent')),
                ('links_checked', models.CharField(blank=True, default='', max_length=300, verbose_name='how links are checked')),
                ('two_step', models.BooleanField(default=False, verbose_name='two-step verification is on')),
                ('technical_risks_by', models.CharField(blank=True, default='', max_length=120, verbose_name='technical risks looked at by')),
                ('teaching_risks_by', models.CharField(blank=True, default='', max_length=120, verbose_name='risks for teaching looked at by')),
                ('data_protection', models.CharField(blank=True, default='', max_length=300, verbose_name='what the data protection officer said')),
                ('begins_on', models.DateField(null=True, verbose_name='begins on')),
                ('ends_on', models.DateField(null=True, verbose_name='ends on')),
                ('at_the_end', models.CharField(blank=True, default='', max_length=300, verbose_name='what happens to the content at the end')),
                ('promised', models.BooleanField(default=False, verbose_name='separate from personal accounts, for no gain or campaign, within every policy')),
                ('found_live', models.BooleanField(default=False, verbose_name='existed already')),
                ('started_at', models.DateTimeField(verbose_name='started at')),
                ('proposed_at', models.DateTimeField(null=True, verbose_name='proposed at')),
                ('withdrawn_at', models.DateTimeField(null=True, verbose_name='withdrawn at')),
                ('decided_at', models.DateTimeField(null=True, verbose_name='decided at')),
                ('decided_on', models.DateField(null=True, verbose_name='decided on')),
                ('approved', models.BooleanField(null=True, verbose_name='approved')),
                ('review_on', models.DateField(null=True, verbose_name='review on')),
                ('conditions', models.CharField(blank=True, default='', max_length=500, verbose_name='conditions')),
                ('decision_note', models.CharField(blank=True, default='', max_length=500, verbose_name='reason for the decision')),
                ('age_answer', models.CharField(blank=True, default='', max_length=500, verbose_name='why younger pupils are among its audience')),
                ('live_at', models.DateTimeField(null=True, verbose_name='live since')),
                ('closed_at', models.DateTimeField(null=True, verbose_name='closed at')),
                ('closed_content', models.CharField(blank=True, choices=[('kept', 'kept by the school'), ('deleted', 'deleted')], default='', max_length=7, verbose_name='content at the end')),
                ('sign_in_removed_by', models.CharField(blank=True, default='', max_length=120, verbose_name='who removed the sign-in')),
            ],
            options={
                'verbose_name': 'account of the school',
                'verbose_name_plural': 'accounts of the school',
                'ordering': ['name', 'id'],
            },
        ),
        migrations.RemoveConstraint(
            model_name='role',
            name='role_is_known',
        ),
        migrations.AlterField(
            model_name='role',
            name='name',
            field=models.CharField(choices=[('leadership', 'Leadership'), ('auditor', 'Auditor'), ('administrator', 'Administrator'), ('headteacher', 'Headteacher'), ('dsl', 'Designated safeguarding lead'), ('deputy_dsl', 'Deputy designated safeguarding lead'), ('chair', 'Chair of governors')], max_length=13, verbose_name='role'),
        ),
        migrations.AddConstraint(
            model_name='role',
            constraint=models.CheckConstraint(condition=models.Q(('name__in', ['leadership', 'auditor', 'administrator', 'headteacher', 'dsl', 'deputy_dsl', 'chair'])), name='role_is_known'),
        ),
        migrations.AddField(
            model_name='abuserecord',
            name='recorded_by',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='recorded by'),
        ),
        migrations.AddField(
            model_name='abuserecord',
            name='removed_by',
            field=models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='removed by'),
        ),
        migrations.AddField(
            model_name='abuserecord',
            name='reported_by',
            field=models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='reported by'),
        ),
        migrations.AddField(
            model_name='abuserecord',
            name='reported_to',
            field=models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='reported to'),
        ),
        migrations.AddField(
            model_name='accountquestion',
            name='answered_by',
            field=models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='answered by'),
        ),
        migrations.AddField(
            model_name='accountquestion',
            name='asked_by',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='asked by'),
        ),
        migrations.AddField(
            model_name='accountreview',
            name='reviewed_by',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='reviewed by'),
        ),
        migrations.AddField(
            model_name='accountsuspension',
            name='lifted_by',
            field=models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='lifted by'),
        ),
        migrations.AddField(
            model_name='accountsuspension',
            name='suspended_by',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='suspended by'),
        ),
        migrations.AddField(
            model_name='keeper',
            name='added_by',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='added by'),
        ),
        migrations.AddField(
            model_name='keeper',
            name='ended_by',
            field=models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='ended by'),
        ),
        migrations.AddField(
            model_name='keeper',
            name='handed_to',
            field=models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='handed over to'),
        ),
        migrations.AddField(
            model_name='keeper',
            name='person',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='keeper'),
        ),
        migrations.AddField(
            model_name='schoolaccount',
            name='closed_by',
            field=models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='closed by'),
        ),
        migrations.AddField(
            model_name='schoolaccount',
            name='decided_by',
            field=models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='decided by'),
        ),
        migrations.AddField(
            model_name='schoolaccount',
            name='live_by',
            field=models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='address confirmed by'),
        ),
        migrations.AddField(
            model_name='schoolaccount',
            name='proposed_by',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='proposed by'),
        ),
        migrations.AddField(
            model_name='schoolaccount',
            name='school',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='declarations.school', verbose_name='school'),
        ),
        migrations.AddField(
            model_name='keeper',
            name='account',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='keepers', to='declarations.schoolaccount', verbose_name='account'),
        ),
        migrations.AddField(
            model_name='accountsuspension',
            name='account',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='suspensions', to='declarations.schoolaccount', verbose_name='account'),
        ),
        migrations.AddField(
            model_name='accountreview',
            name='account',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='reviews', to='declarations.schoolaccount', verbose_name='account'),
        ),
        migrations.AddField(
            model_name='accountquestion',
            name='account',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='questions', to='declarations.schoolaccount', verbose_name='account'),
        ),
        migrations.AddField(
            model_name='abuserecord',
            name='account',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='abuse', to='declarations.schoolaccount', verbose_name='account'),
        ),
        migrations.AddIndex(
            model_name='schoolaccount',
            index=models.Index(fields=['school', 'name', 'id'], name='account_of_school'),
        ),
        migrations.AddConstraint(
            model_name='schoolaccount',
            constraint=models.CheckConstraint(condition=models.Q(('proposed_at__isnull', True), models.Q(models.Q(('name', ''), _negated=True), models.Q(('purpose', ''), _negated=True), models.Q(('audience', ''), _negated=True), models.Q(('registered_email', ''), _negated=True), ('begins_on__isnull', False), ('promised', True)), _connector='OR'), name='account_is_proposed_whole'),
        ),
        migrations.AddConstraint(
            model_name='schoolaccount',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('platform', 'other'), _negated=True), models.Q(('other_platform', ''), _negated=True), _connector='OR'), name='account_has_a_platform'),
        ),
        migrations.AddConstraint(
            model_name='schoolaccount',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('approved__isnull', True), ('decided_at__isnull', True), ('decided_by__isnull', True), ('decided_on__isnull', True)), models.Q(('approved__isnull', False), ('decided_at__isnull', False), ('decided_by__isnull', False), ('decided_on__isnull', False)), _connector='OR'), name='account_decision_is_all_or_none'),
        ),
        migrations.AddConstraint(
            model_name='schoolaccount',
            constraint=models.CheckConstraint(condition=models.Q(('decided_by__isnull', True), models.Q(('decided_by', models.F('proposed_by')), _negated=True), _connector='OR'), name='account_is_decided_by_another'),
        ),
        migrations.AddConstraint(
            model_name='schoolaccount',
            constraint=models.CheckConstraint(condition=models.Q(('decided_at__isnull', True), models.Q(('decided_at__gte', models.F('proposed_at')), ('proposed_at__isnull', False)), _connector='OR'), name='account_is_decided_after_it_was_proposed'),
        ),
        migrations.AddConstraint(
            model_name='schoolaccount',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('age_answer', ''), ('approved__isnull', True), ('conditions', ''), ('decision_note', ''), ('review_on__isnull', True)), models.Q(('approved', True), ('review_on__gt', models.F('decided_on')), ('review_on__isnull', False)), models.Q(('approved', False), ('conditions', ''), ('review_on__isnull', True), models.Q(('decision_note', ''), _negated=True)), _connector='OR'), name='account_approved_has_a_review_declined_a_reason'),
        ),
        migrations.AddConstraint(
            model_name='schoolaccount',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('live_at__isnull', True), ('live_by__isnull', True)), models.Q(('found_live', True), ('live_at__gte', models.F('proposed_at')), ('live_by__isnull', False), ('proposed_at__isnull', False)), models.Q(('approved', True), ('approved__isnull', False), ('live_at__gte', models.F('decided_at')), ('live_by__isnull', False)), _connector='OR'), name='account_is_live_after_it_was_approved'),
        ),
        migrations.AddConstraint(
            model_name='schoolaccount',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('closed_at__isnull', True), ('closed_by__isnull', True), ('closed_content', ''), ('sign_in_removed_by', '')), models.Q(('closed_at__gte', models.F('proposed_at')), ('closed_at__isnull', False), ('closed_by__isnull', False), ('closed_content__in', ['kept', 'deleted']), ('proposed_at__isnull', False), models.Q(('sign_in_removed_by', ''), _negated=True)), _connector='OR'), name='account_is_closed_whole'),
        ),
        migrations.AddConstraint(
            model_name='schoolaccount',
            constraint=models.CheckConstraint(condition=models.Q(('withdrawn_at__isnull', True), models.Q(('decided_at__isnull', True), ('found_live', False)), _connector='OR'), name='account_is_withdrawn_undecided'),
        ),
        migrations.AddConstraint(
            model_name='keeper',
            constraint=models.UniqueConstraint(condition=models.Q(('ended_at__isnull', True)), fields=('account', 'person'), name='keeper_is_named_once'),
        ),
        migrations.AddConstraint(
            model_name='keeper',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('ended_at__isnull', True), ('ended_by__isnull', True), ('handed_to__isnull', True)), models.Q(('ended_at__gte', models.F('added_at')), ('ended_by__isnull', False)), _connector='OR'), name='keeper_end_is_whole'),
        ),
        migrations.AddConstraint(
            model_name='keeper',
            constraint=models.CheckConstraint(condition=models.Q(('handed_to__isnull', True), models.Q(('handed_to', models.F('person')), _negated=True), _connector='OR'), name='keeper_hands_over_to_another'),
        ),
        migrations.AddConstraint(
            model_name='accountsuspension',
            constraint=models.UniqueConstraint(condition=models.Q(('lifted_at__isnull', True)), fields=('account',), name='account_is_suspended_once_at_a_time'),
        ),
        migrations.AddConstraint(
            model_name='accountsuspension',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('reason', ''), _negated=True), models.Q(models.Q(('lifted_at__isnull', True), ('lifted_by__isnull', True)), models.Q(('lifted_at__gte', models.F('suspended_at')), ('lifted_by__isnull', False)), _connector='OR')), name='account_suspension_is_lifted_whole'),
        ),
        migrations.AddConstraint(
            model_name='accountreview',
            constraint=models.CheckConstraint(condition=models.Q(('direct_messages__in', ['yes', 'no', 'n/a']), ('keepers__in', ['yes', 'no', 'n/a']), ('links__in', ['yes', 'no', 'n/a']), ('photographs__in', ['yes', 'no', 'n/a']), ('registered_email__in', ['yes', 'no', 'n/a']), ('two_step__in', ['yes', 'no', 'n/a'])), name='account_review_says_each_line'),
        ),
        migrations.AddConstraint(
            model_name='accountquestion',
            constraint=models.UniqueConstraint(condition=models.Q(('answered_at__isnull', True)), fields=('account',), name='account_is_asked_once_at_a_time'),
        ),
        migrations.AddConstraint(
            model_name='accountquestion',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('question', ''), _negated=True), models.Q(models.Q(('answer', ''), ('answered_at__isnull', True), ('answered_by__isnull', True)), models.Q(('answered_at__gte', models.F('asked_at')), ('answered_by__isnull', False), models.Q(('answer', ''), _negated=True)), _connector='OR')), name='account_question_is_answered_whole'),
        ),
        migrations.AddConstraint(
            model_name='abuserecord',
            constraint=models.CheckConstraint(condition=models.Q(('what', ''), _negated=True), name='abuse_says_what'),
        ),
        migrations.AddConstraint(
            model_name='abuserecord',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('entered_at__isnull', True), ('removal', ''), ('removed_at__isnull', True), ('removed_by__isnull', True), ('why_not_removed', '')), models.Q(('entered_at__isnull', False), ('removed_at__isnull', False), ('removed_by__isnull', False), models.Q(models.Q(('removal__in', ['hidden', 'deleted', 'platform']), ('why_not_removed', '')), models.Q(('removal', 'not'), models.Q(('why_not_removed', ''), _negated=True)), _connector='OR')), _connector='OR'), name='abuse_removal_is_whole'),
        ),
        migrations.AddConstraint(
            model_name='abuserecord',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('reported_at__isnull', True), ('reported_by__isnull', True), ('reported_to__isnull', True)), models.Q(('reported_at__isnull', False), ('reported_by__isnull', False), ('reported_to__isnull', False)), _connector='OR'), name='abuse_report_is_whole'),
        ),
        migrations.AddConstraint(
            model_name='abuserecord',
            constraint=models.CheckConstraint(condition=models.Q(('acknowledged_at__isnull', True), models.Q(('acknowledged_at__gte', models.F('reported_at')), ('reported_at__isnull', False)), _connector='OR'), name='abuse_is_acknowledged_after_its_report'),
        ),
        migrations.RunPython(install(AFTER), uninstall(AFTER)),
    ]
