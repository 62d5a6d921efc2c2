"""Threads that begin with another's history, and those that only look so."""

import copy
from pathlib import Path
from typing import Any

from tests.agent.sources.codex_lines import CHILD, PARENT, Rollout, text
from tests.agent.sources.reading import by_id, codex, kinds, only, read, tokens

SPAWNED = {"subagent": {"thread_spawn": {"parent_thread_id": PARENT, "depth": 1, "agent_role": "worker"}}}


def parent() -> Rollout:
    rollout = Rollout(PARENT)
    rollout.turn("x1")
    rollout.call("c1", given={"command": ["git", "commit"]})
    rollout.output("c1", "[main 1a2b3c4] Fix tax")
    rollout.spend(1000, 100, 10)
    rollout.spend(2000, 100, 20)
    rollout.done("x1")
    return rollout


def fork(history: Rollout, turn: str | None = "y1", *, stamp: bool = False, **meta: Any) -> Rollout:
    """A thread that replays `history`, with its own times or all stamped anew."""
    rollout = Rollout(CHILD, start=history.clock + 100, **{"forked_from_id": PARENT, **meta})
    lines = copy.deepcopy(history.lines)
    if stamp:
        lines = [{**line, "timestamp": rollout.lines[0]["timestamp"]} for line in lines]
    rollout.lines += lines
    rollout.total = dict(history.total)
    if turn:
        rollout.turn(turn, "Try another way", model="gpt-5.4-mini")
        rollout.call("c2")
        rollout.spend(4000, 3000, 40)
        rollout.done(turn)
    return rollout


def check_fork(home: Path) -> None:
    sessions = read(codex(home))
    assert tokens(sessions[PARENT]) == {"gpt-5.4": (2800, 30, 200, 0, 2)}
    child = sessions[CHILD]
    assert tokens(child) == {"gpt-5.4-mini": (1000, 40, 3000, 0, 1)}
    assert (child.user_messages, child.assistant_messages, child.tool_calls) == (1, 1, 1)
    assert (child.commits, child.parent_native_id, child.context_used) == ((), PARENT, 4040)


def test_a_fork_owns_only_what_follows_the_replay(tmp_path: Path) -> None:
    history = parent()
    history.write(tmp_path)
    fork(history).write(tmp_path)
    check_fork(tmp_path)


def test_a_replay_stamped_anew_is_a_replay(tmp_path: Path) -> None:
    history = parent()
    history.write(tmp_path)
    fork(history, stamp=True).write(tmp_path)
    check_fork(tmp_path)


def test_the_start_is_the_first_line_past_the_replay(tmp_path: Path) -> None:
    history = parent()
    history.write(tmp_path)
    fork(history).write(tmp_path)
    started = read(codex(tmp_path))[CHILD].started_at
    assert started is not None
    assert (started.minute, started.second) == (1, 53)


def test_without_turn_ids_the_totals_tell(tmp_path: Path) -> None:
    def plain(rollout: Rollout) -> Rollout:
        for line in rollout.lines:
            line["payload"].pop("turn_id", None)
        return rollout

    history = parent()
    child = plain(fork(history))
    plain(history).write(tmp_path)
    child.write(tmp_path)
    check_fork(tmp_path)


def test_repeats_within_the_replay_do_not_end_it(tmp_path: Path) -> None:
    history = parent()
    counts = [line for line in history.lines if line["payload"].get("type") == "token_count"]
    history.lines.insert(history.lines.index(counts[0]) + 1, copy.deepcopy(counts[0]))
    history.write(tmp_path)
    fork(history).write(tmp_path)
    check_fork(tmp_path)


def test_the_parent_may_go_on_after_the_fork(tmp_path: Path) -> None:
    history = parent()
    child = fork(history)
    history.turn("x2")
    history.spend(1, 0, 1)
    history.write(tmp_path)
    child.write(tmp_path)
    sessions = read(codex(tmp_path))
    assert tokens(sessions[CHILD]) == {"gpt-5.4-mini": (1000, 40, 3000, 0, 1)}
    assert tokens(sessions[PARENT]) == {"gpt-5.4": (2801, 31, 200, 0, 3)}


def test_without_the_parent_s_file_a_fork_counts_as_it_is(tmp_path: Path) -> None:
    history = parent()
    child = fork(history)
    child.write(tmp_path)
    source = codex(tmp_path)
    assert sum(figures[-1] for figures in tokens(read(source)[CHILD]).values()) == 3
    history.write(tmp_path)
    again = by_id(source.refresh())
    assert tokens(again[CHILD].facts) == {"gpt-5.4-mini": (1000, 40, 3000, 0, 1)}


def test_a_fork_of_a_fork_compares_with_its_parent_s_whole_file(tmp_path: Path) -> None:
    history = parent()
    child = fork(history)
    grandchild = Rollout("cccccccc-3333-7333-8333-333333333333", start=child.clock + 50, forked_from_id=CHILD)
    grandchild.lines += copy.deepcopy(child.lines)
    grandchild.total = dict(child.total)
    grandchild.turn("z1", model="gpt-5.5")
    grandchild.spend(5, 0, 5)
    for rollout in (history, child, grandchild):
        rollout.write(tmp_path)
    assert tokens(read(codex(tmp_path))[grandchild.thread]) == {"gpt-5.5": (5, 5, 0, 0, 1)}


def test_a_fork_that_did_nothing_yet_owns_nothing(tmp_path: Path) -> None:
    history = parent()
    history.write(tmp_path)
    fork(history, None).write(tmp_path)
    child = read(codex(tmp_path))[CHILD]
    assert (child.usage, child.user_messages, child.tool_calls) == ((), 0, 0)


def test_a_child_that_starts_at_zero_owns_its_first_call(tmp_path: Path) -> None:
    parent().write(tmp_path)
    child = Rollout(CHILD, start=50, source=SPAWNED, forked_from_id=PARENT)
    child.turn("y1", "Fix the tax bug", model="gpt-5.4-mini")
    child.spend(500, 0, 5)
    child.spend(600, 0, 6)
    child.done("y1")
    child.write(tmp_path)
    source = codex(tmp_path)
    snapshots = by_id(source.refresh())
    facts = snapshots[CHILD].facts
    assert tokens(facts) == {"gpt-5.4-mini": (1100, 11, 0, 0, 2)}
    assert facts.user_messages == 1
    [agent] = snapshots[PARENT].facts.subagents
    assert (agent.id, agent.kind, agent.model, agent.status) == (CHILD, "worker", "gpt-5.4-mini", "completed")
    assert (agent.tokens, agent.tool_calls) == (1111, 0)
    assert kinds(snapshots[PARENT]).count("subagent") == 1


def test_a_parent_changes_with_its_subagent(tmp_path: Path) -> None:
    parent().write(tmp_path)
    child = Rollout(CHILD, source=SPAWNED)
    child.turn("y1")
    path = child.write(tmp_path)
    source = codex(tmp_path)
    read(source)
    child.spend(7, 0, 1)
    path.write_bytes(text(child.lines))
    again = by_id(source.refresh([path]))
    assert set(again) == {PARENT, CHILD}
    assert again[PARENT].facts.subagents[0].tokens == 8
    assert kinds(again[PARENT]) == []


def test_a_resumed_thread_writes_its_header_again(tmp_path: Path) -> None:
    rollout = Rollout()
    rollout.turn("x1")
    rollout.spend(100, 0, 10)
    rollout.lines.append(rollout.lines[0])
    rollout.turn("x2")
    rollout.spend(50, 0, 5)
    rollout.write(tmp_path)
    assert tokens(only(codex(tmp_path)).facts) == {"gpt-5.4": (150, 15, 0, 0, 2)}
