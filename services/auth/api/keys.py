"""The public keys, for whoever checks what is signed here."""

from collections.abc import Sequence

from fastapi import APIRouter

from services.auth.api.models import Keys
from services.runtime.auth.keys import SigningKey


def routes(keys: Sequence[SigningKey]) -> APIRouter:
    router = APIRouter(prefix="/api/auth", tags=["auth"])
    published = Keys(keys=[key.jwk() for key in keys])

    @router.get("/jwks.json")
    async def jwks() -> Keys:
        """Give the keys as a JSON Web Key Set.

        A key's `purpose` says what it signs: `access` (tokens) or `command` (what agents are asked to do).
        """
        return published

    return router
