"""Makes the OpenAPI 3.1 document from the code of all parts."""

from typing import Any

from fastapi import FastAPI
from fastapi.openapi.utils import get_openapi
from pydantic.json_schema import models_json_schema

from llm_session_manager.protocol import ReportBatch
from llm_session_manager.protocol.commands import CommandAnswer
from services.contracts.frames import CLIENT_FRAMES, SERVER_FRAMES
from services.ingest.domain.scripts import ScriptReport
from services.runtime.host import TITLE

# Bodies that their routes read for themselves.
READ_RAW = (ReportBatch, ScriptReport, CommandAnswer)
REF = "#/components/schemas/{model}"
PROBLEM = {
    "type": "object",
    "required": ["type", "title", "status", "detail", "code"],
    "properties": {
        "type": {"type": "string"},
        "title": {"type": "string"},
        "status": {"type": "integer"},
        "detail": {"type": "string"},
        "code": {"type": "string"},
        "correlation_id": {"type": "string"},
        "errors": {
            "type": "array",
            "items": {
                "type": "object",
                "required": ["field", "message"],
                "properties": {"field": {"type": "string"}, "message": {"type": "string"}},
            },
        },
    },
}
FAILURE = {
    "description": "A problem document (RFC 9457)",
    "content": {"application/problem+json": {"schema": {"$ref": "#/components/schemas/Problem"}}},
}


def make_document(app: FastAPI) -> dict[str, Any]:
    """Describe every route of the app, every frame of the socket, and one shape for all failures."""
    document = get_openapi(title=TITLE, version="1", openapi_version="3.1.0", routes=app.routes)
    schemas = document.setdefault("components", {}).setdefault("schemas", {})
    incoming = [(model, "validation") for model in (*CLIENT_FRAMES, *READ_RAW)]
    outgoing = [(model, "serialization") for model in SERVER_FRAMES]
    _, extra = models_json_schema([*incoming, *outgoing], ref_template=REF)  # type: ignore[list-item]
    for name, schema in extra.get("$defs", {}).items():
        schemas.setdefault(name, schema)
    schemas["Problem"] = PROBLEM
    for unused in ("HTTPValidationError", "ValidationError"):
        schemas.pop(unused, None)
    for path in document["paths"].values():
        for operation in path.values():
            operation["responses"].pop("422", None)
            operation["responses"]["default"] = FAILURE
    document["paths"] = dict(sorted(document["paths"].items()))
    document["components"]["schemas"] = dict(sorted(schemas.items()))
    return document
