"""The staff lists that were imported."""

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _


class StaffList(models.Model):
    """A file of the school's own system, which is confirmed after a preview and can be undone for some days.

    To keep no names, `content` is deleted when the list is confirmed, and `changes` when it can no longer be undone. Who
    imported it, when, the counts and the SHA-256 of the file stay.
    """

    school = models.ForeignKey("School", verbose_name=_("school"), on_delete=models.PROTECT, related_name="staff_lists")
    uploaded_at = models.DateTimeField(_("uploaded at"))
    uploaded_by = models.ForeignKey(
        "Person",
        verbose_name=_("uploaded by"),
        null=True,
        on_delete=models.PROTECT,
        related_name="+",
        help_text=_("Empty: from the command line of the server."),
    )
    sha256 = models.CharField(_("SHA-256 of the file"), max_length=64)
    content = models.BinaryField(_("file"), null=True)
    columns = models.JSONField(_("columns"), default=dict)
    confirmed_at = models.DateTimeField(_("confirmed at"), null=True)
    confirmed_by = models.ForeignKey("Person", verbose_name=_("confirmed by"), null=True, on_delete=models.PROTECT, related_name="+")
    counts = models.JSONField(_("how many"), default=dict)
    changes = models.JSONField(_("what it changed"), null=True)
    undone_at = models.DateTimeField(_("undone at"), null=True)
    undone_by = models.ForeignKey("Person", verbose_name=_("undone by"), null=True, on_delete=models.PROTECT, related_name="+")

    class Meta:
        verbose_name = _("staff list")
        verbose_name_plural = _("staff lists")
        ordering = ["-uploaded_at", "-id"]
        constraints = [
            models.UniqueConstraint(fields=["school"], condition=Q(confirmed_at__isnull=True), name="staff_list_waits_once_a_school"),
            models.CheckConstraint(
                condition=Q(confirmed_at__isnull=True, content__isnull=False, confirmed_by__isnull=True, changes__isnull=True)
                | Q(confirmed_at__isnull=False, content__isnull=True),
                name="staff_list_file_goes_when_confirmed",
            ),
            models.CheckConstraint(
                condition=Q(undone_at__isnull=True, undone_by__isnull=True)
                | Q(undone_at__isnull=False, confirmed_at__isnull=False, changes__isnull=True, undone_at__gte=F("confirmed_at")),
                name="staff_list_undoing_is_whole",
            ),
            models.CheckConstraint(condition=~Q(sha256=""), name="staff_list_has_its_hash"),
        ]

    def __str__(self) -> str:
        return f"{self.uploaded_at:%Y-%m-%d %H:%M}"
