from pathlib import Path

import pytest

from llm_session_manager import config
from llm_session_manager.config import ConfigError, Home


@pytest.mark.parametrize(
    "url",
    ["https://d.example", "https://d.example:8443/base/", "http://localhost:8000", "http://127.0.0.1:8000",
     "http://127.9.9.9", "http://[::1]:8000", "http://app.localhost"],
)  # fmt: skip
def test_addresses_that_keep_the_token_secret(url: str) -> None:
    assert config.dashboard_url(url) == url.rstrip("/")


@pytest.mark.parametrize(
    "url",
    [
        "http://d.example",
        "http://10.0.0.1",
        "http://0.0.0.0:8000",
        "http://localhost.example.org",
        "d.example",
        "",
    ],
)
def test_addresses_that_do_not(url: str) -> None:
    with pytest.raises(ConfigError):
        config.dashboard_url(url)


def test_broker_addresses() -> None:
    assert config.broker_url("amqps://b.example/dash") == "amqps://b.example/dash"
    assert config.broker_url("amqp://127.0.0.1:5672/") == "amqp://127.0.0.1:5672/"
    with pytest.raises(ConfigError, match="amqps"):
        config.broker_url("amqp://b.example")


def test_a_token_from_the_first_place_that_has_one(tmp_path: Path) -> None:
    (tmp_path / "a").write_text("from-a\n")
    (tmp_path / "b").write_text("from-b\n")
    env = {"LSM_TOKEN": "from-env", "LSM_TOKEN_FILE": str(tmp_path / "b")}
    assert config.read_token("given", str(tmp_path / "a"), env) == "given"
    assert config.read_token(None, str(tmp_path / "a"), env) == "from-a"
    assert config.read_token(None, None, env) == "from-b"
    assert config.read_token(None, None, {"LSM_TOKEN": "from-env"}) == "from-env"


def test_usual_homes(home: Path) -> None:
    assert config.usual_homes({}) == (
        Home("claude-code", home / ".claude", usual=True),
        Home("claude-code", home / ".config/claude", usual=True),
        Home("codex", home / ".codex", usual=True),
    )
    named = {"CLAUDE_CONFIG_DIR": "/a, ~/b", "CODEX_HOME": "/c"}
    assert [one.path for one in config.usual_homes(named)] == [Path("/a"), home / "b", Path("/c")]


def test_a_named_home_is_usual_only_where_the_tool_would_use_it(home: Path) -> None:
    for name in (".claude", "copy"):
        (home / name).mkdir()
    (home / "link").symlink_to(home / ".claude")
    given = [f"claude-code={home / name}" for name in (".claude", "copy", "link")]
    assert [one.usual for one in config.named_homes(given, {})] == [True, False, True]


def test_the_state_lies_where_the_desktop_says(home: Path) -> None:
    assert config.state_dir({"XDG_STATE_HOME": "/s"}) == Path("/s/llm-session-manager")
    assert config.state_dir({"XDG_STATE_HOME": "relative"}) == home / ".local/state/llm-session-manager"
