"""The compose files are accepted by the oldest compose we support, and leave nothing open or guessable."""

import os
import re
import subprocess
import tempfile
from pathlib import Path
from typing import Any

import pytest
import yaml

from tests.support.fixtures import missing
from tests.support.servers.programs import ProgramMissingError, find

ROOT = Path(__file__).parents[2]
SECRETS = re.findall(r"for name in ([A-Z_ \\\n]+);", (ROOT / "infra/setup/secrets.sh").read_text())[0]
VARIABLES = dict.fromkeys(SECRETS.replace("\\", " ").split(), "0123456789abcdef" * 4)
FILES = ["docker-compose.yml", "docker-compose.dev.yml"]


def compose(file: str, *arguments: str, variables: dict[str, str]) -> subprocess.CompletedProcess[str]:
    try:
        program = find("docker-compose")
    except ProgramMissingError as error:
        missing(error)
    environment = {"PATH": os.environ["PATH"], "HOME": os.environ.get("HOME", "/")} | variables
    with tempfile.NamedTemporaryFile() as nothing:  # in place of the developer's .env
        command = [program, "--env-file", nothing.name, "-f", file, *arguments]
        return subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, text=True, check=False)


def services(file: str) -> dict[str, dict[str, Any]]:
    result = compose(file, "config", variables=VARIABLES)
    assert result.returncode == 0, result.stderr
    found: dict[str, dict[str, Any]] = yaml.safe_load(result.stdout)["services"]
    return found


@pytest.mark.servers
@pytest.mark.parametrize("file", FILES)
def test_compose_finds_no_fault(file: str) -> None:
    result = compose(file, "config", "-q", variables=VARIABLES)
    assert (result.returncode, result.stdout + result.stderr) == (0, "")


@pytest.mark.servers
@pytest.mark.parametrize("name", sorted(VARIABLES))
def test_every_secret_must_be_set(name: str) -> None:
    variables = {key: value for key, value in VARIABLES.items() if key != name}
    result = compose("docker-compose.yml", "config", "-q", variables=variables)
    assert result.returncode != 0
    assert name in result.stderr


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
        "insight": "insight",
        "gateway-1": "gateway",
        "gateway-2": "gateway",
    }


def test_secrets_are_made_once_and_differ(tmp_path: Path) -> None:
    script = ROOT / "infra/setup/secrets.sh"
    subprocess.run([script], cwd=tmp_path, check=True, capture_output=True)
    first = (tmp_path / ".env").read_text()
    subprocess.run([script], cwd=tmp_path, check=True, capture_output=True)
    assert (tmp_path / ".env").read_text() == first
    assert (tmp_path / ".env").stat().st_mode & 0o077 == 0
    values = dict(line.split("=") for line in first.splitlines())
    assert set(values) == set(VARIABLES)
    assert len(set(values.values())) == len(values)
    assert all(re.fullmatch(r"[0-9a-f]{64}", value) for value in values.values())
