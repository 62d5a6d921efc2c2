"""RSS 2.0 of texts that people wrote: nothing in them is markup."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from email.utils import format_datetime
from uuid import UUID
from xml.sax.saxutils import escape

# What XML 1.0 cannot hold, however it is written.
_UNWRITABLE = re.compile("[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
HEAD = (
    '<?xml version="1.0" encoding="UTF-8"?>\n<rss version="2.0" xmlns:dc="http://purl.org/dc/elements/1.1/">'
)


@dataclass(frozen=True, slots=True)
class Item:
    id: UUID
    title: str
    link: str
    text: str
    author: str | None
    categories: Sequence[str]
    at: datetime


@dataclass(frozen=True, slots=True)
class Channel:
    title: str
    link: str
    items: Sequence[Item]


def rss(channel: Channel) -> str:
    """The document. Descriptions are Markdown as it was written, shown as text."""
    lines = [HEAD, "<channel>", _tag("title", channel.title), _tag("link", channel.link)]
    lines.append(_tag("description", "What the team has learnt."))
    for item in channel.items:
        lines += _item(item)
    return "\n".join([*lines, "</channel>", "</rss>", ""])


def _item(item: Item) -> Iterator[str]:
    yield "<item>"
    yield _tag("title", item.title)
    yield _tag("link", item.link)
    yield f'<guid isPermaLink="false">{item.id}</guid>'
    yield _tag("pubDate", format_datetime(item.at, usegmt=True))
    if item.author is not None:
        yield _tag("dc:creator", item.author)
    yield from (_tag("category", one) for one in item.categories)
    yield _tag("description", item.text)
    yield "</item>"


def _tag(name: str, text: str) -> str:
    # A reader takes a description for HTML: what looks like it is escaped once for XML and once for HTML.
    plain = escape(text) if name == "description" else text
    return f"<{name}>{escape(_UNWRITABLE.sub('', plain))}</{name}>"
