"""No forged or foreign access token opens anything, at any service or socket, in either shape."""

import time
import uuid
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from services.runtime.auth.access import Claims
from services.runtime.auth.keys import SigningKey, open_key
from tests.access.cast import Cast
from tests.access.forging import LEFT_OUT, Forge, piece
from tests.e2e.sockets import close_code, socket

PATHS = ("/api/auth/me", "/api/teams", "/api/sessions", "/api/agents")
UNAUTHENTICATED = 4401
CLAIMS = sorted(Claims.model_fields)


@pytest.fixture(scope="module")
def forge(cast: Cast) -> Forge:
    return Forge(cast.shape, cast.another_token(cast.member))


@pytest.fixture
def another(tmp_path: Path) -> SigningKey:
    """A key that somebody else made."""
    return open_key("access", "somebody else's secret of 32 bytes", tmp_path)


def answers(cast: Cast, token: str) -> set[int]:
    """What every kind of door says: each service's, and the socket's."""
    found = {cast.ask("GET", path, token).status_code for path in PATHS}
    with socket(cast.shape, token=token) as opened:
        return found | {close_code(opened)}


def refused(cast: Cast, token: str) -> bool:
    return answers(cast, token) == {401, UNAUTHENTICATED}


def test_a_token_made_alike_is_good(cast: Cast, forge: Forge) -> None:
    """Else nothing below would show anything."""
    for token in (forge.token(), forge.token(jti=uuid.uuid4().hex)):
        assert {cast.ask("GET", path, token).status_code for path in PATHS} == {200}


@pytest.mark.parametrize("algorithm", ["none", "None", "NONE", "nOnE", ""])
def test_without_a_signature(cast: Cast, forge: Forge, algorithm: str) -> None:
    for signature in ("", "AAAA", forge.token().rpartition(".")[2]):
        assert refused(cast, forge.unsigned(algorithm, signature))


@pytest.mark.parametrize("algorithm", ["HS256", "EdDSA", "hs256"])
def test_with_the_public_key_as_a_shared_secret(cast: Cast, forge: Forge, algorithm: str) -> None:
    for secret in forge.public_forms():
        assert refused(cast, forge.with_mac(secret, algorithm))


@pytest.mark.parametrize("algorithm", ["RS256", "ES256", "Ed25519", "Ed448", "PS256", 7, None, LEFT_OUT])
def test_with_another_algorithm(cast: Cast, forge: Forge, algorithm: object) -> None:
    assert refused(cast, forge.token({"alg": algorithm}))


@pytest.mark.parametrize("claim", CLAIMS)
def test_without_a_claim(cast: Cast, forge: Forge, claim: str) -> None:
    assert refused(cast, forge.token(**{claim: LEFT_OUT}))


@pytest.mark.parametrize("claim", sorted(set(CLAIMS) - {"team_id", "role"}))
def test_with_nothing_in_a_claim(cast: Cast, forge: Forge, claim: str) -> None:
    """Team and role may be missing: of somebody who is in no team."""
    assert refused(cast, forge.token(**{claim: None}))


def test_with_a_foreign_key(cast: Cast, forge: Forge, another: SigningKey) -> None:
    """Under its own id, under ours, and under none."""
    for kid in (another.kid, forge.key.kid, LEFT_OUT, None, "", 7, ["x"], "../../keys", "x" * 2000):
        assert refused(cast, forge.token({"kid": kid}, another.private))


def test_with_the_key_that_signs_commands(cast: Cast, forge: Forge) -> None:
    """Its public half is published beside ours, but it signs no tokens."""
    published = cast.ask("GET", "/api/auth/jwks.json", None).json()["keys"]
    command = next(key["kid"] for key in published if key["purpose"] == "command")
    assert refused(cast, forge.token({"kid": command}))


def headers(key: SigningKey) -> Iterator[dict[str, object]]:
    """Ways in which a token says how it wants to be checked."""
    own = key.jwk()
    yield {"jku": "https://evil.example/jwks.json"}
    yield {"jku": "http://127.0.0.1/api/auth/jwks.json"}
    yield {"jwk": own}
    yield {"x5u": "https://evil.example/certificate.pem"}
    yield {"x5c": ["MIIB"]}
    yield {"x5t": "AAAA"}
    yield {"crit": ["exp"]}
    yield {"crit": []}
    yield {"crit": ["b64"], "b64": False}
    yield {"zip": "DEF"}
    yield {"cty": "JWT"}
    yield {"jwk": own, "kid": own["kid"]}


@pytest.mark.parametrize("number", range(12))
def test_with_a_header_that_brings_its_own_key_or_wishes(
    cast: Cast, forge: Forge, another: SigningKey, number: int
) -> None:
    """Refused with the stranger's signature, and with ours."""
    header = list(headers(another))[number]
    assert refused(cast, forge.token(header, another.private))
    assert refused(cast, forge.token(header))


@pytest.mark.parametrize(
    "kind", ["JWT", "at+JWT", "application/at+jwt", "refresh+jwt", "", None, 7, LEFT_OUT]
)
def test_of_another_kind(cast: Cast, forge: Forge, kind: object) -> None:
    assert refused(cast, forge.token({"typ": kind}))


WRONG: dict[str, Callable[[Forge], dict[str, object]]] = {
    "expired": lambda forge: {"exp": int(time.time()) - 31},
    "expired long ago": lambda forge: {"exp": 1},
    "for ever": lambda forge: {"exp": 10**30},
    "in words": lambda forge: {"exp": str(forge.claims["exp"])},
    "a fraction": lambda forge: {"exp": forge.claims["exp"] + 0.5},
    "not yet made": lambda forge: {"iat": int(time.time()) + 3600},
    "another audience": lambda forge: {"aud": "another-api"},
    "one audience of several": lambda forge: {"aud": [forge.claims["aud"], "another-api"]},
    "another issuer": lambda forge: {"iss": "https://evil.example"},
    "another subject": lambda forge: {"sub": str(uuid.uuid4())},
    "another person": lambda forge: {"user_id": str(uuid.uuid4()), "sub": str(uuid.uuid4())},
    "another sign-in": lambda forge: {"sid": uuid.uuid4().hex},
    "another team": lambda forge: {"team_id": str(uuid.uuid4())},
    "another role": lambda forge: {"role": "owner"},
    "a number for an id": lambda forge: {"user_id": 7, "sub": "7"},
}


@pytest.mark.parametrize("wrong", WRONG)
def test_with_what_is_not_so(cast: Cast, forge: Forge, wrong: str) -> None:
    """Though the signature is right: as of a key that was used for something else, too."""
    assert refused(cast, forge.token(**WRONG[wrong](forge)))


def test_of_somebody_elses_sign_in(cast: Cast, forge: Forge) -> None:
    """The person of one sign-in with the id of another's."""
    theirs = Forge(cast.shape, cast.another_token(cast.other)).claims
    assert refused(cast, forge.token(sid=theirs["sid"]))
    assert refused(cast, forge.token(user_id=theirs["user_id"], sub=theirs["sub"]))
    assert refused(cast, forge.token(team_id=theirs["team_id"]))


def test_the_role_in_a_token_decides_nothing(cast: Cast, forge: Forge) -> None:
    token = forge.token(role="admin")
    assert cast.ask("GET", f"/api/teams/{cast.team_id}/audit", token).status_code == 403
    assert cast.ask("GET", "/api/auth/me", token).json()["role"] == "member"


def test_changed_after_it_was_signed(cast: Cast, forge: Forge) -> None:
    head, payload, signature = forge.token().split(".")
    theirs = Forge(cast.shape, cast.another_token(cast.admin)).claims
    changed = "A" if signature[0] != "A" else "B"
    for token in (
        f"{head}.{piece(theirs)}.{signature}",
        f"{head}.{payload}.{changed}{signature[1:]}",
        f"{head}.{payload}.{'A' * 86}",
        f"{head}.{payload}.",
        f"{head}.{payload}",
        f"{head}.{payload}.{signature}.{signature}",
        f"{piece({'alg': 'EdDSA'})}.{payload}.{signature}",
    ):
        assert refused(cast, token)


def test_a_strangers_key_is_never_fetched_for_long(cast: Cast, forge: Forge) -> None:
    """Many unknown ids in a row are refused like one, and a good token is good in between."""
    good = forge.token()
    for _ in range(50):
        forged = forge.token({"kid": uuid.uuid4().hex}, Ed25519PrivateKey.generate())
        assert cast.ask("GET", "/api/sessions", forged).status_code == 401
        assert cast.ask("GET", "/api/sessions", good).status_code == 200
