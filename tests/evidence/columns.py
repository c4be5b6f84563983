"""docs/evidence-columns.csv: of each column of the database, whether `check_evidence` compares it, or why not."""

import csv
from collections import defaultdict

from django.conf import settings

PAGE = settings.BASE_DIR / "docs" / "evidence-columns.csv"
COMPARED: dict[str, dict[str, bool]] = defaultdict(dict)  # by table and column
WHY: dict[str, dict[str, str]] = defaultdict(dict)
for table, column, compared, why in list(csv.reader(PAGE.read_text(encoding="utf-8").splitlines()))[1:]:
    assert column not in COMPARED[table], f"{table}.{column} stands there twice"
    COMPARED[table][column], WHY[table][column] = compared == "yes", why
