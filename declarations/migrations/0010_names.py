"""Five models and some fields have the school's words as their names now; tables, columns and what they hold stay as they are.

Everything below changes only what Django knows: no statement reaches a table of ours. The admin's notes name models by a row of
`django_content_type`, so those rows follow.
"""

from typing import Any

from django.conf import settings
from django.db import migrations, models
import django.db.models.deletion

RENAMED = {
    "letter": "email",
    "reply": "response",
    "seen": "lastseen",
    "signingcontext": "signaturemetadata",
    "signingsession": "kiosksession",
}


def rename_content_types(apps: Any, schema_editor: Any) -> None:
    types = apps.get_model("contenttypes", "ContentType").objects.using(schema_editor.connection.alias).filter(app_label="declarations")
    for old, new in RENAMED.items():
        if not types.filter(model=new).exists():
            types.filter(model=old).update(model=new)


class Migration(migrations.Migration):
    dependencies = [
        ("contenttypes", "0002_remove_content_type_name"),
        ("declarations", "0009_reminders_of_a_trust"),
    ]

    operations = [
        migrations.SeparateDatabaseAndState(
            state_operations=[
                migrations.RenameModel("Letter", "Email"),
                migrations.AlterModelTable("Email", "declarations_letter"),
                migrations.RenameModel("Reply", "Response"),
                migrations.AlterModelTable("Response", "declarations_reply"),
                migrations.RenameModel("Seen", "LastSeen"),
                migrations.AlterModelTable("LastSeen", "declarations_seen"),
                migrations.RenameModel("SigningContext", "SignatureMetadata"),
                migrations.AlterModelTable("SignatureMetadata", "declarations_signingcontext"),
                migrations.RenameModel("SigningSession", "KioskSession"),
                migrations.AlterModelTable("KioskSession", "declarations_signingsession"),
                migrations.RenameField("Email", "addressee", "recipient"),
                migrations.RenameField("Email", "trouble", "error"),
                migrations.RenameField("Email", "reply", "response"),
                migrations.RenameField("Reminder", "letter", "email"),
                migrations.RenameField("Job", "held_until", "locked_until"),
                migrations.RenameField("Job", "trouble", "error"),
                migrations.RenameField("Disconnect", "held_until", "locked_until"),
                migrations.RenameField("Disconnect", "told_at", "sent_at"),
                migrations.RenameField("Disconnect", "trouble", "error"),
                migrations.RenameField("School", "custodians", "checkpoint_recipients"),
                migrations.RemoveConstraint(
                    model_name="disconnect",
                    name="disconnect_answer_is_all_or_none",
                ),
                migrations.RemoveConstraint(
                    model_name="disconnect",
                    name="disconnect_answer_follows_the_telling",
                ),
                migrations.RemoveConstraint(
                    model_name="email",
                    name="letter_tells_of_something",
                ),
                migrations.AlterField(
                    model_name="disconnect",
                    name="error",
                    field=models.CharField(blank=True, db_column="trouble", default="", max_length=200, verbose_name="trouble"),
                ),
                migrations.AlterField(
                    model_name="disconnect",
                    name="locked_until",
                    field=models.DateTimeField(db_column="held_until", null=True, verbose_name="held until"),
                ),
                migrations.AlterField(
                    model_name="disconnect",
                    name="sent_at",
                    field=models.DateTimeField(
                        db_column="told_at", help_text="When the last request was sent.", null=True, verbose_name="told at"
                    ),
                ),
                migrations.AlterField(
                    model_name="email",
                    name="checkpoint",
                    field=models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="emails",
                        to="declarations.checkpoint",
                        verbose_name="checkpoint",
                    ),
                ),
                migrations.AlterField(
                    model_name="email",
                    name="declaration",
                    field=models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="emails",
                        to="declarations.declaration",
                        verbose_name="declaration",
                    ),
                ),
                migrations.AlterField(
                    model_name="email",
                    name="error",
                    field=models.CharField(blank=True, db_column="trouble", default="", max_length=300, verbose_name="last trouble"),
                ),
                migrations.AlterField(
                    model_name="email",
                    name="invitation",
                    field=models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="emails",
                        to="declarations.invitation",
                        verbose_name="invitation",
                    ),
                ),
                migrations.AlterField(
                    model_name="email",
                    name="permission",
                    field=models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="emails",
                        to="declarations.permission",
                        verbose_name="permission",
                    ),
                ),
                migrations.AlterField(
                    model_name="email",
                    name="person",
                    field=models.ForeignKey(
                        help_text="Whose address it is.",
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="emails",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="person",
                    ),
                ),
                migrations.AlterField(
                    model_name="email",
                    name="recipient",
                    field=models.EmailField(db_column="addressee", max_length=254, verbose_name="to"),
                ),
                migrations.AlterField(
                    model_name="email",
                    name="response",
                    field=models.ForeignKey(
                        db_column="reply_id",
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="emails",
                        to="declarations.response",
                        verbose_name="reply",
                    ),
                ),
                migrations.AlterField(
                    model_name="email",
                    name="school",
                    field=models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="emails", to="declarations.school", verbose_name="school"
                    ),
                ),
                migrations.AlterField(
                    model_name="job",
                    name="error",
                    field=models.CharField(blank=True, db_column="trouble", default="", max_length=300, verbose_name="last trouble"),
                ),
                migrations.AlterField(
                    model_name="job",
                    name="locked_until",
                    field=models.DateTimeField(db_column="held_until", null=True, verbose_name="held until"),
                ),
                migrations.AlterField(
                    model_name="kiosksession",
                    name="school",
                    field=models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="kiosk_sessions",
                        to="declarations.school",
                        verbose_name="school",
                    ),
                ),
                migrations.AlterField(
                    model_name="reminder",
                    name="email",
                    field=models.ForeignKey(
                        db_column="letter_id",
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="reminders",
                        to="declarations.email",
                        verbose_name="letter",
                    ),
                ),
                migrations.AlterField(
                    model_name="response",
                    name="person",
                    field=models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="responses",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="person",
                    ),
                ),
                migrations.AlterField(
                    model_name="school",
                    name="checkpoint_recipients",
                    field=models.CharField(
                        blank=True,
                        db_column="custodians",
                        default="",
                        help_text="E-mail addresses, separated by spaces, of people outside IT: the chair of governors, the data-protection officer. Each week they are sent three lines that prove later that nothing was changed.",
                        max_length=400,
                        verbose_name="who keeps the checkpoints",
                    ),
                ),
                migrations.AddConstraint(
                    model_name="disconnect",
                    constraint=models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("answer", ""), ("answered_at__isnull", True)),
                            models.Q(("answered_at__isnull", False), ("sent_at__isnull", False), models.Q(("answer", ""), _negated=True)),
                            _connector="OR",
                        ),
                        name="disconnect_answer_is_all_or_none",
                    ),
                ),
                migrations.AddConstraint(
                    model_name="disconnect",
                    constraint=models.CheckConstraint(
                        condition=models.Q(("answered_at__isnull", True), ("answered_at__gte", models.F("sent_at")), _connector="OR"),
                        name="disconnect_answer_follows_the_telling",
                    ),
                ),
                migrations.AddConstraint(
                    model_name="email",
                    constraint=models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("declaration__isnull", False), ("kind", "receipt")),
                            models.Q(("checkpoint__isnull", False), ("kind", "checkpoint")),
                            models.Q(("kind", "reminder"), ("on__isnull", False), ("person__isnull", False)),
                            models.Q(("kind", "decision"), ("permission__isnull", False)),
                            models.Q(("kind__in", ["reply", "answer"]), ("response__isnull", False)),
                            models.Q(("invitation__isnull", False), ("kind", "invitation")),
                            _connector="OR",
                        ),
                        name="letter_tells_of_something",
                    ),
                ),
            ],
        ),
        migrations.RunPython(rename_content_types, migrations.RunPython.noop),
    ]
