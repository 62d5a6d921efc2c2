"""Sessions as a Parquet file, a group of rows at a time. Its library is large: load it where it is needed."""

from collections.abc import Sequence
from typing import Any

import pyarrow as pa
from pyarrow.parquet import ParquetWriter

ROWS_AT_ONCE = 5_000
INSTANT = pa.timestamp("us", tz="UTC")
KINDS = {
    "tags": pa.list_(pa.string()),
    "started_at": INSTANT,
    "last_activity_at": INSTANT,
    "health_score": pa.float64(),
    "cost_usd": pa.float64(),
    **dict.fromkeys(("duration_s", "errors", "commits"), pa.int64()),
}


class ParquetSheet:
    """Takes rows, gives bytes; holds one group of rows. Numbers, instants and lists stay what they are."""

    def __init__(self, columns: Sequence[str]) -> None:
        fields = [
            (name, pa.int64() if name.startswith("tokens_") else KINDS.get(name, pa.string()))
            for name in columns
        ]
        self._schema = pa.schema(fields)
        self._sink = _Sink()
        self._file = pa.PythonFile(self._sink, mode="w")
        self._writer = ParquetWriter(self._file, self._schema, compression="zstd")
        self._batches: list[pa.RecordBatch] = []
        self._rows = 0

    def add(self, rows: Sequence[Sequence[Any]]) -> bytes:
        """Take some rows; answers what is ready of the file."""
        columns = zip(*rows, strict=True)
        arrays = [
            pa.array(values, type=kind) for values, kind in zip(columns, self._schema.types, strict=True)
        ]
        self._batches.append(pa.record_batch(arrays, schema=self._schema))
        self._rows += len(rows)
        if self._rows >= ROWS_AT_ONCE:
            self._write()
        return self._sink.take()

    def end(self) -> bytes:
        """The rest of the file."""
        if self._batches:
            self._write()
        self._writer.close()
        self._file.close()
        return self._sink.take()

    def _write(self) -> None:
        self._writer.write_table(pa.Table.from_batches(self._batches), row_group_size=self._rows)
        self._batches, self._rows = [], 0


class _Sink:
    """A file that is read while it is written."""

    closed = False

    def __init__(self) -> None:
        self._held = bytearray()

    def write(self, some: bytes) -> int:
        self._held += some
        return len(some)

    def take(self) -> bytes:
        taken = bytes(self._held)
        self._held.clear()
        return taken

    def flush(self) -> None:
        """Nothing is kept back."""

    def close(self) -> None:
        self.closed = True
