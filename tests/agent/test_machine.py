from pathlib import Path

import pytest

from llm_session_manager import machine
from llm_session_manager.commands.policy import Policy
from tests.agent.transports.doors import config


def test_the_machine_keeps_its_id(tmp_path: Path) -> None:
    first = machine.machine_id(tmp_path / "state")
    assert machine.machine_id(tmp_path / "state") == first
    assert machine.machine_id(tmp_path / "other") != first


@pytest.mark.parametrize("content", [b"", b"rubbish", b"\xff\xfe"])
def test_a_damaged_id_is_made_anew(tmp_path: Path, content: bytes) -> None:
    (tmp_path / "machine-id").write_bytes(content)
    made = machine.machine_id(tmp_path)
    assert len(made) == 32
    assert machine.machine_id(tmp_path) == made


def test_one_agent_at_a_time(tmp_path: Path) -> None:
    with (
        machine.only_agent(tmp_path),
        pytest.raises(machine.LockedError, match="another agent"),
        machine.only_agent(tmp_path),
    ):
        raise AssertionError("both hold the lock")
    with machine.only_agent(tmp_path):
        assert (tmp_path / "agent.lock").exists()


def test_each_dashboard_and_person_has_a_spool_of_its_own(tmp_path: Path) -> None:
    paths = {
        machine.spool_path(config(url, token=token, state_dir=tmp_path))
        for url in ("https://a", "https://b")
        for token in ("t1", "t2")
    }
    assert len(paths) == 4
    assert all(path.parent == tmp_path and path.name.startswith("spool-") for path in paths)


def test_hello_is_valid_whatever_the_machine_is_called(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("platform.node", lambda: "bo\x1bx\u202e.example.org")
    assert machine.hello(tmp_path, Policy()).hostname == "box"
    monkeypatch.setattr("platform.node", lambda: "")
    assert machine.hello(tmp_path, Policy()).hostname == "unknown"
