"""A signature on paper, and its scan."""

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from declarations.signing.models.declaration import Declaration

# What the name of a scan's file ends with, by its type.
SCAN_ENDINGS = {"application/pdf": "pdf", "image/png": "png", "image/jpeg": "jpg"}


class PaperSignature(models.Model):
    """A declaration was signed on paper and entered on behalf of the signer: who saw it, and where the paper is."""

    class ScanType(models.TextChoices):
        PDF = "application/pdf", "PDF"
        PNG = "image/png", "PNG"
        JPEG = "image/jpeg", "JPEG"

    declaration = models.OneToOneField(Declaration, verbose_name=_("declaration"), on_delete=models.PROTECT, related_name="paper")
    entered_by = models.ForeignKey("Person", verbose_name=_("entered by"), on_delete=models.PROTECT, related_name="+")
    sighted_by = models.CharField(_("sighted by"), max_length=120, help_text=_("Who has seen the signed paper."))
    filed_where = models.CharField(_("filed"), max_length=200, help_text=_("Where the paper is kept."))
    scan = models.BinaryField(_("scan"), null=True)
    scan_type = models.CharField(_("type of the scan"), max_length=15, choices=ScanType, blank=True, default="")
    scan_sha256 = models.CharField(_("SHA-256 of the scan"), max_length=64, blank=True, default="")

    class Meta:
        verbose_name = _("signature on paper")
        verbose_name_plural = _("signatures on paper")
        constraints = [
            models.CheckConstraint(condition=~Q(sighted_by="") & ~Q(filed_where=""), name="paper_was_sighted_and_filed"),
            models.CheckConstraint(
                condition=Q(scan__isnull=True, scan_type="", scan_sha256="")
                | (Q(scan__isnull=False, scan_type__in=["application/pdf", "image/png", "image/jpeg"]) & ~Q(scan_sha256="")),
                name="paper_scan_is_all_or_none",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.declaration}"
