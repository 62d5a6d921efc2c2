"""Every way in which a transcript invites to count wrongly."""

from pathlib import Path

from tests.agent.sources.claude_lines import OTHER, SESSION, Chat, at, write
from tests.agent.sources.reading import claude, only, read, tokens

OPUS = "claude-opus-4-7"


def test_lines_of_one_message_are_one_call_with_the_largest_output(tmp_path: Path) -> None:
    chat = Chat()
    chat.prompt()
    chat.answer("m1", output=2)
    chat.use("m1", "t1", output=85)
    chat.write(tmp_path)
    facts = only(claude(tmp_path)).facts
    assert tokens(facts) == {OPUS: (3, 85, 1000, 100, 1)}
    assert facts.user_messages == facts.assistant_messages == facts.tool_calls == 1


def test_repeats_need_not_be_adjacent(tmp_path: Path) -> None:
    chat = Chat()
    chat.use("m1", "t1", output=5)
    chat.result("t1")
    chat.use("m1", "t2", output=9)
    chat.result("t2")
    chat.write(tmp_path)
    assert tokens(only(claude(tmp_path)).facts) == {OPUS: (3, 9, 1000, 100, 1)}


def test_a_message_without_id_counts_by_its_line(tmp_path: Path) -> None:
    chat = Chat()
    chat.answer(None)
    chat.answer(None)
    chat.write(tmp_path)
    assert tokens(only(claude(tmp_path)).facts)[OPUS][-1] == 2


def test_a_synthetic_answer_is_no_call(tmp_path: Path) -> None:
    chat = Chat()
    chat.prompt()
    chat.answer("m1", model="<synthetic>", isApiErrorMessage=True)
    chat.answer("m2", model="<synthetic>")
    chat.write(tmp_path)
    facts = only(claude(tmp_path)).facts
    assert facts.usage == ()
    assert (facts.api_errors, facts.assistant_messages) == (1, 0)


def test_advisors_are_calls_of_their_own(tmp_path: Path) -> None:
    chat = Chat()
    iterations = [
        {"type": "message", "model": OPUS, "input_tokens": 3, "output_tokens": 10},
        {"type": "advisor_message", "model": "claude-haiku-4-5", "input_tokens": 7, "output_tokens": 4},
    ]
    chat.answer("m1", usage={"iterations": iterations})
    chat.answer("m1", usage={"iterations": iterations}, output=11)
    chat.write(tmp_path)
    assert tokens(only(claude(tmp_path)).facts) == {
        OPUS: (3, 11, 1000, 100, 1),
        "claude-haiku-4-5": (7, 4, 0, 0, 1),
    }


def test_cache_writes_are_split_and_never_lost(tmp_path: Path) -> None:
    chat = Chat()
    chat.answer("m1", usage={"cache_creation_input_tokens": 100})
    split = {"ephemeral_5m_input_tokens": 10, "ephemeral_1h_input_tokens": 70}
    chat.answer("m2", usage={"cache_creation_input_tokens": 0, "cache_creation": split})
    chat.answer("m3", usage={"cache_creation_input_tokens": 100, "cache_creation": split})
    chat.write(tmp_path)
    [row] = only(claude(tmp_path)).facts.usage
    assert (row.cache_write_5m, row.cache_write_1h) == (100 + 10 + 30, 140)


def test_a_call_goes_to_the_bucket_tier_and_band_of_its_final_line(tmp_path: Path) -> None:
    chat = Chat(start=14 * 60 + 57)
    chat.answer("m1", output=1)
    chat.clock += 60
    chat.answer("m1", output=5, usage={"cache_read_input_tokens": 150_000, "speed": "fast"})
    chat.answer("m2", usage={"service_tier": "batch"})
    chat.write(tmp_path)
    rows = {row.service_tier: row for row in only(claude(tmp_path)).facts.usage}
    assert rows["fast"].at.isoformat() == "2026-03-02T09:15:00+00:00"
    assert rows["fast"].band == 128_001
    assert (rows["batch"].band, rows["batch"].calls) == (0, 1)


def test_a_call_without_stop_reason_is_incomplete(tmp_path: Path) -> None:
    chat = Chat()
    chat.answer("m1", output=2)
    chat.answer("m2", output=2)
    chat.answer("m2", output=2, stop="end_turn")
    chat.write(tmp_path)
    facts = only(claude(tmp_path)).facts
    assert facts.incomplete_calls == 1
    assert sum(row.incomplete_calls for row in facts.usage) == 1
    assert facts.provenance == "exact"


def test_impossible_figures_are_unknown_not_summed(tmp_path: Path) -> None:
    chat = Chat()
    chat.answer("m1", output=10**8)
    chat.answer("m2", output=10**30)
    chat.answer("m3", usage={"input_tokens": -5, "cache_read_input_tokens": "many", "cache_creation": [1]})
    chat.write(tmp_path)
    source = claude(tmp_path)
    facts = only(source).facts
    assert tokens(facts) == {OPUS: (0, 10, 0, 100, 1)}
    assert facts.skipped_lines >= 1
    assert "impossible token counts" in source.problems()[0].reason


def test_calls_at_impossible_times_are_left_out(tmp_path: Path) -> None:
    chat = Chat()
    chat.answer("m1")
    chat.answer("m2", timestamp="1999-01-01T00:00:00Z")
    chat.answer("m3", timestamp="2026-11-22T12:20:00Z")
    chat.write(tmp_path)
    assert tokens(only(claude(tmp_path)).facts)[OPUS][-1] == 1


def test_a_line_without_time_takes_that_of_the_line_before(tmp_path: Path) -> None:
    chat = Chat()
    chat.prompt()
    chat.answer("m1", timestamp=None)
    chat.write(tmp_path)
    assert tokens(only(claude(tmp_path)).facts)[OPUS][-1] == 1


def test_the_main_chain_comes_before_a_side_question(tmp_path: Path) -> None:
    chat = Chat()
    chat.answer("m1", output=40)
    chat.write(tmp_path)
    aside = Chat(prefix="aside", start=50)
    aside.answer("m1", output=60, isSidechain=True)
    write(tmp_path, f"{SESSION}/subagents/agent-aside_1.jsonl", aside.lines)
    facts = only(claude(tmp_path)).facts
    assert tokens(facts) == {OPUS: (3, 40, 1000, 100, 1)}
    assert facts.context_used == 1143


def test_task_results_and_progress_lines_repeat_what_a_subagent_wrote(tmp_path: Path) -> None:
    chat = Chat()
    chat.use("m1", "t1", "Task", {"subagent_type": "Explore"})
    repeated = {"id": "s1", "model": "claude-haiku-4-5", "usage": {"input_tokens": 5, "output_tokens": 5}}
    chat.line(
        "progress", data={"type": "agent_progress", "message": {"type": "assistant", "message": repeated}}
    )
    detail = {
        "agentId": "a1",
        "agentType": "Explore",
        "status": "completed",
        "totalTokens": 99,
        "totalToolUseCount": 2,
    }
    chat.result("t1", detail={**detail, "usage": {"input_tokens": 99}})
    chat.write(tmp_path)
    facts = only(claude(tmp_path)).facts
    assert set(tokens(facts)) == {OPUS}
    [agent] = facts.subagents
    assert (agent.id, agent.kind, agent.status, agent.tool_calls, agent.tokens) == (
        "a1",
        "Explore",
        "completed",
        2,
        None,
    )


def test_subagent_files_count_for_their_session(tmp_path: Path) -> None:
    Chat().write(tmp_path)
    chat = Chat()
    chat.prompt()
    chat.answer("m1")
    chat.write(tmp_path)
    for name, prefix in (
        (f"{SESSION}/subagents/agent-a1.jsonl", "a"),
        ("agent-0a1b2c3d.jsonl", "b"),
        (f"{SESSION}/subagents/workflows/wf_1/agent-c1.jsonl", "c"),
    ):
        agent = Chat(prefix=prefix, isSidechain=True)
        agent.prompt("Look for the router")
        agent.use(f"{prefix}-m", f"{prefix}-t", model="claude-haiku-4-5")
        write(tmp_path, name, agent.lines)
    write(tmp_path, f"{SESSION}/subagents/journal.jsonl", agent.lines)
    (tmp_path / f"projects/p/{SESSION}/subagents/agent-a1.meta.json").write_text('{"agentType": "Explore"}')
    facts = only(claude(tmp_path)).facts
    assert tokens(facts)["claude-haiku-4-5"][-1] == 3
    assert (facts.user_messages, facts.tool_calls, facts.assistant_messages) == (1, 3, 1)
    assert {agent.id: agent.kind for agent in facts.subagents} == {
        "a1": "Explore",
        "0a1b2c3d": None,
        "c1": None,
    }
    assert {agent.tool_calls for agent in facts.subagents} == {1}


def test_a_flat_subagent_file_without_its_parent_is_a_session(tmp_path: Path) -> None:
    agent = Chat(OTHER, isSidechain=True)
    agent.prompt("Warm up")
    agent.answer("m1")
    write(tmp_path, "agent-0a1b2c3d.jsonl", agent.lines)
    facts = only(claude(tmp_path)).facts
    assert facts.native_id == OTHER
    assert (facts.model, facts.context_used, facts.user_messages) == (OPUS, None, 0)


def test_inline_subagents_of_old_clients_are_lanes(tmp_path: Path) -> None:
    chat = Chat()
    chat.prompt()
    chat.line(
        "user", isSidechain=True, parentUuid=None, uuid="r1", message={"role": "user", "content": "Look"}
    )
    chat.answer("s1", isSidechain=True, uuid="r2", parentUuid="r1")
    chat.answer("s2", isSidechain=True, uuid="r3", parentUuid="r2")
    chat.answer("m1", output=50)
    chat.write(tmp_path)
    snapshot = only(claude(tmp_path))
    [agent] = snapshot.facts.subagents
    assert agent.tokens == 2 * 1113
    assert snapshot.facts.assistant_messages == snapshot.facts.user_messages == 1
    lanes = [event.lane for event in snapshot.events if event.kind == "answer"]
    assert lanes == [agent.id, agent.id, None]


def test_files_of_summaries_and_empty_ones_are_no_sessions(tmp_path: Path) -> None:
    summary = {"type": "summary", "summary": "Tax", "leafUuid": "1111-0"}
    write(tmp_path, "a.jsonl", [summary])
    write(tmp_path, "b.jsonl", [])
    write(tmp_path, "c.jsonl", [{"type": "queue-operation", "timestamp": at(1), "sessionId": "c"}])
    source = claude(tmp_path)
    assert read(source) == {}
    assert source.problems() == []


def test_compactions_count_once(tmp_path: Path) -> None:
    chat = Chat()
    chat.answer("m1", stop="end_turn")
    chat.line("system", subtype="compact_boundary", compactMetadata={"trigger": "auto", "preTokens": 155_000})
    chat.line("user", isCompactSummary=True, message={"role": "user", "content": "This session continues"})
    chat.line("system", subtype="microcompact_boundary", microcompactMetadata={"preTokens": 5})
    chat.write(tmp_path)
    snapshot = only(claude(tmp_path))
    assert (snapshot.facts.compactions, snapshot.facts.user_messages) == (1, 0)
    assert snapshot.facts.context_used is None
    [event] = [event for event in snapshot.events if event.kind == "compaction"]
    assert event.tokens == 155_000


def test_unknown_lines_are_no_errors(tmp_path: Path) -> None:
    chat = Chat()
    chat.prompt()
    chat.line("hologram", message={"id": "m1", "usage": {"output_tokens": 5}})
    chat.line("assistant", message="text")
    chat.line("assistant", message={"id": 7, "content": 5, "usage": []})
    chat.line("user", message={"content": [5, {"type": "tool_result"}, {"type": "text", "text": 9}]})
    chat.line("system", subtype=["x"])
    chat.line(
        "assistant",
        message={"id": "m", "content": [{"type": "tool_use", "id": "t", "name": ["x"], "input": "y"}]},
    )
    chat.write(tmp_path)
    source = claude(tmp_path)
    facts = only(source).facts
    assert (facts.user_messages, facts.usage, facts.tool_calls) == (1, (), 1)
    assert source.problems() == []


def test_lines_without_any_id_count_each(tmp_path: Path) -> None:
    chat = Chat()
    chat.prompt(uuid=None)
    chat.prompt(uuid=None)
    chat.answer(None, uuid=None)
    chat.answer(None, uuid=None)
    chat.write(tmp_path)
    facts = only(claude(tmp_path)).facts
    assert (facts.user_messages, facts.assistant_messages) == (2, 2)
