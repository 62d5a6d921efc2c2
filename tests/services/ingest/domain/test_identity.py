"""Ids are worked out from what the transport proved."""

from uuid import UUID

import pytest

from services.ingest.domain.identity import Sender, sender_of, session_id
from tests.support.builders import AGENT, ANNA, BEN, OTHER_TEAM, TEAM


def test_an_id_never_changes():
    """Rows, tombstones and links of every deployment depend on it."""
    assert session_id(TEAM, ANNA, "codex", "native-1") == UUID("8cbb1b4c-6492-5e85-8d32-1e6ba928d971")


def test_every_part_counts():
    parts = [(TEAM, ANNA, "codex", "1"), (OTHER_TEAM, ANNA, "codex", "1"), (TEAM, BEN, "codex", "1"),
             (TEAM, ANNA, "gemini", "1"), (TEAM, ANNA, "codex", "2")]  # fmt: skip
    assert len({session_id(*one) for one in parts}) == len(parts)


def test_a_routing_key_names_the_sender():
    assert sender_of(f"report.{TEAM}.{ANNA}.{AGENT}") == Sender(TEAM, ANNA, AGENT)
    assert sender_of(f"report.{TEAM}.{ANNA}.script") == Sender(TEAM, ANNA, None)


@pytest.mark.parametrize(
    "key",
    [
        "", "report", f"report.{TEAM}.{ANNA}", f"report.{TEAM}.{ANNA}.{AGENT}.x",
        f"reports.{TEAM}.{ANNA}.{AGENT}",
        f"report.{TEAM}.{ANNA}.", f"report.{TEAM}.anna.{AGENT}", f"report..{ANNA}.{AGENT}",
        f"report.{TEAM}.script.script",
    ],
)  # fmt: skip
def test_anything_else_names_nobody(key):
    assert sender_of(key) is None
