"""A person's own address of the feed, and what is behind it."""

from urllib.parse import urlsplit
from xml.etree import ElementTree as ET

from tests.services.ingest.api.team import code
from tests.services.insight.api.forum import told


async def made(forum, who):
    url = told(await who.browser.post("/api/insights/feed"))["url"]
    parts = urlsplit(url)
    return f"{parts.path}?{parts.query}"


async def read(forum, address):
    return await forum.stack.client().get(address)


async def test_the_feed_holds_what_is_shared_and_nothing_of_sessions(forum):
    session = await forum.session(forum.ben, "bens", title="Hidden work")
    nasty = "<script>alert(1)</script> & ]]>"
    await forum.share(forum.ben, title="<b>One</b> & two", content=nasty, session_id=session)
    await forum.share(forum.anna, title="Newest", tags=["a&b"])
    gone = await forum.share(forum.anna, title="Gone")
    await forum.anna.browser.put(f"/api/insights/{gone['id']}", json={"state": "retired"})
    answer = await read(forum, await made(forum, forum.vera))
    assert answer.headers["content-type"].startswith("application/rss+xml")
    assert "Hidden" not in answer.text
    items = ET.fromstring(answer.text).findall("channel/item")
    assert [item.findtext("title") for item in items] == ["Newest", "<b>One</b> & two"]
    assert [one.text for one in items[0].findall("category")] == ["learning", "a&b"]
    # Readers take a description for HTML: its text is escaped in that, too.
    assert items[1].findtext("description") == "&lt;script&gt;alert(1)&lt;/script&gt; &amp; ]]&gt;"
    assert items[1].findtext("{http://purl.org/dc/elements/1.1/}creator") == "ben"
    assert items[1].findtext("pubDate").endswith("GMT")


async def test_there_is_one_address_until_it_is_ended(forum):
    assert told(await forum.ben.browser.get("/api/insights/feed")) == {"active": False, "created_at": None}
    first = await made(forum, forum.ben)
    second = await made(forum, forum.ben)
    assert (await read(forum, second)).status_code == 200
    assert code(await read(forum, first)) == (404, "not_found")
    assert told(await forum.ben.browser.get("/api/insights/feed"))["active"] is True
    assert (await forum.ben.browser.delete("/api/insights/feed")).status_code == 204
    assert code(await read(forum, second)) == (404, "not_found")
    token = await forum.stack.token(forum.ben, "read", "write")
    assert code(await token.post("/api/insights/feed")) == (403, "sign_in_needed")


async def test_it_ends_with_membership_account_and_team(forum):
    addresses = {who.name: await made(forum, who) for who in (forum.anna, forum.ben, forum.vera, forum.olga)}
    await forum.leave(forum.ben)
    await forum.delete_account(forum.vera)
    standing = {name: (await read(forum, address)).status_code for name, address in addresses.items()}
    assert standing == {"anna": 200, "ben": 404, "vera": 404, "olga": 200}
    await forum.delete_team(forum.anna)
    assert code(await read(forum, addresses["anna"])) == (404, "not_found")
    assert (await read(forum, addresses["olga"])).status_code == 200
