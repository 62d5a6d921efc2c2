"""`python -m services demo`, as somebody types it."""

import sys

import httpx
import pytest

from services.__main__ import main
from services.demo.team import DEMO_EMAIL
from tests.support.servers.services import ServiceProcess

pytestmark = pytest.mark.usefixtures("logs_stay")


class DemoProcess(ServiceProcess):
    def command(self) -> list[str]:
        return [sys.executable, "-m", "services", "demo"]

    def ready(self) -> bool:
        return super().ready() and "DEMO DATA" in self.log


@pytest.mark.product
def test_it_says_that_it_is_a_demo_and_how_to_sign_in(tmp_path, monkeypatch, capsys):
    process = DemoProcess("demo", [], {}, folder=tmp_path)
    process.start()
    try:
        password = (tmp_path / "demo.password").read_text().strip()
        body = {"email": DEMO_EMAIL, "password": password}
        answer = httpx.post(f"{process.url}/api/auth/login", json=body, trust_env=False)
        assert answer.status_code == 200
        for said in ("DEMO DATA", DEMO_EMAIL, password, process.url, "demo remove"):
            assert said in process.log

        monkeypatch.setenv("DATA_DIR", str(tmp_path))
        assert main(["demo", "remove"]) == 0
        assert "Removed the demo: 8 accounts" in capsys.readouterr().out
        again = httpx.post(f"{process.url}/api/auth/login", json=body, trust_env=False)
        assert again.status_code == 401
    finally:
        process.close()


def test_there_may_be_nothing_to_remove(tmp_path, monkeypatch, capsys):
    monkeypatch.setenv("DATA_DIR", str(tmp_path))
    assert main(["demo", "remove"]) == 0
    assert "There is no demo data here." in capsys.readouterr().out


def test_it_is_for_one_process(tmp_path, monkeypatch, capsys):
    monkeypatch.setenv("DATA_DIR", str(tmp_path))
    monkeypatch.setenv("BUS_URL", "amqp://localhost")
    monkeypatch.setenv("INTERNAL_SECRET", "x" * 40)
    for command in (["demo"], ["demo", "remove"]):
        assert main(command) == 2
        assert "BUS_URL" in capsys.readouterr().err
    assert list(tmp_path.iterdir()) == []
