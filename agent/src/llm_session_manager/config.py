"""What an agent is told: where to send, what to read, and every number it goes by."""

import ipaddress
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import urlsplit

from llm_session_manager import protocol
from llm_session_manager.commands.policy import Policy

TOOLS: tuple[protocol.Tool, ...] = ("claude-code", "codex")


class ConfigError(Exception):
    """A setting that cannot be used; the text says which and what to do."""


@dataclass(frozen=True, slots=True)
class Limits:
    """The numbers an agent goes by; sizes in bytes, times in seconds."""

    batch_reports: int = 500
    batch_bytes: int = 4 * 2**20
    request_timeout: float = 30.0
    publish_timeout: float = 10.0
    in_flight: int = 200
    amqp_heartbeat: int = 30
    backoff_first: float = 1.0
    backoff_cap: float = 60.0
    backoff_cap_answering: float = 5.0
    refused_pause: float = 60.0
    send_gap: float = 1.05
    heartbeat: float = 30.0
    sleep_jump: float = 30.0
    sleep_reconnect: float = 5.0
    clock_tick: float = 1.0
    status_interval: float = 5.0
    folder_interval: float = 1.0
    watch_debounce_ms: int = 300
    new_folder_delay: float = 0.3
    lag_grace: float = 20.0
    command_wait: float = 25.0
    command_margin: float = 10.0
    command_pause: float = 0.5
    commands_at_once: int = 8
    close_grace: float = 5.0
    close_after_kill: float = 2.0
    refresh_patience: float = 15.0
    refresh_check: float = 0.1
    once_patience: float = 60.0
    spool_bytes: int = 256 * 2**20
    spool_age: float = 30 * 86_400.0
    header_bytes: int = protocol.REPORT_BYTES * 3 // 4


@dataclass(frozen=True, slots=True)
class Home:
    """A tool's home folder; `usual` says that the tool itself would use it when started here."""

    tool: protocol.Tool
    path: Path
    usual: bool


@dataclass(frozen=True, slots=True)
class Config:
    """One agent's settings; `dashboard_url` has no trailing slash."""

    dashboard_url: str
    token: str = field(repr=False)
    homes: tuple[Home, ...]
    state_dir: Path
    broker_url: str | None = None
    tier: protocol.Tier = "metadata"
    interval: float = 60.0
    ca_file: Path | None = None
    policy: Policy = field(default_factory=Policy)
    limits: Limits = field(default_factory=Limits)


def state_dir(env: Mapping[str, str]) -> Path:
    """Where lock, machine id and spool lie; it need not exist yet."""
    base = env.get("XDG_STATE_HOME") or ""
    root = Path(base) if Path(base).is_absolute() else Path.home() / ".local" / "state"
    return root / "llm-session-manager"


def usual_homes(env: Mapping[str, str]) -> tuple[Home, ...]:
    """The homes that Claude Code and Codex use on this machine, whether they exist or not."""
    parts = env.get("CLAUDE_CONFIG_DIR", "").split(",")
    listed = [Path(part.strip()).expanduser() for part in parts if part.strip()]
    if not listed:
        config = env.get("XDG_CONFIG_HOME") or str(Path.home() / ".config")
        listed = [Path.home() / ".claude", Path(config) / "claude"]
    codex = Path(env.get("CODEX_HOME") or Path.home() / ".codex").expanduser()
    claude = tuple(Home("claude-code", path, usual=True) for path in listed)
    return (*claude, Home("codex", codex, usual=True))


def named_homes(given: list[str], env: Mapping[str, str]) -> tuple[Home, ...]:
    """The homes of `--source TOOL=DIR`; without any, the usual ones. Raises ConfigError."""
    usual = usual_homes(env)
    if not given:
        return usual
    known = {(home.tool, home.path.resolve()) for home in usual}
    return tuple(_named_home(text, known) for text in given)


def _named_home(text: str, known: set[tuple[protocol.Tool, Path]]) -> Home:
    name, separator, folder = text.partition("=")
    if not separator or not folder:
        raise ConfigError(f"--source {text}: write TOOL=DIR, for example claude-code=~/.claude")
    if name not in TOOLS:
        raise ConfigError(f"--source {text}: no reader for this tool; known are {', '.join(TOOLS)}")
    path = Path(folder).expanduser().absolute()
    if not path.is_dir():
        raise ConfigError(f"--source {text}: {path} is not a folder")
    return Home(name, path, usual=(name, path.resolve()) in known)


def dashboard_url(text: str) -> str:
    """The address without its trailing slash; plain http only to this machine. Raises ConfigError."""
    return _checked_url(text, secure="https", plain="http", what="dashboard")


def broker_url(text: str) -> str:
    """The broker's address; plain amqp only to this machine. Raises ConfigError."""
    return _checked_url(text, secure="amqps", plain="amqp", what="broker", strip="")


def _checked_url(text: str, *, secure: str, plain: str, what: str, strip: str = "/") -> str:
    try:
        url = urlsplit(text.strip())
        host, _ = url.hostname, url.port
    except ValueError as error:
        raise ConfigError(f"the {what} address is not a URL: {error}") from None
    if url.scheme not in {secure, plain} or not host:
        raise ConfigError(f"the {what} address must begin with {secure}:// (or {plain}:// on this machine)")
    if url.username or url.password:
        raise ConfigError(f"the {what} address must not hold a name or password; the token is enough")
    if url.scheme == plain and not is_loopback(host):
        raise ConfigError(
            f"{plain}:// to {host} would send the token unencrypted; use {secure}://"
            f" ({plain}:// is for this machine only)"
        )
    return text.strip().rstrip(strip) if strip else text.strip()


def is_loopback(host: str) -> bool:
    """Whether the name means this very machine."""
    if host == "localhost" or host.endswith(".localhost"):
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


def read_token(given: str | None, file: str | None, env: Mapping[str, str]) -> str:
    """The API token from the command line, a file or the environment, in this order. Raises ConfigError."""
    token = given
    file = file or (None if given else env.get("LSM_TOKEN_FILE"))
    if token is None and file is not None:
        try:
            token = Path(file).expanduser().read_text("utf-8")
        except (OSError, UnicodeDecodeError) as error:
            raise ConfigError(f"the token file {file} cannot be read: {error}") from None
    token = (token if token is not None else env.get("LSM_TOKEN", "")).strip()
    if not token:
        raise ConfigError("no token: give --token, --token-file or LSM_TOKEN (dashboard → Connect a machine)")
    if not token.isascii() or not token.isprintable() or " " in token:
        raise ConfigError("the token holds characters that no token has; copy it again")
    return token
