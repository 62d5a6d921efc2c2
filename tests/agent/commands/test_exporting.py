"""An export holds what reports may hold, at the machine's tier, and no more than fits."""

from datetime import UTC, datetime
from pathlib import Path

import pytest

from llm_session_manager import protocol
from llm_session_manager.commands.exporting import bounded
from llm_session_manager.protocol.commands import EXPORT_EVENTS, SessionExport
from tests.agent.commands.machines import Machine
from tests.agent.transcripts import event, facts


async def export(machine: Machine, native_id: str) -> SessionExport:
    outcome = await machine.exporting(*machine.order(native_id, "export"))
    assert (outcome.done, outcome.code) == (True, "exported")
    assert outcome.export is not None
    return outcome.export


async def test_the_whole_timeline_is_there_also_what_was_sent_long_ago(tmp_path: Path) -> None:
    machine = Machine(tmp_path)
    session = machine.session()
    await machine.loop.scan()
    machine.told()
    session.result(session.answer(tool="Edit") or "")
    await machine.loop.scan()
    made = await export(machine, session.id)
    assert (made.tier, made.session.native_id, made.session.tool_calls) == ("metadata", session.id, 2)
    assert made.events[0].kind == "prompt"
    assert [one.name for one in made.events if one.kind == "tool"] == ["Bash", "Edit"]
    assert [one.at for one in made.events] == sorted(one.at for one in made.events)
    # Nothing of it was read for the spool: the next scan finds nothing new.
    machine.told()
    await machine.loop.scan()
    assert machine.told() == {}


@pytest.mark.parametrize(("tier", "words"), [("counts", False), ("metadata", False), ("content", True)])
async def test_words_are_there_at_the_tier_that_lets_them_out(
    tmp_path: Path, tier: protocol.Tier, words: bool
) -> None:
    machine = Machine(tmp_path, tier=tier)
    session = machine.session("/src/shop")
    await machine.loop.scan()
    text = (await export(machine, session.id)).model_dump_json()
    assert ("secret garden" in text) is words
    assert ("/src/shop" in text) is (tier != "counts")


async def test_it_holds_no_more_than_the_team_takes_in(tmp_path: Path) -> None:
    machine = Machine(tmp_path, tier="content")
    session = machine.session("/src/shop")
    await machine.loop.scan()
    welcome, order = machine.order(session.id, "export")
    made = (await machine.exporting(welcome.model_copy(update={"most": "counts"}), order)).export
    assert made is not None
    assert (made.tier, made.session.tool_calls) == ("counts", 1)
    assert not [word for word in ("secret garden", "/src/shop") if word in made.model_dump_json()]


async def test_an_unknown_session_has_none(tmp_path: Path) -> None:
    machine = Machine(tmp_path)
    await machine.loop.scan()
    outcome = await machine.exporting(*machine.order("of-another-machine", "export"))
    assert (outcome.done, outcome.code, outcome.export) == (False, "unknown_session", None)


def empty() -> SessionExport:
    return SessionExport(exported_at=datetime(2026, 11, 22, tzinfo=UTC), tier="metadata", session=facts())


def test_of_too_many_steps_the_newest_stay() -> None:
    events = [event(f"e{n}", detail="x" * 400) for n in range(100)]
    made = bounded(empty(), events, most=10_000)
    assert len(made.model_dump_json(exclude_defaults=True).encode()) <= 10_100
    assert made.events[-1].id == "e99"
    assert 5 < len(made.events) < 30
    assert made.events_left_out == 100 - len(made.events)
    assert bounded(empty(), events) == empty().model_copy(update={"events": tuple(events)})


def test_there_are_never_more_steps_than_a_server_takes() -> None:
    made = bounded(empty(), [event("e")] * (EXPORT_EVENTS + 5), most=10**9)
    assert (len(made.events), made.events_left_out) == (EXPORT_EVENTS, 5)
    SessionExport.model_validate_json(made.model_dump_json())
