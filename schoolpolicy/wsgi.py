"""The WSGI entry point."""

import os

from django.core.wsgi import get_wsgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "schoolpolicy.settings")
application = get_wsgi_application()

from declarations.network import last_seen  # noqa: E402  # models can be imported only now

last_seen.start()
