"""A dashboard and a home folder of its own for every test of the agent."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.agent.dashboard import TOKEN, Dashboard, serving


@pytest.fixture
def dashboard() -> Iterator[Dashboard]:
    with serving(Dashboard()) as app:
        yield app


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An empty home; nothing of this machine's own settings is seen."""
    folder = tmp_path / "home"
    folder.mkdir()
    for name in ("CLAUDE_CONFIG_DIR", "CODEX_HOME", "XDG_CONFIG_HOME", "LSM_TOKEN_FILE", "LSM_TIER",
                 "LSM_CA_FILE", "LSM_COMMANDS", "LSM_ADMIN_COMMANDS",
                 "LSM_BROKER_URL", "LSM_INTERVAL", "LSM_PATIENCE", "LSM_DASHBOARD_URL"):  # fmt: skip
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("HOME", str(folder))
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path / "state"))
    monkeypatch.setenv("LSM_TOKEN", TOKEN)
    return folder
