"""Who the people of the demo are, and what they work with."""

from dataclasses import dataclass

from llm_session_manager.protocol import Tool

TEAM_NAME = "Demo team"
DEMO_EMAIL = "demo@example.com"


@dataclass(frozen=True, slots=True)
class Person:
    """`load` is about how many sessions they have on a working day; `tools` are drawn from evenly.

    `projects` are the names of the repositories they work in.
    """

    name: str
    email: str
    hostname: str
    os: str
    load: float
    tools: tuple[Tool, ...]
    projects: tuple[str, ...]

    @property
    def machine_id(self) -> str:
        return f"demo-{self.hostname}"


PEOPLE = (
    Person(
        "robin", DEMO_EMAIL, "robin-mbp", "macOS 26.1", 2.5,
        ("claude-code", "claude-code", "codex"), ("shop-api", "infra"),
    ),
    Person(
        "maya", "maya@demo.example.com", "maya-mbp", "macOS 26.1", 3.0,
        ("claude-code",), ("web-store", "mobile-app"),
    ),
    Person(
        "tomas", "tomas@demo.example.com", "tomas-x1", "Debian 13", 2.5,
        ("codex", "codex", "opencode"), ("payments", "infra"),
    ),
    Person(
        "aisha", "aisha@demo.example.com", "aisha-mbp", "macOS 26.0", 3.0,
        ("claude-code", "gemini"), ("warehouse-sync", "search"),
    ),
    Person(
        "jonas", "jonas@demo.example.com", "jonas-ws", "Fedora 43", 2.0,
        ("codex", "claude-code"), ("payments", "shop-api"),
    ),
    Person(
        "elena", "elena@demo.example.com", "elena-mbp", "macOS 26.1", 2.0,
        ("claude-code", "cursor"), ("mobile-app", "web-store"),
    ),
    Person(
        "kenji", "kenji@demo.example.com", "kenji-fw13", "Arch Linux", 2.5,
        ("claude-code", "codex"), ("search", "warehouse-sync"),
    ),
    Person(
        "priya", "priya@demo.example.com", "priya-tp", "Ubuntu 26.04", 1.5,
        ("copilot", "claude-code"), ("web-store", "shop-api"),
    ),
)  # fmt: skip
