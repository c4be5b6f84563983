"""What was read."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from declarations.organisation.models.person import Person
from declarations.organisation.models.school import School


class Notice(models.Model):
    school = models.ForeignKey(School, verbose_name=_("school"), on_delete=models.PROTECT, related_name="+")
    person = models.ForeignKey(Person, verbose_name=_("person"), on_delete=models.PROTECT, related_name="+")
    remark = models.CharField(_("remark"), max_length=80)

    class Meta:
        verbose_name = _("notice")
        verbose_name_plural = _("notices")

    def __str__(self) -> str:
        return self.remark
