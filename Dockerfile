# Two stages: the first installs what the lock names and collects the static files, the second runs it as nobody.
FROM python:3.13-slim-trixie AS base
# What WeasyPrint draws with. Fonts come with the product.
RUN apt-get update \
    && apt-get install -y --no-install-recommends libpango-1.0-0 libpangoft2-1.0-0 libharfbuzz-subset0 \
    && rm -rf /var/lib/apt/lists/*
WORKDIR /app
ENV PATH=/venv/bin:$PATH \
    PYTHONUNBUFFERED=1 \
    DJANGO_SETTINGS_MODULE=schoolpolicy.settings \
    STATIC_ROOT=/app/staticfiles \
    DATA_DIR=/data

FROM base AS build
RUN python -m venv /venv
COPY requirements.txt ./
RUN pip install --no-cache-dir --disable-pip-version-check --no-deps --only-binary :all: --require-hashes -r requirements.txt
COPY . ./
# The key signs nothing here and stays behind in this layer's command.
RUN SECRET_KEY=only-for-this-command python manage.py collectstatic --no-input \
    && python -m compileall -q /app/schoolpolicy /app/declarations

FROM base
COPY --from=build /venv /venv
COPY --from=build /app /app
# A number and not a name, so that a cluster can see that it is not root.
RUN install -d -o 65534 -g 65534 /data
VOLUME /data
USER 65534:65534
EXPOSE 8000
HEALTHCHECK --interval=30s --timeout=10s --start-period=30s --retries=3 CMD ["python", "tools/healthcheck.py"]
CMD ["granian", "--interface", "rsgi", "--host", "0.0.0.0", "--port", "8000", "--workers", "2", "--http1-header-read-timeout", "10000", "--respawn-failed-workers", "--workers-kill-timeout", "5", "schoolpolicy.rsgi:application"]
