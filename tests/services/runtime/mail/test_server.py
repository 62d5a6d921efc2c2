"""What a mail server's URL says, and which are refused."""

import pytest

from services.runtime.mail.server import MailServer


@pytest.mark.parametrize(
    ("url", "said"),
    [
        ("smtps://mail.example.com", ("mail.example.com", 465, "tls", None, None)),
        ("smtp://mail.example.com", ("mail.example.com", 587, "starttls", None, None)),
        ("smtp+plain://relay:2525/", ("relay", 2525, "none", None, None)),
        ("smtp://us%40example.com:p%2Fw@h:25", ("h", 25, "starttls", "us@example.com", "p/w")),
        ("smtp+plain://us:pw@localhost", ("localhost", 25, "none", "us", "pw")),
        ("smtp+plain://us:pw@[::1]:26", ("::1", 26, "none", "us", "pw")),
    ],
)
def test_a_url_says_where_and_how(url, said):
    server = MailServer.of(url)
    assert (server.host, server.port, server.security, server.user, server.password) == said
    assert "pw" not in repr(server).replace("password", "")


def test_a_password_may_come_apart():
    assert MailServer.of("smtp://us@h", "apart").password == "apart"
    assert MailServer.of("smtp://us:there@h", "apart").password == "apart"


@pytest.mark.parametrize(
    ("url", "why"),
    [
        ("mail.example.com", "must be"),
        ("http://s3cr3t@h", "must be"),
        ("smtp://", "must be"),
        ("smtp://us:s3cr3t@h:99999", "no URL"),
        ("smtp://us:s3cr3t@h/path", "port"),
        ("smtp://us:s3cr3t@h?tls=no", "port"),
        ("smtp://s3cr3t@h", "password"),
        ("smtp://:s3cr3t@h", "password"),
        ("smtp+plain://us:s3cr3t@mail.example.com", "in the clear"),
    ],
)
def test_what_is_wrong_is_said_without_the_url(url, why):
    with pytest.raises(ValueError, match=why) as caught:
        MailServer.of(url)
    assert "s3cr3t" not in str(caught.value)
