"""Whose things the requests of the table name: what an allowed request uses up is made anew for it."""

from collections.abc import Callable

from tests.access.cast import Cast
from tests.access.matrix import Line
from tests.e2e.people import Person


def team(cast: Cast, line: Line, actor: str, allowed: bool) -> str:
    if line.deed == "DELETE /api/teams/{team_id}" and allowed:
        return str(cast.admin.client.post("/api/teams", json={"name": "Short"}).json()["id"])
    return cast.team_id


def session(cast: Cast, line: Line, actor: str, allowed: bool) -> str:
    private = line.state == "private"
    if "/commands" in line.deed:
        return cast.errands.session(line.state)
    if allowed and (line.deed.startswith("DELETE") or line.deed.endswith("share")):
        return cast.session("private" if private else "shared")
    return cast.private if private else cast.shared


def user(cast: Cast, line: Line, actor: str, allowed: bool) -> str:
    if line.state == "oneself":
        return str(cast.behind(actor).user["id"])
    if "/analytics/" in line.deed:
        return cast.known_colleague
    leaving = allowed and line.deed.startswith("DELETE")
    return str((cast.joining() if leaving else cast.colleague).user["id"])


def invite(cast: Cast, line: Line, actor: str, allowed: bool) -> str:
    return cast.invite(by_mail=line.state == "sent")


def own(cast: Cast, line: Line, actor: str) -> Person:
    return cast.behind(actor) if line.state == "own" and actor != "removed" else cast.owner


def token(cast: Cast, line: Line, actor: str, allowed: bool) -> str:
    return cast.api_token(own(cast, line, actor))


def login(cast: Cast, line: Line, actor: str, allowed: bool) -> str:
    return cast.login(own(cast, line, actor))[0]


def secret(cast: Cast, line: Line, actor: str, allowed: bool) -> str:
    made = cast.public_secret()
    if line.state == "taken-back":
        cast.public_secret()
    return made


def machine(cast: Cast, line: Line, actor: str, allowed: bool) -> str:
    return cast.machine() if allowed else cast.agent_id


def command(cast: Cast, line: Line, actor: str, allowed: bool) -> str:
    if line.deed.endswith("export"):
        return cast.errands.exported(cast.errands.session(line.state))
    return cast.errands.command(cast.errands.session("private"))


def insight(cast: Cast, line: Line, actor: str, allowed: bool) -> str:
    leaving = allowed and line.deed == "DELETE /api/insights/{insight_id}"
    return str(cast.lessons.another()["id"]) if leaving else cast.lessons.insight


def comment(cast: Cast, line: Line, actor: str, allowed: bool) -> str:
    leaving = allowed and line.deed.startswith("DELETE")
    return cast.lessons.said() if leaving else cast.lessons.comment


def alert(cast: Cast, line: Line, actor: str, allowed: bool) -> str:
    return cast.warnings.another(line.state) if allowed else cast.warnings.alert(line.state)


def webhook(cast: Cast, line: Line, actor: str, allowed: bool) -> str:
    leaving = allowed and line.deed.startswith("DELETE")
    return cast.warnings.another_webhook() if leaving else cast.warnings.webhook


IDS: dict[str, Callable[[Cast, Line, str, bool], str]] = {
    "team_id": team, "session_id": session, "user_id": user, "invite_id": invite, "token_id": token,
    "login_id": login, "agent_id": machine, "command_id": command, "secret": secret,
    "insight_id": insight, "comment_id": comment, "alert_id": alert, "webhook_id": webhook,
}  # fmt: skip
