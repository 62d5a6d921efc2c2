"""`python -m services`: run any part of the product, or look after it."""

import argparse
import asyncio
import os
import sys
from collections.abc import Sequence

from pydantic import ValidationError

from services.commands import dead_letters, demo, keys, migrations, people, rebuild, serve
from services.runtime.settings import Settings
from services.runtime.settings.environment import SettingsRefused, refuse_slips
from services.runtime.telemetry import configure_logging
from services.targets import ALL, TARGETS


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command; answers the exit code."""
    asked = _parser().parse_args(arguments)
    try:
        settings = Settings()
        refuse_slips(os.environ, Settings, settings.foreign)
    except SettingsRefused as error:
        print(error, file=sys.stderr)
        return 2
    except ValidationError as error:
        for wrong in error.errors(include_input=False, include_url=False):
            name = ".".join(map(str, wrong["loc"])).upper()
            print(f"{name or 'Settings'}: {wrong['msg'].removeprefix('Value error, ')}", file=sys.stderr)
        return 2
    configure_logging(settings.log_level, settings.secrets)
    return _run(settings, asked)


def _run(settings: Settings, asked: argparse.Namespace) -> int:
    match asked.command:
        case "migrate":
            code = asyncio.run(migrations.run(settings, asked.new))
        case "dlq":
            code = asyncio.run(dead_letters.run(settings, asked.action, asked.queue, asked.ids))
        case "demo":
            code = asyncio.run(demo.remove(settings)) if asked.action == "remove" else demo.run(settings)
        case "user":
            code = asyncio.run(people.reset(settings, asked.email))
        case "audit":
            code = asyncio.run(people.verify_audit(settings))
        case "key":
            code = asyncio.run(keys.run(settings, asked.action, asked.number))
        case "rebuild":
            code = asyncio.run(rebuild.run(settings, asked.service))
        case "openapi":
            code = serve.print_document(settings)
        case _:
            code = serve.run(settings, asked.target or [ALL])
    return code


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m services", description=__doc__)
    parser.add_argument(
        "--target", action="append", choices=[ALL, *TARGETS], help="what this process hosts; may be repeated"
    )
    commands = parser.add_subparsers(dest="command", metavar="command")
    migrate = commands.add_parser("migrate", help="bring the tables up to date")
    migrate.add_argument("--new", nargs=2, metavar=("SERVICE", "NAME"), help="draft a migration instead")
    commands.add_parser("openapi", help="print the OpenAPI document")
    play = commands.add_parser("demo", help="run everything with a synthetic team that lives, or remove it")
    play.add_argument("action", nargs="?", choices=["run", "remove"], default="run")
    user = commands.add_parser("user", help="help somebody who is locked out")
    user.add_argument("action", choices=["reset"], help="reset: print a new password, end all sign-ins")
    user.add_argument("email")
    audit = commands.add_parser("audit", help="check the teams' audit logs")
    audit.add_argument("action", choices=["verify"])
    key = commands.add_parser("key", help="change the key that access tokens are signed with")
    key.add_argument("action", choices=["list", "rotate", "revoke"])
    key.add_argument("number", nargs="?", type=int, help="for revoke: not the one that signs now")
    anew = commands.add_parser("rebuild", help="make anew what a service has worked out")
    anew.add_argument("service", choices=["analytics", "ingest"])
    letters = commands.add_parser("dlq", help="look after dead letters")
    letters.add_argument("action", choices=["list", "show", "replay", "purge"])
    letters.add_argument("queue", nargs="?", default="ingest.reports")
    letters.add_argument("ids", nargs="*", help="ids from `list`; none: all of the queue")
    return parser


if __name__ == "__main__":
    sys.exit(main())
