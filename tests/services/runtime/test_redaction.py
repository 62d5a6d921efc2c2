"""No log line holds a secret: neither under its name, nor by its form, nor one of our own."""

import json
import secrets

import pytest
import structlog

from services.runtime.auth.api_token import ApiToken
from services.runtime.redaction import HIDDEN, Redaction
from tests.services.runtime.test_telemetry import logged

OWN = 'quoted"and\\odd-p4ssword'


def line(redaction=None, **event):
    """The line that is made of this."""
    redaction = redaction or Redaction()
    text = structlog.processors.JSONRenderer()(None, "info", redaction.by_name(None, "info", event))
    return redaction.by_form(None, "info", text)


@pytest.mark.parametrize(
    "name",
    ["password", "new_password", "token", "access_token", "refresh-token", "Authorization", "cookie",
     "ticket", "jwt_secret", "smtp.password", "api_key", "apikey", "invite", "set-cookie"],
)  # fmt: skip
def test_what_is_named_a_secret_is_hidden(name):
    assert json.loads(line(**{name: "x"})) == {name: HIDDEN}
    assert json.loads(line(headers={name: "x", "a": {name: "y"}}))["headers"] == {
        name: HIDDEN,
        "a": {name: HIDDEN},
    }


@pytest.mark.parametrize("name", ["event", "tokens", "token_count", "secretary", "code", "kid", "invited_by"])
def test_what_is_named_otherwise_is_kept(name):
    assert json.loads(line(**{name: "plain words"})) == {name: "plain words"}


@pytest.mark.parametrize(
    "secret",
    [
        pytest.param(ApiToken.make().text, id="an API token"),
        "eyJhbGciOiJFZERTQSJ9.eyJzdWIiOiJ4In0.c2lnbmF0dXJl",
        pytest.param(secrets.token_urlsafe(32), id="32 random bytes"),
        "postgresql://dashboard:hunter2@db:5432/x",
        "amqp://services:p%40ss@broker/",
        "Bearer abcdefghijkl",
    ],
)
def test_what_looks_like_a_secret_is_hidden(secret):
    for text in (secret, f"cannot use {secret}!", f"'{secret}'", f"x={secret}&y=1"):
        said = line(event=text)
        assert HIDDEN in said
        kept = {"postgresql://", "amqp://", "Bearer ", "@db:5432/x", "@broker/"}
        rest = secret
        for part in kept:
            rest = rest.replace(part, "")
        assert rest not in said
        json.loads(said)


@pytest.mark.parametrize(
    "plain",
    ["0f8fad5b-d9cb-469f-a165-70867728950e",
     "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855",
     "http://127.0.0.1:8000/api/sessions?x=a@b.example", "report.a.b.c", "anna@example.com",
     "stored 43 sessions"],
)  # fmt: skip
def test_what_does_not_is_kept(plain):
    assert json.loads(line(event=plain)) == {"event": plain}


def test_our_own_secrets_are_known_by_themselves():
    said = line(
        Redaction([OWN, "short"]), event=f"cannot sign in as {OWN}", other=["a", {"b": OWN}], n="short"
    )
    assert json.loads(said) == {
        "event": f"cannot sign in as {HIDDEN}", "other": ["a", {"b": HIDDEN}], "n": "short"
    }  # fmt: skip


def test_an_errors_words_are_redacted_too():
    (said,) = logged(
        "try:",
        "    raise ValueError('refused by amqp://services:hunter2@broker')",
        "except ValueError:",
        "    log.exception('failed', token='hunter3')",
    )
    assert "hunter" not in json.dumps(said)
    assert "amqp://[redacted]@broker" in said["exception"]
