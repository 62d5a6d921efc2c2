"""Which texts are one address, and which only look like it."""

import pytest

from services.runtime.mail.address import mailbox, sender


@pytest.mark.parametrize(
    "text", ["a@b.c", "first.last+tag@mail.example.com", "a@[192.0.2.1]", "a@bücher.example"]
)
def test_an_address_stays_as_it_is_spelled(text):
    assert mailbox(text).addr_spec == text


@pytest.mark.parametrize(
    "text",
    ["", "a", "@b.c", "a@", "a,b@c.d", "a@b,c@d", "a;b@c.d", "<a@b.c>", "Ben <a@b.c>", "a(x)@b.c", "a@b@c",
     "a@b.c\r\nBcc: x@y.z", "a b@c.d", "a@b..c", "a@b\x00"],
)  # fmt: skip
def test_anything_else_is_refused(text):
    with pytest.raises(ValueError, match="no address"):
        mailbox(text)


@pytest.mark.parametrize(
    ("text", "spec", "name"), [("a@b.c", "a@b.c", ""), ("Team <a@b.c>", "a@b.c", "Team")]
)
def test_a_sender_may_have_a_name(text, spec, name):
    assert (sender(text).addr_spec, sender(text).display_name) == (spec, name)


@pytest.mark.parametrize("text", ["", "Team", "a@b.c, d@e.f", "Team, Two <a@b.c>", "Team\r\nX: y <a@b.c>"])
def test_a_sender_is_one(text):
    with pytest.raises(ValueError, match="no address"):
        sender(text)
