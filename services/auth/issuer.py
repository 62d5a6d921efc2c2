"""Makes access tokens; the auth service alone holds the key for it."""

import secrets
from uuid import UUID

from services.auth.keyring import Keyring
from services.runtime.auth import Role
from services.runtime.auth.access import Claims, sign
from services.runtime.clock import Clock
from services.runtime.db import Connection


class Issuer:
    def __init__(self, keyring: Keyring, clock: Clock, seconds: int) -> None:
        self._keyring = keyring
        self._clock = clock
        self.seconds = seconds

    async def token(
        self,
        connection: Connection,
        sid: str,
        user_id: UUID,
        team_id: UUID | None,
        role: Role | None,
        version: int,
    ) -> str:
        """An access token that expires in `seconds`, signed with the key of this moment."""
        now = int(self._clock.now().timestamp())
        claims = Claims(
            sub=str(user_id),
            jti=secrets.token_urlsafe(12),
            sid=sid,
            ver=version,
            iat=now,
            exp=now + self.seconds,
            user_id=user_id,
            team_id=team_id,
            role=role,
        )
        return sign(claims, await self._keyring.signing(connection))
