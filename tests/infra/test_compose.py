"""The compose files are accepted by the oldest compose we support, and leave nothing open or guessable."""

import os
import re
import subprocess
import tempfile
from pathlib import Path
from typing import Any

import pytest
import yaml

from services.runtime.settings import Settings
from services.runtime.settings.environment import holds_secret, refuse_slips
from tests.support.fixtures import missing
from tests.support.servers.programs import ProgramMissingError, find

ROOT = Path(__file__).parents[2]
SCRIPT = ROOT / "infra/setup/secrets.sh"
FILES = ["docker-compose.yml", "docker-compose.dev.yml"]


def compose(file: str, *arguments: str) -> subprocess.CompletedProcess[str]:
    try:
        program = find("docker-compose")
    except ProgramMissingError as error:
        missing(error)
    environment = {"PATH": os.environ["PATH"], "HOME": os.environ.get("HOME", "/")}
    with tempfile.NamedTemporaryFile() as nothing:  # in place of the developer's .env
        command = [program, "--env-file", nothing.name, "-f", file, *arguments]
        return subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, text=True, check=False)


def whole(file: str) -> dict[str, Any]:
    result = compose(file, "config")
    assert result.returncode == 0, result.stderr
    found: dict[str, Any] = yaml.safe_load(result.stdout)
    return found


def services(file: str) -> dict[str, dict[str, Any]]:
    found: dict[str, dict[str, Any]] = whole(file)["services"]
    return found


def make_secrets(folder: Path) -> dict[str, str]:
    subprocess.run([SCRIPT], cwd=folder, check=True, capture_output=True)
    return {path.name: path.read_text() for path in (folder / "secrets").iterdir()}


@pytest.mark.servers
@pytest.mark.parametrize("file", FILES)
def test_compose_finds_no_fault(file: str) -> None:
    result = compose(file, "config", "-q")
    assert (result.returncode, result.stdout + result.stderr) == (0, "")


@pytest.mark.servers
def test_secrets_come_as_files_to_those_who_use_them(tmp_path: Path) -> None:
    made = make_secrets(tmp_path)
    document = whole("docker-compose.yml")
    assert {name: Path(one["file"]).name for name, one in document["secrets"].items()} == {
        name: name for name in made
    }
    for name, service in document["services"].items():
        environment = service.get("environment", {})
        mounted = {one["source"] for one in service.get("secrets", [])}
        named = {
            str(value).removeprefix("/run/secrets/")
            for key, value in environment.items()
            if key.endswith("_FILE")
        }
        assert named - {""} <= mounted, name
        assert not [key for key in environment if re.search("(PASSWORD|SECRET)$", key)], name
        assert not [value for value in environment.values() if re.search(r"://[^/]*:[^/]*@", str(value))], (
            name
        )


@pytest.mark.servers
def test_every_service_knows_every_setting_it_is_given() -> None:
    for name, service in services("docker-compose.yml").items():
        if service["image"].endswith("server"):
            refuse_slips(service["environment"], Settings, ())
            known = {field.upper() for field in Settings.model_fields}
            assert {key.removesuffix("_FILE") for key in service["environment"]} <= known, name


@pytest.mark.parametrize("file", FILES)
def test_nothing_that_old_versions_refuse(file: str) -> None:
    text = (ROOT / file).read_text()
    assert not re.search(r"^name:|start_interval", text, re.MULTILINE)


@pytest.mark.servers
@pytest.mark.parametrize("file", FILES)
def test_every_part_says_whether_it_is_well(file: str) -> None:
    for name, service in services(file).items():
        assert name in {"migrate", "page"} or "test" in service["healthcheck"], name


@pytest.mark.servers
def test_every_part_comes_back_but_the_one_that_ends() -> None:
    for name, service in services("docker-compose.yml").items():
        assert service["restart"] == ("no" if name == "migrate" else "unless-stopped"), name


@pytest.mark.servers
@pytest.mark.parametrize("file", FILES)
def test_nothing_is_published_beyond_loopback_by_default(file: str) -> None:
    ports = [str(port) for service in services(file).values() for port in service.get("ports", [])]
    assert ports
    assert [port for port in ports if not port.startswith("127.0.0.1:")] == []


@pytest.mark.servers
def test_one_image_runs_every_target() -> None:
    found = services("docker-compose.yml")
    targets = {
        name: service["command"][-1] for name, service in found.items() if service["image"].endswith("server")
    }
    assert targets == {
        "migrate": "migrate",
        "auth": "auth",
        "ingest": "ingest",
        "analytics": "analytics",
        "analytics-facts": "analytics",
        "insight": "insight",
        "gateway-1": "gateway",
        "gateway-2": "gateway",
    }


def test_secrets_are_made_once_and_differ(tmp_path: Path) -> None:
    first = make_secrets(tmp_path)
    assert make_secrets(tmp_path) == first
    assert (tmp_path / "secrets").stat().st_mode & 0o077 == 0
    random = {name: value for name, value in first.items() if not name.endswith("_url") and value}
    assert len(set(random.values())) == len(random) == 11
    assert all(re.fullmatch(r"[0-9a-f]{64}", value) for value in random.values())
    for url, name in (("bus_url", "services"), ("fanout_url", "redis"), ("database_url", "dashboard_db")):
        assert f":{first[name + '_password']}@" in first[url]
    assert f":{first['management_password']}@" in first["management_url"]


def test_what_stood_in_the_environment_file_is_kept(tmp_path: Path) -> None:
    (tmp_path / ".env").write_text("PORT=9000\nDASHBOARD_DB_PASSWORD=older\nJWT_SECRET=oldest\n")
    made = make_secrets(tmp_path)
    assert (made["dashboard_db_password"], made["jwt_secret"]) == ("older", "oldest")
    assert made["database_url"] == "postgresql://dashboard:older@postgres:5432/dashboard"


def test_a_server_starts_with_what_is_made(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in make_secrets(tmp_path):
        field = Settings.model_fields.get(name)
        if field is not None and holds_secret(field) and name != "smtp_password":
            monkeypatch.setenv(f"{name.upper()}_FILE", str(tmp_path / "secrets" / name))
    settings = Settings()
    assert not settings.is_local
    assert len(list(settings.secrets)) == 7
