"""Reports over HTTPS: `POST /api/agents` and `POST /api/sessions/sync`."""

import ssl
import zlib
from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from http import HTTPStatus
from typing import Any, Self
from urllib.parse import quote, urlsplit

import httpx
import orjson
from pydantic import ValidationError

from llm_session_manager import protocol
from llm_session_manager.config import Config, ConfigError, is_loopback
from llm_session_manager.spool.outgoing import Outgoing
from llm_session_manager.transports import Delivery, Failure, Refusal

ENVELOPE_BYTES = 512
SYNC = "/api/sessions/sync"
COMMANDS = "/api/agents/me/commands"
GZIP_RATIO = 16
_UNFIT = {
    HTTPStatus.BAD_REQUEST,
    HTTPStatus.REQUEST_ENTITY_TOO_LARGE,
    HTTPStatus.UNPROCESSABLE_ENTITY,
}
_ENDED = {HTTPStatus.NOT_FOUND, HTTPStatus.CONFLICT, HTTPStatus.METHOD_NOT_ALLOWED}


def tls_context(config: Config) -> ssl.SSLContext:
    """Always verifies; `ca_file` adds an authority to those of the system. Raises ConfigError."""
    context = ssl.create_default_context()
    if config.ca_file is not None:
        try:
            context.load_verify_locations(config.ca_file)
        except OSError as error:
            raise ConfigError(f"{config.ca_file} holds no certificates: {error}") from None
    return context


class Dashboard:
    """The dashboard's HTTP door."""

    def __init__(self, config: Config) -> None:
        self._limits = config.limits
        self._client = httpx.AsyncClient(
            base_url=config.dashboard_url,
            headers={"Authorization": f"Bearer {config.token}"},
            timeout=config.limits.request_timeout,
            verify=tls_context(config),
            follow_redirects=False,
            # A proxy of the environment is for other machines; it must not see what stays on this one.
            trust_env=not is_loopback(urlsplit(config.dashboard_url).hostname or ""),
        )

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(self, *_: object) -> None:
        await self.close()

    async def close(self) -> None:
        await self._client.aclose()

    async def hello(self, hello: protocol.Hello) -> protocol.Welcome | Failure:
        answer = await self._post("/api/agents", [hello.model_dump_json().encode()])
        if isinstance(answer, Failure):
            return answer
        try:
            return protocol.Welcome.model_validate_json(answer.content)
        except ValidationError as error:
            return Failure(
                f"the answer of /api/agents is not one of a dashboard ({error.error_count()} faults)",
                answered=True,
            )

    async def sync(self, agent_id: str, reports: Sequence[Outgoing]) -> protocol.BatchAnswer | Failure:
        """One request; `reports` must be within the limits of a batch."""
        answer = await self._post(SYNC, batch_parts(agent_id, reports))
        if isinstance(answer, Failure):
            return answer
        try:
            return protocol.BatchAnswer.model_validate_json(answer.content)
        except ValidationError as error:
            return Failure(
                f"the answer to a batch is not understood ({error.error_count()} faults)", answered=True
            )

    async def commands(self, agent_id: str, wait: float) -> Sequence[bytes] | Failure:
        """What this machine is to do, as soon as there is something, or after `wait` seconds."""
        params = {"agent_id": agent_id, "wait": f"{wait:g}"}
        answer = await self._ask("GET", COMMANDS, params=params, timeout=wait + self._limits.command_margin)
        if isinstance(answer, Failure):
            return answer
        try:
            return [orjson.dumps(item) for item in orjson.loads(answer.content)["items"]]
        except (orjson.JSONDecodeError, KeyError, TypeError):
            return Failure("the dashboard's list of commands is not understood", answered=True)

    async def answer(self, command_id: str, body: bytes) -> Failure | None:
        """Say how a command stands; a failure that is `unfit` stands for ever."""
        headers = {"Content-Type": "application/json"}
        path = f"{COMMANDS}/{quote(command_id, safe='')}"
        answer = await self._ask("POST", path, content=body, headers=headers)
        if not isinstance(answer, Failure):
            return None
        return replace(answer, unfit=True) if answer.status in _ENDED else answer

    def batches(self, reports: Sequence[Outgoing]) -> Iterator[Sequence[Outgoing]]:
        """The reports in order, cut where a request would grow too large."""
        start, size = 0, ENVELOPE_BYTES
        for index, report in enumerate(reports):
            full = size + len(report.body) + 1 > self._limits.batch_bytes
            if index > start and (full or index - start >= self._limits.batch_reports):
                yield reports[start:index]
                start, size = index, ENVELOPE_BYTES
            size += len(report.body) + 1
        yield reports[start:]

    async def _post(self, path: str, parts: Sequence[bytes]) -> httpx.Response | Failure:
        headers = {"Content-Type": "application/json"}
        if path == SYNC:
            headers["Content-Encoding"] = "gzip"
        body = packed(parts) if path == SYNC else b"".join(parts)
        return await self._ask("POST", path, content=body, headers=headers)

    async def _ask(self, method: str, path: str, **more: Any) -> httpx.Response | Failure:
        try:
            response = await self._client.request(method, path, **more)
        except httpx.ConnectError as error:
            hint = "; --ca-file names its authority" if "CERTIFICATE_VERIFY_FAILED" in str(error) else ""
            return Failure(f"the dashboard cannot be reached: {error or type(error).__name__}{hint}")
        except httpx.TimeoutException as error:
            return Failure(f"the dashboard did not answer in time ({type(error).__name__})")
        except httpx.HTTPError as error:
            return Failure(f"the connection broke: {error or type(error).__name__}", answered=True)
        return response if response.is_success else _failure(response)


class HttpTransport:
    """Sends reports as batches."""

    def __init__(self, dashboard: Dashboard, agent_id: str) -> None:
        self._dashboard, self._agent_id = dashboard, agent_id

    async def send(self, reports: Sequence[Outgoing]) -> Delivery:
        confirmed: list[Outgoing] = []
        rejected: list[Refusal] = []
        unfit: list[Refusal] = []
        waiting = list(self._dashboard.batches(reports))[::-1]
        while waiting:
            batch = waiting.pop()
            answer = await self._dashboard.sync(self._agent_id, batch)
            if isinstance(answer, protocol.BatchAnswer):
                refused = {item.index: item for item in answer.rejected}
                confirmed += [report for index, report in enumerate(batch) if index not in refused]
                rejected += [
                    Refusal(batch[item.index], item.code, item.detail)
                    for item in refused.values()
                    if item.index < len(batch)
                ]
            elif not answer.unfit:
                return Delivery(confirmed, rejected, unfit, answer)
            elif len(batch) == 1:
                unfit.append(Refusal(batch[0], "not_sent", answer.reason))
            else:
                # One bad report must not hold up the others: halve until it stands alone.
                half = len(batch) // 2
                waiting += [batch[half:], batch[:half]]
        return Delivery(confirmed, rejected, unfit)

    async def heartbeat(self) -> Failure | None:
        answer = await self._dashboard.sync(self._agent_id, ())
        return answer if isinstance(answer, Failure) else None

    async def close(self) -> None:
        """The dashboard's client belongs to its maker."""


def batch_parts(agent_id: str, reports: Sequence[Outgoing]) -> list[bytes]:
    """A `protocol.ReportBatch` as JSON, in parts: together with its copies it would be the largest object."""
    # Numbers rise with each try: none of what was sent in vain is sent again.
    begins = protocol.Position(epoch=reports[0].epoch, n=reports[0].n) if reports else None
    batch = protocol.ReportBatch(agent_id=agent_id, sent_at=datetime.now(UTC), begins=begins)
    empty = batch.model_dump_json().encode()
    parts = [empty.removesuffix(b"]}")]
    for report in reports:
        parts += (report.body, b",")
    return [*parts[: len(parts) - bool(reports)], b"]}"]


def packed(parts: Sequence[bytes]) -> bytes:
    """The parts as one gzip, never so dense that a server takes it for a bomb."""
    dense = _gzip(parts, zlib.Z_DEFAULT_STRATEGY)
    if sum(map(len, parts)) <= GZIP_RATIO * len(dense):
        return dense
    return _gzip(parts, zlib.Z_HUFFMAN_ONLY)


def _gzip(parts: Sequence[bytes], strategy: int) -> bytes:
    press = zlib.compressobj(6, zlib.DEFLATED, 31, 8, strategy)
    return b"".join([*map(press.compress, parts), press.flush()])


def _failure(response: httpx.Response) -> Failure:
    status = response.status_code
    code, detail = _problem(response)
    said = f"{status} {code or response.reason_phrase}".strip()
    if status in {HTTPStatus.UNAUTHORIZED, HTTPStatus.FORBIDDEN}:
        return Failure(
            f"the dashboard refuses the token ({said}): {detail or 'make a new one there'}",
            answered=True,
            refused=True,
            status=status,
        )
    if status == HTTPStatus.CONFLICT and code == "spool_conflict":
        return Failure(
            "the dashboard knows newer reports of this machine", answered=True, conflict=True, status=status
        )
    return Failure(
        f"the dashboard answers {said}: {detail}".rstrip(": "),
        answered=True,
        unfit=status in _UNFIT,
        retry_after=_retry_after(response),
        status=status,
    )


def _problem(response: httpx.Response) -> tuple[str, str]:
    try:
        body = response.json()
    except ValueError:
        return "", ""
    if not isinstance(body, dict):
        return "", ""
    return str(body.get("code") or "")[:100], str(body.get("detail") or "")[:300]


def _retry_after(response: httpx.Response) -> float | None:
    text = response.headers.get("Retry-After", "")
    try:
        return max(0.0, float(text))
    except ValueError:
        pass
    try:
        return max(0.0, (parsedate_to_datetime(text) - datetime.now(UTC)).total_seconds())
    except (TypeError, ValueError):
        return None
