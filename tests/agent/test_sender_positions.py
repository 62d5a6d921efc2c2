"""What the sender makes of a server that knows less, or more, than it should."""

from dataclasses import replace

from llm_session_manager import protocol
from llm_session_manager.transports import Failure
from tests.agent.dashboard import Holding
from tests.agent.rig import BROKEN, QUICK, Rig, Server
from tests.agent.transports.doors import config


async def test_a_server_that_lost_everything_is_sent_everything() -> None:
    rig = Rig(Server())
    rig.write("a", "b")
    assert await rig.sender.drain() is None
    rig.server.held = Holding()
    assert await rig.sender.drain() is None
    assert rig.rereads == 1
    assert len(rig.server.held.facts) == 2
    rig.server.held = Holding()
    assert await rig.sender.drain() is None
    assert len(rig.server.held.facts) == 2


async def test_a_server_restored_from_a_backup_is_sent_everything() -> None:
    rig = Rig(Server())
    rig.write("a")
    assert await rig.sender.drain() is None
    at = rig.spool.confirmed()
    rig.write("b")
    assert await rig.sender.drain() is None
    rig.server.known = [at]
    assert await rig.sender.drain() is None
    assert rig.rereads == 1
    assert rig.server.held.reports == 4


async def lagging() -> tuple[Rig, list[protocol.Position]]:
    """A rig whose server confirmed four reports, and where it stood after each."""
    rig = Rig(Server())
    stood = []
    for name in "abcd":
        rig.write(name)
        assert await rig.sender.drain() is None
        at = rig.spool.confirmed()
        assert at is not None
        stood.append(at)
    rig.server.hellos = 0
    return rig, stood


async def test_a_server_that_comes_nearer_is_given_time() -> None:
    rig, (first, second, third, _) = await lagging()
    rig.server.known = [first, second, third]
    await rig.running(lambda: rig.server.hellos == 4 and rig.server.beats > 0)
    assert rig.rereads == 0
    assert rig.server.held.reports == 4


async def test_a_server_that_stands_still_below_what_it_confirmed_is_sent_all() -> None:
    rig, (first, second, _, _) = await lagging()
    rig.server.known = [first, second, second]
    await rig.running(lambda: rig.server.held.reports == 8)
    assert rig.rereads == 1


async def test_connecting_often_is_no_reason_to_send_all() -> None:
    rig, (first, *_) = await lagging()
    rig.sender.config = config("http://localhost", limits=replace(QUICK, lag_grace=60))
    rig.server.known = [first] * 5
    rig.server.faults.extend([BROKEN] * 4)
    await rig.running(lambda: rig.server.hellos == 5 and rig.server.beats > 4)
    assert rig.rereads == 0


async def test_a_server_that_counts_nothing_is_not_sent_everything_for_ever() -> None:
    rig = Rig(Server())
    rig.write("a")
    assert await rig.sender.drain() is None
    stuck = protocol.Position(epoch=1, n=1)
    for _ in range(4):
        rig.server.known = [stuck]
        assert await rig.sender.drain() is None
    assert rig.rereads == 1


async def test_an_old_copy_of_a_spool_begins_a_new_epoch() -> None:
    rig = Rig(Server())
    rig.server.held.position = (rig.spool.epoch + 50, 7)
    rig.write("a")
    assert await rig.sender.drain() is None
    assert rig.spool.epoch == rig.server.held.facts["claude-code", "a"][0][0]
    assert rig.server.held.facts["claude-code", "a"][0] > (rig.spool.epoch - 1, 0)


async def test_a_conflict_begins_a_new_epoch_and_sends_all() -> None:
    rig = Rig(Server())
    rig.write("a")
    assert await rig.sender.drain() is None
    before = rig.spool.epoch
    rig.server.faults.append(Failure("conflict", answered=True, conflict=True))
    rig.write("b")
    assert await rig.sender.drain() is None
    assert rig.spool.epoch > before
    assert {at[0] for at, _ in rig.server.held.facts.values()} == {rig.spool.epoch}


async def test_two_copies_of_a_spool_take_their_time_over_each_other() -> None:
    """Each conflict would have all files read again: those that follow soon wait."""
    conflict = Failure("conflict", answered=True, conflict=True)
    slow = replace(QUICK, refused_pause=3600.0, backoff_cap=3600.0)
    rig = Rig(Server(), limits=slow)
    rig.write("a")
    rig.server.faults.extend([conflict] * 3)
    assert await rig.sender.drain() == replace(conflict, retry_after=3600.0)
    assert rig.rereads == 1
    assert rig.server.held.reports == 0


async def test_an_epoch_from_a_wrong_clock_is_left_behind() -> None:
    now = [2_000_000_000.0]
    server = Server(judge=lambda report: "epoch_in_future" if report.epoch > 1_900_000_000 else None)
    rig = Rig(server, now=lambda: now[0])
    rig.write("a")
    now[0] = 1_800_000_000.0
    assert await rig.sender.drain() is None
    assert server.held.session("a")
    assert rig.sender.sent.rejected == 0


async def test_another_owner_gets_everything_of_their_own() -> None:
    rig = Rig(Server())
    rig.spool.use_owner("somebody else")
    rig.write("a")
    assert await rig.sender.drain() is None
    assert rig.rereads == 1
    assert rig.server.held.reports == 1
