"""Every refusal to start says why, and never what the secret was."""

import pytest
from pydantic import ValidationError

from services.runtime.settings import Settings

GOOD = "a-long-and-random-string-of-our-own"
SHARED = {"bus_url": "amqp://x", "fanout_url": "redis://x", "internal_secret": GOOD}
BEYOND = {"host": "0.0.0.0"}
MAIL = {"smtp_url": "smtp://us:s3cr3t@mail.example", "mail_from": "a@b.c", "public_url": "https://d.example"}


@pytest.mark.parametrize(
    ("given", "why"),
    [
        ({"jwt_secret": "s3cr3t-and-short"}, "32 bytes or more"),
        ({"internal_secret": "s3cr3t-and-short"}, "32 bytes or more"),
        ({"command_secret": "s3cr3t-and-short"}, "32 bytes or more"),
        ({"jwt_secret": "changeme-s3cr3t-changeme-changeme"}, "well-known default"),
        ({"internal_secret": "Change-Me-s3cr3t-in-production-now!"}, "well-known default"),
        ({"jwt_secret": "secret-s3cr3t-secret-secret-secret"}, "well-known default"),
        ({"cors_origins": "*"}, "name the origins"),
        ({"cors_origins": "https://a.example,https://*.b.example"}, "name the origins"),
        ({"bus_url": "amqp://x"}, "INTERNAL_SECRET"),
        ({"fanout_url": "redis://x"}, "INTERNAL_SECRET"),
        (BEYOND, "ALLOW_PLAIN_HTTP"),
        ({"host": "127.example.com"}, "ALLOW_PLAIN_HTTP"),
        ({"host": "::"}, "ALLOW_PLAIN_HTTP"),
        ({"tls_cert": "a.pem"}, "go together"),
        ({"tls_key": "a.key"}, "go together"),
        ({"tls": "maybe"}, "tls"),
        ({"port": 70_000}, "port"),
        ({"port": "http"}, "port"),
        ({"password_min_length": 7}, "password_min_length"),
        (MAIL | {"smtp_url": "mail.example"}, "smtps://HOST"),
        (MAIL | {"smtp_url": "smtp+plain://us:s3cr3t@mail.example"}, "in the clear"),
        (MAIL | {"mail_from": ""}, "MAIL_FROM"),
        (MAIL | {"mail_from": "a@b.c, d@e.f"}, "MAIL_FROM"),
        (MAIL | {"public_url": ""}, "PUBLIC_URL"),
        (MAIL | {"smtp_ca_file": "s3cr3t.pem"}, "smtp_ca_file"),
    ],
)
def test_what_would_be_unsafe_is_refused(given, why):
    with pytest.raises(ValidationError, match=why) as caught:
        Settings(**given)
    assert "s3cr3t" not in str(caught.value)


@pytest.mark.parametrize(
    "given",
    [
        {}, SHARED, {"host": "localhost"}, {"host": "127.1.2.3"}, {"host": "::1"}, {**BEYOND, "tls": "self"},
        {**BEYOND, "tls_cert": "a.pem", "tls_key": "a.key"}, {**BEYOND, "allow_plain_http": True},
        SHARED | BEYOND,
        {"jwt_secret": GOOD}, {"cors_origins": "https://a.example"},
    ],
)  # fmt: skip
def test_what_is_safe_is_taken(given):
    assert Settings(**given).port == 8000


def test_the_environment_is_read(monkeypatch, tmp_path):
    monkeypatch.setenv("PORT", "9001")
    monkeypatch.setenv("DATA_DIR", str(tmp_path))
    monkeypatch.setenv("JWT_SECRET", GOOD)
    monkeypatch.setenv("CORS_ORIGINS", "https://a.example, https://b.example,")
    settings = Settings()
    assert settings.port == 9001
    assert settings.database == f"sqlite:///{tmp_path}/dashboard.db"
    assert settings.origins == ("https://a.example", "https://b.example")
    assert settings.jwt_secret.get_secret_value() == GOOD
    assert GOOD not in repr(settings)


def test_mail_is_off_until_it_has_a_server():
    assert Settings().mail_server is None
    assert Settings(smtp_url="").mail_server is None
    settings = Settings(**MAIL)
    assert settings.mail_server.password == "s3cr3t"
    assert "s3cr3t" not in repr(settings) + repr(settings.mail_server)


def test_three_urls_decide_the_shape():
    assert Settings().is_local
    assert Settings(database_url="postgresql://x/y").is_local
    assert Settings(database_url="postgresql://x/y").database == "postgresql://x/y"
    assert not Settings(**SHARED).is_local
    assert not Settings(**SHARED | {"bus_url": "memory://"}).is_local
