"""The network: tokens, settings, controllers, last answers, requests to disconnect; with their guards."""

import django.core.validators
import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

from declarations.migrations._triggers import Guard
from declarations.migrations._triggers import install
from declarations.migrations._triggers import uninstall


def row_of(table: str, key: str, condition: str) -> str:
    return f"EXISTS (SELECT 1 FROM declarations_{table} AS it WHERE it.id = NEW.{key} AND {condition})"


SAME_SCHOOL = "it.school_id = NEW.school_id"
GUARDS = [
    # A token is made once and ended once; which one was live when stays on record.
    Guard(
        "declarations_networktoken",
        frozen={
            "": ["id", "school_id", "slot", "name", "sha256", "created_at", "created_by_id"],
            "ended_at": ["ended_at", "ended_by_id"],
        },
    ),
    Guard("declarations_seen", keeps_rows=False, belongs=f"NEW.device_id IS NULL OR {row_of('device', 'device_id', SAME_SCHOOL)}"),
    Guard(
        "declarations_disconnect",
        frozen={
            "": ["id", "school_id", "controller_id", "device_id", "address", "reason", "decided_at", "queued_at", "until_at"],
            "answered_at": ["told_at", "answered_at", "answer", "gave_up_at"],
        },
        keeps_rows=False,
        belongs=f"{row_of('device', 'device_id', SAME_SCHOOL)} AND {row_of('controller', 'controller_id', SAME_SCHOOL)}",
    ),
    Guard(
        "declarations_addressclash",
        keeps_rows=False,
        belongs=f"{row_of('device', 'holder_id', SAME_SCHOOL)} AND {row_of('person', 'person_id', SAME_SCHOOL)}",
    ),
]


class Migration(migrations.Migration):

    dependencies = [
        ('declarations', '0003_cache_table'),
    ]

    operations = [
        migrations.CreateModel(
            name='Controller',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('name', models.CharField(max_length=60, verbose_name='name')),
                ('host', models.GenericIPAddressField(verbose_name='IP address')),
                ('port', models.PositiveIntegerField(default=3799, validators=[django.core.validators.MinValueValidator(1), django.core.validators.MaxValueValidator(65535)], verbose_name='port')),
                ('secret_name', models.CharField(help_text='Not the secret: the name of the file on the server that holds it (docs/network.md).', max_length=40, validators=[django.core.validators.RegexValidator('\\A[a-z0-9][a-z0-9_-]*\\Z', 'Small letters, digits, - and _.')], verbose_name='name of the secret')),
                ('in_use', models.BooleanField(default=True, verbose_name='in use')),
                ('school', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='controllers', to='declarations.school', verbose_name='school')),
            ],
            options={
                'verbose_name': 'controller',
                'verbose_name_plural': 'controllers',
                'ordering': ['name', 'id'],
            },
        ),
        migrations.CreateModel(
            name='Disconnect',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('address', models.CharField(max_length=17, verbose_name='Wi-Fi address')),
                ('reason', models.CharField(choices=[('unknown_device', 'No device with this address is known at the school.'), ('wrong_school', 'The device belongs to another school.'), ('owner_left', 'The owner is not at the school.'), ('suspended', 'The device is suspended: it was reported lost or stolen.'), ('not_approved', 'The leadership has not approved this device.'), ('approval_expired', 'The permission for this device has ended.'), ('not_signed', 'The owner has not signed a declaration.'), ('lapsed', "The owner's declaration has lapsed.")], max_length=20, verbose_name='because')),
                ('decided_at', models.DateTimeField(verbose_name='decided at')),
                ('queued_at', models.DateTimeField(verbose_name='queued at')),
                ('until_at', models.DateTimeField(verbose_name='off by itself at')),
                ('due_at', models.DateTimeField(verbose_name='next try at')),
                ('held_until', models.DateTimeField(null=True, verbose_name='held until')),
                ('attempts', models.PositiveIntegerField(default=0, verbose_name='tries')),
                ('told_at', models.DateTimeField(help_text='When the last request was sent.', null=True, verbose_name='told at')),
                ('answered_at', models.DateTimeField(null=True, verbose_name='answered at')),
                ('answer', models.CharField(blank=True, choices=[('ack', 'disconnected'), ('nak', 'refused by the controller'), ('absent', 'it was not connected there')], default='', max_length=6, verbose_name='answer')),
                ('trouble', models.CharField(blank=True, default='', max_length=200, verbose_name='trouble')),
                ('gave_up_at', models.DateTimeField(null=True, verbose_name='gave up at')),
                ('controller', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='disconnects', to='declarations.controller', verbose_name='controller')),
                ('device', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='disconnects', to='declarations.device', verbose_name='device')),
                ('school', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, to='declarations.school', verbose_name='school')),
            ],
            options={
                'verbose_name': 'request to disconnect',
                'verbose_name_plural': 'requests to disconnect',
                'ordering': ['-queued_at', '-id'],
            },
        ),
        migrations.CreateModel(
            name='NetworkSettings',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('vlan', models.PositiveSmallIntegerField(blank=True, help_text='The number of the network for personal devices. Empty: the controller puts them where it likes.', null=True, validators=[django.core.validators.MinValueValidator(1), django.core.validators.MaxValueValidator(4094)], verbose_name='VLAN')),
                ('session_timeout', models.PositiveIntegerField(default=3600, help_text='A device that has lost its permission is off after this time at the latest: 3600 is an hour.', validators=[django.core.validators.MinValueValidator(60), django.core.validators.MaxValueValidator(86400)], verbose_name='ask again after (seconds)')),
                ('seen_days', models.PositiveSmallIntegerField(default=90, help_text='When a device was last seen is personal data: keep it no longer than it helps anybody.', validators=[django.core.validators.MinValueValidator(1), django.core.validators.MaxValueValidator(366)], verbose_name='keep the last answers for (days)')),
                ('school', models.OneToOneField(on_delete=django.db.models.deletion.PROTECT, related_name='network', to='declarations.school', verbose_name='school')),
            ],
            options={
                'verbose_name': 'network settings',
                'verbose_name_plural': 'network settings',
            },
        ),
        migrations.CreateModel(
            name='NetworkToken',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('slot', models.PositiveSmallIntegerField(verbose_name='place')),
                ('name', models.CharField(help_text='Where it is used: RADIUS server in the main building.', max_length=60, verbose_name='name')),
                ('sha256', models.CharField(max_length=64, unique=True, verbose_name='SHA-256')),
                ('created_at', models.DateTimeField(verbose_name='made at')),
                ('ended_at', models.DateTimeField(null=True, verbose_name='ended at')),
                ('last_used_at', models.DateTimeField(help_text='To the minute or so.', null=True, verbose_name='last used at')),
                ('created_by', models.ForeignKey(help_text='Empty: from the command line of the server.', null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='made by')),
                ('ended_by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='ended by')),
                ('school', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='network_tokens', to='declarations.school', verbose_name='school')),
            ],
            options={
                'verbose_name': 'network token',
                'verbose_name_plural': 'network tokens',
                'ordering': ['-created_at', '-id'],
            },
        ),
        migrations.CreateModel(
            name='Seen',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('address', models.CharField(max_length=17, verbose_name='Wi-Fi address')),
                ('reason', models.CharField(blank=True, help_text='Empty: yes.', max_length=20, verbose_name='last answer')),
                ('seen_at', models.DateTimeField(verbose_name='seen at')),
                ('device', models.ForeignKey(null=True, on_delete=django.db.models.deletion.CASCADE, related_name='seen', to='declarations.device', verbose_name='device')),
                ('school', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, to='declarations.school', verbose_name='school')),
            ],
            options={
                'verbose_name': 'last answer',
                'verbose_name_plural': 'last answers',
                'ordering': ['-seen_at', '-id'],
            },
        ),
        migrations.CreateModel(
            name='AddressClash',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('address', models.CharField(max_length=17, verbose_name='Wi-Fi address')),
                ('last_at', models.DateTimeField(verbose_name='last at')),
                ('holder', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='+', to='declarations.device', verbose_name='device that has it')),
                ('person', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='who typed it')),
                ('school', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, to='declarations.school', verbose_name='school')),
            ],
            options={
                'verbose_name': 'address claimed twice',
                'verbose_name_plural': 'addresses claimed twice',
                'ordering': ['-last_at', '-id'],
                'constraints': [models.UniqueConstraint(fields=('person', 'holder', 'address'), name='clash_is_told_once')],
            },
        ),
        migrations.AddConstraint(
            model_name='controller',
            constraint=models.UniqueConstraint(fields=('school', 'host', 'port'), name='controller_is_named_once', violation_error_message='There is a controller with this address already.'),
        ),
        migrations.AddConstraint(
            model_name='controller',
            constraint=models.CheckConstraint(condition=models.Q(('port__gte', 1), ('port__lte', 65535)), name='controller_has_a_port'),
        ),
        migrations.AddConstraint(
            model_name='controller',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('name', ''), _negated=True), models.Q(('secret_name', ''), _negated=True)), name='controller_has_name_and_secret'),
        ),
        migrations.AddIndex(
            model_name='disconnect',
            index=models.Index(condition=models.Q(('answered_at__isnull', True), ('gave_up_at__isnull', True)), fields=['due_at'], name='disconnect_to_send'),
        ),
        migrations.AddConstraint(
            model_name='disconnect',
            constraint=models.UniqueConstraint(condition=models.Q(('answered_at__isnull', True), ('gave_up_at__isnull', True)), fields=('controller', 'address'), name='disconnect_is_asked_once_at_a_time'),
        ),
        migrations.AddConstraint(
            model_name='disconnect',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('answer', ''), ('answered_at__isnull', True)), models.Q(('answered_at__isnull', False), ('told_at__isnull', False), models.Q(('answer', ''), _negated=True)), _connector='OR'), name='disconnect_answer_is_all_or_none'),
        ),
        migrations.AddConstraint(
            model_name='disconnect',
            constraint=models.CheckConstraint(condition=models.Q(('answered_at__isnull', True), ('answered_at__gte', models.F('told_at')), _connector='OR'), name='disconnect_answer_follows_the_telling'),
        ),
        migrations.AddConstraint(
            model_name='networksettings',
            constraint=models.CheckConstraint(condition=models.Q(('vlan__isnull', True), models.Q(('vlan__gte', 1), ('vlan__lte', 4094)), _connector='OR'), name='network_vlan_exists'),
        ),
        migrations.AddConstraint(
            model_name='networksettings',
            constraint=models.CheckConstraint(condition=models.Q(('session_timeout__gte', 60), ('session_timeout__lte', 86400)), name='network_timeout_is_between_a_minute_and_a_day'),
        ),
        migrations.AddConstraint(
            model_name='networksettings',
            constraint=models.CheckConstraint(condition=models.Q(('seen_days__gte', 1), ('seen_days__lte', 366)), name='network_seen_is_kept_a_year_at_most'),
        ),
        migrations.AddConstraint(
            model_name='networktoken',
            constraint=models.UniqueConstraint(condition=models.Q(('ended_at__isnull', True)), fields=('school', 'slot'), name='token_two_are_live_at_most'),
        ),
        migrations.AddConstraint(
            model_name='networktoken',
            constraint=models.CheckConstraint(condition=models.Q(('slot__in', [1, 2])), name='token_has_one_of_two_places'),
        ),
        migrations.AddConstraint(
            model_name='networktoken',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('name', ''), _negated=True), models.Q(('sha256', ''), _negated=True)), name='token_has_name_and_hash'),
        ),
        migrations.AddConstraint(
            model_name='networktoken',
            constraint=models.CheckConstraint(condition=models.Q(('ended_at__isnull', False), ('ended_by__isnull', True), _connector='OR'), name='token_end_has_a_moment'),
        ),
        migrations.AddIndex(
            model_name='seen',
            index=models.Index(fields=['school', 'reason', 'seen_at'], name='seen_of_school'),
        ),
        migrations.AddConstraint(
            model_name='seen',
            constraint=models.UniqueConstraint(fields=('school', 'address'), name='seen_is_the_last_of_an_address'),
        ),
        migrations.AddConstraint(
            model_name='seen',
            constraint=models.CheckConstraint(condition=models.Q(('reason', ''), ('reason__in', ['unknown_device', 'wrong_school', 'owner_left', 'suspended', 'not_approved', 'approval_expired', 'not_signed', 'lapsed']), _connector='OR'), name='seen_answer_is_known'),
        ),
        migrations.AddConstraint(
            model_name='seen',
            constraint=models.CheckConstraint(condition=models.Q(('device__isnull', False), ('reason', 'unknown_device'), _connector='OR'), name='seen_yes_is_about_a_device'),
        ),
        migrations.RunPython(install(GUARDS), uninstall(GUARDS)),
    ]
