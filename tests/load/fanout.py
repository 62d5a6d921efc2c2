"""How many changes of sessions a gateway brings to browsers, how soon, and what an idle socket costs it.

The same load comes through the same Redis from the same program, and is read by the same clients, for the
gateway as it runs in production and for what others would build: Node's `ws`, socket.io with its Redis
adapter, and the loop that FastAPI's documentation shows. `python -m tests.load.fanout` prints the tables and
exits with 1 if something is not as promised; `--write docs/performance.md` puts them into that page. `--scale
0.001` is what the test suite runs.
"""

import argparse
import os
import resource
import sys
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from tests.load import contenders
from tests.load.contenders import OFF, ONE_BY_ONE, Contender, Tenants, pin
from tests.load.figures import MARKS, OURS, OVER_ASGI, SINGLY, Duel, Figures, Full
from tests.load.revocation import write
from tests.load.trial import Measured, Trial
from tests.support.servers.redis import Redis

SHARE = 0.8
WARMING = 0.25
FEW = 20
KILOBYTE = 1000
SERVERS, OTHERS = {0}, {1}


@dataclass(frozen=True)
class Sizes:
    """`window` is how many changes are under way at once when a server has all it can carry.

    `crowd` sockets are idle, and then hear of `sessions` that change as often a second as `changes` says.
    """

    sockets: int = 1_000
    teams: int = 10
    window: int = 200
    crowd: int = 5_000
    sessions: int = 200
    changes: Sequence[int] = (40, 100)
    seconds: float = 8.0
    rounds: int = 3

    @classmethod
    def scaled(cls, scale: float) -> "Sizes":
        """So much of it all, and of each at least what makes sense."""
        if scale == 1:
            return cls()
        return cls(
            sockets=max(4, int(1_000 * scale)), teams=2, window=4, crowd=max(5, int(5_000 * scale)),
            sessions=max(4, int(200 * scale)), changes=(20,), seconds=0.5, rounds=1,
        )  # fmt: skip


class Fanout:
    """All measurements, on one Redis and with one set of tenants."""

    def __init__(self, redis: Redis, tenants: Tenants, sizes: Sizes) -> None:
        self._redis = redis
        self._tenants = tenants
        self._sizes = sizes

    def measure(self) -> Figures:
        full, duels = self._compare()
        idle: dict[str, float] = {}
        ours = contenders.gateway(OURS, self._tenants, {}, 1, self._sizes.crowd)
        with self._trial(ours, self._sizes.crowd) as trial:
            idle[OURS] = self._idle(trial)
            calm = [trial.steady(2 * self._sizes.seconds, changes) for changes in self._sizes.changes]
        for peer in contenders.peers(self._redis.url, 1):
            with self._trial(peer, self._sizes.crowd) as trial:
                idle[peer.name] = self._idle(trial)
        return Figures(full, duels, idle, calm)

    def _compare(self) -> tuple[list[Full], list[Duel]]:
        """Each with all it can carry, in turn; then each peer with most of that, beside the gateway."""
        sizes = self._sizes
        ours = [
            self._gateway(OURS, OFF),
            self._gateway(SINGLY, ONE_BY_ONE),
            self._gateway(OVER_ASGI, OFF, direct=False),
        ]
        peers = contenders.peers(self._redis.url, sizes.teams)
        everybody = [*ours, *peers, *contenders.carriers(self._redis.url, sizes.teams)]
        rounds = [[self._saturate(one) for one in everybody] for _ in range(sizes.rounds)]
        full = [
            Full(one.name, [measured[place] for measured in rounds]) for place, one in enumerate(everybody)
        ]
        rivals = zip(peers, full[len(ours) :], strict=False)
        return full, [self._duel(ours[0], peer, most) for peer, most in rivals]

    def _saturate(self, contender: Contender) -> Measured:
        """Nobody else is there: what rests beside it still takes time of its processor."""
        sizes = self._sizes
        with self._crowded(contender) as trial:
            return trial.saturate(sizes.seconds, sizes.window)

    def _gateway(self, name: str, settings: dict[str, str], *, direct: bool = True) -> Contender:
        sizes = self._sizes
        return contenders.gateway(name, self._tenants, settings, sizes.teams, sizes.sockets, direct=direct)

    def _duel(self, ours: Contender, peer: Contender, full: Full) -> Duel:
        sizes, load = self._sizes, SHARE * full.rate
        with self._crowded(peer) as rival, self._crowded(ours) as gateway:
            pairs = [
                [trial.steady(sizes.seconds, load / trial.readers) for trial in (rival, gateway)]
                for _ in range(sizes.rounds)
            ]
        return Duel(full.name, load, [theirs for theirs, _ in pairs], [mine for _, mine in pairs])

    def _idle(self, trial: Trial) -> float:
        """Open the sockets; answers the kB that each of them takes."""
        first = min(FEW, trial.sockets // 2)
        trial.enter(first)
        before = trial.memory()
        trial.enter(trial.sockets - first)
        return (trial.memory() - before) / (trial.sockets - first) / KILOBYTE

    @contextmanager
    def _crowded(self, contender: Contender) -> Iterator[Trial]:
        """Start a server, with everybody there, who have heard of every session."""
        sizes = self._sizes
        with self._trial(contender, sizes.sockets) as trial:
            trial.enter(sizes.sockets)
            trial.saturate(sizes.seconds * WARMING, sizes.window)
            yield trial

    @contextmanager
    def _trial(self, contender: Contender, sockets: int) -> Iterator[Trial]:
        """Start a server on a processor of its own, with nobody there yet."""
        contender.server.start()
        try:
            pin(contender.server.pid, SERVERS)
            sessions = max(self._sizes.sessions, 3 * self._sizes.window) // len(contender.teams)
            with Trial(contender, self._redis.port, sockets, max(1, sessions)) as trial:
                yield trial
        finally:
            contender.server.close()


def measure(sizes: Sizes) -> Figures:
    """Start what is needed, and measure it all. Servers have one processor, everything else the other."""
    _, most = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (most, most))
    mine = os.sched_getaffinity(0)
    redis = Redis()
    try:
        redis.start()
        for pid in (0, redis.pid):
            pin(pid, OTHERS)
        with tempfile.TemporaryDirectory() as folder:
            tenants = Tenants(redis.url, Path(folder))
            try:
                tenants.start()
                pin(tenants.server.pid, OTHERS)
                return Fanout(redis, tenants, sizes).measure()
            finally:
                tenants.server.close()
    finally:
        redis.close()
        pin(0, mine)


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--scale", type=float, default=1.0)
    parser.add_argument("--write", type=Path, metavar="PAGE")
    given = parser.parse_args()
    if not contenders.have_peers():
        raise SystemExit("The peers are not installed: npm ci in tests/load/peers, or make bench.")
    figures = measure(Sizes.scaled(given.scale))
    sys.stdout.write(figures.table() + "\n")
    if given.write:
        write(given.write, figures.table(), MARKS)
    broken = figures.broken()
    sys.stdout.writelines(f"not as promised: {one}\n" for one in broken)
    return int(bool(broken))


if __name__ == "__main__":
    sys.exit(main())
