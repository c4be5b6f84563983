"""Records to paper: the only place that knows WeasyPrint."""

from declarations.certificates.blank import blank_pdf
from declarations.certificates.certificate import certificate_pdf
from declarations.certificates.register import register_pdf
from declarations.certificates.subject_access import subject_access_pdf

__all__ = ["blank_pdf", "certificate_pdf", "register_pdf", "subject_access_pdf"]
