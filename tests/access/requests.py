"""The request of each line of the table: a good one, so that nothing but access decides."""

import copy
import json
import uuid
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from tests.access.cast import HELLO, Cast
from tests.access.matrix import Line
from tests.e2e.people import PASSWORD, Person

OUR_PAGE = {"X-Requested-With": "dashboard", "Content-Type": "application/json"}
AFAR = {"X-Forwarded-For": "203.0.113.7"}
LOCAL_TOKEN = "lsm_" + "x" * 60


@dataclass
class Request:
    """`ids` are what it names of somebody's; `thing` is what a list may hold."""

    line: Line
    token: str | None
    path: str
    ids: dict[str, str] = field(default_factory=dict)
    body: Any = None
    headers: dict[str, str] = field(default_factory=dict)
    thing: str = ""

    @property
    def method(self) -> str:
        return self.line.deed.split()[0]

    def absent(self) -> "Request":
        """The same about what nobody has."""
        ids = {name: unknown(value) for name, value in self.ids.items()}
        known = zip(self.ids.values(), ids.values(), strict=True)
        text = json.dumps(self.body)
        for old, new in known:
            text = text.replace(old, new)
        return Request(self.line, self.token, self.path, ids, json.loads(text), self.headers)

    def send(self, cast: Cast) -> Any:
        content = None if self.body is None else json.dumps(self.body)
        kind = {} if self.body is None else {"Content-Type": "application/json"}
        url = self.path.format(**self.ids)
        return cast.ask(self.method, url, self.token, content=content, headers=kind | self.headers)


def unknown(known: str) -> str:
    """An id of the same kind that nobody has."""
    try:
        return str(uuid.UUID(known)) and str(uuid.uuid4())
    except ValueError:
        return uuid.uuid4().hex[: len(known)].ljust(len(known), "0")


def request(cast: Cast, line: Line, actor: str) -> Request:
    """What this actor asks; what an allowed request uses up is made anew for it."""
    method, path = line.deed.split()
    made = Request(line, cast.token(actor), path)
    allowed = line.cells[actor].startswith("2")
    for name in ("team_id", "session_id", "user_id", "invite_id", "token_id", "login_id"):
        if f"{{{name}}}" in path:
            made.ids[name] = IDS[name](cast, line, actor, allowed)
    body = BODIES.get(line.deed)
    made.body = copy.deepcopy(body(cast) if callable(body) else body)
    if prepare := PREPARED.get(line.deed):
        prepare(cast, made, actor, allowed)
    if method == "GET" and any(cell == "200-" for cell in line.cells.values()):
        made.thing = thing(cast, line)
    return made


def team(cast: Cast, line: Line, actor: str, allowed: bool) -> str:
    if line.deed == "DELETE /api/teams/{team_id}" and allowed:
        return str(cast.admin.client.post("/api/teams", json={"name": "Short"}).json()["id"])
    return cast.team_id


def session(cast: Cast, line: Line, actor: str, allowed: bool) -> str:
    private = line.state == "private"
    if allowed and (line.deed.startswith("DELETE") or line.deed.endswith("share")):
        return cast.session("private" if private else "shared")
    return cast.private if private else cast.shared


def user(cast: Cast, line: Line, actor: str, allowed: bool) -> str:
    if line.state == "oneself":
        return str(cast.behind(actor).user["id"])
    leaving = allowed and line.deed.startswith("DELETE")
    return str((cast.joining() if leaving else cast.colleague).user["id"])


def invite(cast: Cast, line: Line, actor: str, allowed: bool) -> str:
    return cast.invite()


def own(cast: Cast, line: Line, actor: str) -> Person:
    return cast.behind(actor) if line.state == "own" and actor != "removed" else cast.owner


def token(cast: Cast, line: Line, actor: str, allowed: bool) -> str:
    return cast.api_token(own(cast, line, actor))


def login(cast: Cast, line: Line, actor: str, allowed: bool) -> str:
    return cast.login(own(cast, line, actor))[0]


IDS: dict[str, Callable[[Cast, Line, str, bool], str]] = {
    "team_id": team, "session_id": session, "user_id": user, "invite_id": invite, "token_id": token,
    "login_id": login,
}  # fmt: skip


def newcomer(cast: Cast) -> dict[str, str]:
    return {"email": f"{uuid.uuid4().hex}@example.com", "username": "new", "password": PASSWORD}


def open_secret(cast: Cast) -> dict[str, str]:
    return {"invite": cast.host.invite()}


def enrolment(cast: Cast) -> dict[str, str]:
    code = cast.owner.client.post("/api/auth/enrolment-codes").json()["code"]
    return {"code": code, "hostname": "laptop"}


BODIES: dict[str, Any] = {
    "POST /api/auth/register": newcomer,
    "POST /api/auth/login": lambda cast: {"email": cast.owner.email, "password": PASSWORD},
    "POST /api/auth/enrol": enrolment,
    "POST /api/auth/invites/preview": open_secret,
    "POST /api/auth/accept-invite": open_secret,
    "PUT /api/auth/me": {"username": "renamed"},
    "DELETE /api/auth/me": {"password": PASSWORD},
    "POST /api/auth/switch-team": lambda cast: {"team_id": cast.team_id},
    "POST /api/auth/tokens": {"name": "new", "scopes": ["read"]},
    "POST /api/teams": {"name": "New"},
    "PUT /api/teams/{team_id}": {"name": "Home"},
    "POST /api/teams/{team_id}/invites": {"role": "member"},
    "POST /api/teams/{team_id}/members": lambda cast: {"email": cast.host.email, "role": "viewer"},
    "PUT /api/teams/{team_id}/members/{user_id}": {"role": "member"},
    "PUT /api/sessions/{session_id}": {"note": "seen"},
    "POST /api/sessions/{session_id}/share": {"visibility": "private"},
    "POST /api/sessions/sync": {"session_id": "scripted", "metrics": {"token_count": 1}, "hostname": "h"},
    "POST /api/agents": HELLO,
    "POST /api/agents/local": {"token": LOCAL_TOKEN},
}


def page(cast: Cast, made: Request, actor: str, allowed: bool) -> None:
    """Ask as our own page does, with the actor's cookie where they have one."""
    made.headers = dict(OUR_PAGE)
    if made.line.deed.endswith("refresh") and actor not in {"anonymous", "agent", "revoked"}:
        jar = cast.behind(actor).client.cookies
        made.headers["Cookie"] = "; ".join(f"{name}={value}" for name, value in jar.items())
    elif made.line.deed.endswith("logout") and allowed and actor != "anonymous":
        made.token = cast.login(cast.behind(actor))[1]


def departure(cast: Cast, made: Request, actor: str, allowed: bool) -> None:
    """Whoever goes for good is somebody new, in the same place."""
    if not allowed or made.line.state == "colleague":
        return
    if actor == "other":
        leaving = cast.person("leaving", "Short-lived")
    else:
        leaving = cast.joining(actor if actor in {"admin", "viewer"} else "member")
    made.token = leaving.access_token
    if "user_id" in made.ids:
        made.ids["user_id"] = str(leaving.user["id"])


def scopes(cast: Cast, made: Request, actor: str, allowed: bool) -> None:
    made.body["scopes"] = ["agent" if made.line.state == "to-report" else "read"]


def visibility(cast: Cast, made: Request, actor: str, allowed: bool) -> None:
    made.body["visibility"] = {"private": "team", "widening": "public"}.get(made.line.state, "private")


def membership(cast: Cast, made: Request, actor: str, allowed: bool) -> None:
    if allowed:
        made.body["email"] = cast.person("invited").email


def own_team(cast: Cast, made: Request, actor: str, allowed: bool) -> None:
    made.path, made.ids = made.path + "#{team_id}", {"team_id": cast.team_id}


def from_afar(cast: Cast, made: Request, actor: str, allowed: bool) -> None:
    made.headers = dict(AFAR)


PREPARED: dict[str, Callable[[Cast, Request, str, bool], None]] = {
    "POST /api/auth/refresh": page,
    "POST /api/auth/logout": page,
    "DELETE /api/auth/me": departure,
    "DELETE /api/teams/{team_id}/members/{user_id}": departure,
    "POST /api/auth/tokens": scopes,
    "POST /api/auth/switch-team": own_team,
    "POST /api/sessions/{session_id}/share": visibility,
    "POST /api/teams/{team_id}/members": membership,
    "GET /api/agents/local": from_afar,
    "POST /api/agents/local": from_afar,
    "DELETE /api/agents/local": from_afar,
}


def thing(cast: Cast, line: Line) -> str:
    """What of home's or the owner's a list holds for those who may see it."""
    path = line.deed.split()[1]
    if path == "/api/sessions":
        return cast.private if line.state == "private" else cast.shared
    things = {
        "/api/teams": lambda: cast.team_id,
        "/api/agents": lambda: cast.agent_id,
        "/api/auth/tokens": lambda: cast.api_token(cast.owner),
        "/api/auth/logins": lambda: cast.login(cast.owner)[0],
    }
    return things[path]()
