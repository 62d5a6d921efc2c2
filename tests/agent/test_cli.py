import json
import os
import signal
import subprocess
import sys
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from llm_session_manager import machine, protocol
from llm_session_manager.cli import main
from llm_session_manager.config import state_dir
from tests.agent.dashboard import TOKEN, Answer, Dashboard, Holding

pytestmark = [pytest.mark.composed, pytest.mark.usefixtures("logs_stay")]

NATIVE = "11111111-2222-4333-8444-555555555555"


def line(kind: str, at: datetime, n: int, **given: object) -> str:
    """One line of a Claude Code transcript."""
    message: dict[str, object] = {"role": kind, "content": "Fix the tax bug"}
    if kind == "assistant":
        usage = {
            "input_tokens": 4,
            "cache_read_input_tokens": 100,
            "cache_creation_input_tokens": 10,
            "output_tokens": n,
        }
        message = {
            "id": f"m{n}", "role": "assistant", "model": "claude-opus-4-7", "stop_reason": "end_turn",
            "content": [{"type": "text", "text": "Looking."}], "usage": usage,
        }  # fmt: skip
    whole = {
        "type": kind, "uuid": f"u{n}", "parentUuid": None, "sessionId": NATIVE,
        "timestamp": at.isoformat().replace("+00:00", "Z"), "cwd": "/src/shop", "gitBranch": "main",
        "version": "2.1.9", "isSidechain": False, "message": message, **given,
    }  # fmt: skip
    return json.dumps(whole) + "\n"


@pytest.fixture
def claude(tmp_path: Path, home: Path) -> Path:
    """A copied home of Claude Code with one session that has just finished a turn."""
    folder = tmp_path / "copy" / "projects" / "-src-shop"
    folder.mkdir(parents=True)
    now = datetime.now(UTC)
    lines = [line("user", now - timedelta(seconds=5), 1), line("assistant", now - timedelta(seconds=2), 2)]
    (folder / f"{NATIVE}.jsonl").write_text("".join(lines))
    return tmp_path / "copy"


def once(dashboard: Dashboard, claude: Path, *more: str) -> int:
    return main(
        ["agent", "--dashboard-url", dashboard.url, "--once", "--source", f"claude-code={claude}", *more]
    )


def test_once_sends_all_and_a_second_time_nothing(dashboard: Dashboard, claude: Path) -> None:
    assert once(dashboard, claude) == 0
    session = dashboard.held.session(NATIVE)
    assert (session.status, session.status_reason, session.hostname) == (
        "waiting",
        "turn finished",
        machine.hostname(),
    )
    assert sum(used.output for used in session.usage) == 2
    assert dashboard.held.events
    assert dashboard.held.reports == 1
    assert once(dashboard, claude) == 0
    assert dashboard.held.reports == 1
    assert dashboard.hellos[0] == dashboard.hellos[1]


def test_once_sends_again_what_a_new_dashboard_does_not_have(dashboard: Dashboard, claude: Path) -> None:
    assert once(dashboard, claude) == 0
    first, dashboard.held = dashboard.held, Holding()
    assert once(dashboard, claude) == 0
    assert dashboard.held.event_ids() == first.event_ids()


def test_once_ends_at_once_when_the_token_is_refused(
    dashboard: Dashboard, claude: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("LSM_TOKEN", "wrong")
    assert once(dashboard, claude) == 1
    assert "refuses the token" in capsys.readouterr().err
    assert dashboard.requests == ["/api/agents"]


def test_once_fails_within_its_patience_and_keeps_what_waits(
    dashboard: Dashboard, claude: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    dashboard.answers.extend([Answer(503, {"code": "busy"}, {"Retry-After": "1"})] * 50)
    assert once(dashboard, claude, "--patience", "1") == 1
    assert "503 busy" in capsys.readouterr().err
    dashboard.answers.clear()
    assert once(dashboard, claude) == 0
    assert dashboard.held.reports == 1


def test_a_token_on_the_command_line_is_warned_of(
    dashboard: Dashboard, claude: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert once(dashboard, claude, "--token", TOKEN) == 0
    assert "can see --token" in capsys.readouterr().err


def test_dry_run_prints_what_would_leave_and_sends_nothing(
    dashboard: Dashboard, claude: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["agent", "--dry-run", "--source", f"claude-code={claude}"]) == 0
    hello, *bodies = capsys.readouterr().out.splitlines()
    assert dashboard.requests == []
    assert protocol.Hello.model_validate_json(hello).hostname == machine.hostname()
    (printed,) = [protocol.Report.model_validate_json(body) for body in bodies]
    assert once(dashboard, claude) == 0
    (sent,) = dashboard.held.log
    assert printed.session.model_copy(update={"status": sent.session.status}) == sent.session
    assert printed.events == sent.events
    assert "Fix the tax bug" not in bodies[0]


def test_two_agents_do_not_run_at_once(
    dashboard: Dashboard, claude: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    with machine.only_agent(state_dir(os.environ)):
        assert once(dashboard, claude) == 1
    assert "another agent is running" in capsys.readouterr().err
    assert once(dashboard, claude) == 0


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["--dashboard-url", "http://dashboard.example"], "unencrypted"),
        (["--dashboard-url", "ftp://x"], "https://"),
        (["--dashboard-url", "https://u:p@x"], "must not hold a name"),
        (["--dashboard-url", "https://[x"], "not a URL"),
        ([], "no dashboard"),
        (["--dashboard-url", "https://x", "--broker-url", "amqp://broker.example"], "unencrypted"),
        (["--dashboard-url", "https://x", "--source", "claude-code"], "TOOL=DIR"),
        (["--dashboard-url", "https://x", "--source", "emacs=/tmp"], "no reader"),
        (["--dashboard-url", "https://x", "--source", "codex=/does/not/exist"], "not a folder"),
        (["--dashboard-url", "https://x", "--token-file", "/does/not/exist"], "cannot be read"),
        (["--dashboard-url", "https://x", "--token", "two words"], "characters that no token has"),
        (["--dashboard-url", "https://x", "--token", " "], "no token"),
        (["--dashboard-url", "https://x", "--ca-file", "/does/not/exist"], "does not exist"),
        (["--dashboard-url", "https://x", "--interval", "0"], "between"),
        (["--dashboard-url", "https://x", "--interval", "nan"], "between"),
        (["--dashboard-url", "https://x", "--allow-commands", "reboot"], "reboot is no command"),
    ],
)
@pytest.mark.usefixtures("home")
def test_wrong_settings_are_said(
    arguments: Sequence[str], said: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["agent", "--once", *arguments]) == 2
    assert said in capsys.readouterr().err


def test_settings_of_the_environment(
    dashboard: Dashboard, claude: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "token").write_text(f"{TOKEN}\n")
    monkeypatch.delenv("LSM_TOKEN")
    monkeypatch.setenv("LSM_TOKEN_FILE", str(tmp_path / "token"))
    monkeypatch.setenv("LSM_DASHBOARD_URL", dashboard.url + "/")
    monkeypatch.setenv("LSM_TIER", "counts")
    assert main(["agent", "--once", "--source", f"claude-code={claude}"]) == 0
    (report,) = dashboard.held.log
    assert report.tier == "counts"
    assert report.session.project is None


def test_a_lower_tier_sends_all_anew_without_what_it_hides(dashboard: Dashboard, claude: Path) -> None:
    assert once(dashboard, claude) == 0
    assert once(dashboard, claude, "--tier", "counts") == 0
    assert [one.session.project for one in dashboard.held.log] == ["shop", None]


def running(dashboard: Dashboard, claude: Path) -> subprocess.Popen[str]:
    command = [
        sys.executable, "-m", "llm_session_manager.cli", "agent", "--dashboard-url", dashboard.url,
        "--source", f"claude-code={claude}", "--interval", "3600",
    ]  # fmt: skip
    return subprocess.Popen(command, stderr=subprocess.PIPE, text=True)


def transcript(claude: Path) -> Path:
    return next(claude.rglob("*.jsonl"))


def test_a_running_agent_sees_a_line_and_ends_cleanly(dashboard: Dashboard, claude: Path) -> None:
    with running(dashboard, claude) as agent:
        dashboard.wait_for(lambda: dashboard.held.reports)
        with transcript(claude).open("a") as file:
            file.write(line("user", datetime.now(UTC), 3))
        dashboard.wait_for(lambda: dashboard.held.log[-1].session.status == "active")
        agent.send_signal(signal.SIGTERM)
        _, said = agent.communicate(timeout=60)
    assert agent.returncode == 0
    assert f"Watching claude-code in {claude}" in said
    assert "Stopped" in said
    assert TOKEN not in said


def wait_for_more(dashboard: Dashboard) -> None:
    seen = dashboard.held.reports
    dashboard.wait_for(lambda: dashboard.held.reports > seen)


def test_kill_and_start_again_at_any_moment_loses_and_doubles_nothing(
    dashboard: Dashboard, claude: Path
) -> None:
    path, now = transcript(claude), datetime.now(UTC)
    written = 2
    for _ in range(4):
        with running(dashboard, claude) as agent:
            for _ in range(5):
                written += 1
                with path.open("a") as file:
                    file.write(line("assistant", now, written))
            wait_for_more(dashboard)
            agent.kill()
            agent.communicate()
    assert once(dashboard, claude) == 0
    session = dashboard.held.session(NATIVE)
    assert sum(used.output for used in session.usage) == sum(range(2, written + 1))
    answers = [event for _, event in dashboard.held.events.values() if event.kind == "answer"]
    assert len(answers) == written - 1


def test_sessions_lists_what_is_found(claude: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["sessions", "--source", f"claude-code={claude}"]) == 0
    headings, row = capsys.readouterr().out.splitlines()
    assert headings.split() == ["STATUS", "TOOL", "PROJECT", "TITLE", "TOKENS", "CONTEXT", "AGE"]
    assert row.startswith("waiting  claude-code  shop")
    assert main(["sessions", "--json", "--source", f"claude-code={claude}"]) == 0
    (found,) = json.loads(capsys.readouterr().out)
    assert (found["status"], found["tokens"]) == ("waiting", 116)


@pytest.mark.usefixtures("home")
def test_sessions_of_an_empty_machine(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["sessions"]) == 0
    assert capsys.readouterr().out == "No sessions found.\n"


def test_doctor_on_a_healthy_machine(
    dashboard: Dashboard, claude: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert once(dashboard, claude) == 0
    arguments = ["doctor", "--dashboard-url", dashboard.url, "--source", f"claude-code={claude}"]
    assert main(arguments) == 0
    said = capsys.readouterr().out
    for text in (
        "claude-code: 1 sessions",
        "takes the token",
        "0 entries wait",
        "no agent is running",
        "All is well",
    ):
        assert text in said


def test_doctor_says_what_is_wrong(
    dashboard: Dashboard, claude: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    with transcript(claude).open("ab") as file:
        file.write(b"this is no JSON\n")
    monkeypatch.setenv("LSM_TOKEN", "wrong")
    with machine.only_agent(state_dir(os.environ)):
        assert main(["doctor", "--dashboard-url", dashboard.url, "--source", f"claude-code={claude}"]) == 1
    said = capsys.readouterr().out
    for text in (str(transcript(claude)), "✗", "refuses the token", "an agent is running", "1 problem."):
        assert text in said


@pytest.mark.usefixtures("home")
def test_doctor_without_a_dashboard(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["doctor"]) == 1
    assert "no dashboard" in capsys.readouterr().out


@pytest.mark.usefixtures("home")
def test_what_a_server_says_moves_no_cursor(
    dashboard: Dashboard, claude: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    dashboard.answers.append(Answer(401, {"code": "x", "detail": "\x1b[2Jgone\x07"}))
    assert once(dashboard, claude) == 1
    said = capsys.readouterr().err
    assert "gone" in said
    assert "\x1b" not in said
    assert "\x07" not in said
