"""Records to paper: the only place that knows WeasyPrint."""

from declarations.certificates.certificate import certificate_pdf

__all__ = ["certificate_pdf"]
