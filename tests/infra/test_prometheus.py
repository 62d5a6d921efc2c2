"""Prometheus accepts its configuration, and what it and Grafana ask for exists."""

import json
import re
import subprocess
from pathlib import Path

import pytest
import yaml

from services.runtime.metrics import Metrics
from tests.support.fixtures import missing
from tests.support.servers.programs import ProgramMissingError, find

INFRA = Path(__file__).parents[2] / "infra"
ALERTS = INFRA / "prometheus" / "alerts.yml"
DASHBOARDS = [INFRA / "grafana" / "dashboards" / "services.json"]


def promtool(*arguments: str | Path) -> str:
    try:
        program = find("promtool")
    except ProgramMissingError as error:
        missing(error)
    result = subprocess.run([program, *map(str, arguments)], capture_output=True, text=True, check=False)
    assert result.returncode == 0, result.stdout + result.stderr
    return result.stdout


@pytest.mark.servers
def test_promtool_finds_no_fault() -> None:
    assert "is valid" in promtool("check", "config", INFRA / "prometheus" / "prometheus.yml")


@pytest.mark.servers
def test_alerts_fire_when_they_should_and_only_then(tmp_path: Path) -> None:
    """One dead letter is told about within minutes and no longer an hour later; a part that is up is not."""
    letters = 'td_dead_letters_total{queue="ingest.reports", code="invalid"}'
    fired = {
        "exp_labels": {"queue": "ingest.reports", "code": "invalid", "severity": "warning"},
        "exp_annotations": {
            "summary": "Messages of ingest.reports were given up: invalid.",
            "description": "`python -m services dlq list` shows them; after the cause is gone, "
            "`dlq replay` sends them again.",
        },
    }
    case = {
        "interval": "1m",
        "input_series": [
            {"series": letters, "values": "0x5 1x120"},
            {"series": 'up{job="services", instance="auth:8000"}', "values": "1x120"},
        ],
        "alert_rule_test": [
            {"eval_time": "5m", "alertname": "DeadLetters", "exp_alerts": []},
            {"eval_time": "8m", "alertname": "DeadLetters", "exp_alerts": [fired]},
            {"eval_time": "60m", "alertname": "DeadLetters", "exp_alerts": []},
            {"eval_time": "60m", "alertname": "ProcessDown", "exp_alerts": []},
        ],
    }
    cases = tmp_path / "cases.yml"
    cases.write_text(yaml.safe_dump({"rule_files": [str(ALERTS)], "tests": [case]}))
    assert "SUCCESS" in promtool("test", "rules", cases)


def known() -> set[str]:
    """Every name under which a metric of ours is exposed."""
    families = list(Metrics().registry.collect())
    names = {family.name for family in families}
    names |= {f"{family.name}_total" for family in families if family.type == "counter"}
    suffixes = ("_bucket", "_count", "_sum")
    return names | {
        f"{family.name}{end}" for family in families for end in suffixes if family.type == "histogram"
    }


@pytest.mark.parametrize("path", [ALERTS, *DASHBOARDS], ids=lambda path: path.name)
def test_every_metric_asked_for_exists(path: Path) -> None:
    asked = set(re.findall(r"\btd_[a-z_]+", path.read_text()))
    assert asked
    assert asked - known() == set()


@pytest.mark.parametrize("path", DASHBOARDS, ids=lambda path: path.name)
def test_every_panel_says_what_it_shows(path: Path) -> None:
    panels = [panel for panel in json.loads(path.read_text())["panels"] if panel["type"] != "row"]
    assert panels
    for panel in panels:
        assert panel["title"]
        assert panel["description"]
        assert panel["datasource"]["uid"] == "prometheus"
    assert len({panel["id"] for panel in panels}) == len(panels)
