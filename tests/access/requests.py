"""The request of each line of the table: a good one, so that nothing but access decides."""

import copy
import json
import uuid
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from tests.access.cast import HELLO, Cast
from tests.access.matrix import Line
from tests.access.subjects import IDS
from tests.access.warnings import HOOK, soon
from tests.e2e.people import PASSWORD

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
    for name, find in IDS.items():
        if f"{{{name}}}" in path:
            made.ids[name] = find(cast, line, actor, allowed)
    body = BODIES.get(line.deed)
    made.body = copy.deepcopy(body(cast) if callable(body) else body)
    if prepare := PREPARED.get(line.deed):
        prepare(cast, made, actor, allowed)
    if method == "GET" and any(cell == "200-" for cell in line.cells.values()):
        made.thing = thing(cast, line)
    return made


def newcomer(cast: Cast) -> dict[str, str]:
    return {"email": f"{uuid.uuid4().hex}@example.com", "username": "new", "password": PASSWORD}


def open_secret(cast: Cast) -> dict[str, str]:
    return {"invite": cast.host.invite()}


def forgotten(cast: Cast) -> dict[str, str]:
    return {"token": cast.reset_secret(cast.person("forgetful")), "password": PASSWORD}


def enrolment(cast: Cast) -> dict[str, str]:
    code = cast.owner.client.post("/api/auth/enrolment-codes").json()["code"]
    return {"code": code, "hostname": "laptop"}


BODIES: dict[str, Any] = {
    "POST /api/auth/register": newcomer,
    "POST /api/auth/login": lambda cast: {"email": cast.owner.email, "password": PASSWORD},
    "POST /api/auth/enrol": enrolment,
    "POST /api/auth/reset": lambda cast: {"email": cast.owner.email},
    "POST /api/auth/reset/confirm": forgotten,
    "POST /api/auth/invites/preview": open_secret,
    "POST /api/auth/accept-invite": open_secret,
    "PUT /api/auth/me": {"username": "renamed"},
    "DELETE /api/auth/me": {"password": PASSWORD},
    "POST /api/auth/switch-team": lambda cast: {"team_id": cast.team_id},
    "POST /api/auth/tokens": {"name": "new", "scopes": ["read"]},
    "POST /api/teams": {"name": "New"},
    "PUT /api/teams/{team_id}": {"name": "Home"},
    "POST /api/teams/{team_id}/settings/preview": {"health_thresholds": {"warning": 90, "critical": 60}},
    "POST /api/teams/{team_id}/invites": {"role": "member"},
    "POST /api/teams/{team_id}/members": lambda cast: {"email": cast.host.email, "role": "viewer"},
    "PUT /api/teams/{team_id}/members/{user_id}": {"role": "member"},
    "PUT /api/sessions/{session_id}": {"note": "seen"},
    "POST /api/sessions/{session_id}/share": {"visibility": "private"},
    "POST /api/sessions/{session_id}/commands": {"kind": "refresh"},
    "POST /api/agents/me/commands/{command_id}": {"status": "failed", "result": {"code": "busy"}},
    "POST /api/notifications/read": {"all": True},
    "PUT /api/notifications/preferences": {"events": {"mention": {"email": False}}, "quiet_hours": None},
    "POST /api/alerts/{alert_id}/snooze": lambda _cast: soon(),
    "POST /api/teams/{team_id}/webhooks": HOOK,
    "PUT /api/teams/{team_id}/webhooks/{webhook_id}": {"name": "Theirs"},
    "POST /api/insights": {"type": "learning", "title": "Seen", "content": "So it is."},
    "PUT /api/insights/{insight_id}": {"state": "accepted"},
    "POST /api/insights/{insight_id}/comments": {"content": "Is it?"},
    "PUT /api/insights/{insight_id}/comments/{comment_id}": {"content": "It is."},
    "POST /api/sessions/sync": {"session_id": "scripted", "metrics": {"token_count": 1}, "hostname": "h"},
    "POST /api/agents": HELLO,
    "POST /api/agents/local": {"token": LOCAL_TOKEN},
}


def page(cast: Cast, made: Request, actor: str, allowed: bool) -> None:
    """Ask as our own page does, with the actor's cookie where they have one."""
    made.headers = OUR_PAGE | {"Origin": cast.shape.url}
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


def one_machine(cast: Cast, made: Request, actor: str, allowed: bool) -> None:
    made.path += f"?agent_id={cast.agent_id}"


def from_afar(cast: Cast, made: Request, actor: str, allowed: bool) -> None:
    made.headers = dict(AFAR)


def by_model(cast: Cast, made: Request, actor: str, allowed: bool) -> None:
    made.path += "?by=model"


def of_model(cast: Cast, made: Request, actor: str, allowed: bool) -> None:
    made.path += f"?model={cast.figured(made.line.state)[0]}"


def linked(cast: Cast, made: Request, actor: str, allowed: bool) -> None:
    if made.line.state != "learnt":
        session_id = cast.shared if made.line.state == "shared" else cast.private
        made.body["session_id"] = cast.lessons.linkable(session_id)


def entitled(cast: Cast, made: Request, actor: str, allowed: bool) -> None:
    made.path += f"?title={cast.lessons.named['title']}"


def address(cast: Cast, made: Request, actor: str, allowed: bool) -> None:
    made.path, made.ids = made.path + "?token={secret}", {"secret": cast.lessons.address()}
    if made.line.state == "ended":
        cast.lessons.address()


PREPARED: dict[str, Callable[[Cast, Request, str, bool], None]] = {
    "POST /api/auth/refresh": page,
    "POST /api/auth/logout": page,
    "DELETE /api/auth/me": departure,
    "DELETE /api/teams/{team_id}/members/{user_id}": departure,
    "POST /api/auth/tokens": scopes,
    "POST /api/auth/switch-team": own_team,
    "POST /api/sessions/{session_id}/share": visibility,
    "POST /api/teams/{team_id}/members": membership,
    "GET /api/agents/me/commands": one_machine,
    "GET /api/analytics/breakdown": by_model,
    "GET /api/analytics/sessions": of_model,
    "GET /api/analytics/export": of_model,
    "POST /api/insights": linked,
    "GET /api/insights/similar": entitled,
    "GET /api/insights/feed.xml": address,
    "GET /api/agents/local": from_afar,
    "POST /api/agents/local": from_afar,
    "DELETE /api/agents/local": from_afar,
}


def thing(cast: Cast, line: Line) -> str:
    """What of home's or the owner's a list holds for those who may see it."""
    path = line.deed.split()[1]
    if path in {"/api/sessions", "/api/sessions/mine/export"}:
        return cast.private if line.state == "private" else cast.shared
    if path.startswith("/api/analytics/"):
        model, session_id = cast.figured(line.state)
        return session_id if path.endswith(("/sessions", "/export")) else model
    things = {
        "/api/teams": lambda: cast.team_id,
        "/api/agents": lambda: cast.agent_id,
        "/api/auth/me/export": lambda: cast.api_token(cast.owner),
        "/api/auth/tokens": lambda: cast.api_token(cast.owner),
        "/api/auth/logins": lambda: cast.login(cast.owner)[0],
        "/api/insights": lambda: cast.lessons.named["id"],
        "/api/notifications": lambda: cast.warnings.notification,
        "/api/alerts": lambda: cast.warnings.alert(line.state),
        "/api/insights/mine/export": lambda: cast.lessons.comment,
        "/api/insights/similar": lambda: cast.lessons.named["id"],
        "/api/insights/tags": lambda: cast.lessons.named["tags"][0],
    }
    return things[path]()
