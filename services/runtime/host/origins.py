"""Lets pages of the configured origins call the API; without any, nobody else's page may."""

from fastapi import FastAPI
from starlette.middleware.cors import CORSMiddleware

from services.runtime.settings import Settings

METHODS = ("GET", "POST", "PUT", "DELETE")
SENT = ("Authorization", "Content-Type", "If-Match", "X-Requested-With")
SHOWN = ("Content-Disposition", "ETag", "Retry-After", "X-Correlation-Id")


def open_to_origins(app: FastAPI, settings: Settings) -> None:
    """Answer the browsers' questions about other origins (CORS)."""
    if settings.origins:
        app.add_middleware(
            CORSMiddleware,
            allow_origins=settings.origins,
            allow_credentials=True,
            allow_methods=METHODS,
            allow_headers=SENT,
            expose_headers=SHOWN,
            max_age=600,
        )
