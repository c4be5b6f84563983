"""The product on one screen: its capabilities, lowest first. A room may import what stands before it here, never a neighbour.

`declarations/<name>/capability.py` says what each adds to the menu, the dashboard, the log and the rest.
"""

ROOMS = (
    "mail",  # the outbox, and what every e-mail has in common
    "evidence",  # the log of what was done, its keys, its checkpoints, its checks
    "checkpoints",  # checkpoints of the log in hands outside IT
    "people",  # who is at the school, their roles, when they leave
    "schools",  # a school's settings and term dates
    "sign_in",  # passwords, codes, passkeys, Microsoft and Google, invitations
    "staff_lists",  # a staff list read, compared, imported, undone
    "policies",  # the leaflet and the acceptable-use policy: drafted, published, compared
    "signing",  # reading and signing, on screen, on paper, at the kiosk; responses and exemptions
    "certificates",  # certificates on paper, and whether one is genuine
    "devices",  # personal devices: asked for, decided, renewed
    "network",  # what the Wi-Fi asks, was told and saw
    "register",  # who had signed on a day, for auditors
    "reminders",  # who is written to before and after a day
    "privacy",  # how long things are kept; all about one person; erasure
    "jobs",  # what runs by itself
    "site",  # the dashboard, the home page, the pages of errors
)
