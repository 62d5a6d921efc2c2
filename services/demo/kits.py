"""The tools the people use: names of their calls, their models, and what each of them records."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

from llm_session_manager.protocol import Tool

Books = Literal["written", "cached", "context"]


@dataclass(frozen=True, slots=True)
class Model:
    name: str
    window: int


@dataclass(frozen=True, slots=True)
class Kit:
    """`books` says what the tool's files tell of tokens: cache writes too, cache reads, or the context alone.

    `agent` is the call that starts a sub-agent, `None` where the tool has none.
    """

    tool: Tool
    version: str
    models: tuple[Model, ...]
    shell: str
    read: str
    search: str
    edit: str
    agent: str | None
    memory: str
    books: Books


OPUS, SONNET = Model("claude-opus-5-5", 1_000_000), Model("claude-sonnet-4-5", 200_000)
CODEX = Model("gpt-5.3-codex", 272_000)
# A model of one's own has no list price, and the page has to say so.
OWN_MODEL = Model("northwind-coder-32b", 131_072)

KITS: Mapping[Tool, Kit] = {
    kit.tool: kit
    for kit in (
        Kit(
            "claude-code", "2.4.11",
            (SONNET, SONNET, OPUS, Model("claude-opus-4-5", 200_000), Model("claude-haiku-4-5", 200_000)),
            "Bash", "Read", "Grep", "Edit", "Task", "CLAUDE.md", "written",
        ),
        Kit(
            "codex", "0.98.2",
            (CODEX, CODEX, Model("gpt-5.2-codex", 272_000), Model("gpt-5.4-mini", 272_000)),
            "exec_command", "exec_command", "exec_command", "apply_patch", None, "AGENTS.md", "cached",
        ),
        Kit(
            "gemini", "0.31.0",
            (Model("gemini-3.1-pro-preview", 1_048_576), Model("gemini-3.5-flash", 1_048_576)),
            "run_shell_command", "read_file", "search_file_content", "replace", None, "GEMINI.md", "cached",
        ),
        Kit(
            "copilot", "1.0.42", (Model("claude-sonnet-4-6", 200_000), Model("gpt-5.2", 272_000)),
            "bash", "view", "grep", "edit", None, ".github/copilot-instructions.md", "cached",
        ),
        Kit(
            "opencode", "1.3.5", (OWN_MODEL, Model("glm-5.1", 202_745), Model("kimi-k2.6", 262_144)),
            "bash", "read", "grep", "edit", "task", "AGENTS.md", "cached",
        ),
        Kit(
            "cursor", "3.2.16", (Model("claude-sonnet-4-6", 200_000), Model("gpt-5.2", 272_000)),
            "run_terminal_cmd", "read_file", "grep_search", "edit_file", None, ".cursorrules", "context",
        ),
    )
}  # fmt: skip
