"""The outbox: e-mails wait in a table, written in the transaction of what they tell of, and the worker sends them at least once.

It knows no room above it and nothing of what its e-mails say: each room registers how its kinds are rendered. Every room that
writes to people calls it, and the worker.
"""
