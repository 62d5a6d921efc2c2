import gzip
import ipaddress
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from pathlib import Path

import orjson
import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from llm_session_manager import protocol
from llm_session_manager.config import ConfigError, Limits
from llm_session_manager.transports import Failure
from llm_session_manager.transports.http import GZIP_RATIO, Dashboard, HttpTransport, batch_parts, packed
from tests.agent.dashboard import Answer, serving
from tests.agent.dashboard import Dashboard as App
from tests.agent.reports import ready
from tests.agent.transports.doors import config

HELLO = protocol.Hello(machine_id="m", hostname="h", os="o", version="1")


@pytest.fixture
async def door(dashboard: App) -> AsyncIterator[Dashboard]:
    async with Dashboard(config(dashboard.url)) as made:
        yield made


async def test_hello_says_who_we_are(door: Dashboard, dashboard: App) -> None:
    welcome = await door.hello(HELLO)
    assert isinstance(welcome, protocol.Welcome)
    assert dashboard.hellos == [HELLO]


def test_a_batch_is_exactly_the_protocol_s() -> None:
    reports = ready("a", "b")
    batch = protocol.ReportBatch.model_validate_json(b"".join(batch_parts("agent", reports)))
    assert batch.reports == tuple(protocol.Report.model_validate_json(one.body) for one in reports)
    assert batch.begins == protocol.Position(epoch=reports[0].epoch, n=reports[0].n)
    beat = protocol.ReportBatch.model_validate_json(b"".join(batch_parts("agent", ())))
    assert (beat.reports, beat.begins) == ((), None)


def test_batches_stay_within_their_limits() -> None:
    reports = ready(*(f"s{n}" for n in range(1200)))
    door = Dashboard(config("http://localhost:1"))
    assert [len(batch) for batch in door.batches(reports)] == [500, 500, 200]
    small = Dashboard(config("http://localhost:1", limits=Limits(batch_bytes=3000)))
    cut = list(small.batches(reports))
    assert [one for batch in cut for one in batch] == list(reports)
    assert all(len(b"".join(batch_parts("agent", batch))) <= 3000 for batch in cut)
    tiny = Dashboard(config("http://localhost:1", limits=Limits(batch_bytes=1)))
    assert [len(batch) for batch in tiny.batches(reports[:3])] == [1, 1, 1]


@pytest.mark.parametrize("body", [b"{}", b"x" * 2_000_000, orjson.dumps(list(range(100_000)))])
def test_a_body_is_packed_but_never_like_a_bomb(body: bytes) -> None:
    small = packed([body[:1], body[1:]])
    assert gzip.decompress(small) == body
    assert len(body) <= max(GZIP_RATIO * len(small), 100)


async def test_rejected_reports_are_named(door: Dashboard, dashboard: App) -> None:
    dashboard.refuse = {"b"}
    reports = ready("a", "b", "c")
    delivery = await HttpTransport(door, "agent-1").send(reports)
    assert list(delivery.confirmed) == [reports[0], reports[2]]
    (refusal,) = delivery.rejected
    assert (refusal.report, refusal.code, refusal.detail) == (reports[1], "refused", "not wanted")


@pytest.mark.parametrize(
    ("answer", "expected"),
    [
        (Answer(401, {"code": "x", "detail": "gone"}), {"refused": True}),
        (Answer(403), {"refused": True}),
        (Answer(409, {"code": "spool_conflict"}), {"conflict": True}),
        (Answer(409, {"code": "other"}), {}),
        (Answer(429, headers={"Retry-After": "7"}), {"retry_after": 7.0}),
        (Answer(503, headers={"Retry-After": "nonsense"}), {}),
        (Answer(500, ["not", "a problem"]), {}),
        (Answer(404), {}),
        (Answer(413), {"unfit": True}),
        (Answer(422), {"unfit": True}),
        (Answer(302, headers={"Location": "http://example.invalid/"}), {}),
        (Answer(200, {"something": "else"}), {}),
    ],
)
async def test_every_other_answer_means_not_sent(
    door: Dashboard, dashboard: App, answer: Answer, expected: dict[str, object]
) -> None:
    dashboard.answers.append(answer)
    failure = await door.sync("agent-1", ready("a"))
    assert isinstance(failure, Failure)
    usual = {"answered": True, "refused": False, "conflict": False, "unfit": False, "retry_after": None}
    assert {name: getattr(failure, name) for name in usual} == {**usual, **expected}


async def test_a_date_to_retry_after(door: Dashboard, dashboard: App) -> None:
    later = format_datetime(datetime.now(UTC) + timedelta(seconds=100), usegmt=True)
    dashboard.answers.append(Answer(503, headers={"Retry-After": later}))
    failure = await door.sync("agent-1", ())
    assert isinstance(failure, Failure)
    assert failure.retry_after is not None
    assert 50 < failure.retry_after <= 100


async def test_what_was_confirmed_before_a_failure_stays_confirmed(dashboard: App) -> None:
    async with Dashboard(config(dashboard.url, limits=Limits(batch_reports=2))) as door:
        reports = ready("a", "b", "c", "d")
        dashboard.answers.append(Answer(202, {"accepted": 2}, before=False))
        dashboard.answers.append(Answer(503))
        delivery = await HttpTransport(door, "agent-1").send(reports)
    assert list(delivery.confirmed) == list(reports[:2])
    assert delivery.failure is not None


async def test_one_report_that_nobody_can_take_holds_up_no_other(door: Dashboard, dashboard: App) -> None:
    """A batch that fails for its content is halved until the culprit stands alone; it is not thrown away."""
    dashboard.poison = {"s3"}
    reports = ready(*(f"s{n}" for n in range(9)))
    delivery = await HttpTransport(door, "agent-1").send(reports)
    assert {one.key[-2:] for one in delivery.confirmed} == {f"s{n}" for n in range(9)} - {"s3"}
    assert [one.report for one in delivery.unfit] == [reports[3]]
    assert delivery.failure is None


async def test_nobody_there() -> None:
    async with Dashboard(config("http://127.0.0.1:1")) as door:
        failure = await door.hello(HELLO)
    assert isinstance(failure, Failure)
    assert not failure.answered
    assert "cannot be reached" in failure.reason


def authority(folder: Path) -> tuple[Path, Path]:
    """A certificate of our own for this machine, and its key."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "test")])
    now = datetime.now(UTC)
    address = x509.IPAddress(ipaddress.ip_address("127.0.0.1"))
    certificate = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(7)
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([address]), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .sign(key, hashes.SHA256())
    )
    encoding = serialization.Encoding.PEM
    (folder / "cert.pem").write_bytes(certificate.public_bytes(encoding))
    form, none = serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    (folder / "key.pem").write_bytes(key.private_bytes(encoding, form, none))
    return folder / "cert.pem", folder / "key.pem"


async def test_tls_is_always_verified_and_own_authorities_can_be_named(tmp_path: Path) -> None:
    certificate, key = authority(tmp_path)
    with serving(App(), ssl_certfile=certificate, ssl_keyfile=key) as app:
        url = f"https://127.0.0.1:{app.port}"
        async with Dashboard(config(url)) as door:
            refused = await door.hello(HELLO)
        async with Dashboard(config(url, ca_file=certificate)) as door:
            welcome = await door.hello(HELLO)
    assert isinstance(refused, Failure)
    assert "--ca-file" in refused.reason
    assert isinstance(welcome, protocol.Welcome)


def test_an_authority_that_is_none_is_said(tmp_path: Path) -> None:
    (tmp_path / "ca.pem").write_text("nothing")
    with pytest.raises(ConfigError, match="holds no certificates"):
        Dashboard(config("https://localhost", ca_file=tmp_path / "ca.pem"))


async def test_commands_are_fetched_as_they_were_said(door: Dashboard, dashboard: App) -> None:
    dashboard.answers.append(Answer(200, {"items": [{"id": "a", "more": [1]}, {"id": "b"}]}))
    assert await door.commands("agent 1", 25.0) == [b'{"id":"a","more":[1]}', b'{"id":"b"}']
    assert dashboard.queries[-1] == "agent_id=agent+1&wait=25"


@pytest.mark.parametrize("body", [[], {}, {"items": 5}, "text"])
async def test_an_odd_list_of_commands_is_a_failure(door: Dashboard, dashboard: App, body: object) -> None:
    dashboard.answers.append(Answer(200, body))
    failure = await door.commands("agent-1", 0)
    assert isinstance(failure, Failure)
    assert "not understood" in failure.reason


@pytest.mark.parametrize(
    ("status", "unfit", "refused"),
    [(400, True, False), (401, False, True), (403, False, True), (404, True, False), (409, True, False),
     (413, True, False), (422, True, False), (429, False, False), (500, False, False), (503, False, False)],
)  # fmt: skip
async def test_what_can_never_be_answered_is_told_from_what_can_later(
    door: Dashboard, dashboard: App, status: int, unfit: bool, refused: bool
) -> None:
    dashboard.answers.append(Answer(status, {"code": "some"}))
    failure = await door.answer("../a/b", b"{}")
    assert failure is not None
    assert (failure.unfit, failure.refused) == (unfit, refused)
    assert dashboard.requests == ["/api/agents/me/commands/../a/b"]
    dashboard.answers.append(Answer(200, {}))
    assert await door.answer("a", b"{}") is None
