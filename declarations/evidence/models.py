"""The evidence log: what was done, in order, never changed; and the checkpoints that say how far it had come."""

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _


class Log(models.Model):
    """The evidence log of a school, under a name that is given once; its row is the lock that keeps positions in order."""

    school = models.OneToOneField("School", verbose_name=_("school"), on_delete=models.PROTECT, related_name="log")
    origin = models.CharField(_("origin"), max_length=119, unique=True)

    class Meta:
        verbose_name = _("evidence log")
        verbose_name_plural = _("evidence logs")
        constraints = [models.CheckConstraint(condition=~Q(origin=""), name="log_has_a_name")]

    def __str__(self) -> str:
        return self.origin


class Entry(models.Model):
    """One record of a school's log. Erasing takes the record away and leaves its leaf hash, so that the log still adds up."""

    log = models.ForeignKey(Log, verbose_name=_("log"), on_delete=models.PROTECT, related_name="entries")
    position = models.PositiveIntegerField(_("position"))
    kind = models.CharField(_("kind"), max_length=40)
    at = models.DateTimeField(_("at"))
    # The bytes *are* the record: canonical JSON in UTF-8.
    record = models.BinaryField(_("record"), null=True)
    leaf_hash = models.BinaryField(_("leaf hash"), max_length=32)
    # Over origin, position and leaf hash, by the log's key of the time; none on entries from before each was signed.
    signature = models.BinaryField(_("signature"), max_length=64, null=True)

    class Meta:
        verbose_name = _("entry")
        verbose_name_plural = _("entries")
        ordering = ["log", "position"]
        constraints = [
            models.UniqueConstraint(fields=["log", "position"], name="entry_position_is_used_once"),
            models.CheckConstraint(condition=~Q(kind=""), name="entry_has_a_kind"),
        ]

    def __str__(self) -> str:
        return f"{self.position}: {self.kind}"


class Checkpoint(models.Model):
    """A signed note of the log's size and root at a moment."""

    log = models.ForeignKey(Log, verbose_name=_("log"), on_delete=models.PROTECT, related_name="checkpoints")
    size = models.PositiveIntegerField(_("size"))
    note = models.TextField(_("signed note"))
    made_at = models.DateTimeField(_("made at"))

    class Meta:
        verbose_name = _("checkpoint")
        verbose_name_plural = _("checkpoints")
        ordering = ["log", "size"]
        constraints = [
            models.UniqueConstraint(fields=["log", "size"], name="checkpoint_of_a_size_is_made_once"),
            models.CheckConstraint(condition=Q(size__gt=0) & ~Q(note=""), name="checkpoint_says_something"),
        ]

    def __str__(self) -> str:
        return f"{self.size}"
