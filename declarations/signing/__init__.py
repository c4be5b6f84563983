"""Signing: people read the texts and sign a declaration, on screen, on paper or on a shared tablet, or say why they do not.

It holds declarations, responses and exemptions, and is the one place that says who has signed what and what is still to be signed
(status.py). It knows nothing of certificates, devices, reminders or the register; those ask it.
"""
