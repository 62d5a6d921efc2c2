"""What people ask of a machine and what it answers, in the whole product in this process."""

from datetime import UTC, datetime

from llm_session_manager.protocol.commands import SessionExport
from services.ingest.tables import commands, ingest_teams
from tests.support.builders import make_event, make_facts
from tests.support.rows import every_row
from tests.support.waiting import eventually

FETCH = "/api/agents/me/commands"


def url(session, *rest):
    return "/".join((f"/api/sessions/{session['id']}/commands", *rest))


async def ask(person, session, kind="refresh"):
    return await person.browser.post(url(session), json={"kind": kind})


async def asked(person, session, kind="refresh"):
    answer = await ask(person, session, kind)
    assert answer.status_code == 202, answer.text
    return answer.json()


async def fetch(machine, **params):
    answer = await machine.client.get(FETCH, params={"agent_id": machine.agent_id} | params)
    assert answer.status_code == 200, answer.text
    return answer.json()["items"]


async def tell(machine, command, status, **more):
    return await machine.client.post(f"{FETCH}/{command['id']}", json={"status": status} | more)


async def seen(person, session):
    answer = await person.browser.get(url(session))
    assert answer.status_code == 200, answer.text
    return answer.json()["items"]


async def allow(team, **settings):
    answer = await team.anna.browser.put(f"/api/teams/{team.anna.team_id}", json={"settings": settings})
    assert answer.status_code == 200, answer.text

    async def known():
        async with every_row(team.stack.built.database) as connection:
            found = (await connection.execute(ingest_teams.select())).mappings()
            return any(settings.items() <= row["settings"].items() for row in found)

    await eventually(known)


async def rows(team):
    async with every_row(team.stack.built.database) as connection:
        return list((await connection.execute(commands.select())).mappings())


async def retire(team):
    """Let go of all that ingest has kept long enough."""
    for each in next(part for part in team.stack.built.parts if part.name == "ingest").retention:
        await each.step()


def expiry(team):
    """The timer, whose rounds are done without its pauses."""
    return next(part for part in team.stack.built.parts if part.name == "ingest").expiry


def export(**changes):
    facts = make_facts("native-1", title="Fix <b>the</b> cart")
    events = (make_event("e1", detail="ls *.py"), make_event("e2", kind="answer", name=None))
    made = SessionExport(
        exported_at=datetime(2026, 3, 1, 12, 30, tzinfo=UTC), tier="metadata", session=facts, events=events
    )
    return made.model_copy(update=changes).model_dump(mode="json")
