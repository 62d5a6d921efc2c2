import json
import os
import subprocess
import sys
from datetime import UTC, datetime
from pathlib import Path

import pytest

from llm_session_manager.config import Home
from llm_session_manager.processes.linking import Candidate, Registered, busy_child, link
from llm_session_manager.processes.matching import Match, Process, leaves, match
from llm_session_manager.processes.registry import parse_entry, read_registry
from llm_session_manager.processes.witness import ProcessWitness
from llm_session_manager.sources import Snapshot, Tail
from llm_session_manager.status import Evidence
from llm_session_manager.traces import trace
from tests.agent.transcripts import facts

ID = "0f0e0d0c-1111-4222-8333-444455556666"
CLAUDE = ("claude-code", "interactive")
DESKTOP = "/Applications/Claude.app/Contents/MacOS/Claude"
LINKS = {
    "/usr/bin/claude": "/l/@anthropic-ai/claude-code/cli.js",
    "/opt/bin/codex": "/opt/lib/node_modules/@openai/codex/bin/codex.js",
}


def process(*argv: str, exe: str = "", pid: int = 10, parent: int = 1, **given: object) -> Process:
    return Process(pid, parent, given.pop("created", 1000.0), exe, argv, **given)


@pytest.mark.parametrize(
    ("exe", "argv", "expected"),
    [
        # native programs
        ("/home/a/.local/share/claude/versions/2.1.9", ("claude",), CLAUDE),
        ("/home/a/.local/share/claude/versions/2.1.9", ("/x/versions/2.1.9",), CLAUDE),
        ("", ("/home/a/.local/bin/claude", "--continue"), CLAUDE),
        ("", ("-claude",), CLAUDE),
        ("C:\\tools\\claude.exe", ("claude.exe",), CLAUDE),
        ("/usr/bin/node", ("claude",), CLAUDE),
        ("", ("claude", "-p", "say mcp"), ("claude-code", "headless")),
        ("", ("claude", "--print", "mcp"), ("claude-code", "headless")),
        ("", ("codex",), ("codex", "interactive")),
        ("", ("codex", "exec", "fix it"), ("codex", "headless")),
        ("", ("codex", "-m", "gpt-5", "exec", "x"), ("codex", "headless")),
        ("", ("codex", "app-server"), ("codex", "server")),
        ("", ("/x/codex-x86_64-unknown-linux-musl", "resume"), ("codex", "interactive")),
        # scripts of an interpreter
        ("/usr/bin/node", ("node", "/usr/bin/claude"), CLAUDE),
        ("/usr/bin/node", ("node", "--max-old-space-size=4096", "/usr/bin/claude"), CLAUDE),
        ("/usr/bin/node", ("node", "-r", "x.js", "/l/@anthropic-ai/claude-code/cli.js"), CLAUDE),
        ("/usr/bin/bun", ("bun", "run", "/l/@anthropic-ai/claude-code/cli.js"), CLAUDE),
        ("/usr/bin/node", ("node", "/opt/bin/codex"), ("codex", "interactive")),
        ("node.exe", ("node.exe", "C:\\n\\@openai\\codex\\bin\\codex.js"), ("codex", "interactive")),
        # others that look alike
        ("/usr/bin/grep", ("grep", "claude"), None),
        ("/usr/bin/vim", ("vim", "/home/a/claude/codex.md"), None),
        ("/usr/bin/node", ("node", "/home/a/claude-tools/server.js"), None),
        ("/usr/bin/node", ("node", "/home/a/claude.js"), None),
        ("/usr/bin/node", ("node", "-e", "claude"), None),
        ("/usr/bin/python3", ("python3", "-m", "llm_session_manager.cli", "agent"), None),
        ("/usr/bin/python3", ("python3.11", "-c", "claude"), None),
        ("/usr/bin/bash", ("bash", "-c", "claude -p hi"), None),
        ("/usr/bin/codexbar", ("codexbar",), None),
        ("/x/claude", ("claude", "mcp", "serve"), None),
        ("/x/claude", ("claude", "update"), None),
        ("/x/claude", ("claude", "doctor"), None),
        ("/x/claude", ("claude", "--version"), None),
        ("/x/codex", ("codex", "mcp-server"), None),
        ("/x/codex", ("codex", "-c", "model=x", "mcp-server"), None),
        ("/x/codex", ("codex", "login"), None),
        (DESKTOP, (DESKTOP,), None),
        ("/Applications/Claude.app/Contents/Frameworks/claude", ("claude",), None),
        ("C:\\Program Files\\WindowsApps\\Claude_1\\claude.exe", ("claude.exe",), None),
        ("/x/claude", ("claude", "--type=renderer"), None),
        ("", (), None),
    ],
)  # fmt: skip
def test_what_is_which_tool(exe: str, argv: tuple[str, ...], expected: tuple[str, str] | None) -> None:
    found = match(process(*argv, exe=exe), lambda path: LINKS.get(path, path))
    assert (found and (found.tool, found.role)) == expected


@pytest.mark.parametrize(
    ("argv", "expected"),
    [
        (("claude", "--resume", ID), ID),
        (("claude", f"--session-id={ID.upper()}"), ID),
        (("claude", "-r", ID, "go on"), ID),
        (("claude", "--resume"), None),
        (("claude", "--resume", "the tax one"), None),
        (("claude", "--resume", ID, "--fork-session"), None),
        (("codex", "resume", ID), ID),
        (("codex", "resume", "--last"), None),
        (("codex", ID), None),
    ],
)
def test_a_session_named_on_the_command_line(argv: tuple[str, ...], expected: str | None) -> None:
    found = match(process(*argv))
    assert found is not None
    assert found.session_id == expected


def running(pid: int, tool: str = "claude-code", **given: object) -> Match:
    role = given.pop("role", "interactive")
    session_id = given.pop("session_id", None)
    return Match(process("x", pid=pid, **given), tool, role, session_id)


def test_a_launcher_goes_and_its_worker_stays() -> None:
    launcher, worker = running(1, "codex", parent=0), running(2, "codex", parent=1)
    other = running(3, "claude-code", parent=2)
    assert leaves([launcher, worker, other]) == [worker, other]


def candidate(key: str, **given: object) -> Candidate:
    usual = {
        "tool": "claude-code", "native_id": key, "directory": "/src", "files": (), "started": 1000.0,
        "active": 2000.0, "usual": True,
    }  # fmt: skip
    return Candidate(key=key, **{**usual, **given})


def linked(*args: object) -> dict[str, tuple[int, str]]:
    return {key: (one.match.process.pid, one.way) for key, one in link(*args).items()}


def test_the_registry_is_believed_first() -> None:
    found = [running(7, cwd="/src", created=1000.0, start_ticks="555")]
    entry = Registered(7, "b", "busy", "555", 1000.0)
    candidates = [candidate("a"), candidate("b", directory="/elsewhere", usual=False)]
    links = link(found, candidates, [entry])
    assert linked(found, candidates, [entry]) == {"b": (7, "registry")}
    assert links["b"].status == "busy"


@pytest.mark.parametrize(
    "entry",
    [
        Registered(7, "b", "busy", "556", 1000.0),
        Registered(7, "b", "busy", None, 900.0),
        Registered(8, "b", None, None, None),
    ],
)  # fmt: skip
def test_an_entry_of_another_process_proves_nothing(entry: Registered) -> None:
    """A registry file survives a crash, and its pid may be somebody else's by now."""
    found = [running(7, cwd="/src", start_ticks="555" if entry.start_ticks else None)]
    assert linked(found, [candidate("a"), candidate("b", directory="/x")], [entry]) == {"a": (7, "directory")}


def test_a_registered_session_without_a_transcript_takes_its_process_away() -> None:
    found = [running(7, cwd="/src")]
    assert linked(found, [candidate("a")], [Registered(7, "new", "idle", None, 1000.0)]) == {}


def test_open_files_name_all_sessions_of_a_codex_process() -> None:
    held = ("/h/sessions/rollout-1.jsonl", "/h/sessions/rollout-2.jsonl", "/h/log.txt")
    found = [running(7, "codex", role="server", open_files=held, cwd="/src")]
    candidates = [
        candidate(f"s{n}", tool="codex", files={f"/h/sessions/rollout-{n}.jsonl"}, usual=False)
        for n in (1, 2, 3)
    ]
    assert linked(found, candidates, []) == {"s1": (7, "open_file"), "s2": (7, "open_file")}


def test_a_server_proves_nothing_by_its_directory() -> None:
    found = [running(7, "codex", role="server", cwd="/src")]
    assert linked(found, [candidate("a", tool="codex")], []) == {}


def test_the_command_line_names_a_session() -> None:
    assert linked([running(7, session_id="b", cwd="/src")], [candidate("a"), candidate("b")], []) == {
        "b": (7, "argument")
    }


def test_two_sessions_in_one_directory_are_told_by_their_starts_one_to_one() -> None:
    found = [running(1, cwd="/src", created=1000.0), running(2, cwd="/src", created=1500.0)]
    candidates = [
        candidate("a", started=1010.0),
        candidate("b", started=1490.0),
        candidate("c", started=400.0),
    ]
    assert linked(found, candidates, []) == {"a": (1, "directory"), "b": (2, "directory")}


@pytest.mark.parametrize(
    "given",
    [{"active": 990.0}, {"active": None}, {"directory": "/other"}, {"tool": "codex"}, {"usual": False}],
)
def test_a_directory_proves_nothing_when(given: dict[str, object]) -> None:
    assert linked([running(1, cwd="/src", created=1000.0)], [candidate("a", **given)], []) == {}


def test_children_started_since_then_mean_work() -> None:
    children = {1: [(2, 100.0)], 2: [(3, 200.0)], 9: [(10, 500.0)]}
    assert busy_child(1, 150.0, children)
    assert not busy_child(1, 250.0, children)
    assert not busy_child(1, None, children)
    assert not busy_child(5, 0.0, {5: [(5, -9.0)]})


def test_registry_entries_of_both_generations() -> None:
    new = {"pid": 7, "sessionId": "s", "procStart": "123", "startedAt": 5000, "status": "waiting"}
    assert parse_entry(7, new) == Registered(7, "s", "waiting", "123", 5.0)
    assert parse_entry(7, {"session_id": "s", "cwd": "/x"}) == Registered(7, "s", None, None, None)
    assert parse_entry(7, {"sessionId": "s", "status": "dreaming", "procStart": "Mon Nov 22"}) == Registered(
        7, "s", None, None, None
    )
    assert parse_entry(7, {"pid": 8, "sessionId": "s"}) is None
    assert parse_entry(7, {"sessionId": 5}) is None


def test_the_registry_leaves_out_what_it_cannot_read(tmp_path: Path) -> None:
    folder = tmp_path / "sessions"
    folder.mkdir()
    (folder / "7.json").write_text(json.dumps({"sessionId": "a"}))
    (folder / "pid-8.json").write_text(json.dumps({"session_id": "b"}))
    (folder / "9.json").write_bytes(b"\xff{")
    (folder / "10.json").write_text("[]")
    (folder / "notes.json").write_text("{}")
    (folder / "11.json").mkdir()
    found = read_registry([tmp_path, tmp_path / "absent"])
    assert sorted((one.pid, one.session_id) for one in found) == [(7, "a"), (8, "b")]


def sleeping_codex(held: Path) -> subprocess.Popen[bytes]:
    """A real process that looks like codex and holds a file open."""
    script = "import sys; f = open(sys.argv[1]); print(flush=True); sys.stdin.read()"
    return subprocess.Popen(
        ["codex", "-c", script, str(held)],
        executable=sys.executable,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
    )


@pytest.mark.skipif(sys.platform != "linux", reason="open files of a process are listed on Linux here")
def test_a_real_process_is_seen_until_it_is_gone(tmp_path: Path) -> None:
    rollout = tmp_path / "rollout-1.jsonl"
    rollout.write_text("{}\n")
    now = datetime.now(UTC)
    held = facts("t1", tool="codex", started_at=now, last_activity_at=now)
    sessions = {
        "codex:t1": trace(Snapshot(held, Tail("finished", now), (), (rollout,), str(tmp_path)), None, None)
    }
    witness = ProcessWitness([Home("codex", tmp_path, usual=True)])
    assert witness.look(sessions) == {"codex:t1": Evidence("gone")}
    with sleeping_codex(rollout) as codex:
        assert codex.stdout is not None
        codex.stdout.readline()
        assert witness.look(sessions) == {"codex:t1": Evidence("running")}
        assert codex.stdin is not None
        codex.stdin.close()
        codex.wait()
    assert witness.look(sessions) == {"codex:t1": Evidence("gone")}
    elsewhere = ProcessWitness([Home("codex", tmp_path, usual=False)])
    assert elsewhere.look(sessions) == {"codex:t1": Evidence("unseen")}


def test_this_very_process_has_start_ticks_like_the_registry(tmp_path: Path) -> None:
    """`procStart` is compared with what the system says."""
    stat = Path(f"/proc/{os.getpid()}/stat")
    if not stat.exists():
        pytest.skip("only Linux has /proc")
    from llm_session_manager.processes import witness

    assert witness.start_ticks(os.getpid()) == stat.read_text().rsplit(") ", 1)[1].split()[19]
