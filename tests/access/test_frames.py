"""Every frame of the socket, asked and told, is for whom the table of access says, in both shapes."""

import json
import uuid
from typing import get_args

import pytest
from websockets.exceptions import ConnectionClosed
from websockets.sync.client import ClientConnection

from gateway.sockets import PATHS
from services.contracts.frames import CLIENT_FRAMES, SERVER_FRAMES
from tests.access.cast import Cast
from tests.access.matrix import ACTORS, ANSWERS, Line, asked_lines, heard_lines
from tests.e2e.sockets import frames, socket

ASKED = list(asked_lines())
HEARD = list(heard_lines())
DETAILS: dict[str, str] = {}


def types(models: tuple[type, ...]) -> set[str]:
    return {name for model in models for name in get_args(model.model_fields["type"].annotation)}


def test_every_frame_has_its_place_in_the_table() -> None:
    assert {line.deed for line in ASKED} == types(CLIENT_FRAMES)
    assert {line.deed for line in HEARD} | ANSWERS == types(SERVER_FRAMES)


def test_every_kind_of_channel_has_its_place_in_the_table() -> None:
    asked = {line.state for line in ASKED if line.deed == "subscribe"}
    assert {name.partition(":")[0] for name in asked} == {"team", "user", "session"}
    assert {f"{kind}:absent" for kind in ("team", "user", "session")} < asked


def channel(cast: Cast, state: str) -> str:
    kind, _, which = state.partition(":")
    known = {
        "home": cast.team_id, "owner": cast.owner.user["id"], "shared": cast.shared, "private": cast.private,
        "absent": str(uuid.uuid4()),
    }  # fmt: skip
    return f"{kind}:{known[which]}"


def first(opened: ClientConnection, said: dict[str, str] | None = None) -> str:
    """Say something; the type of the first frame in answer, the code of an error or of the socket's end."""
    try:
        if said:
            opened.send(json.dumps(said))
        frame = next(one for one in frames(opened) if not (said and one["type"] == "authenticated"))
    except ConnectionClosed as closed:
        return str(closed.rcvd.code if closed.rcvd else closed)
    if frame["type"] != "error":
        return str(frame["type"])
    # Nothing in it tells what exists from what does not.
    assert frame.keys() <= {"type", "code", "detail", "channel"}
    assert frame["detail"] == DETAILS.setdefault(frame["code"], frame["detail"])
    return str(frame["code"])


def by_token(cast: Cast, actor: str) -> str:
    """The same on every path of the socket."""
    found = set()
    for path in PATHS:
        with socket(cast.shape, token=cast.token(actor) or "nobody", path=path) as opened:
            found.add(first(opened))
    assert len(found) == 1, found
    return found.pop()


def by_ticket(cast: Cast, actor: str) -> str:
    answer = cast.ask("POST", "/api/auth/ws-ticket", cast.token(actor))
    ticket = answer.json().get("ticket", "x" * 43)
    with socket(cast.shape, f"?ticket={ticket}") as opened:
        return first(opened, {"type": "ping"})


def cell(cast: Cast, line: Line, actor: str) -> str:
    if line.deed == "auth":
        return by_ticket(cast, actor) if line.state == "ticket" else by_token(cast, actor)
    named = {} if line.deed == "ping" else {"channel": channel(cast, line.state)}
    with socket(cast.shape, token=cast.token(actor) or "nobody") as opened:
        return first(opened, {"type": line.deed, **named})


@pytest.mark.parametrize("line", ASKED, ids=str)
def test_what_is_asked_is_answered_as_the_table_says(cast: Cast, line: Line) -> None:
    assert {actor: cell(cast, line, actor) for actor in ACTORS} == line.cells
