"""What the OpenAPI document says of each route, who may use it, and which processes answer."""

from typing import Any

from services.document import openapi_document
from tests.access.cast import Cast
from tests.access.matrix import Line, route_lines
from tests.support.servers.services import ServiceProcess

PATHS = openapi_document()["paths"]
SCHEMAS = openapi_document()["components"]["schemas"]
WITH_BODY = sorted(
    f"{verb.upper()} {path}"
    for path, verbs in PATHS.items()
    for verb, operation in verbs.items()
    if "requestBody" in operation
)
DEEDS = sorted(f"{verb.upper()} {path}" for path, verbs in PATHS.items() for verb in verbs)


def fields(deed: str) -> set[str]:
    """The fields of its body, by OpenAPI."""
    return set(_properties(deed))


def truths(deed: str) -> set[str]:
    """Those of its fields that are true or false."""
    return {
        name
        for name, schema in _properties(deed).items()
        if any(one.get("type") == "boolean" for one in schema.get("anyOf", [schema]))
    }


def _properties(deed: str) -> dict[str, dict[str, Any]]:
    method, path = deed.split()
    schema = PATHS[path][method.lower()]["requestBody"]["content"]["application/json"]["schema"]
    models = [one["$ref"].rpartition("/")[2] for one in schema.get("anyOf", [schema])]
    return {name: schema for model in models for name, schema in SCHEMAS[model]["properties"].items()}


def able(deed: str) -> tuple[Line, str]:
    """A line of the table and somebody whom it lets do this, so that the body is what is refused."""
    lines = [line for line in route_lines() if line.deed == deed]
    for line in lines:
        for actor in ("admin", "owner", "agent"):
            if line.cells[actor].startswith("2"):
                return line, actor
    return lines[0], "admin"


def parameters(deed: str, place: str) -> list[str]:
    """The names of its parameters in the path, the query or the headers."""
    method, path = deed.split()
    found = PATHS[path][method.lower()].get("parameters", [])
    return [one["name"] for one in found if one["in"] == place]


def processes(cast: Cast) -> list[ServiceProcess]:
    parts = dict.fromkeys(cast.shape.parts.values())
    return [part for part in parts if isinstance(part, ServiceProcess)]
