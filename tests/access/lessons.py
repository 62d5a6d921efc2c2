"""What the owner has shared with the team at home, and what was said to it."""

import uuid
from collections.abc import Callable
from functools import cached_property
from typing import Any
from urllib.parse import parse_qs, urlsplit

from tests.e2e.people import Person
from tests.support.waiting import until

INSIGHTS = "/api/insights"
Ask = Callable[..., Any]


class Lessons:
    """`ask(method, path, token, **more)` asks the product; all is the person's."""

    def __init__(self, ask: Ask, person: Person) -> None:
        self._ask = ask
        self._person = person

    @cached_property
    def insight(self) -> str:
        """The id of an insight that stays."""
        return self.another()["id"]

    @cached_property
    def comment(self) -> str:
        """The id of a comment on it that stays."""
        return self.said()

    @cached_property
    def named(self) -> dict[str, Any]:
        """An insight with a title and a tag that no other has."""
        return self.another()

    def another(self) -> dict[str, Any]:
        """A new insight."""
        mark = uuid.uuid4().hex
        body = {"type": "learning", "title": f"Lesson {mark}", "content": "So it is.", "tags": [mark]}
        return self._made(INSIGHTS, body)

    def said(self) -> str:
        """The id of a new comment on the one that stays."""
        found: str = self._made(f"{INSIGHTS}/{self.insight}/comments", {"content": "Is it?"})["id"]
        return found

    def linkable(self, session_id: str) -> str:
        """The session, once it is known where insights are linked to sessions."""
        body = {"type": "pattern", "title": "Linked", "content": "Here.", "session_id": session_id}
        token = self._person.access_token
        until(lambda: self._ask("POST", INSIGHTS, token, json=body).status_code == 201 or None)
        return session_id

    def address(self) -> str:
        """The secret of a new address of the feed; the one before is ended."""
        query = urlsplit(self._made(f"{INSIGHTS}/feed", None)["url"]).query
        return parse_qs(query)["token"][0]

    def _made(self, path: str, body: Any) -> dict[str, Any]:
        answer = self._ask("POST", path, self._person.access_token, **({"json": body} if body else {}))
        assert answer.status_code == 201, answer.text
        return dict(answer.json())
