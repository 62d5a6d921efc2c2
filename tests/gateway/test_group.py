"""How often those who hear the same are told."""

from tests.gateway.stage import TEAM, Stage, session_id
from tests.gateway.stopwatch import settle

TEAM_CHANNEL = f"team:{TEAM}"


async def test_who_is_late_gathers_longer():
    async with Stage(frame_interval_seconds=0, frame_gather_seconds=0.1, frame_late_seconds=0.05) as stage:
        _, browser = await stage.joined()
        cards = browser.cards[TEAM_CHANNEL]

        async def put(n: int) -> None:
            await stage.ingest.put(n)
            await settle()

        await put(0)
        assert str(session_id(0)) in cards
        await put(1)
        await stage.clock.advance(0.1)
        assert str(session_id(1)) in cards

        # In time, or nearly: a tenth of a second as before.
        await put(2)
        await stage.clock.stall(0.103)
        assert str(session_id(2)) in cards

        await put(3)
        await stage.clock.stall(0.12)
        assert str(session_id(3)) in cards

        # It was 0.02 s late: five times that is more than may be added.
        await put(4)
        await stage.clock.advance(0.14)
        assert str(session_id(4)) not in cards
        await stage.clock.advance(0.02)
        assert str(session_id(4)) in cards
