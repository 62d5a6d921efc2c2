"""Which process is which tool; pure."""

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import PurePosixPath
from typing import Literal

from llm_session_manager import protocol

Role = Literal["interactive", "headless", "server"]


@dataclass(frozen=True, slots=True)
class Process:
    """A process as the system lists it, known by (`pid`, `created`); `created` in seconds since 1970."""

    pid: int
    parent: int
    created: float
    exe: str = ""
    argv: tuple[str, ...] = ()
    cwd: str | None = None
    open_files: tuple[str, ...] = ()
    start_ticks: str | None = None


@dataclass(frozen=True, slots=True)
class Match:
    """A process that is a tool at work, and the session it names on its command line."""

    process: Process
    tool: protocol.Tool
    role: Role
    session_id: str | None = None


_INTERPRETER = re.compile(r"(?:node|nodejs|bun|deno|python[\d.]*|pypy[\d.]*)$")
_VALUED = {
    "-r",
    "--require",
    "--import",
    "--loader",
    "--experimental-loader",
    "-C",
    "--conditions",
    "-X",
    "-W",
}
_EXCLUDED = {
    "mcp",
    "mcp-server",
    "update",
    "upgrade",
    "doctor",
    "login",
    "logout",
    "install",
    "completion",
    "config",
}
_EXCLUDED_FLAGS = {"--version", "-v", "-V", "--help", "-h"}
_CODEX_VALUED = {
    "-c",
    "--config",
    "-m",
    "--model",
    "-p",
    "--profile",
    "-C",
    "--cd",
    "-s",
    "--sandbox",
    "-a",
    "-i",
}
_UUID = re.compile(r"[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$", re.IGNORECASE)
_CODEX_NATIVE = re.compile(r"codex-(?:x86_64|aarch64|arm64|x64)[\w.-]*$")
_CLAUDE_VERSIONED = re.compile(r"/claude/versions/[\w.-]+$")
_CLAUDE_SCRIPT = re.compile(r"/@anthropic-ai/claude-code/cli(?:\.js|\.mjs)?$|/bin/claude(?:\.js|\.mjs)?$")
_CODEX_SCRIPT = re.compile(r"/@openai/codex/bin/codex(?:\.js|\.mjs)?$|/bin/codex(?:\.js|\.mjs)?$")
_CODEX_ROLES: dict[str, Role] = {"app-server": "server", "exec": "headless", "e": "headless"}
_DESKTOP = re.compile(
    r"/Claude\.app/|/AnthropicClaude/|/WindowsApps/Claude_|/Codex\.app/Contents/(?:MacOS|Frameworks)/"
)


def match(process: Process, resolve: Callable[[str], str] = lambda path: path) -> Match | None:
    """The tool that this process is; `resolve` follows the links of a script's path."""
    if not process.argv and not process.exe:
        return None
    if any(argument.startswith("--type=") for argument in process.argv) or _DESKTOP.search(
        _slashes(process.exe)
    ):
        return None
    named = _by_name(process)
    rest = process.argv[1:]
    if named is None and _is_interpreter(process):
        named, rest = _by_script(process.argv[1:], resolve)
    if named is None:
        return None
    return _judge(process, named, rest)


def leaves(matches: Sequence[Match]) -> list[Match]:
    """Without launchers: a match goes when a child of it is a match for the same tool."""
    parents = {(found.process.parent, found.tool) for found in matches}
    return [found for found in matches if (found.process.pid, found.tool) not in parents]


def _by_name(process: Process) -> protocol.Tool | None:
    names = {_base(process.argv[0]) if process.argv else "", _base(process.exe)}
    if "claude" in names or _CLAUDE_VERSIONED.search(_slashes(process.exe)):
        return "claude-code"
    if "codex" in names or any(_CODEX_NATIVE.match(name) for name in names):
        return "codex"
    return None


def _is_interpreter(process: Process) -> bool:
    names = (process.argv[0] if process.argv else "", process.exe)
    return any(_INTERPRETER.match(_base(name)) for name in names)


def _by_script(
    arguments: Sequence[str], resolve: Callable[[str], str]
) -> tuple[protocol.Tool | None, tuple[str, ...]]:
    skip = False
    for index, argument in enumerate(arguments):
        if skip or argument == "run":
            skip = False
        elif argument in {"-m", "-c", "-e", "--eval", "-p", "--print"}:
            return None, ()
        elif argument.startswith("-"):
            skip = argument in _VALUED
        else:
            return _script_tool(argument, resolve), tuple(arguments[index + 1 :])
    return None, ()


def _script_tool(path: str, resolve: Callable[[str], str]) -> protocol.Tool | None:
    for spelling in (_slashes(path), _slashes(resolve(path))):
        if _CLAUDE_SCRIPT.search(spelling):
            return "claude-code"
        if _CODEX_SCRIPT.search(spelling):
            return "codex"
    return None


def _judge(process: Process, tool: protocol.Tool, arguments: Sequence[str]) -> Match | None:
    if _EXCLUDED_FLAGS & set(arguments):
        return None
    if tool == "codex":
        command = _codex_command(arguments)
        if command in _EXCLUDED:
            return None
        return Match(process, tool, _CODEX_ROLES.get(command or "", "interactive"), _resumed(arguments))
    if arguments and arguments[0] in _EXCLUDED:
        return None
    headless = not {"-p", "--print"}.isdisjoint(arguments)
    return Match(process, tool, "headless" if headless else "interactive", _named_session(arguments))


def _codex_command(arguments: Sequence[str]) -> str | None:
    skip = False
    for argument in arguments:
        if skip:
            skip = False
        elif argument.startswith("-"):
            skip = argument in _CODEX_VALUED
        else:
            return argument
    return None


def _named_session(arguments: Sequence[str]) -> str | None:
    if "--fork-session" in arguments:
        return _value_of(arguments, ("--session-id",))
    return _value_of(arguments, ("--session-id", "--resume", "-r"))


def _value_of(arguments: Sequence[str], names: tuple[str, ...]) -> str | None:
    for index, argument in enumerate(arguments):
        name, _, value = argument.partition("=")
        if name in names:
            value = value or (arguments[index + 1] if index + 1 < len(arguments) else "")
            if _UUID.match(value):
                return value.lower()
    return None


def _resumed(arguments: Sequence[str]) -> str | None:
    if "resume" not in arguments:
        return None
    after = arguments[list(arguments).index("resume") + 1 :]
    return next((argument.lower() for argument in after if _UUID.match(argument)), None)


def _base(path: str) -> str:
    name = PurePosixPath(_slashes(path)).name.removeprefix("-")
    return re.sub(r"\.(?:exe|cmd|js|mjs)$", "", name, flags=re.IGNORECASE)


def _slashes(path: str) -> str:
    return path.replace("\\", "/")
