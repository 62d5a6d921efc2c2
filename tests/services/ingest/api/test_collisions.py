"""Files that live sessions of several people change at the same time, as each may see them."""

from llm_session_manager.protocol import FileChange
from services.ingest.store.collisions import collisions
from services.runtime.auth import Caller
from tests.load.plans import scans_of
from tests.services.ingest.bench import open_bench
from tests.support.builders import ANNA, START, TEAM, after, make_report

PATH = "/api/sessions/collisions"
APP = "src/app.py"


def changed(*paths, at=START, top=""):
    return tuple(
        FileChange(path=top + path, change="updated", edits=1, added=1, removed=0, last_at=at)
        for path in paths
    )


async def found(person):
    answer = await person.browser.get(PATH)
    assert answer.status_code == 200, answer.text
    assert answer.json()["next_cursor"] is None
    return answer.json()["items"]


async def files(person):
    return {item["path"]: {one["username"] for one in item["sessions"]} for item in await found(person)}


async def test_both_are_named_with_the_file_and_when_each_changed_it(team):
    """Wherever the repository lies on their machines; to their own team alone."""
    own = {"project": "shop", "directory": "/Users/anna/shop"}
    annas = await team.shared(files=changed(APP, "a.md", top="/Users/anna/shop/"), **own)
    bens = await team.shared(
        team.bens,
        "native-2",
        files=changed(APP, at=after(minutes=5), top="/home/ben/src/shop/"),
        project="shop",
        directory="/home/ben/src/shop/src",
    )
    assert await found(team.vera) == [
        {
            "repository": "acme/shop",
            "path": APP,
            "sessions": [
                {"session_id": bens["id"], "user_id": str(team.ben.user_id), "username": "ben",
                 "last_at": "2026-03-01T12:05:00Z"},
                {"session_id": annas["id"], "user_id": str(team.anna.user_id), "username": "anna",
                 "last_at": "2026-03-01T12:00:00Z"},
            ],
        }
    ]  # fmt: skip
    assert await found(team.anna) == await found(team.ben) == await found(team.vera)
    assert await found(team.olga) == []
    # The name of the list is no session's id.
    assert (await team.anna.browser.get("/api/sessions/collision")).status_code == 422
    # It ends with one of the sessions.
    assert (await team.ben.browser.delete(f"/api/sessions/{bens['id']}")).status_code == 204
    assert await found(team.anna) == []


async def test_a_private_session_is_seen_by_its_owner_alone_and_makes_no_notice_for_others(team):
    """Its owner knows of both, so they are told; whoever sees one of the two is told nothing."""
    await team.shared(files=changed(APP))
    bens = await team.session(team.bens, "native-2", files=changed(APP))
    assert bens["visibility"] == "private"
    assert await files(team.ben) == {APP: {"anna", "ben"}}
    for other in (team.anna, team.vera, team.olga):
        assert await found(other) == []
    await team.ben.browser.post(f"/api/sessions/{bens['id']}/share", json={"visibility": "team"})
    assert await files(team.anna) == {APP: {"anna", "ben"}}


async def test_only_live_sessions_of_two_people_in_one_repository_collide(team):
    await team.shared(files=changed(APP))
    await team.shared(native_id="of the same person", files=changed(APP))
    for name, other in {
        "another file": {"files": changed("src/other.py")},
        "another repository": {"files": changed(APP), "repository": "acme/other"},
        "no repository": {"files": changed(APP), "repository": None},
        "ended": {"files": changed(APP), "status": "ended"},
    }.items():
        await team.shared(team.bens, name, **other)
        assert await found(team.anna) == [], name
    await team.shared(team.bens, "no repository", files=changed(APP))
    assert await files(team.anna) == {APP: {"anna", "ben"}}


async def test_both_changed_it_within_four_hours_and_of_many_files_the_latest_are_told(team):
    old = changed(APP, at=after(minutes=1))
    await team.shared(team.bens, "native-2", files=old)
    team.stack.clock.advance(hours=4)
    await team.shared(files=changed(APP, at=after(hours=4)))
    assert await files(team.anna) == {APP: {"anna", "ben"}}
    team.stack.clock.advance(minutes=2)
    assert await found(team.anna) == []
    many = [changed(f"f{n:03}.py", at=after(hours=1, seconds=n))[0] for n in range(130)]
    await team.shared(files=tuple(many))
    await team.shared(team.bens, "native-2", files=tuple(many))
    paths = [item["path"] for item in await found(team.anna)]
    assert paths == [f"f{n:03}.py" for n in range(129, 29, -1)]


async def test_postgresql_reads_it_by_indexes(postgres_url, tmp_path):
    caller = Caller(ANNA, TEAM, "admin", "sid")
    async with open_bench(postgres_url, tmp_path) as bench:
        await bench.introduce()
        await bench.take(make_report(files=changed(APP)))

        async def read(connection):
            await collisions(caller, connection, START, 10)

        ways = await scans_of(bench.database, caller, read, without_seqscan=True)
    tables = {scan.table: scan for scan in ways if scan.table}
    assert tables.keys() >= {"session_files", "sessions"}
    assert all(scan.is_by_index for scan in tables.values()), ways
