"""What was deleted leaves the database's files too, not only its tables."""

from django.core.management.base import OutputWrapper
from django.db import connection


def vacuum(out: OutputWrapper) -> None:
    """VACUUM; of SQLite the write-ahead log too. Never inside a transaction."""
    with connection.cursor() as cursor:
        cursor.execute("VACUUM")
        if connection.vendor == "sqlite":
            cursor.execute("PRAGMA wal_checkpoint(TRUNCATE)")
            if cursor.fetchone()[0]:
                out.write("The database is in use, and its -wal file may still hold the words: run VACUUM when nobody is.")
