"""Removes deleted data from the database's files, too."""

from django.core.management.base import OutputWrapper
from django.db import connection


def vacuum(out: OutputWrapper) -> None:
    """Run VACUUM; on SQLite, empty the write-ahead log, too. It cannot run inside a transaction."""
    with connection.cursor() as cursor:
        cursor.execute("VACUUM")
        if connection.vendor == "sqlite":
            cursor.execute("PRAGMA wal_checkpoint(TRUNCATE)")
            if cursor.fetchone()[0]:
                out.write("The database is in use, and its -wal file may still hold the words: run VACUUM when nobody is.")
