"""Every way in which running totals invite to count wrongly."""

from pathlib import Path

from tests.agent.sources.codex_lines import CHILD, PARENT, ZERO, Rollout, usage
from tests.agent.sources.reading import codex, only, read, tokens


def test_input_includes_cached_and_output_includes_reasoning(tmp_path: Path) -> None:
    rollout = Rollout()
    rollout.turn("x1")
    rollout.spend(9000, 8000, 200, 50)
    rollout.spend(10_500, 9500, 250, 40)
    rollout.write(tmp_path)
    facts = only(codex(tmp_path)).facts
    assert tokens(facts) == {"gpt-5.4": (2000, 450, 17_500, 0, 2)}
    assert sum(row.reasoning or 0 for row in facts.usage) == 90
    assert (facts.context_used, facts.context_window, facts.provenance) == (10_750, 258_400, "exact")


def test_cache_writes_are_taken_out_of_input(tmp_path: Path) -> None:
    rollout = Rollout()
    rollout.turn("x1")
    counted = usage(100, 60, 5, cache_write_input_tokens=30)
    rollout.count(counted, counted)
    rollout.write(tmp_path)
    [row] = only(codex(tmp_path)).facts.usage
    assert (row.input, row.cache_read, row.cache_write_5m, row.cache_write_1h) == (10, 60, 30, 0)


def test_repeated_totals_and_counts_without_info_add_nothing(tmp_path: Path) -> None:
    rollout = Rollout()
    rollout.turn("x1")
    rollout.event("token_count", info=None, rate_limits={"primary": {}})
    rollout.spend(100, 0, 10)
    rollout.lines += [rollout.lines[-1], rollout.lines[-1]]
    rollout.event("token_count", info=None)
    rollout.write(tmp_path)
    assert tokens(only(codex(tmp_path)).facts) == {"gpt-5.4": (100, 10, 0, 0, 1)}


def test_a_counter_that_fell_began_again(tmp_path: Path) -> None:
    rollout = Rollout()
    rollout.turn("x1")
    rollout.spend(1000, 0, 10)
    rollout.count(usage(500, 0, 20), usage(300, 0, 4))
    rollout.count(usage(600, 0, 25), usage(100, 0, 5))
    rollout.write(tmp_path)
    assert tokens(only(codex(tmp_path)).facts) == {"gpt-5.4": (1000 + 300 + 100, 10 + 4 + 5, 0, 0, 3)}


def test_an_overflow_of_the_context_adds_nothing(tmp_path: Path) -> None:
    rollout = Rollout()
    rollout.turn("x1")
    rollout.spend(1000, 0, 10)
    rollout.count({**ZERO, "total_tokens": 258_400}, {**ZERO, "total_tokens": 0})
    rollout.write(tmp_path)
    facts = only(codex(tmp_path)).facts
    assert tokens(facts) == {"gpt-5.4": (1000, 10, 0, 0, 1)}
    assert facts.context_used == 258_400
    rollout.count(usage(70, 0, 7), usage(70, 0, 7))
    rollout.write(tmp_path)
    assert tokens(only(codex(tmp_path)).facts) == {"gpt-5.4": (1070, 17, 0, 0, 2)}


def test_each_call_goes_to_the_latest_model(tmp_path: Path) -> None:
    rollout = Rollout()
    rollout.spend(5, 0, 1)
    rollout.turn("x1", model="gpt-5.4")
    rollout.spend(10, 0, 1)
    rollout.turn("x2", model="gpt-5.4-mini")
    rollout.spend(20, 0, 1)
    rollout.write(tmp_path)
    facts = only(codex(tmp_path)).facts
    assert tokens(facts) == {
        None: (5, 1, 0, 0, 1),
        "gpt-5.4": (10, 1, 0, 0, 1),
        "gpt-5.4-mini": (20, 1, 0, 0, 1),
    }
    assert facts.model == "gpt-5.4-mini"


def test_the_price_band_is_that_of_the_last_prompt(tmp_path: Path) -> None:
    rollout = Rollout()
    rollout.turn("x1")
    rollout.spend(300_000, 0, 1)
    rollout.count(usage(700_000, 0, 2), usage(40_000, 0, 1))
    rollout.write(tmp_path)
    assert [row.band for row in only(codex(tmp_path)).facts.usage] == [32_000, 272_001]


def test_records_of_responses_count_only_where_there_are_no_totals(tmp_path: Path) -> None:
    for thread, counted in ((PARENT, True), (CHILD, False)):
        rollout = Rollout(thread)
        rollout.turn("x1")
        for response in ("r1", "r2", "r1"):
            rollout.line(
                "token_usage_record", thread_id=thread, response_id=response, usage=usage(100, 40, 5)
            )
        rollout.line("token_usage_record", thread_id="another", response_id="r9", usage=usage(100, 40, 5))
        if counted:
            rollout.spend(7, 0, 1)
        rollout.write(tmp_path)
    sessions = read(codex(tmp_path))
    assert tokens(sessions[PARENT]) == {"gpt-5.4": (7, 1, 0, 0, 1)}
    assert tokens(sessions[CHILD]) == {"gpt-5.4": (120, 10, 80, 0, 2)}
    assert sessions[CHILD].provenance == "exact"


def test_no_counts_are_unknown_not_zero(tmp_path: Path) -> None:
    rollout = Rollout()
    rollout.turn("x1")
    rollout.done("x1")
    rollout.write(tmp_path)
    facts = only(codex(tmp_path)).facts
    assert (facts.provenance, facts.usage, facts.context_used) == ("unknown", (), None)


def test_impossible_counts_are_unknown(tmp_path: Path) -> None:
    rollout = Rollout()
    rollout.turn("x1")
    rollout.spend(10**9, 0, 1)
    rollout.spend(50, 0, 1)
    rollout.count(usage(10**30, 0, 2), usage(-5, 0, 1))
    rollout.write(tmp_path)
    facts = only(codex(tmp_path)).facts
    assert tokens(facts) == {"gpt-5.4": (50, 1, 0, 0, 1)}
    assert facts.skipped_lines == 2


def test_prompts_answers_and_compactions_count_once(tmp_path: Path) -> None:
    rollout = Rollout()
    rollout.turn("x1")
    rollout.spend(500, 0, 10)
    rollout.line("compacted", message="", replacement_history=[])
    rollout.event("context_compacted")
    rollout.event("agent_message", message="Done.")
    rollout.done("x1")
    rollout.event("stream_error", message="503 Service Unavailable")
    rollout.event("error", message="You've hit your usage limit")
    rollout.write(tmp_path)
    snapshot = only(codex(tmp_path))
    facts = snapshot.facts
    assert (facts.user_messages, facts.assistant_messages, facts.compactions, facts.api_errors) == (
        1,
        1,
        1,
        2,
    )
    assert [event.category for event in snapshot.events if event.kind == "api_error"] == [
        "server",
        "usage_limit",
    ]
    [compaction] = [event for event in snapshot.events if event.kind == "compaction"]
    assert compaction.tokens == 510
    assert facts.context_used is None


def test_prompts_are_items_in_rollouts_without_messages(tmp_path: Path) -> None:
    rollout = Rollout()
    item = {"type": "UserMessage", "content": [{"type": "text", "text": "Go"}]}
    rollout.event("item_completed", item=item)
    rollout.write(tmp_path)
    assert only(codex(tmp_path)).facts.user_messages == 1


def test_the_flat_format_has_no_tokens(tmp_path: Path) -> None:
    header = {
        "id": PARENT,
        "timestamp": "2025-06-01T10:00:00Z",
        "instructions": None,
        "git": {"branch": "main"},
    }
    rollout = Rollout()
    words = ["<environment_context>x", "Fix it", "# AGENTS.md instructions"]
    rollout.lines = [
        header,
        {"record_type": "state"},
        *(
            {"type": "message", "role": "user", "content": [{"type": "input_text", "text": one}]}
            for one in words
        ),
        {"type": "message", "role": "assistant", "content": [{"type": "output_text", "text": "Done"}]},
        {"type": "function_call", "name": "shell", "call_id": "c1", "arguments": "{}"},
        {
            "type": "function_call_output",
            "call_id": "c1",
            "output": '{"output":"x","metadata":{"exit_code":2}}',
        },
    ]
    rollout.write(tmp_path)
    facts = only(codex(tmp_path)).facts
    assert (facts.native_id, facts.branch, facts.provenance) == (PARENT, "main", "unknown")
    assert (facts.user_messages, facts.assistant_messages, facts.tool_calls, facts.errors) == (1, 1, 1, 1)
    assert facts.started_at == facts.last_activity_at
    assert facts.started_at is not None


def test_unknown_lines_are_no_errors(tmp_path: Path) -> None:
    rollout = Rollout()
    rollout.event("token_count", info={"total_token_usage": 5, "last_token_usage": None})
    rollout.event("token_count", info=[])
    rollout.event("hologram")
    rollout.event("user_message", message=7)
    rollout.event("item_completed", item=None)
    rollout.event("mcp_tool_call_end", call_id=5, result=None)
    rollout.item("function_call", name=None, arguments=None)
    rollout.item("function_call_output", call_id="zz", output={"content": 5})
    rollout.line("turn_context", model=["x"], turn_id=5)
    rollout.line("session_meta", id=None, source=5)
    rollout.lines.append(
        {"timestamp": "not a date", "type": "event_msg", "payload": {"type": "task_complete"}}
    )
    rollout.write(tmp_path)
    source = codex(tmp_path)
    assert only(source).facts.tool_calls == 1
    assert source.problems() == []
