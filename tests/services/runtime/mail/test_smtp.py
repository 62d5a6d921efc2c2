"""Letters handed to a real mail server: how, and what is said where it refuses."""

import asyncio

import pytest

from services.runtime.mail import Letter, UndeliveredError
from services.runtime.mail.server import MailServer
from services.runtime.mail.smtp import SmtpMailer
from tests.services.runtime.fanout.stage import SteppedClock
from tests.support.servers.smtp import MailServer as Server

LETTER = Letter("ben@example.com", "Grüße", "Hallo Bülent,\n\n.\nup to here\n", "<p>Hallo Bülent</p>")
SHORT = 0.5


@pytest.fixture
def server():
    with Server() as running:
        yield running


def mailer(server, *, user="", authorities=None, seconds=10.0):
    url = server.url.replace("://", f"://{user}@") if user else server.url
    return SmtpMailer(
        MailServer.of(url), "Team Dashboard <dashboard@example.org>", SteppedClock(),
        here="dashboard.example.org", seconds=seconds, authorities=authorities,
    )  # fmt: skip


async def refusal(server, letter=LETTER, **how):
    with pytest.raises(UndeliveredError) as caught:
        await mailer(server, **how).send(letter)
    assert "example" not in caught.value.reason
    return caught.value.reason, caught.value.final


async def test_a_letter_arrives_as_it_was_written(server):
    await mailer(server).send(LETTER)
    got = await server.letter("ben@example.com")
    assert (got.sender, got.to, got.encrypted) == ("dashboard@example.org", "ben@example.com", False)
    assert got.text.splitlines() == ["Hallo Bülent,", "", ".", "up to here"]
    assert got.html.strip() == LETTER.html
    head = got.message
    assert (head["From"], head["To"], head["Subject"]) == (
        "Team Dashboard <dashboard@example.org>", "ben@example.com", "Grüße",
    )  # fmt: skip
    assert head["Date"] == "Thu, 01 Jan 1970 00:00:00 +0000"
    assert head["Message-ID"].endswith("@example.org>")
    assert head["Auto-Submitted"] == "auto-generated"


@pytest.mark.parametrize("security", ["tls", "starttls"])
async def test_it_travels_encrypted_and_under_a_name(security, tmp_path):
    with Server(security, tmp_path) as server:
        await mailer(server, user="us:p%40ss", authorities=server.authority).send(LETTER)
        got = await server.letter("ben@example.com")
    assert (got.encrypted, got.user) == (True, "us")


@pytest.mark.parametrize("security", ["tls", "starttls"])
async def test_nothing_is_said_to_a_stranger(security, tmp_path):
    with Server(security, tmp_path) as server:
        reason, final = await refusal(server, user="us:pass")
        assert server.letters == []
    assert (reason, final) == (
        "The mail server's certificate is not trusted, or it speaks no TLS.", False
    )  # fmt: skip


async def test_without_starttls_nothing_is_sent(server):
    plain = MailServer.of(server.url.replace("smtp+plain", "smtp"))
    sender = SmtpMailer(plain, "a@example.org", SteppedClock(), here="here", seconds=10)
    with pytest.raises(UndeliveredError, match="TLS") as caught:
        await sender.send(LETTER)
    assert not caught.value.final
    assert server.letters == []


@pytest.mark.parametrize(
    ("verb", "answer", "said", "final"),
    [
        ("RCPT", "550 ben@example.com unknown", "The mail server refused this address (550).", True),
        ("RCPT", "451 later, ben@example.com", "The mail server refused this address for now (451).", False),
        (".", "554 spam to ben@example.com", "The mail server refused the letter (554).", True),
        ("DATA", "452 no room", "The mail server refused the letter for now (452).", False),
        ("MAIL", "553 not yours", "The mail server refused to send in our name (553).", False),
        ("AUTH", "535 no", "The mail server refused our password (535).", False),
        ("hello", "421 closing", "The mail server is not ready (421).", False),
    ],
)
async def test_a_refusal_is_told_in_our_words(server, verb, answer, said, final):
    with server.answering({verb: answer}):
        assert await refusal(server, user="us:pass") == (said, final)


@pytest.mark.parametrize("verb", ["hello", "RCPT", "."])
async def test_silence_is_not_waited_for_long(server, verb):
    with server.answering({verb: ""}):
        assert await refusal(server, seconds=SHORT) == ("The mail server did not answer in time.", False)


async def test_a_server_that_is_not_there():
    with Server() as gone:
        pass
    assert await refusal(gone) == ("The mail server cannot be reached.", False)


@pytest.mark.parametrize(
    "to",
    ["a,b@example.com", "a@example.com\r\nBcc: x@example.com", "<a@example.com>", "a(x)@example.com", "a"],
)
async def test_an_address_is_one_address(server, to):
    reason, final = await refusal(server, Letter(to, "s", "t", "h"))
    assert (reason, final) == ("This is no address that mail can be sent to.", True)
    assert server.letters == []


async def test_a_subject_is_one_line(server):
    """Names in it are checked where they come in; should one pass, no header is made of it."""
    with pytest.raises(ValueError, match="line"):
        await mailer(server).send(Letter("a@example.com", "s\r\nBcc: x@example.com", "t", "h"))
    assert server.letters == []


async def test_a_send_that_is_cancelled_ends(server):
    with server.answering({"hello": ""}):
        task = asyncio.create_task(mailer(server).send(LETTER))
        await asyncio.sleep(0)
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task
