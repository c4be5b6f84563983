"""Who gets in at the addresses of reminders."""

from tests.access import LIST

TABLE = {"admin/not-signed/": LIST}
