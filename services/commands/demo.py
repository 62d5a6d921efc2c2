"""The product with a synthetic team that lives, and the way to be rid of it."""

import sys
from functools import partial

import httpx

from services.auth.app import AuthPart
from services.auth.demo import DemoTeams
from services.commands.serve import address, greet, listen, make_server
from services.demo.keeping import Keeping
from services.demo.removal import BusyError, Removal, Removed
from services.demo.stage import Stage
from services.demo.team import DEMO_EMAIL, TEAM_NAME
from services.ingest import tables as ingest
from services.ingest.forgetting import Forgetting
from services.ingest.removal import TeamRemoval
from services.runtime.clock import Clock
from services.runtime.errors import Problem
from services.runtime.outbox import Outbox
from services.runtime.schema import Schema
from services.runtime.settings import Settings
from services.runtime.telemetry import configure_logging
from services.targets import ALL, SERVICES, Built, Composition

BASE_URL = "http://127.0.0.1"


def run(settings: Settings) -> int:
    """Serve everything with the demo until SIGTERM or SIGINT; answers the exit code."""
    keeping = Keeping(settings.data_dir)
    if (wrong := _refusal(settings)) or not keeping.take():
        print(wrong or f"A demo is running on {settings.data_dir} already.", file=sys.stderr)
        return 2 if wrong else 1
    try:
        listening = listen(settings)
    except OSError as error:
        print(f"{settings.host}:{settings.port} cannot be used ({error.strerror}).", file=sys.stderr)
        return 1
    settings.port = listening.getsockname()[1]
    composition = Composition(settings, [ALL])
    built = composition.build()
    stage = make_stage(built, keeping, composition.clock)
    server = make_server(settings, built, [ALL], partial(_begin, stage, settings, keeping), [stage])
    server.run(sockets=[listening])
    return 0 if server.started else 1


async def remove(settings: Settings) -> int:
    """Take the demo away, whether or not a server runs; answers the exit code."""
    if wrong := _refusal(settings):
        print(wrong, file=sys.stderr)
        return 2
    # What was removed is told in words; what the tables' versions are is nobody's question here.
    configure_logging("WARNING")
    composition = Composition(settings, [ALL])
    built = composition.build()
    try:
        await Schema(
            composition.database, ["runtime", *SERVICES], composition.clock, migrates=settings.is_local
        ).start()
        removed = await make_removal(settings, built, composition.clock).run(settings.data_dir)
    except BusyError:
        print(f"The server on {settings.data_dir} does not end its demo; stop it first.", file=sys.stderr)
        return 1
    finally:
        await composition.database.close()
    _tell(removed)
    return 0


def make_stage(built: Built, keeping: Keeping, clock: Clock) -> Stage:
    """Put a stage before the app: everything it does goes through the app's own front door."""

    def client() -> httpx.AsyncClient:
        return httpx.AsyncClient(transport=httpx.ASGITransport(built.app), base_url=BASE_URL)

    return Stage(demo_teams(built), built.database, keeping, client, clock)


def make_removal(settings: Settings, built: Built, clock: Clock) -> Removal:
    # The outbox is written and not relayed here: messages are for the server that runs, if one does.
    outbox = Outbox(built.database, ingest.outbox, built.bus, built.fanout, settings, clock)
    sessions = TeamRemoval(built.database, outbox, clock)
    words = Forgetting(built.database, settings, clock)
    return Removal(built.database, demo_teams(built), sessions, words, Keeping(settings.data_dir), clock)


def demo_teams(built: Built) -> DemoTeams:
    return next(part.demo for part in built.parts if isinstance(part, AuthPart))


async def _begin(stage: Stage, settings: Settings, keeping: Keeping) -> None:
    greet(settings)
    try:
        play = await stage.open()
    except Problem as problem:
        print(f"  No demo: {problem.detail} Only the demo itself may use its addresses.\n", file=sys.stderr)
        keeping.forget()
        keeping.release()
        return
    print("\n".join(_greeting(settings, keeping)), flush=True)
    stage.perform(play)


def _greeting(settings: Settings, keeping: Keeping) -> list[str]:
    return [
        f"  DEMO DATA        The people and sessions of “{TEAM_NAME}” are made up.",
        f"  Sign in          {address(settings)}",
        f"    e-mail         {DEMO_EMAIL}",
        f"    password       {keeping.password()}    (kept in {keeping.password_file})",
        "  Remove it all    python -m services demo remove",
        "",
    ]


def _tell(removed: Removed) -> None:
    if not removed.rows and not removed.files:
        print("There is no demo data here.")
        return
    print(f"Removed the demo: {len(removed.accounts)} accounts and all that is theirs.")
    for table, count in sorted(removed.rows.items()):
        print(f"  {count:>7,} rows of {table}")
    for file in removed.files:
        print(f"  {file}")
    for email in removed.kept:
        print(f"Kept {email}: it is in another team now.")


def _refusal(settings: Settings) -> str | None:
    if settings.is_local:
        return None
    return "The demo is for one process: unset BUS_URL and FANOUT_URL."
