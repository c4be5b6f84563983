"""The register: who had signed what on any day, as a page, a CSV, a PDF and a ZIP of certificates.

It changes nothing; it asks signing, devices and certificates. Auditors and the leadership read it.
"""
