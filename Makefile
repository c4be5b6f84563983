# Everything that there is to do here. `make` alone lists it.
.DEFAULT_GOAL := help
SHELL := /bin/sh
.PHONY: help demo test torture lint format bench pictures lock production dev

# One process more than there are cores, because browser, FreeRADIUS and servers are waited for; at the end, which tests took longest.
PYTEST := .venv/bin/python -m pytest -n $$(($$(getconf _NPROCESSORS_ONLN) + 1)) --dist worksteal --durations 20

# What `check --deploy` is asked about: settings as a school would have them.
LIKE_PRODUCTION := SECRET_KEY=$$(.venv/bin/python -c 'import secrets; print(secrets.token_urlsafe(50))') \
	SITE_URL=https://declarations.school.example ALLOWED_HOSTS=declarations.school.example \
	DATABASE_URL=sqlite:///:memory: DEBUG=0 DEMO=0 EMAIL_HOST=mail.school.example

# Some images forbid Python to keep what it compiled; the tests start hundreds of processes, and each would compile everything again.
unexport PYTHONDONTWRITEBYTECODE

# macOS: Homebrew's libraries are not where the loader looks.
ifeq ($(shell uname -s),Darwin)
export DYLD_FALLBACK_LIBRARY_PATH := /opt/homebrew/lib:/usr/local/lib
endif

help:  ## list the targets
	@grep -E '^[a-z]+:.*##' Makefile | sed -E 's/:.*## /\t/' | expand -t 12

demo: production  ## two schools with everything in them, on http://127.0.0.1:8000 (PORT, DATA_DIR, DEMO_PASSWORD)
	@sh tools/system.sh pango
	@exec .venv/bin/python manage.py demo

test: dev  ## the whole suite, on SQLite with the browser, then on PostgreSQL
	@sh tools/system.sh pango chromium poppler freeradius
	@$(MAKE) --no-print-directory --keep-going on-sqlite on-postgresql

.PHONY: on-sqlite on-postgresql
on-sqlite:
	env -u DATABASE_URL $(PYTEST) -m "not postgresql"
on-postgresql:
	.venv/bin/python tests/with_postgres.py $(PYTEST) -m "not browser and not sqlite" --ignore tests/browser

torture: dev  ## ten minutes of kill -9, a crowd, bad mail servers and a full disk (Linux): nothing may be lost
	@sh tools/system.sh pango
	.venv/bin/python tools/torture.py

lint: dev  ## every check that needs no running server, all of them even if one fails
	@sh tools/system.sh pango shellcheck
	@$(MAKE) --no-print-directory --keep-going --jobs 2 style form types floors templates scripts migrations deployment

.PHONY: style form types floors templates scripts migrations deployment
style:
	.venv/bin/ruff check
form:
	.venv/bin/ruff format --check
types:
	.venv/bin/mypy
floors:
	.venv/bin/lint-imports
templates:
	.venv/bin/djlint --lint --quiet templates
scripts:
	PATH="$$PWD/.venv/bin:$$PATH" shellcheck tools/*.sh .ci/run
migrations:
	$(LIKE_PRODUCTION) .venv/bin/python manage.py makemigrations --check --dry-run
deployment:
	@key=$$(mktemp -u) && trap 'rm -f "$$key"' EXIT && export EVIDENCE_KEY_FILE="$$key" \
		&& $(LIKE_PRODUCTION) .venv/bin/python manage.py evidence_key create >/dev/null \
		&& $(LIKE_PRODUCTION) .venv/bin/python manage.py check --deploy --fail-level WARNING

format: dev  ## put the code into its usual form
	.venv/bin/ruff check --fix-only
	.venv/bin/ruff format

bench: dev  ## certificates, signatures, the network's questions a second, as ratios to the least possible; a log of 20,000 entries; reminders of 1,000 schools
	@sh tools/system.sh pango freeradius
	.venv/bin/python tests/with_postgres.py .venv/bin/python tools/bench.py
	.venv/bin/python tests/with_postgres.py .venv/bin/python tools/bench_evidence.py
	.venv/bin/python tests/with_postgres.py .venv/bin/python tools/bench_year.py
	.venv/bin/python tests/with_postgres.py .venv/bin/python tools/bench_lists.py

pictures: dev  ## docs/pictures afresh, from the demo
	@sh tools/system.sh pango chromium
	.venv/bin/python tools/pictures.py

lock:  ## requirements*.txt anew from pyproject.toml
	@sh tools/lock.sh

production:
	@sh tools/venv.sh requirements.txt

dev:
	@sh tools/venv.sh requirements-dev.txt
