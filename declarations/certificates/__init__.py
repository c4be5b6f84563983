"""Records to paper: the only place that knows WeasyPrint."""

from declarations.certificates.blank_form import blank_pdf
from declarations.certificates.certificate import certificate_pdf
from declarations.register.pdf import register_pdf

__all__ = ["blank_pdf", "certificate_pdf", "register_pdf"]
