"""Files, titles, tails, and reading again in any order."""

import random
import sqlite3
import tempfile
from contextlib import closing
from datetime import timedelta
from itertools import pairwise
from pathlib import Path

import pytest
import zstandard
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from llm_session_manager.sources import Snapshot
from llm_session_manager.sources.codex import Codex, default_homes
from tests.agent.sources.codex.test_forks import SPAWNED, fork, parent
from tests.agent.sources.codex_lines import CHILD, PARENT, START, Rollout, text
from tests.agent.sources.reading import by_id, codex, kinds, only, read, tokens

ARCHIVE = "archived_sessions"


def test_identity_comes_from_the_first_header(tmp_path: Path) -> None:
    rollout = parent()
    path = rollout.write(tmp_path)
    snapshot = only(codex(tmp_path))
    facts = snapshot.facts
    assert (facts.tool, facts.native_id, facts.tool_version) == ("codex", PARENT, "0.140.0")
    assert (facts.directory, facts.project, facts.branch) == ("/home/ada/shop", "shop", "main")
    assert (facts.repository, facts.title, facts.title_source) == (
        "acme/shop",
        "shop · main · 09:00",
        "place",
    )
    assert (snapshot.files, snapshot.start_directory) == ((path,), "/home/ada/shop")


def test_at_tier_counts_no_name_is_given(tmp_path: Path) -> None:
    parent().write(tmp_path)
    (tmp_path / "AGENTS.md").write_text("Be brief.")
    facts = only(codex(tmp_path, tier="counts")).facts
    assert {facts.title, facts.project, facts.directory, facts.repository, facts.branch} == {None}
    assert (facts.memories, facts.commits[0].subject) == ((), None)
    assert [one.name for one in only(codex(tmp_path)).facts.memories] == ["~/AGENTS.md"]


def test_at_tier_content_a_prompt_is_given(tmp_path: Path) -> None:
    parent().write(tmp_path)
    snapshot = only(codex(tmp_path, tier="content"))
    assert (snapshot.facts.title, snapshot.facts.title_source) == ("Fix the tax bug", "prompt")
    assert [event.detail for event in snapshot.events if event.kind == "prompt"] == ["Fix the tax bug"]


def test_the_active_copy_of_an_archived_thread_counts(tmp_path: Path) -> None:
    rollout = parent()
    rollout.write(tmp_path, ARCHIVE)
    rollout.turn("x2")
    rollout.spend(1, 0, 1)
    active = rollout.write(tmp_path)
    source = codex(tmp_path)
    before = only(source).facts
    assert tokens(before)["gpt-5.4"][-1] == 3
    active.rename(tmp_path / ARCHIVE / active.name)
    assert [snapshot.facts for snapshot in source.refresh()] == [before]
    assert only(codex(tmp_path)).facts == before


@pytest.mark.parametrize("also_plain", [True, False])
def test_a_compressed_rollout_is_read_unless_there_is_a_plain_one(tmp_path: Path, also_plain: bool) -> None:
    rollout = parent()
    plain = rollout.write(tmp_path)
    packed = plain.with_name(plain.name + ".zst")
    short = Rollout()
    short.spend(5, 0, 5)
    packed.write_bytes(zstandard.compress(text(short.lines) if also_plain else rollout.text()))
    if not also_plain:
        plain.unlink()
    source = codex(tmp_path)
    snapshot = only(source)
    assert tokens(snapshot.facts) == {"gpt-5.4": (2800, 30, 200, 0, 2)}
    assert list(source.refresh()) == []
    assert only(codex(tmp_path, cursors=source.cursors())).events == ()


def test_a_broken_compressed_rollout_is_a_problem(tmp_path: Path) -> None:
    path = parent().write(tmp_path)
    path.rename(path.with_name(path.name + ".zst"))
    source = codex(tmp_path)
    assert list(source.refresh()) == []
    [problem] = source.problems()
    assert problem.reason.startswith("cannot be read: ")


def test_only_rollouts_are_read(tmp_path: Path) -> None:
    path = parent().write(tmp_path)
    path.rename(path.with_name("notes.jsonl"))
    parent().write(tmp_path, "schema")
    (tmp_path / "history.jsonl").write_text("{}\n")
    (path.parent / "rollout-empty.jsonl").write_text("")
    source = codex(tmp_path)
    assert list(source.refresh()) == []
    assert source.problems() == []
    assert source.folders() == [tmp_path / "sessions"]


def test_homes_are_named_or_the_usual_one(tmp_path: Path) -> None:
    assert default_homes({}, tmp_path) == []
    (tmp_path / ".codex").mkdir()
    assert default_homes({}, tmp_path) == [tmp_path / ".codex"]
    assert default_homes({"CODEX_HOME": "/c"}, tmp_path) == [Path("/c")]


def database(home: Path, title: str) -> None:
    with closing(sqlite3.connect(home / "state_5.sqlite")) as opened:
        opened.execute("CREATE TABLE IF NOT EXISTS threads (id TEXT PRIMARY KEY, title TEXT)")
        opened.execute("INSERT OR REPLACE INTO threads VALUES (?, ?)", (PARENT, title))
        opened.commit()


@pytest.mark.parametrize(
    ("title", "taken"),
    [
        ("Tax rounding", True),
        ("Fix the tax bug", False),
        ("Fix the tax…", False),
        ("fix THE tax bug, please", False),
        ("…", False),
    ],
)
def test_a_title_is_taken_if_it_was_not_made_from_the_prompt(tmp_path: Path, title: str, taken: bool) -> None:
    parent().write(tmp_path)
    database(tmp_path, title)
    facts = only(codex(tmp_path)).facts
    assert (facts.title == title) == taken
    assert facts.title_source == ("tool" if taken else "place")


def test_a_title_without_a_known_prompt_is_not_taken(tmp_path: Path) -> None:
    Rollout().write(tmp_path)
    database(tmp_path, "Tax rounding")
    assert only(codex(tmp_path)).facts.title_source == "place"


def test_the_index_of_old_releases_gives_titles_and_changes_sessions(tmp_path: Path) -> None:
    parent().write(tmp_path)
    source = codex(tmp_path)
    read(source)
    (tmp_path / "session_index.jsonl").write_text(f'{{"id":"{PARENT}","thread_name":"Rounding"}}\nbroken\n')
    assert only(source).facts.title == "Rounding"
    assert list(source.refresh()) == []


def test_a_database_that_is_none_gives_no_titles(tmp_path: Path) -> None:
    parent().write(tmp_path)
    (tmp_path / "state_5.sqlite").write_text("no database")
    assert only(codex(tmp_path)).facts.title_source == "place"


@pytest.mark.parametrize(
    ("lines", "state", "detail"),
    [
        ([("task_started", {})], "working", None),
        ([("task_started", {}), ("call", {})], "tool", "shell"),
        ([("task_started", {}), ("call", {}), ("output", {})], "working", None),
        ([("task_started", {}), ("task_complete", {})], "finished", None),
        ([("task_started", {}), ("call", {}), ("turn_aborted", {})], "interrupted", None),
        ([("task_started", {}), ("error", {"message": "x"})], "api_error", None),
        ([("task_started", {}), ("error", {}), ("task_complete", {})], "api_error", None),
        ([("task_started", {}), ("stream_error", {})], "working", None),
        ([("user_message", {"message": "x"})], "working", None),
        ([("user_message", {"message": "x"}), ("agent_message", {})], "finished", None),
        ([], "unknown", None),
    ],
)
def test_the_end_tells_whose_turn_it_is(
    tmp_path: Path, lines: list[tuple[str, dict[str, str]]], state: str, detail: str | None
) -> None:
    rollout = Rollout()
    for kind, payload in lines:
        if kind == "call":
            rollout.call("c1")
        elif kind == "output":
            rollout.output("c1")
        else:
            rollout.event(kind, **payload)
    rollout.write(tmp_path)
    snapshot = only(Codex([tmp_path], clock=lambda: START + timedelta(minutes=1)))
    assert (snapshot.tail.state, snapshot.tail.detail) == (state, detail)
    status = {"working": "active", "tool": "active", "api_error": "error", "unknown": "idle"}.get(
        state, "waiting"
    )
    assert snapshot.facts.status == status


def test_only_new_events_are_handed_out(tmp_path: Path) -> None:
    rollout = Rollout()
    rollout.turn("x1")
    rollout.call("c1")
    path = rollout.write(tmp_path)
    source = codex(tmp_path)
    first = only(source)
    assert kinds(first) == ["prompt", "tool"]
    cursors = source.cursors()
    rollout.output("c1")
    rollout.spend(5, 0, 1)
    rollout.event("turn_aborted", turn_id="x1", reason="interrupted")
    path.write_bytes(rollout.text())
    again, later = only(source), only(codex(tmp_path, cursors=cursors))
    assert kinds(again) == ["tool", "answer", "interrupt"]
    assert again.events == later.events
    assert first.events[1].id == again.events[0].id


def test_a_replaced_rollout_is_read_anew(tmp_path: Path) -> None:
    path = parent().write(tmp_path)
    source = codex(tmp_path)
    read(source)
    short = Rollout()
    short.turn("x9")
    short.spend(5, 0, 5)
    path.write_bytes(text(short.lines))
    assert tokens(only(source).facts) == {"gpt-5.4": (5, 5, 0, 0, 1)}
    path.unlink()
    assert list(source.refresh()) == []


def family() -> dict[str, bytes]:
    history = parent()
    child = fork(history)
    spawned = Rollout("cccccccc-3333-7333-8333-333333333333", start=9, source=SPAWNED)
    spawned.turn("s1")
    spawned.spend(70, 0, 7)
    history.turn("x2", "Größer")
    history.line("compacted", message="")
    history.count({"input_tokens": 5, "output_tokens": 1}, {"input_tokens": 5, "output_tokens": 1})
    return {rollout.name(): rollout.text() for rollout in (history, child, spawned)}


FAMILY = family()


def told(snapshots: dict[str, Snapshot]) -> dict[str, str]:
    return {name: snapshot.facts.model_dump_json() for name, snapshot in snapshots.items()}


@pytest.fixture(scope="module")
def whole(tmp_path_factory: pytest.TempPathFactory) -> dict[str, str]:
    home = tmp_path_factory.mktemp("whole")
    (home / "sessions").mkdir()
    for name, data in FAMILY.items():
        (home / "sessions" / name).write_bytes(data)
    facts = by_id(codex(home).refresh())
    assert tokens(facts[CHILD].facts) == {"gpt-5.4-mini": (1000, 40, 3000, 0, 1)}
    return told(facts)


@settings(
    max_examples=60,
    deadline=timedelta(seconds=5),
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
@given(seed=st.integers(0, 2**32), cuts=st.lists(st.integers(0, 10_000), max_size=4))
def test_facts_do_not_depend_on_the_order_of_bytes_and_files(
    whole: dict[str, str], seed: int, cuts: list[int]
) -> None:
    order = random.Random(seed)
    pieces = []
    for name, data in FAMILY.items():
        places = sorted({0, len(data), *(cut % len(data) for cut in cuts)})
        pieces.append([(name, data[a:b]) for a, b in pairwise(places)])
    with tempfile.TemporaryDirectory() as folder:
        source, latest = codex(Path(folder)), {}
        (Path(folder) / "sessions").mkdir()
        while any(pieces):
            name, data = order.choice([queue for queue in pieces if queue]).pop(0)
            path = Path(folder) / "sessions" / name
            with path.open("ab") as file:
                file.write(data)
            if order.random() < 0.7:
                latest.update(by_id(source.refresh([path] if order.random() < 0.5 else None)))
        latest.update(by_id(source.refresh()))
        assert told(latest) == whole
