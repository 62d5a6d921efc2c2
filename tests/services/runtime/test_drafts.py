"""A drafted migration makes exactly the tables that the code describes."""

import shutil

from services.runtime import migrate as migrations
from services.runtime.db import open_database
from services.runtime.drafts import draft
from services.runtime.reach import NOBODY
from services.runtime.settings import Settings
from tests.services.runtime.test_migrate import difference


async def test_a_draft_from_nothing_is_complete(tmp_path, monkeypatch):
    (tmp_path / "ingest" / "migrations" / "versions").mkdir(parents=True)
    monkeypatch.setattr(migrations, "ROOT", tmp_path)
    path = await draft("ingest", "All tables")
    assert path == tmp_path / "ingest" / "migrations" / "versions" / "0001_all_tables.py"
    database = open_database(f"sqlite:///{tmp_path}/test.db", Settings())
    await migrations.migrate(database, "ingest")
    async with database.read(NOBODY) as connection:
        assert await connection.run_sync(difference, "ingest") == []
    await database.close()


async def test_a_draft_follows_what_is_there(tmp_path, monkeypatch):
    shutil.copytree(migrations.ROOT / "insight" / "migrations", tmp_path / "insight" / "migrations")
    number = len(list((tmp_path / "insight" / "migrations" / "versions").glob("*.py")))
    monkeypatch.setattr(migrations, "ROOT", tmp_path)
    path = await draft("insight", "Nothing new")
    assert path.name == f"{number + 1:04d}_nothing_new.py"
    text = path.read_text()
    assert f'down_revision = "{number:04d}"' in text
    assert "create_table" not in text
    assert "add_column" not in text
