"""What each tier lets out, whoever holds to it."""

import pytest

from llm_session_manager import protocol
from llm_session_manager.protocol.tiers import TIERS, event_at, lower, session_at, told_at
from tests.agent.transcripts import AT, event, facts

FILE = protocol.FileChange(path="a.py", change="updated", edits=1, added=1, removed=0, last_at=AT)


def test_the_lower_of_two() -> None:
    assert [lower(one, other) for one in TIERS for other in TIERS] == [
        "counts", "counts", "counts", "counts", "metadata", "metadata", "counts", "metadata", "content",
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("source", "kept"), [("tool", "Mend it"), ("place", "Mend it"), ("prompt", None), (None, None)]
)
def test_a_title_is_a_persons_words_unless_it_is_said_not_to_be(source: str | None, kept: str | None) -> None:
    assert session_at(facts(title="Mend it", title_source=source), "metadata").title == kept


@pytest.mark.parametrize(("known", "counted"), [(None, 1), (9, 9)])
def test_files_that_are_not_named_are_counted(known: int | None, counted: int) -> None:
    kept = session_at(facts(files=(FILE,), files_changed=known), "counts")
    assert (kept.files, kept.files_changed) == ((), counted)


def test_what_is_not_known_stays_unknown() -> None:
    assert session_at(facts(), "counts").files_changed is None


def test_a_pull_request_has_no_name_among_numbers() -> None:
    step = event("p", kind="pull_request", detail="https://x/1").model_copy(update={"name": "acme/shop"})
    assert event_at(step, "counts").model_dump(exclude_none=True).keys() == {"id", "at", "kind"}
    assert event_at(step, "metadata") == step


@pytest.mark.parametrize("tier", TIERS)
def test_what_is_below_is_left_as_it_is(tier: protocol.Tier) -> None:
    report = protocol.Report(epoch=1, n=1, sent_at=AT, tier="counts", session=facts())
    assert told_at(report, tier) is report
