"""Makes access tokens; the auth service alone holds the key for it."""

import secrets
from uuid import UUID

from services.runtime.auth import Role
from services.runtime.auth.access import Claims, sign
from services.runtime.auth.keys import SigningKey
from services.runtime.clock import Clock


class Issuer:
    def __init__(self, key: SigningKey, clock: Clock, seconds: int) -> None:
        self._key = key
        self._clock = clock
        self.seconds = seconds

    def token(self, sid: str, user_id: UUID, team_id: UUID | None, role: Role | None, version: int) -> str:
        """An access token that expires in `seconds`."""
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
        return sign(claims, self._key)
