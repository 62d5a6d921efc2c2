"""Names in comments, likeness of titles, the order of what is hot, and the feed's XML."""

from datetime import UTC, datetime, timedelta
from uuid import UUID
from xml.etree import ElementTree as ET

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.insight.domain.likeness import likeness
from services.insight.domain.mentions import mentioned
from services.insight.domain.ranking import hot
from services.insight.domain.rss import Channel, Item, rss

ANN, ANNA, ZOE, TWIN = (UUID(int=n) for n in range(1, 5))
NAMES = {ANN: "Ann", ANNA: "Anna Lee", ZOE: "Zoë", TWIN: "ann"}


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("@Anna Lee, look", [ANNA]),
        ("@anna leeward", []),
        ("@ann leeward", [ANN, TWIN]),
        ("@ANN.", [ANN, TWIN]),
        ("@annabel", []),
        ("x@ann", []),
        ("(@zoË)@zoë", [ZOE]),
        ("@@ann", [ANN, TWIN]),
        ("@", []),
    ],
)
def test_the_longest_name_behind_an_at_is_meant(text, expected):
    assert mentioned(text, NAMES) == expected


@given(st.text(alphabet="@anle ", max_size=200))
def test_whoever_is_named_is_there_once(text):
    found = mentioned(text, NAMES)
    assert len(found) == len(set(found))
    assert not found or "@" in text


def test_likeness_goes_from_nothing_to_everything():
    assert likeness(["cache", "the", "prompt"], ["prompt", "cache", "the"]) == 1
    assert likeness(["cache", "prompt"], ["cache", "tests", "first"]) == 0.5
    assert likeness(["a", "cache"], ["a", "test"]) == 0
    assert likeness([], ["cache"]) == 0
    assert likeness(["go"], ["go", "to"]) == 1


def test_ten_times_the_votes_are_worth_twelve_and_a_half_hours():
    at = datetime(2026, 3, 1, tzinfo=UTC)
    assert hot(10, at) == pytest.approx(hot(1, at + timedelta(hours=12.5)))
    assert hot(0, at) == hot(1, at) < hot(2, at) < hot(2, at + timedelta(seconds=1))


@given(st.text(max_size=100))
def test_whatever_was_written_the_feed_is_xml(text):
    item = Item(ANNA, text, "https://x/y", text, text, (text,), datetime(2026, 3, 1, tzinfo=UTC))
    read = ET.fromstring(rss(Channel(text, "https://x", [item])))
    assert len(read.findall("channel/item")) == 1
    assert read.findtext("channel/item/pubDate") == "Sun, 01 Mar 2026 00:00:00 GMT"
