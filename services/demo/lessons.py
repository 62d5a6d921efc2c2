"""What the people of the demo have learned: insights, who votes for them, and what is said to them."""

from dataclasses import dataclass
from typing import Any

from services.contracts.insights import InsightType


@dataclass(frozen=True, slots=True)
class Lesson:
    """`by`, `votes` and the first of each of `said` are names of persons."""

    by: str
    type: InsightType
    title: str
    content: str
    tags: tuple[str, ...]
    votes: tuple[str, ...] = ()
    said: tuple[tuple[str, str], ...] = ()
    accepted: bool = False

    def body(self) -> dict[str, Any]:
        """What its author sends."""
        return {"type": self.type, "title": self.title, "content": self.content, "tags": list(self.tags)}


LESSONS = (
    Lesson(
        "kenji", "pattern", "Search tests look flaky when two sessions share one index",
        "Both sessions wrote to `search-test` at the same time. With an index per session the failures "
        "are gone:\n\n```\nINDEX_PREFIX=$(uuidgen) pytest tests/search\n```",
        ("tests", "search"), ("aisha",),
    ),
    Lesson(
        "priya", "learning", "A screenshot says more than three prompts about spacing",
        "For the basket page I described the gap three times. A picture and “make it like the product page” "
        "did it at once.",
        ("frontend", "prompts"), ("elena", "maya"),
        (("elena", "On mobile, too. Name the width it was taken at."),),
    ),
    Lesson(
        "jonas", "recommendation", "Run the linter’s own fixes before a session",
        "`ruff check --fix` and `eslint --fix` cost nothing. A session that begins with 200 warnings spends "
        "its first 40 k tokens on them.",
        ("cost", "lint"), ("robin", "tomas", "priya"),
        (("robin", "Let us put it into the pre-commit hook."),), accepted=True,
    ),
    Lesson(
        "tomas", "learning", "Keep a PLAN.md for what outlives a compaction",
        "After the second compaction the migration lost its plan, and undid what it had done.\n\n"
        "| session | compactions | edits undone |\n|---|---|---|\n| first | 3 | 14 |\n| second | 2 | 9 |\n"
        "| with a plan | 2 | 0 |\n\nThe file is read again after each compaction. Three lines are enough: "
        "*goal*, *done*, *next*.",
        ("context", "migrations"), ("robin", "maya", "aisha", "jonas", "kenji"),
        (
            ("maya", "We use it for the checkout now. @tomas, do you commit the file?"),
            ("tomas", "No: it is in `.gitignore`, and gone when the branch is merged."),
        ),
        accepted=True,
    ),
    Lesson(
        "maya", "recommendation", "Ask for a failing test before the fix",
        "With a test that fails, a session ends in **half the steps**:\n\n- name the file of the test\n"
        "- say which command runs it\n- ask to stop as soon as it passes",
        ("tests", "prompts"), ("robin", "tomas", "elena", "priya"),
        (
            ("aisha", "It holds for Gemini as well."),
            ("kenji", "Not where one run takes four minutes: there I name a single test."),
        ),
    ),
)  # fmt: skip
