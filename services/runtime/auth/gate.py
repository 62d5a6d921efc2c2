"""The one door: who a token proves its bearer to be, and what they may do now."""

import hmac
from collections.abc import Sequence
from dataclasses import dataclass, replace
from http import HTTPStatus
from typing import Annotated

from fastapi import Depends, Request
from fastapi.security import HTTPAuthorizationCredentials, HTTPBearer

from services.runtime.auth import ALL_SCOPES, LOGIN_SCOPES, Caller, Role, Scope
from services.runtime.auth.access import Claims, named_key, read_claims
from services.runtime.auth.api_token import PREFIX, ApiToken
from services.runtime.auth.rights import Rights
from services.runtime.auth.sources import KeySource
from services.runtime.auth.store import Right
from services.runtime.clock import Clock
from services.runtime.errors import Problem, forbidden, unauthenticated

ROLE_SCOPES: dict[Role | None, frozenset[Scope]] = {
    "admin": ALL_SCOPES,
    "member": ALL_SCOPES,
    "viewer": frozenset({"read"}),
    None: frozenset({"read"}),
}
NO_DIGEST = "0" * 64
# Where a request's state holds what its token came to.
SHOWN = "shown"

Proof = Claims | ApiToken

Bearer = Annotated[
    HTTPAuthorizationCredentials | None,
    Depends(
        HTTPBearer(
            auto_error=False, scheme_name="token", description="An access token, or an API token (`lsm_…`)."
        )
    ),
]


@dataclass(frozen=True, slots=True)
class Shown:
    """What a token came to when it was looked at: a proof and the caller of that moment, or an error."""

    proof: Proof | None = None
    caller: Caller | None = None
    error: Exception | None = None

    @property
    def is_refused(self) -> bool:
        """Whether it is no good, rather than that nobody could tell."""
        return isinstance(self.error, Problem) and self.error.status == HTTPStatus.UNAUTHORIZED


class TokenGate:
    """Checks tokens; its methods `caller` to `agent` are dependencies of routes and answer the `Caller`.

    They raise `Problem`: 401 without a valid token, 403 where the token's scope or the role of now does not
    allow it, 503 while keys or database cannot be reached. Roles come from the database, never the token.
    """

    def __init__(self, keys: KeySource, rights: Rights, clock: Clock, *, leeway_seconds: float) -> None:
        self._keys = keys
        self._rights = rights
        self._clock = clock
        self._leeway = leeway_seconds

    async def check(self, token: str) -> Caller:
        """Who bears this access token or API token. Raises `Problem` 401 when nobody does."""
        return await self._bearer_of(await self._proof(token))

    async def look(self, token: str) -> Shown:
        """The same before it is decided whether that matters: raises nothing."""
        try:
            proof = await self._proof(token)
            return Shown(proof, await self._bearer_of(proof))
        except Exception as error:  # noqa: BLE001 - it is raised where the caller is needed
            return Shown(error=error)

    async def still_valid(self, caller: Caller) -> Caller | None:
        """The caller with the rights of this moment, read anew; `None` when their access has ended."""
        for right in self._live(await self._rights.read(caller.sid)):
            if (right.user_id, right.team_id) == (caller.user_id, caller.team_id):
                return replace(_caller(right), agent_id=caller.agent_id)
        return None

    def bearer(self, rights: Sequence[Right]) -> Caller | None:
        """The bearer of an API token that was proved before, by its rights; `None` when it has ended."""
        live = [right for right in self._live(rights) if right.secret_hash]
        return _caller(live[0]) if live else None

    async def _proof(self, text: str) -> Proof:
        """Read a token, and check what can be checked without asking for rights."""
        if text.startswith(PREFIX):
            token = ApiToken.parse(text)
            if token is None:
                raise unauthenticated()
            return token
        key = await self._keys.key(named_key(text))
        if key is None:
            raise unauthenticated()
        return read_claims(text, key, self._clock.now().timestamp(), self._leeway)

    async def _bearer_of(self, proof: Proof) -> Caller:
        if isinstance(proof, Claims):
            return self._login(proof, await self._rights.of(proof.sid, version=proof.ver))
        return await self._api_token(proof)

    async def _api_token(self, token: ApiToken) -> Caller:
        rights = self._live(await self._rights.of(token.id))
        stored = rights[0].secret_hash if rights else None
        if not hmac.compare_digest(token.digest, stored or NO_DIGEST):
            raise unauthenticated()
        return _caller(rights[0])

    def _login(self, claims: Claims, rights: Sequence[Right]) -> Caller:
        own = [right for right in self._live(rights) if right.user_id == claims.user_id]
        own = [right for right in own if right.secret_hash is None]
        if not own:
            raise unauthenticated("This sign-in has ended.")
        if claims.team_id is None:
            # Whoever has joined their first team since the token was made is in it at once.
            only = own[0] if len(own) == 1 else replace(own[0], team_id=None, role=None)
            return _caller(only)
        for right in own:
            if right.team_id == claims.team_id:
                return _caller(right)
        raise unauthenticated("You are no longer in the team that this token names.")

    def _live(self, rights: Sequence[Right]) -> Sequence[Right]:
        now = self._clock.now()
        return [right for right in rights if right.expires_at > now]

    async def caller(self, request: Request, bearer: Bearer) -> Caller:
        """Whoever may read at all, in a team or not."""
        return _needing("read", await self._bearer(request, bearer))

    async def person(self, request: Request, bearer: Bearer) -> Caller:
        """A signed-in person, in a team or not; no API token will do."""
        caller = await self._bearer(request, bearer)
        if caller.via != "login":
            raise Problem(403, "sign_in_needed", "This needs a sign-in; an API token will not do.")
        return caller

    async def reading(self, request: Request, bearer: Bearer) -> Caller:
        """Someone who may see what their team sees."""
        return _in_team(_needing("read", await self._bearer(request, bearer)))

    async def writing(self, request: Request, bearer: Bearer) -> Caller:
        """An admin or member of a team."""
        return _needing("write", _in_team(await self._bearer(request, bearer)))

    async def editing(self, request: Request, bearer: Bearer) -> Caller:
        """Someone who may see or change things of a team; which of the two, the thing asked for decides.

        So what they may not see is absent (404) to them before it is forbidden (403).
        """
        caller = _in_team(await self._bearer(request, bearer))
        return caller if "read" in caller.scopes else _needing("write", caller)

    async def admin(self, request: Request, bearer: Bearer) -> Caller:
        """An admin of a team."""
        caller = _needing("write", _in_team(await self._bearer(request, bearer)))
        if caller.role != "admin":
            raise forbidden("Only an admin of the team may do this.")
        return caller

    async def agent(self, request: Request, bearer: Bearer) -> Caller:
        """An API token made for an agent."""
        return _in_team(_needing("agent", await self._bearer(request, bearer)))

    async def _bearer(self, request: Request, bearer: HTTPAuthorizationCredentials | None) -> Caller:
        if bearer is None:
            raise unauthenticated()
        shown: Shown | None = getattr(request.state, SHOWN, None)
        if shown is None:
            shown = await self.look(bearer.credentials)
        if shown.error is not None:
            raise shown.error
        assert shown.proof is not None
        # The body came in the meantime, and the rights may have gone.
        caller = await self._bearer_of(shown.proof)
        request.state.caller = caller
        return caller


def _caller(right: Right) -> Caller:
    token = right.secret_hash is not None
    given = frozenset((right.scopes or "").split()) if token else LOGIN_SCOPES
    return Caller(
        user_id=right.user_id,
        team_id=right.team_id,
        role=right.role,
        sid=right.sid,
        scopes=ROLE_SCOPES[right.role] & given,
        via="token" if token else "login",
        username=right.username,
        expires_at=right.expires_at,
    )


def _needing(scope: Scope, caller: Caller) -> Caller:
    if scope not in caller.scopes:
        raise forbidden(f"Your role or this token's scopes do not allow this; it needs {scope}.")
    return caller


def _in_team(caller: Caller) -> Caller:
    _ = caller.team
    return caller
