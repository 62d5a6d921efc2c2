"""What the server makes of silence."""

import pytest

from services.ingest.domain.presence import Presence, Silence, presence, silence_for
from tests.support.builders import START, after

GONE = "its machine is not heard from"


@pytest.mark.parametrize(
    ("seconds", "silence"),
    [(0, Silence.HEARD), (89.9, Silence.HEARD), (90, Silence.UNHEARD), (1799, Silence.UNHEARD),
     (1800, Silence.GIVEN_UP), (1e9, Silence.GIVEN_UP), (-5, Silence.HEARD)],
)  # fmt: skip
def test_silence_has_three_stages(seconds, silence):
    assert silence_for(seconds, 90, 1800) is silence


@pytest.mark.parametrize("status", ["active", "waiting", "idle", "error"])
def test_a_live_session_goes_by_its_machine(status):
    seen = [presence(silence, status, "why", START, None) for silence in Silence]
    assert seen == [
        Presence(status, "why", None), Presence("idle", GONE, None), Presence("ended", GONE, START),
    ]  # fmt: skip


@pytest.mark.parametrize("silence", Silence)
def test_what_has_ended_stays_so(silence):
    assert presence(silence, "ended", "closed", START, after(hours=1)) == Presence(
        "ended", "closed", after(hours=1)
    )
    assert presence(silence, "ended", None, START, None) == Presence("ended", None, START)
