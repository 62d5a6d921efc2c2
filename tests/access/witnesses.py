"""All that everybody but one is told: each answer to each question, each frame of each socket."""

import asyncio
import itertools
import json
import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import httpx

from gateway.cursor import read_cursor
from services.document import openapi_document
from tests.access.histories import WORDS
from tests.access.totals import is_of_all, without_totals
from tests.access.worlds import HOME, PRIVATE, SHARED, Listener, World

PATHS: Mapping[str, Any] = openapi_document()["paths"]
ABSENT = "00000000-0000-4000-8000-000000000000"
# What differs with every request, whoever asks whatever.
VARYING = {"x-correlation-id"}
CORRELATION = re.compile(r'"correlation_id":"[^"]*"')
ID = re.compile(r"[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}")
# What stands for an id that was drawn by lot.
DRAWN = "an id"
Told = list[tuple[str, Any]]

SORTS = ("-tokens", "cost", "-health", "started_at", "-updated_at")
NARROWED: Sequence[Mapping[str, Any]] = (
    *({"q": word} for word in WORDS), {"tag": "hidden"}, {"project": "hidden"}, {"visibility": "private"},
    {"status": ["active", "waiting"]}, {"tool": "other"},
)  # fmt: skip
# Questions that are asked in more ways than one.
WAYS: Mapping[str, Sequence[Mapping[str, Any]]] = {
    "/api/sessions": ({}, {"limit": 2}, *({"sort": sort, "limit": 3} for sort in SORTS), *NARROWED),
    "/api/agents": ({}, {"limit": 1}),
    "/api/agents/me/commands": ({"wait": 0},),
    "/api/teams/{team_id}/audit": ({"limit": 10},),
    "/api/teams/{team_id}/audit/export": ({"format": "csv"},),
    "/api/teams/{team_id}/members": ({"limit": 2},),
    "/api/analytics/team": ({}, {"tag": "hidden"}),
    "/api/analytics/trends": ({"group_by": "user"}, {"project": "hidden", "metric": "cost"}),
    "/api/analytics/breakdown": ({}, {"by": "tag"}),
    "/api/analytics/sessions": ({}, {"tag": "hidden"}),
    "/api/insights": ({}, {"q": "zebra"}, {"sort": "top", "limit": 1}),
    "/api/insights/similar": ({"title": "zebra"},),
}


def watch(world: World, one: str) -> dict[str, Listener]:
    """A socket for everybody but one, which hears all that its person may."""
    watching = {}
    for who in others(one):
        listener = watching[who] = world.listen(who)
        for channel in channels(world, one, who):
            listener.subscribe(channel)
    return watching


def others(one: str) -> list[str]:
    return [who for who in (*HOME, "eve") if who != one]


def channels(world: World, one: str, who: str) -> Iterator[str]:
    past = world.past
    yield f"team:{past.team_ids['elsewhere' if who == 'eve' else 'home']}"
    yield f"user:{past.user_ids[who]}"
    yield f"user:{past.user_ids[one]}"
    for native_id in (SHARED[0], PRIVATE[0], PRIVATE[1]):
        yield f"session:{past.session(one, native_id)}"


async def heard(world: World, watching: Mapping[str, Listener]) -> Told:
    """What came of each kind and subject, in its order: two timers that fire at once do so in any."""
    await world.pass_time(5)
    # A cursor is of two channels, and how far the other one has come is said when something is told. Asked
    # for again when all is calm, it says where both are.
    for listener in watching.values():
        listener.subscribe_again()
    await world.settle()
    told = []
    for who, listener in watching.items():
        frames = sorted(_plain_frames(listener.frames), key=_subject)
        told += [(f"frame to {who}", known(world, json.dumps(frame))) for frame in frames]
        await listener.close()
    return told


def _subject(frame: Mapping[str, Any]) -> tuple[str, str, str]:
    data = frame.get("data", {})
    about = data.get("session_id") or data.get("user_id")
    return str(frame.get("channel")), str(about), str(frame.get("type"))


def _plain_frames(frames: Sequence[dict[str, Any]]) -> list[dict[str, Any]]:
    """Frames without their cursors, and where each channel had been read up to in the end."""
    ends = {frame["channel"]: frame["cursor"] for frame in frames if "cursor" in frame}
    # Who looks is told as it is at some moment; how many came between two of them is nobody's doing.
    looking = {frame["channel"]: frame for frame in frames if frame["type"] == "presence"}
    kept = [*(frame for frame in frames if frame["type"] != "presence"), *looking.values()]
    bare = [{name: value for name, value in frame.items() if name != "cursor"} for frame in kept]
    return [*bare, *({"channel": channel, "read up to": offsets(ends[channel])} for channel in sorted(ends))]


def offsets(cursor: str) -> list[int]:
    """A cursor's offsets; the rest of it is drawn by lot when a channel begins."""
    return [place.offset for place in read_cursor(cursor, cursor.count(".") + 1) or ()]


async def asked(world: World, one: str) -> Told:
    """The answers to all questions of the API, asked by everybody but one, all at the same time."""
    paths = questions(world, one)
    rest = [path for path in paths if not path.endswith("export")]
    told = list(itertools.chain(*await asyncio.gather(*(_asked_by(world, who, rest) for who in others(one)))))
    # That something was exported is noted: here the order makes a difference.
    for who, path in itertools.product(others(one), [path for path in paths if path.endswith("export")]):
        told += await _asked_by(world, who, [path])
        await world.settle()
    return told


async def _asked_by(world: World, who: str, paths: Sequence[str]) -> Told:
    told: Told = []
    for path in paths:
        template = path.partition("#")[2]
        for way in WAYS.get(template, ({},)):
            told += [
                (f"{who}: {path} {way}", plain(world, _told(template, way, answer)))
                async for answer in pages(world, who, path, way)
            ]
    return told


def _told(template: str, way: Mapping[str, Any], answer: httpx.Response) -> httpx.Response:
    return without_totals(template, answer) if is_of_all(template, way) else answer


async def pages(world: World, who: str, path: str, way: Mapping[str, Any]) -> Any:
    """The answer, and those that its cursor leads to."""
    client = world.bearing(world.past.tokens[who])
    cursor: dict[str, str] = {}
    while True:
        answer = await client.get(path.partition("#")[0], params={**way, **cursor})
        yield answer
        more = answer.json().get("next_cursor") if _is_list(answer) else None
        if not more:
            return
        cursor = {"cursor": more}


def _is_list(answer: httpx.Response) -> bool:
    return (
        answer.status_code == 200
        and answer.headers["content-type"] == "application/json"
        and isinstance(answer.json(), dict)
    )


def questions(world: World, whose: str) -> list[str]:
    """Every address that can be read, with every id that may be of interest; behind the `#` its template."""
    past = world.past
    hidden = [past.session(whose, native_id) for native_id in (PRIVATE[0], PRIVATE[1])]
    ids = {
        "team_id": list(past.team_ids.values()),
        "session_id": [past.session(whose, SHARED[0]), past.session("mia", SHARED[0]), *hidden],
        "command_id": [ABSENT],
        "user_id": [past.user_ids[whose], past.user_ids["mia"]],
        "secret": ["nothing"],
        "insight_id": [ABSENT],
        "comment_id": [ABSENT],
        "webhook_id": [ABSENT],
    }
    found = []
    for path, verbs in PATHS.items():
        if "get" in verbs:
            names = re.findall(r"{(\w+)}", path)
            assert set(names) <= set(ids), f"{path}: say here with which ids it is to be asked for"
            chosen = itertools.product(*(ids[name] for name in names))
            found += [f"{path.format(**dict(zip(names, one, strict=True)))}#{path}" for one in chosen]
    return found


def plain(world: World, answer: httpx.Response) -> tuple[int, dict[str, str], str]:
    """An answer to the byte, but for what names the single request, and for ids that were drawn by lot."""
    headers = {name: value for name, value in answer.headers.items() if name not in VARYING}
    text = CORRELATION.sub("", known(world, answer.content.decode()))
    if DRAWN in text and headers["content-type"] == "application/json":
        text = json.dumps(settled(json.loads(text)))
    return answer.status_code, headers, text


def settled(told: Any) -> Any:
    """What is of one moment is listed by its id; where that was drawn by lot, by its text instead."""
    if isinstance(told, dict):
        return {name: settled(value) for name, value in told.items()}
    if not isinstance(told, list):
        return told
    moments = itertools.groupby((settled(each) for each in told), _moment)
    return [
        each for at, together in moments for each in (sorted(together, key=json.dumps) if at else together)
    ]


def _moment(told: Any) -> str | None:
    """When something began that has no id of its own; `None` for all else."""
    if not isinstance(told, dict) or told.get("id") != DRAWN:
        return None
    return next((str(told[name]) for name in ("opened_at", "created_at", "at") if name in told), None)


def known(world: World, text: str) -> str:
    """A text in which all ids that neither the past nor a session's name made are alike."""
    return ID.sub(lambda found: found[0] if found[0] in world.ids else DRAWN, text)
