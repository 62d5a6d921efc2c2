"""What a client says, frame by frame."""

from collections.abc import Coroutine

from pydantic import ValidationError

from gateway import frames
from gateway.admission import Admission, RefusedError
from gateway.allowance import Allowance
from gateway.client import Client
from gateway.hub import Hub
from services.contracts.frames import CLIENT_FRAME, Auth, CloseCode, Ping, Subscribe
from services.runtime.clock import Clock

UNKNOWN = "A frame is one JSON object: auth, subscribe, unsubscribe or ping, with its own fields only."

Work = Coroutine[None, None, None]


class Conversation:
    """Answers what one client says."""

    __slots__ = ("_admission", "_allowance", "_client", "_clock", "_hub")

    def __init__(
        self, hub: Hub, admission: Admission, client: Client, allowance: Allowance, clock: Clock
    ) -> None:
        self._hub = hub
        self._admission = admission
        self._client = client
        self._allowance = allowance
        self._clock = clock

    def hear(self, text: str) -> Work | None:
        """Answer one message: at once, or by the work that is returned, before the next one is heard.

        Both raise `RefusedError` when the socket is to be closed for it.
        """
        if not self._allowance.take(self._clock.monotonic()):
            raise RefusedError(CloseCode.TOO_MANY, "too many messages")
        try:
            frame = CLIENT_FRAME.validate_json(text)
        except ValidationError:
            self._misunderstood()
            return None
        if isinstance(frame, Subscribe):
            return self._hub.subscribe(self._client, frame.channel, frame.filters, frame.since)
        if isinstance(frame, Auth):
            return self._renew(frame.token)
        if isinstance(frame, Ping):
            self._client.say(frames.PONG)
        else:
            self._hub.unsubscribe(self._client, frame.channel)
        return None

    def _misunderstood(self) -> None:
        if not self._allowance.forgive():
            raise RefusedError(CloseCode.POLICY, "too many frames that mean nothing")
        self._client.say(frames.error("invalid", UNKNOWN))

    async def _renew(self, token: str) -> None:
        """A newer token of the same person and team keeps the socket open for longer."""
        try:
            admitted = await self._admission.by_token(token)
        except OSError:
            self._client.say(frames.error("unavailable", "The token cannot be checked now."))
            return
        known, caller = self._client.caller, admitted.caller
        if (caller.user_id, caller.team_id) != (known.user_id, known.team_id):
            raise RefusedError(CloseCode.UNAUTHENTICATED, "the token is another's")
        self._client.caller, self._client.expires_at = caller, admitted.expires_at
        self._client.say(frames.authenticated(caller))
