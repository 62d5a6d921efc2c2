"""Makes the front door's table of routes from the OpenAPI document.

`python -m infra.nginx.routes docs/openapi.json` prints it. An operation's first tag decides which service
answers it. Where a whole branch of the tree of addresses belongs to one service, one line says so.
"""

import json
import re
import sys
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

SERVICE_OF_TAG = {
    "auth": "auth",
    "teams": "auth",
    "agents": "ingest",
    "sessions": "ingest",
    "analytics": "analytics",
    "insights": "insight",
    "notifications": "insight",
    "webhooks": "insight",
}
# Not in the document, because they show it; one service serves them for all.
FIXED = {"/api/openapi.json": "auth", "/api/docs": "auth"}


@dataclass
class Node:
    """One segment of addresses: who answers here, and what follows."""

    service: str | None = None
    children: dict[str, "Node"] = field(default_factory=dict)

    def services(self) -> set[str]:
        own = {self.service} if self.service else set()
        return own.union(*(child.services() for child in self.children.values()))


def tree(document: dict[str, Any]) -> Node:
    """Sort the document's addresses into a tree. Raises ValueError where it finds no service, or two."""
    root = Node()
    for path, service in (*FIXED.items(), *_tagged(document)):
        node = root
        for segment in path.strip("/").split("/"):
            node = node.children.setdefault("{}" if segment.startswith("{") else segment, Node())
        if node.service not in {None, service}:
            raise ValueError(f"{path} belongs to {node.service} and to {service}")
        node.service = service
    return root


def _tagged(document: dict[str, Any]) -> Iterator[tuple[str, str]]:
    for path, operations in document["paths"].items():
        for operation in operations.values():
            tag = operation["tags"][0]
            if tag not in SERVICE_OF_TAG:
                raise ValueError(f"{path} has the tag {tag}, of which no service is known")
            yield path, SERVICE_OF_TAG[tag]


def rules(node: Node, pattern: str = "") -> Iterator[tuple[str, str]]:
    """Yield pairs of pattern and service; the first that matches counts."""
    services = node.services()
    if pattern and len(services) == 1 and pattern != "/api":
        yield f"^{pattern}(/|$)", services.pop()
        return
    if node.service:
        yield f"^{pattern}$", node.service
    for segment in sorted(node.children, key=lambda name: (name == "{}", name)):
        step = "[^/]+" if segment == "{}" else re.escape(segment)
        yield from rules(node.children[segment], f"{pattern}/{step}")


def patterns(document: dict[str, Any]) -> Iterator[tuple[str, str]]:
    """Yield pairs of pattern and the address as the document has it; the first that matches counts."""
    paths = [path.split("/") for path in (*FIXED, *document["paths"])]
    for segments in sorted(paths, key=lambda path: [(part.startswith("{"), part) for part in path]):
        steps = ("[^/]+" if part.startswith("{") else re.escape(part) for part in segments)
        yield f"^{'/'.join(steps)}$", "/".join(segments)


def table(document: dict[str, Any]) -> str:
    """Return the nginx maps from address to service, and from address to what a log may say of it."""
    services = [f'    "~{pattern}" {service};' for pattern, service in rules(tree(document))]
    routes = [f'    "~{pattern}" "{path}";' for pattern, path in patterns(document)]
    return "\n".join(
        ["# Generated from docs/openapi.json by `make client`.",
         "map $uri $service {", '    default "";', *services, "}",
         "map $uri $route {", '    default "other";', *routes, "}", ""]
    )  # fmt: skip


if __name__ == "__main__":
    sys.stdout.write(table(json.loads(Path(sys.argv[1]).read_text())))
