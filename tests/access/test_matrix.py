"""Every route answers every kind of caller as the table of access says, in both shapes."""

import re
from typing import Any

import httpx
import pytest

from services.document import openapi_document
from tests.access.cast import Cast
from tests.access.matrix import ACTORS, Line, route_lines
from tests.access.requests import request

LINES = route_lines()
# A proxy ends a connection after so many answers, whatever they are.
VARYING = {"date", "x-correlation-id", "x-request-id", "connection"}


def routes() -> set[str]:
    paths = openapi_document()["paths"]
    return {f"{method.upper()} {path}" for path, methods in paths.items() for method in methods}


def test_every_route_has_its_place_in_the_table() -> None:
    assert {line.deed for line in LINES} == routes()


def test_every_object_that_can_be_private_is_asked_for_shared_and_private() -> None:
    states: dict[str, set[str]] = {}
    for line in LINES:
        states.setdefault(line.deed, set()).add(line.state)
    of_sessions = {deed: found for deed, found in states.items() if "{session_id}" in deed}
    assert len(of_sessions) > 5
    assert all("private" in found and len(found) > 1 for found in of_sessions.values())


def plain(answer: httpx.Response) -> tuple[Any, ...]:
    """An answer to the byte, but for what names the single request."""
    text = re.sub(rb'"correlation_id":"[^"]*"', b"", answer.content)
    headers = {name: value for name, value in answer.headers.items() if name not in VARYING}
    return answer.status_code, text, headers


def cell(cast: Cast, line: Line, actor: str) -> str:
    """What the actor is answered, in the words of the table."""
    asked = request(cast, line, actor)
    answer = asked.send(cast)
    assert answer.status_code < 500, answer.text
    if answer.status_code == 404:
        assert plain(answer) == plain(asked.absent().send(cast)), f"{line}: absent and another's differ"
    if answer.status_code == 200 and asked.thing:
        return "200" if asked.thing in answer.text else "200-"
    return str(answer.status_code)


@pytest.mark.parametrize("line", LINES, ids=str)
def test_the_table_holds(cast: Cast, line: Line) -> None:
    assert {actor: cell(cast, line, actor) for actor in ACTORS} == line.cells
