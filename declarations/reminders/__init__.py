"""Reminders: who is to hear on which school day what they have to sign, what ends, and what the leadership has to look after.

What is owed is worked out from the tables of the rooms below; nothing below knows of reminders. The worker queues them each
morning, and the leadership's pages show who has not signed and whom no e-mail reaches.
"""
