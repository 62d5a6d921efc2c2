"""The public keys, for whoever checks what is signed here."""

from fastapi import APIRouter

from services.auth.api.models import Keys
from services.auth.keyring import Keyring
from services.runtime.auth.keys import SigningKey


def routes(keyring: Keyring, command_key: SigningKey) -> APIRouter:
    router = APIRouter(prefix="/api/auth", tags=["auth"])

    @router.get("/jwks.json")
    async def jwks() -> Keys:
        """Give the keys as a JSON Web Key Set.

        A key's `purpose` says what it signs: `access` (tokens) or `command` (what agents are asked to do).
        """
        keys = [*await keyring.published(), command_key]
        return Keys(keys=[key.jwk() for key in keys])

    return router
