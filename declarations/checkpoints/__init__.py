"""Checkpoints in hands outside IT: a log that only the school's own machine knows proves nothing against its owner.

Each day every log gets a checkpoint, and each week the people whom the school names are sent one to keep. The room knows the log
and the outbox, and nothing of what is logged; the worker calls it, and the dashboard asks it whether the last one went out in time.
"""
