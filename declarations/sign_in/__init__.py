"""Sign-in: codes, passwords, passkeys and authenticator apps, the school's Microsoft 365 or Google, invitations, open sessions.

The room must not know what somebody does once they are signed in. allauth and the browser call it; staff lists and the page of a
person call it to invite people.
"""
