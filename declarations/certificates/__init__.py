"""Certificates: drawn as PDF, handed out, verified; and the blank form that is signed by hand.

The room must not know devices, the network or the register.
The register and the jobs that send e-mails call it; staff and auditors see its pages.
"""
