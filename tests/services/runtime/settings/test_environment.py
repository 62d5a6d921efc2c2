"""Secrets come from files too; slips of the pen are told, and other programs' variables are theirs."""

import os
import subprocess
import sys

import pytest
from pydantic import ValidationError

from services.runtime.settings import Settings
from services.runtime.settings.environment import FILE, SettingsRefused, holds_secret, refuse_slips
from tests.support.servers.services import clean_environment

GOOD = "a-long-and-random-string-of-our-own"
SECRETS = sorted(name.upper() for name, field in Settings.model_fields.items() if holds_secret(field))
EMBEDDED = {"DATABASE_URL": "sqlite:///x.db", "BUS_URL": "memory://", "FANOUT_URL": "memory://"}
SHARED = {"bus_url": "amqp://services:own@x", "fanout_url": "redis://x", "internal_secret": GOOD}


def good(name):
    return EMBEDDED.get(name, "" if name.startswith("SMTP_URL") else f"https://a:{GOOD}@b.example")


@pytest.fixture
def file(tmp_path):
    def write(content):
        path = tmp_path / "secret"
        path.write_bytes(content if isinstance(content, bytes) else content.encode())
        return str(path)

    return write


def test_everything_secret_is_known_to_be():
    asked = {"DATABASE_URL", "BUS_URL", "FANOUT_URL", "JWT_SECRET", "COMMAND_SECRET", "INTERNAL_SECRET"}
    assert asked | {"SMTP_PASSWORD", "MANAGEMENT_URL"} <= set(SECRETS)
    telling = {name.upper() for name in Settings.model_fields if "secret" in name or "password" in name}
    assert telling - set(SECRETS) == {"PASSWORD_MIN_LENGTH"}


@pytest.mark.parametrize("name", [name for name in SECRETS if name != "SMTP_URL"])
@pytest.mark.parametrize("end", ["", "\n", "\r\n"])
def test_a_secret_may_be_a_file(monkeypatch, file, name, end):
    monkeypatch.setenv(name + FILE, file(good(name) + end))
    settings = Settings()
    assert (good(name) in settings.secrets) is (name not in EMBEDDED)
    assert GOOD not in repr(settings)


def test_of_an_address_the_password_is_the_secret():
    settings = Settings(**SHARED | {"database_url": "postgresql://dashboard:very-own@x/y"})
    assert sorted(settings.secrets) == sorted([GOOD, "own", "very-own"])
    assert "very-own" not in repr(settings)


def test_a_secret_of_a_file_is_held_to_the_same_rules(monkeypatch, file):
    monkeypatch.setenv("JWT_SECRET_FILE", file("s3cr3t-and-short\n"))
    with pytest.raises(ValidationError, match="32 bytes or more") as caught:
        Settings()
    assert "s3cr3t" not in str(caught.value)


@pytest.mark.parametrize("name", SECRETS)
def test_a_secret_and_its_file_are_too_much(monkeypatch, file, name):
    monkeypatch.setenv(name, "s3cr3t")
    monkeypatch.setenv(name + FILE, file("s3cr3t"))
    with pytest.raises(SettingsRefused, match=f"{name} and {name}_FILE are both set") as caught:
        Settings()
    assert "s3cr3t" not in str(caught.value)


def test_an_empty_variable_is_none(monkeypatch, file):
    """Compose hands on what is not set as an empty text."""
    monkeypatch.setenv("JWT_SECRET", "")
    monkeypatch.setenv("JWT_SECRET_FILE", file(GOOD))
    monkeypatch.setenv("COMMAND_SECRET_FILE", "")
    monkeypatch.setenv("PORT", "")
    settings = Settings()
    assert (settings.jwt_secret.get_secret_value(), settings.command_secret, settings.port) == (
        GOOD,
        None,
        8000,
    )


@pytest.mark.parametrize(("content", "why"), [("", "empty"), ("\n", "empty"), (b"\xff\xfe\x00", "not text")])
def test_a_file_without_a_secret_is_refused(monkeypatch, file, content, why):
    monkeypatch.setenv("INTERNAL_SECRET_FILE", file(content))
    with pytest.raises(SettingsRefused, match=f"INTERNAL_SECRET_FILE: .*{why}"):
        Settings()


def test_a_file_that_is_not_there_is_refused(monkeypatch, tmp_path):
    for path in (tmp_path / "absent", tmp_path):
        monkeypatch.setenv("BUS_URL_FILE", str(path))
        with pytest.raises(SettingsRefused, match="BUS_URL_FILE: the file cannot be read"):
            Settings()


@pytest.mark.parametrize(
    "url",
    [
        "amqp://guest:guest@broker",
        "amqp://services:services@broker",
        "amqp://x:Password@b",
        "amqp://x:ro%6Ft@b",
    ],
)
def test_beyond_embedded_a_password_is_ones_own(url):
    for name in ("bus_url", "fanout_url", "database_url"):
        with pytest.raises(ValidationError, match=f"{name.upper()} holds a well-known password") as caught:
            Settings(**SHARED | {name: url})
        assert url not in str(caught.value)
    assert Settings(**SHARED | {"database_url": "postgresql://dashboard:own@x/y"}).port == 8000
    assert Settings(database_url="postgresql://postgres:postgres@127.0.0.1/y").port == 8000


@pytest.mark.parametrize(
    ("name", "meant"),
    [
        ("DATABSE_URL", "DATABASE_URL"), ("DATABASEURL", "DATABASE_URL"), ("JWT_SECRETS", "JWT_SECRET"),
        ("jwt_secert", "JWT_SECRET"), ("INTERNAL_SECRT_FIL", "INTERNAL_SECRET_FILE"),
        ("SIGN_IN_PER_MINUTE", "SIGN_INS_PER_MINUTE"), ("ANONYMUS_PER_MINUT", "ANONYMOUS_PER_MINUTE"),
        ("LOGLEVEL", "LOG_LEVEL"), ("PUBLIC_URL_FILE", "PUBLIC_URL"), ("CORS_ORIGIN", "CORS_ORIGINS"),
        ("USER_WRITE_PER_MINUTE", "USER_WRITES_PER_MINUTE"),
    ],
)  # fmt: skip
def test_a_slip_of_the_pen_is_told(name, meant):
    with pytest.raises(SettingsRefused, match=rf"^{name.upper()}: .*\b{meant}\b") as caught:
        refuse_slips({name: "s3cr3t"}, Settings, ())
    assert "s3cr3t" not in str(caught.value)
    refuse_slips({name: "s3cr3t"}, Settings, [name.upper()])


FOREIGN = """
    HOME HOSTNAME HOST_IP LANG LOGNAME PATH PORTS PWD SHELL SHLVL TERM TMPDIR TZ USER
    XDG_DATA_DIRS XDG_STATE_HOME
    PYTHONPATH PYTHONUNBUFFERED VIRTUAL_ENV SSL_CERT_FILE REQUESTS_CA_BUNDLE HTTP_PROXY NO_PROXY HTTPS_PROXY
    AUTH_PORT AUTH_SERVICE_HOST AUTH_SERVICE_PORT INGEST_PORT_8000_TCP INGEST_SERVICE_HOST GATEWAY_PORT
    REDIS_PORT REDIS_SERVICE_HOST POSTGRES_PASSWORD POSTGRES_PASSWORD_FILE RABBITMQ_PORT
    KUBERNETES_SERVICE_HOST
    DATABASE_NAME DATABASE_HOST API_TOKEN API_URL ACCESS_TOKEN ACCESS_TOKEN_SECRET SECRET_KEY JWT_PUBLIC_KEY
    SMTP_HOST SMTP_PORT SMTP_USER LOG_FORMAT LOG_FILE DEBUG GPG_KEY LC_ALL AWS_SECRET_ACCESS_KEY CI
"""


def test_what_is_other_programs_is_theirs():
    refuse_slips(dict.fromkeys(FOREIGN.split(), "x"), Settings, ())
    refuse_slips(dict.fromkeys((name.upper() for name in Settings.model_fields), "x"), Settings, ())
    refuse_slips(dict.fromkeys((name + FILE for name in SECRETS), "x"), Settings, ())


def test_a_setting_that_code_misspells_is_refused():
    with pytest.raises(ValidationError, match="anonymus_per_minute"):
        Settings(anonymus_per_minute=5)


@pytest.mark.parametrize(
    ("given", "why"),
    [
        ({"DATABSE_URL": "s3cr3t"}, "DATABSE_URL: there is no such setting; is DATABASE_URL meant?"),
        ({"JWT_SECRET_FILE": "/s3cr3t/absent"}, "JWT_SECRET_FILE: the file cannot be read (No such file"),
        ({"JWT_SECRET": "s3cr3t"}, "JWT_SECRET: a secret needs 32 bytes or more"),
    ],
)
def test_a_server_that_does_not_start_says_why(tmp_path, given, why):
    command = [sys.executable, "-m", "services", "openapi"]
    environment = clean_environment() | {"DATA_DIR": str(tmp_path), "PYTHONPATH": os.getcwd()} | given  # noqa: PTH109
    done = subprocess.run(command, env=environment, cwd=tmp_path, capture_output=True, text=True, check=False)
    assert done.returncode == 2
    assert why in done.stderr
    assert "s3cr3t" not in done.stderr + done.stdout
    assert "Traceback" not in done.stderr
