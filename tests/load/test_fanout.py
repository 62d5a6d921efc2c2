"""The measurement of the fan-out at a thousandth of its size, and what it makes of its figures."""

from pathlib import Path
from uuid import UUID

import orjson
import pytest

from services.contracts.channels import SessionChanged
from tests.load.contenders import CARRIERS, FASTAPI, NODE, SOCKET_IO, have_peers
from tests.load.crowd import LONGEST, MARK, Crowd, Heard, Reader, text_frame
from tests.load.fanout import Sizes, measure
from tests.load.figures import MARKS, OURS, OVER_ASGI, SINGLY, Duel, Figures, Full
from tests.load.herald import OfGateway, OfPlain, OfSocketIo, _template, example
from tests.load.revocation import write
from tests.load.trial import Measured
from tests.support.fixtures import missing
from tests.support.servers.programs import ProgramMissingError

TEAM = UUID(int=1)


@pytest.mark.servers
def test_every_server_brings_every_change_to_every_reader() -> None:
    if not have_peers():
        missing(ProgramMissingError("npm ci in tests/load/peers"))
    figures = measure(Sizes.scaled(0.001))
    everybody = [OURS, SINGLY, OVER_ASGI, NODE, SOCKET_IO, FASTAPI, *CARRIERS.values()]
    assert [one.name for one in figures.full] == everybody
    for one in [one for full in figures.full for one in full.rounds]:
        assert one.published > 0
        assert one.missing == 0
    for duel in figures.duels:
        assert all(one.published > 0 and one.missing == 0 for one in duel.theirs)
        # So few sessions change again before they are told, and the gateway tells the newest state alone.
        assert all(one.heard.changes > 0 for one in duel.ours)
    assert all(calm.heard.changes > 0 for calm in figures.calm)
    assert figures.idle.keys() == {OURS, NODE, SOCKET_IO, FASTAPI}
    assert figures.table().startswith(MARKS[0])


def words(tongue: object) -> list[bytes]:
    begin, middle, end = _template(tongue.command(TEAM, example(TEAM, 1)))
    return [begin, middle, end]


@pytest.mark.parametrize("tongue", [OfPlain(), OfSocketIo()])
def test_a_change_has_its_number_and_its_version_once(tongue: object) -> None:
    begin, middle, end = words(tongue)
    assert begin.endswith(MARK)
    assert middle.endswith(b'"version":')
    assert MARK not in middle + end


def test_the_gateway_is_told_what_our_services_would_tell_it() -> None:
    from services.runtime.settings import Settings

    command = OfGateway(Settings()).command(TEAM, example(TEAM, 1))
    (payload,) = [word for word in command if word.startswith(b"{")]
    assert SessionChanged.model_validate_json(payload).session == example(TEAM, 1)
    frame = orjson.loads(OfPlain().command(TEAM, example(TEAM, 1))[2])
    assert frame["data"].items() >= orjson.loads(payload)["session"].items()


@pytest.mark.parametrize("closely", [False, True])
def test_a_change_that_arrives_in_pieces_is_counted_once(closely: bool) -> None:
    """Cut at every place, and each of three changes is found."""
    stream = b"".join(b"x" * 40 + MARK + b'%09d",' % number for number in (0, 1, 2)) + b"x" * LONGEST
    for cut in range(1, len(stream)):
        crowd = Crowd(1, lambda _: 0.0)
        reader = Reader(Pieces(stream[:cut], stream[cut:]), closely)
        crowd._take(reader)
        crowd._take(reader)
        assert crowd.heard.changes == 3, cut
        assert len(crowd.heard.seconds) == (3 if closely else 0)
        crowd.close()


class Pieces:
    """A socket that has received these."""

    def __init__(self, *pieces: bytes) -> None:
        self._pieces = list(pieces)

    def recv_into(self, page: bytearray) -> int:
        piece = self._pieces.pop(0)
        page[: len(piece)] = piece
        return len(piece)


def test_a_text_is_framed_as_a_client_does() -> None:
    from websockets.server import ServerProtocol

    for text in ("a", "x" * 125, "x" * 126, "x" * 9_000):
        server = ServerProtocol()
        server.state = type(server.state).OPEN
        server.parser = super(ServerProtocol, server).parse()
        server.receive_data(text_frame(text))
        (frame,) = server.events_received()
        assert bytes(frame.data) == text.encode()


def taken(rate: float, seconds: float = 0.1) -> Measured:
    return Measured(1.0, 0.5, 10, Heard(int(rate), 0, [seconds]), 0)


def figures(ours: float = 1_000, node: float = 800, loop: float = 200, **changes: object) -> Figures:
    full = [Full(OURS, [taken(ours)]), Full(NODE, [taken(node)]), Full(FASTAPI, [taken(loop)])]
    duels = [Duel(NODE, 640, [taken(640, 0.2)], [taken(640)])]
    return Figures(full, duels, **({"idle": {OURS: 9.0}, "calm": [taken(100)]} | changes))


@pytest.mark.parametrize(
    ("made", "broken"),
    [
        (figures(), []),
        (figures(node=900), ["1.1 times Node `ws`, not 1.2"]),
        (figures(loop=250), ["4.0 times FastAPI loop, not 5.0"]),
        (figures(idle={OURS: 21.0}), ["21 kB a socket"]),
        (figures(calm=[taken(100, 1.3)]), ["1.3 s with coalescing"]),
    ],
)
def test_what_is_promised(made: Figures, broken: list[str]) -> None:
    assert made.broken() == broken


def test_a_slower_answer_at_a_peers_load_is_a_broken_promise() -> None:
    late = Duel(NODE, 640, [taken(640, 0.1)], [taken(640, 0.2)])
    made = figures()
    assert Figures(made.full, [late], made.idle, made.calm).broken() == ["later than Node `ws` at its load"]


def test_the_page_gets_the_tables(tmp_path: Path) -> None:
    page = tmp_path / "page.md"
    page.write_text("before\n{}\nold\n{}\nafter\n".format(*MARKS))
    write(page, figures().table(), MARKS)
    assert "| Node `ws` | 800 | 1.2 | 1,600 |  |" in page.read_text()
    assert "| 640 | Node `ws` | 200.0 ms | 200.0 ms | 200.0 ms | 50 % |" in page.read_text()
    assert "old" not in page.read_text()
