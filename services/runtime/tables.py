"""Tables that every process may need: noted attempts, and the dead letters of the bus in memory."""

from sqlalchemy import JSON, BigInteger, Boolean, Column, Integer, LargeBinary, MetaData, String, Table, Text

from services.runtime.db import UtcTime

metadata = MetaData()

attempts = Table(
    "runtime_attempts",
    metadata,
    Column("queue", String(200), primary_key=True),
    Column("digest", String(64), primary_key=True),
    Column("attempts", Integer, nullable=False),
    Column("noted_at", UtcTime, nullable=False, index=True),
)

dead_letters = Table(
    "runtime_dead_letters",
    metadata,
    Column("id", BigInteger().with_variant(Integer, "sqlite"), primary_key=True, autoincrement=True),
    Column("queue", String(200), nullable=False, index=True),
    Column("routing_key", Text, nullable=False),
    Column("code", String(64), nullable=False),
    Column("detail", Text, nullable=False),
    Column("body", LargeBinary, nullable=False),
    Column("headers", JSON, nullable=False),
    Column("died_at", UtcTime, nullable=False, index=True),
    Column("replay", Boolean, nullable=False, default=False),
)
