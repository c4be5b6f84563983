"""The certificates that were handed out."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from declarations.evidence.models import Entry


class IssuedCertificate(models.Model):
    """A PDF of a certificate that was handed out. There is one row, and one entry in the log, for each different file."""

    entry = models.ForeignKey(Entry, verbose_name=_("entry of the declaration"), on_delete=models.PROTECT, related_name="certificates")
    sha256 = models.CharField(_("SHA-256 of the PDF"), max_length=64)
    logged_as = models.OneToOneField(Entry, verbose_name=_("entry of the issue"), on_delete=models.PROTECT, related_name="issue")
    issued_at = models.DateTimeField(_("issued at"))

    class Meta:
        verbose_name = _("issued certificate")
        verbose_name_plural = _("issued certificates")
        constraints = [
            models.UniqueConstraint(fields=["entry", "sha256"], name="certificate_is_logged_once_a_file"),
        ]

    def __str__(self) -> str:
        return self.sha256
