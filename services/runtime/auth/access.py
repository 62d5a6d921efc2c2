"""Access tokens: what they say, how they are signed, and how a signature is believed."""

from typing import Annotated, Any, Final, Literal
from uuid import UUID

import jwt
import orjson
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from pydantic import BaseModel, ConfigDict, Field, ValidationError

from services.runtime.auth import Role
from services.runtime.auth.keys import SigningKey
from services.runtime.errors import unauthenticated

ISSUER: Final = "llm-session-manager"
AUDIENCE: Final = "llm-session-manager-api"
ALGORITHM = "EdDSA"
TYPE = "at+jwt"
TOKEN_CHARACTERS = 4096
HEADER = frozenset({"alg", "typ", "kid"})

Seconds = Annotated[int, Field(ge=0, le=2**40)]


class Claims(BaseModel):
    """Everything an access token says; times are seconds since 1970. `role` is for display only."""

    model_config = ConfigDict(strict=True, frozen=True)

    iss: Literal["llm-session-manager"] = ISSUER
    aud: Literal["llm-session-manager-api"] = AUDIENCE
    sub: str
    jti: Annotated[str, Field(min_length=1, max_length=64)]
    sid: Annotated[str, Field(min_length=1, max_length=64)]
    ver: Annotated[int, Field(ge=0)]
    iat: Seconds
    exp: Seconds
    user_id: UUID
    team_id: UUID | None
    role: Role | None


def sign(claims: Claims, key: SigningKey) -> str:
    """Make the token."""
    return jwt.encode(
        claims.model_dump(mode="json"), key.private, ALGORITHM, headers={"typ": TYPE, "kid": key.kid}
    )


def named_key(token: str) -> str:
    """The id of the key a token claims to be signed with. Raises `Problem` 401 for an unfit header.

    The header may hold the algorithm, the type and the key's id, nothing else: a token that brings its own
    key, or says where to find one, is refused unread.
    """
    if len(token) > TOKEN_CHARACTERS:
        raise unauthenticated()
    try:
        header = jwt.get_unverified_header(token)
    except (jwt.InvalidTokenError, ValueError):
        raise unauthenticated() from None
    kid = header.get("kid")
    fit = set(header) == HEADER and header["alg"] == ALGORITHM and header["typ"] == TYPE
    if not fit or not isinstance(kid, str):
        raise unauthenticated()
    return kid


def read_claims(token: str, key: Ed25519PublicKey, now: float, leeway: float) -> Claims:
    """Check signature, audience, issuer and times, and that no claim is missing. Raises `Problem` 401."""
    try:
        payload = jwt.decode(token, key, [ALGORITHM], options=_ONLY_SIGNATURE)
        # The claims were JSON before PyJWT read them; strict types hold for JSON, where a UUID is a text.
        claims = Claims.model_validate_json(orjson.dumps(_complete(payload)))
    except (jwt.InvalidTokenError, ValidationError, ValueError, TypeError):
        raise unauthenticated() from None
    if claims.sub != str(claims.user_id) or claims.iat > now + leeway:
        raise unauthenticated()
    if claims.exp <= now - leeway:
        raise unauthenticated("The access token has expired.")
    return claims


def _complete(payload: dict[str, Any]) -> dict[str, Any]:
    if not Claims.model_fields.keys() <= payload.keys():
        raise ValueError("a claim is missing")
    return payload


# Times are checked against a clock that tests can replace, the rest by the model.
_ONLY_SIGNATURE: Any = {
    "verify_signature": True,
    "verify_exp": False,
    "verify_nbf": False,
    "verify_iat": False,
    "verify_aud": False,
    "verify_iss": False,
    "verify_sub": False,
    "verify_jti": False,
}
