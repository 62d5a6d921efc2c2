"""Lists of sessions as files, written while they are read."""

import asyncio
from collections.abc import AsyncIterator, Sequence
from typing import Any

import orjson
from starlette.responses import StreamingResponse

from services.analytics.answers.listing import every
from services.analytics.api.bodies import SessionFigures, TokenSums
from services.analytics.store.sessions import Listing
from services.analytics.telling import Telling
from services.contracts.audit import FileForm
from services.runtime.auth import Caller
from services.runtime.db import Database, limit_statements
from services.runtime.host.sheets import csv_text
from services.runtime.settings import Settings

KINDS: dict[FileForm, str] = {
    "csv": "text/csv; charset=utf-8",
    "json": "application/json",
    "parquet": "application/vnd.apache.parquet",
}
TOKENS = tuple(TokenSums.model_fields)
PLAIN = tuple(name for name in SessionFigures.model_fields if name != "tokens")
COLUMNS = (*PLAIN, *(f"tokens_{kind}" for kind in TOKENS))
IDS = frozenset({"id", "user_id"})


class Exports:
    """One transaction a file, so that all of it is as of one moment."""

    def __init__(self, database: Database, telling: Telling, settings: Settings) -> None:
        self._database = database
        self._telling = telling
        self._settings = settings

    async def file(self, caller: Caller, listing: Listing, form: FileForm) -> StreamingResponse:
        """Answer with a file for saving, and note that it was taken; an error in between cuts it short."""
        async with self._database.write(caller) as connection:
            await self._telling.exported(caller, connection, form, listing.narrowing)
        self._telling.sent()
        makers = {"csv": self._csv, "json": self._json, "parquet": self._parquet}
        headers = {
            "Content-Disposition": f'attachment; filename="analytics.{form}"',
            "Cache-Control": "no-store",
        }
        return StreamingResponse(makers[form](caller, listing), headers=headers, media_type=KINDS[form])

    async def _csv(self, caller: Caller, listing: Listing) -> AsyncIterator[bytes]:
        yield csv_text([COLUMNS]).encode()
        async for some in self._rows(caller, listing):
            yield csv_text([_cells(one) for one in some]).encode()

    async def _json(self, caller: Caller, listing: Listing) -> AsyncIterator[bytes]:
        separator = b"["
        async for some in self._rows(caller, listing):
            yield separator + b",\n".join(orjson.dumps(one.model_dump(mode="json")) for one in some)
            separator = b",\n"
        yield b"[]" if separator == b"[" else b"]"

    async def _parquet(self, caller: Caller, listing: Listing) -> AsyncIterator[bytes]:
        from services.analytics.parquet import ParquetSheet  # noqa: PLC0415 - a large library

        sheet = ParquetSheet(COLUMNS)
        async for some in self._rows(caller, listing):
            if ready := await asyncio.to_thread(sheet.add, [_values(one) for one in some]):
                yield ready
        yield await asyncio.to_thread(sheet.end)

    async def _rows(self, caller: Caller, listing: Listing) -> AsyncIterator[list[SessionFigures]]:
        async with self._database.read(caller, plans_anew=True) as connection:
            await limit_statements(connection, self._settings.export_timeout_ms)
            async for some in every(caller, connection, listing):
                yield some


def _cells(one: SessionFigures) -> Sequence[Any]:
    """The cells of a row; texts are made safe where they are written."""
    row = one.model_dump(mode="json")
    row["tags"] = ", ".join(one.tags)
    return [*(row[name] for name in PLAIN), *(row["tokens"][kind] for kind in TOKENS)]


def _values(one: SessionFigures) -> Sequence[Any]:
    """The same, with numbers, instants and lists as they are."""
    plain = (str(getattr(one, name)) if name in IDS else getattr(one, name) for name in PLAIN)
    return [*plain, *(getattr(one.tokens, kind) for kind in TOKENS)]
