"""The product on one screen: its capabilities, lowest first. A room imports what stands above its line, never a neighbour in it.

`declarations/<name>/capability.py` says what each adds to the menu, the dashboard, the log and the rest.
"""

LAYERS = (
    ("mail", "evidence"),  # e-mails queued and sent; the log of what was done, its keys, its checkpoints, its checks
    ("dual_control",),  # what one person alone does not change: confirmed by a second, or waited for, and told to all
    ("checkpoints", "people", "schools"),  # checkpoints in hands outside IT; who is at the school; its settings and term dates
    ("sign_in",),  # passwords, codes, passkeys, Microsoft and Google, invitations
    ("staff_lists",),  # a staff list read, compared, imported, undone
    ("policies",),  # the leaflet and the acceptable-use policy: drafted, published, compared
    ("signing",),  # reading and signing, on screen, on paper, at the kiosk; responses and exemptions
    ("certificates",),  # certificates on paper, and whether one is genuine
    ("devices",),  # personal devices: asked for, decided, renewed
    ("network",),  # what the Wi-Fi asks, was told and saw
    ("social_media",),  # the school's accounts: proposed, decided by the headteacher first, kept, reviewed
    ("register", "reminders", "privacy", "jobs"),  # who had signed on a day; who is written to; what is kept; what runs by itself
    ("site",),  # the dashboard, the home page, the pages of errors
)
ROOMS = tuple(room for rooms in LAYERS for room in rooms)
