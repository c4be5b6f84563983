"""Certificates on paper, the form for signing on paper, and whether a certificate is genuine.

This room writes PDFs from declarations and verifies them; it knows nothing of devices, the network or the register.
E-mails, the register and the pages of staff ask it for a certificate.
"""
