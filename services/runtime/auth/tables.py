"""The one view of another service's that every service may read: who has which rights now.

A live log-in has a row for each team of its person (one with no team for a person who is in none), and a
live API token one row. No row, no access. `version` of a person rises with every change of their rights.
"""

from sqlalchemy import BigInteger, Column, MetaData, String, Table, Text, Uuid

from services.runtime.db import UtcTime

auth_rights = Table(
    "auth_rights",
    MetaData(),
    Column("sid", String(64)),
    Column("user_id", Uuid),
    Column("team_id", Uuid),
    Column("role", String(16)),
    Column("version", BigInteger),
    Column("scopes", Text),
    Column("secret_hash", String(64)),
    Column("expires_at", UtcTime),
    Column("username", Text),
)
