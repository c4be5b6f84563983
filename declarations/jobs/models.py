"""What runs by itself."""

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _


class Job(models.Model):
    """A scheduled task of the worker: when it is due next, until when a worker holds it, and how it went. Its schedule is in the code."""

    name = models.CharField(_("job"), max_length=40, unique=True)
    due_at = models.DateTimeField(_("due at"))
    # The worker that takes a task moves this on first: if it dies, the task is free again from then.
    locked_until = models.DateTimeField(_("held until"), null=True, db_column="held_until")
    attempts = models.PositiveIntegerField(_("attempts"), default=0)
    started_at = models.DateTimeField(_("last begun at"), null=True)
    finished_at = models.DateTimeField(_("last finished at"), null=True)
    result = models.CharField(_("what it did"), max_length=200, blank=True, default="")
    error = models.CharField(_("last trouble"), max_length=300, blank=True, default="", db_column="trouble")

    class Meta:
        verbose_name = _("job")
        verbose_name_plural = _("jobs")
        ordering = ["name"]
        constraints = [models.CheckConstraint(condition=~Q(name=""), name="job_has_a_name")]

    def __str__(self) -> str:
        return self.name
