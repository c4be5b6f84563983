"""Draws the certificate of one declaration."""

import datetime as dt
import zoneinfo

import segno
from django.conf import settings
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import translation

from declarations.certificates.pdf import render
from declarations.evidence.receipts import Receipt
from declarations.signing.models.declaration import Declaration


def certificate_pdf(*, declaration: Declaration, receipt: Receipt) -> bytes:
    """Draw the certificate as a tagged PDF/A-3a with the record, its proof and the checkpoint attached.

    It shows everything as it was at the signing. The bytes are the same each time, whoever asks and whatever language they read.
    A declaration that was fetched `with_texts()` spares two queries.
    """
    return render(
        certificate_html(declaration=declaration, receipt=receipt),
        attached={
            "record.json": receipt.record,
            "proof.txt": receipt.proof.encode(),
            "checkpoint.txt": receipt.checkpoint.encode(),
        },
        attached_at=declaration.signed_at,
    )


def certificate_html(*, declaration: Declaration, receipt: Receipt) -> str:
    zone = zoneinfo.ZoneInfo(declaration.time_zone)
    verify_url = settings.SITE_URL + reverse("verify_reference", args=[declaration.reference])
    with translation.override(settings.LANGUAGE_CODE):
        return render_to_string(
            "certificates/pdf/certificate.html",
            {
                "declaration": declaration,
                "receipt": receipt,
                "root": receipt.root.hex(),
                "language": settings.LANGUAGE_CODE,
                "signed_at": declaration.signed_at.astimezone(zone),
                "signed_at_utc": declaration.signed_at.astimezone(dt.UTC),
                "recorded_at": dt.datetime.fromisoformat(receipt.recorded_at).astimezone(zone),
                "signed_in_at": declaration.signed_in_at and declaration.signed_in_at.astimezone(zone),
                "address_since": declaration.address_since and declaration.address_since.astimezone(zone),
                "factor_since": declaration.factor_since and declaration.factor_since.astimezone(zone),
                "texts": [declaration.leaflet, declaration.aup],
                "verify_url": verify_url,
                "verify_page": verify_url.partition("://")[2],
                "qr": segno.make(verify_url, error="m", micro=False).svg_data_uri(border=0, dark="#14233c", svgns=True, omitsize=True),
            },
        )
