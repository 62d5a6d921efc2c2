# One image for every target: auth, ingest, analytics, insight, gateway and the one-shot commands.
FROM python:3.11-slim AS environment
ENV PIP_NO_CACHE_DIR=1 PIP_DISABLE_PIP_VERSION_CHECK=1
RUN python -m venv /app/.venv
ENV PATH=/app/.venv/bin:$PATH
WORKDIR /app
COPY requirements.lock ./
RUN pip install --require-hashes -r requirements.lock
COPY pyproject.toml README.md LICENSE ./
COPY agent agent
COPY services services
COPY gateway gateway
COPY docs/openapi.json docs/openapi.json
RUN pip install --no-deps -e agent -e .

FROM python:3.11-slim
RUN useradd --system --uid 10001 --create-home --home-dir /data dashboard
COPY --from=environment /app /app
ENV PATH=/app/.venv/bin:$PATH PYTHONUNBUFFERED=1 PYTHONDONTWRITEBYTECODE=1 \
    HOST=0.0.0.0 PORT=8000 DATA_DIR=/data
WORKDIR /data
USER dashboard
EXPOSE 8000
ENTRYPOINT ["python", "-m", "services"]
