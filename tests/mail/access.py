"""Who gets in at the addresses of mail."""

from tests.access import LIST

TABLE = {"admin/emails/": LIST}
