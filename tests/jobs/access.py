"""Who gets in at the addresses of jobs."""

from tests.access import LIST

TABLE = {"admin/scheduled-tasks/": LIST}
