from datetime import timedelta

import pytest

from llm_session_manager import protocol
from llm_session_manager.cli.listing import table, total_tokens
from tests.agent.transcripts import AT, facts


def usage(**given: int) -> protocol.Usage:
    figures = dict.fromkeys(("input", "output", "cache_read", "cache_write_5m", "cache_write_1h"), 0)
    return protocol.Usage(at=AT, model="m", calls=1, **{**figures, **given})


def test_lines_fit_the_width_and_titles_give_way() -> None:
    rows = [
        facts(
            "a",
            status="waiting",
            title="x" * 300,
            project="shop",
            context_used=50_000,
            context_window=200_000,
        ),
        facts("b", title="漢字" * 50, project="p" * 80, usage=(usage(input=1_234_567),)),
    ]
    head, first, second = table(rows, AT + timedelta(hours=3), 100)
    assert head.startswith("STATUS   TOOL         PROJECT")
    assert len(first) <= 100
    assert "██░░░░░░░░  25%" in first.replace("███", "██")
    assert "…" in first
    assert "1.2 M" in second
    assert second.endswith("3 h")


def test_what_is_not_known_is_a_dash() -> None:
    (_, row) = table([facts("a", last_activity_at=None)], AT, 120)
    assert row.split() == ["idle", "claude-code", "—", "a", "—", "—", "—"]


def test_control_characters_are_not_shown() -> None:
    whole = facts("a").model_copy(update={"title": "a\x1b[31mred\u202e\nb"})
    assert "a[31mred b" in table([whole], AT, 120)[1]


@pytest.mark.parametrize(
    ("given", "expected"),
    [
        ({}, None),
        ({"total_tokens": 7}, 7),
        ({"usage": (usage(input=1, output=2, cache_read=3, cache_write_5m=4, cache_write_1h=5),)}, 15),
    ],
)
def test_tokens_are_everything_or_unknown(given: dict[str, object], expected: int | None) -> None:
    assert total_tokens(facts("a", **given)) == expected
