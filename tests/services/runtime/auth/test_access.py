"""Access tokens: every way to forge one that we know of is refused."""

import base64
import hashlib
import hmac
import json
from uuid import UUID

import jwt
import pytest
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from services.runtime.auth.access import Claims, named_key, read_claims, sign
from services.runtime.auth.keys import open_key, public_text
from services.runtime.errors import Problem

NOW = 1_800_000_000
USER, TEAM = UUID(int=7), UUID(int=8)


@pytest.fixture
def key(tmp_path):
    return open_key("access", "0123456789abcdef0123456789abcdef", tmp_path)


@pytest.fixture
def foreign(tmp_path):
    return open_key("access", "another secret of 32 bytes or so", tmp_path)


def claims(**changes):
    plain = Claims(
        sub=str(USER),
        jti="j",
        sid="s",
        ver=1,
        iat=NOW,
        exp=NOW + 600,
        user_id=USER,
        team_id=TEAM,
        role="admin",
    ).model_dump(mode="json")
    return {name: value for name, value in (plain | changes).items() if value is not ...}


def forge(key, payload=None, alg="EdDSA", signed_by=None, **header):
    fields = {"typ": "at+jwt", "kid": key.kid} | header
    return jwt.encode(payload or claims(), signed_by or key.private, alg, headers=fields)


def believed(token, key, now=NOW, leeway=30):
    assert named_key(token) == key.kid
    return read_claims(token, key.public, now, leeway)


def refused(token, key, now=NOW):
    with pytest.raises(Problem) as caught:
        believed(token, key, now)
    assert caught.value.status == 401


def piece(value):
    return base64.urlsafe_b64encode(json.dumps(value).encode()).rstrip(b"=").decode()


def test_a_good_token_is_believed(key):
    made = Claims.model_validate_json(json.dumps(claims()))
    assert believed(sign(made, key), key) == made


def test_alg_none_is_refused(key):
    header = {"alg": "none", "typ": "at+jwt", "kid": key.kid}
    for signature in ("", "AAAA"):
        refused(f"{piece(header)}.{piece(claims())}.{signature}", key)


def test_a_public_key_as_shared_secret_is_refused(key):
    """Key confusion: HMAC under what everybody can read."""
    pem = key.public.public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo)
    for secret in (pem, key.public.public_bytes_raw(), public_text(key.public).encode()):
        header = {"alg": "HS256", "typ": "at+jwt", "kid": key.kid}
        signing = f"{piece(header)}.{piece(claims())}"
        mac = hmac.new(secret, signing.encode(), hashlib.sha256).digest()
        refused(f"{signing}.{base64.urlsafe_b64encode(mac).rstrip(b'=').decode()}", key)


def test_another_keys_signature_is_refused(key, foreign):
    refused(forge(key, signed_by=foreign.private), key)


@pytest.mark.parametrize(
    "extra",
    [
        {"jku": "https://evil.example/jwks.json"},
        {"jwk": {"kty": "OKP", "crv": "Ed25519", "x": "AAAA"}},
        {"x5u": "https://evil.example/cert"},
        {"x5c": ["AAAA"]},
        {"crit": ["exp"]},
        {"crit": []},
        {"b64": False},
        {"cty": "JWT"},
        {"typ": "JWT"},
        {"typ": None},
        {"kid": None},
        {"kid": 7},
    ],
)
def test_unfit_headers_are_refused(key, extra):
    header = {"alg": "EdDSA", "typ": "at+jwt", "kid": key.kid} | extra
    header = {name: value for name, value in header.items() if value is not None}
    signing = f"{piece(header)}.{piece(claims())}"
    signature = base64.urlsafe_b64encode(key.private.sign(signing.encode())).rstrip(b"=").decode()
    refused(f"{signing}.{signature}", key)


@pytest.mark.parametrize("name", sorted(Claims.model_fields))
def test_no_claim_may_be_missing(key, name):
    refused(forge(key, claims(**{name: ...})), key)


@pytest.mark.parametrize(
    "wrong",
    [
        {"aud": "another-api"},
        {"aud": ["llm-session-manager-api", "another-api"]},
        {"iss": "another"},
        {"sub": str(TEAM)},
        {"exp": str(NOW + 600)},
        {"exp": True},
        {"exp": NOW + 0.5},
        {"exp": 10**30},
        {"ver": -1},
        {"role": "owner"},
        {"user_id": 7},
        {"team_id": "no uuid"},
        {"sid": ""},
        {"iat": NOW + 31},
    ],
)
def test_claims_that_are_not_ours_are_refused(key, wrong):
    refused(forge(key, claims(**wrong)), key)


def test_a_token_expires_thirty_seconds_late_at_most(key):
    token = forge(key)
    assert believed(token, key, NOW + 629).user_id == USER
    refused(token, key, NOW + 630)


@pytest.mark.parametrize(
    "text", ["", ".", "..", "a.b.c", "not a token", "\x00", "é.é.é", "\ud800", "x" * 5000, "e30.e30.e30"]
)
def test_what_is_no_token_is_refused(key, text):
    refused(text, key)


def test_a_changed_payload_is_refused(key):
    head, _, signature = forge(key).split(".")
    refused(f"{head}.{piece(claims(role='viewer'))}.{signature}", key)
