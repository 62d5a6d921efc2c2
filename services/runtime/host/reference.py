"""The OpenAPI document as a page to browse: no script, nothing fetched from elsewhere."""

import secrets
from collections.abc import Iterator, Mapping
from html import escape
from typing import Any

STYLE = """
:root { color-scheme: light dark }
:root { --line: light-dark(#e3e4e8, #3a3c44); --faint: light-dark(#5d6069, #a2a5af) }
body { font: 14px/22px system-ui, sans-serif; margin: 0 auto; max-width: 960px; padding: 32px 24px }
h1 { font-size: 24px; line-height: 32px } h2 { margin-top: 40px; text-transform: capitalize }
details { border: 1px solid var(--line); border-radius: 8px; margin: 8px 0; padding: 8px 12px }
summary { cursor: pointer; overflow-wrap: anywhere } code, pre { font: 13px/20px ui-monospace, monospace }
b { display: inline-block; min-width: 64px } p, td { color: var(--faint) } td, th { padding: 2px 16px 2px 0 }
th { text-align: left; font-weight: 500 } pre { overflow-x: auto }
"""


def reference_page(document: Mapping[str, Any]) -> tuple[str, str]:
    """Render the document; gives the page and the nonce of its style."""
    nonce = secrets.token_urlsafe(16)
    title = escape(document["info"]["title"])
    groups: dict[str, list[str]] = {}
    for path, operations in document["paths"].items():
        for method, operation in operations.items():
            tag = (operation.get("tags") or ["other"])[0]
            groups.setdefault(tag, []).append(_operation(method, path, operation))
    body = "".join(f"<h2>{escape(tag)}</h2>{''.join(parts)}" for tag, parts in sorted(groups.items()))
    schemas = "".join(_named(*item) for item in document["components"]["schemas"].items())
    page = (
        f'<!doctype html><html lang="en"><head><meta charset="utf-8"><title>{title}: API</title>'
        f'<meta name="viewport" content="width=device-width"><style nonce="{nonce}">{STYLE}</style></head>'
        f"<body><h1>{title}: API</h1><p>The same as <a href='/api/openapi.json'>openapi.json</a>. Send "
        "<code>Authorization: Bearer</code> with an access token or an API token (<code>lsm_…</code>). "
        f"Failures are problem documents (RFC 9457).</p>{body}<h2>Schemas</h2>{schemas}</body></html>"
    )
    return page, nonce


def _operation(method: str, path: str, operation: Mapping[str, Any]) -> str:
    text = escape(operation.get("description") or operation.get("summary") or "")
    rows = "".join(_parameter(each) for each in operation.get("parameters", ()))
    body = "".join(f"<p>Body: {link}</p>" for link in _links(operation.get("requestBody", {})))
    answers = "".join(
        f"<p>{escape(str(status))}: {escape(answer.get('description', ''))} {' '.join(_links(answer))}</p>"
        for status, answer in operation["responses"].items()
    )
    return (
        f"<details><summary><b>{method.upper()}</b> <code>{escape(path)}</code></summary>"
        f"<p>{text}</p><table>{rows}</table>{body}{answers}</details>"
    )


def _parameter(parameter: Mapping[str, Any]) -> str:
    need = "required" if parameter.get("required") else "optional"
    return (
        f"<tr><th><code>{escape(parameter['name'])}</code></th>"
        f"<td>{parameter['in']}, {need}, {_kind(parameter.get('schema', {}))}</td></tr>"
    )


def _named(name: str, schema: Mapping[str, Any]) -> str:
    shown = escape(name)
    return f'<details id="{shown}"><summary><code>{shown}</code></summary>{_schema(schema)}</details>'


def _schema(schema: Mapping[str, Any]) -> str:
    rows = "".join(
        f"<tr><th><code>{escape(name)}</code></th><td>{_kind(field)}</td></tr>"
        for name, field in schema.get("properties", {}).items()
    )
    return f"<p>{escape(schema.get('description', ''))}</p><table>{rows}</table>"


def _kind(schema: Mapping[str, Any]) -> str:
    if "$ref" in schema:
        return _link(schema["$ref"])
    if "anyOf" in schema:
        return " or ".join(_kind(each) for each in schema["anyOf"])
    if "enum" in schema:
        return ", ".join(f"<code>{escape(str(each))}</code>" for each in schema["enum"])
    if schema.get("type") == "array":
        return f"list of {_kind(schema.get('items', {}))}"
    return escape(str(schema.get("format") or schema.get("const") or schema.get("type") or "any"))


def _links(value: Any) -> Iterator[str]:
    if isinstance(value, dict):
        if "$ref" in value:
            yield _link(value["$ref"])
        for each in value.values():
            yield from _links(each)
    elif isinstance(value, list):
        for each in value:
            yield from _links(each)


def _link(reference: str) -> str:
    name = escape(reference.rsplit("/", 1)[-1])
    return f'<a href="#{name}">{name}</a>'
