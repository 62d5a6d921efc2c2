"""Asks ingest for the sessions of an audience."""

from typing import Protocol

import httpx
from pydantic import ValidationError

from gateway.audience import Source
from gateway.changes import card_of
from gateway.mirror import Content
from services.contracts.channels import Snapshot

PATH = "/internal/snapshot"
HEADER = "X-Internal-Secret"


class Snapshots(Protocol):
    async def load(self, source: Source, session_id: str | None) -> Content:
        """The source's sessions, or the one of that id, as they are now.

        Raises `ConnectionError` when there is no answer.
        """


class SnapshotClient:
    """The client's base address is ingest's, in this process or elsewhere."""

    def __init__(self, client: httpx.AsyncClient, secret: str | None) -> None:
        self._client = client
        self._headers = {HEADER: secret} if secret else {}

    async def load(self, source: Source, session_id: str | None) -> Content:
        asked = {"team_id": source.team_id, "owner_id": source.owner_id, "session_id": session_id}
        params = {name: str(value) for name, value in asked.items() if value is not None}
        try:
            response = await self._client.get(PATH, params=params, headers=self._headers)
            response.raise_for_status()
            answer = Snapshot.model_validate_json(response.content)
        except (httpx.HTTPError, ValidationError) as error:
            raise ConnectionError(f"no snapshot: {type(error).__name__}") from error
        if (answer.team_id, answer.owner_id) != (source.team_id, source.owner_id):
            raise ConnectionError("the snapshot is another audience's")
        sessions = [one for one in answer.sessions if session_id in (None, str(one.id))]
        return Content([card_of(session) for session in sessions], answer.truncated)
