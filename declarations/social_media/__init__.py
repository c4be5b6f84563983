"""The school's accounts on social media: proposed by staff, decided by the headteacher first, kept by two or more, reviewed.

It knows nothing of personal accounts, nor of what is reported about people: that is another room's.
The home page, the dashboard, the log and the matrix of addresses ask it through its front door.
"""
