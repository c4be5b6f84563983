"""What a network token may do: from where, for what, until when; and from where it was used last."""

from dataclasses import replace
from importlib import import_module

from django.db import migrations, models

from declarations.migrations._triggers import install
from declarations.migrations._triggers import uninstall

BEFORE = import_module("declarations.migrations.0014_salted_addresses").AFTER
TOKEN = next(guard for guard in BEFORE if guard.table == "declarations_networktoken")
LIMITED = replace(TOKEN, frozen=TOKEN.frozen | {"": [*TOKEN.frozen[""], "only_for", "networks", "plain_http", "expires_at"]})
AFTER = [*(guard for guard in BEFORE if guard.table != TOKEN.table), LIMITED]


class Migration(migrations.Migration):
    dependencies = [("declarations", "0014_salted_addresses")]

    operations = [
        # SQLite makes the table anew for its constraints, and cannot while triggers of others name it.
        migrations.RunPython(uninstall(BEFORE), install(BEFORE)),
        migrations.RemoveConstraint(
            model_name='networktoken',
            name='token_two_are_live_at_most',
        ),
        migrations.AddField(
            model_name='networktoken',
            name='expires_at',
            field=models.DateTimeField(null=True, verbose_name='expires at'),
        ),
        migrations.AddField(
            model_name='networktoken',
            name='last_address',
            field=models.GenericIPAddressField(null=True, verbose_name='last used from'),
        ),
        migrations.AddField(
            model_name='networktoken',
            name='networks',
            field=models.CharField(blank=True, default='', help_text='Addresses or networks of those who ask, such as 10.1.0.5 or 10.1.0.0/24, with spaces between them. Empty: from anywhere.', max_length=300, verbose_name='only from'),
        ),
        migrations.AddField(
            model_name='networktoken',
            name='only_for',
            field=models.CharField(blank=True, choices=[(None, 'both'), ('questions', 'questions about one device'), ('lists', 'lists of all that may connect')], default='', help_text='Empty: for both, as a RADIUS server needs that keeps a list for the time while this server is down.', max_length=9, verbose_name='only for'),
        ),
        migrations.AddField(
            model_name='networktoken',
            name='plain_http',
            field=models.BooleanField(default=False, help_text='From the networks above. The token then crosses them in clear: only where nobody else can listen.', verbose_name='also without HTTPS'),
        ),
        migrations.AddField(
            model_name='networktoken',
            name='refused_address',
            field=models.GenericIPAddressField(null=True, verbose_name='last refused from'),
        ),
        migrations.AddField(
            model_name='networktoken',
            name='refused_at',
            field=models.DateTimeField(help_text='It was the right token, used as it may not be.', null=True, verbose_name='last refused at'),
        ),
        migrations.AddConstraint(
            model_name='networktoken',
            constraint=models.UniqueConstraint(condition=models.Q(('ended_at__isnull', True)), fields=('school', 'only_for', 'slot'), name='token_two_are_live_at_most'),
        ),
        migrations.AddConstraint(
            model_name='networktoken',
            constraint=models.CheckConstraint(condition=models.Q(('only_for__in', ['', 'questions', 'lists'])), name='token_is_for_something_known'),
        ),
        migrations.AddConstraint(
            model_name='networktoken',
            constraint=models.CheckConstraint(condition=models.Q(('plain_http', False), models.Q(('networks', ''), _negated=True), _connector='OR'), name='token_without_https_has_networks'),
        ),
        migrations.AddConstraint(
            model_name='networktoken',
            constraint=models.CheckConstraint(condition=models.Q(('expires_at__isnull', True), ('expires_at__gt', models.F('created_at')), _connector='OR'), name='token_expires_later'),
        ),
        migrations.RunPython(install(AFTER), uninstall(AFTER)),
    ]
