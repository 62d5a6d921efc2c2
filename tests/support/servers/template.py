"""Fills in the configuration templates of infra/, by the rule that Docker images follow too."""

import re
from collections.abc import Mapping
from pathlib import Path

INFRA = Path(__file__).parents[3] / "infra"


def render(template: Path, values: Mapping[str, object]) -> str:
    """Replace `${NAME}` by its value. Raises KeyError for a name without one; `$name` stays as it is."""
    return re.sub(r"\$\{([A-Z_]+)\}", lambda match: str(values[match[1]]), template.read_text())


def unused(template: Path, values: Mapping[str, object]) -> set[str]:
    """The values which the template never asks for."""
    return set(values) - set(re.findall(r"\$\{([A-Z_]+)\}", template.read_text()))
