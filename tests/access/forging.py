"""Access tokens as only the auth service can make them, and as others might try."""

import base64
import hashlib
import hmac
import json
from collections.abc import Mapping
from typing import Any, cast

import jwt
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from services.runtime.auth.keys import SigningKey, open_key, public_text
from tests.support.servers.services import ServiceProcess
from tests.support.shapes.shape import Shape

GENERATIONS = 100
LEFT_OUT: Any = ...


def piece(value: Any) -> str:
    """A part of a token: JSON in unpadded base64url."""
    return base64.urlsafe_b64encode(json.dumps(value).encode()).rstrip(b"=").decode()


def signing_key(shape: Shape, kid: str) -> SigningKey:
    """The key of that id, made from the secret that the auth service has."""
    auth = cast(ServiceProcess, shape.part("auth"))
    secret = auth.settings.get("JWT_SECRET")
    keys = (open_key("access", secret, auth.folder / "keys", n) for n in range(1, GENERATIONS))
    return next(key for key in keys if key.kid == kid)


class Forge:
    """Makes tokens that differ from a good one in what is asked for; a value of `...` is left out."""

    def __init__(self, shape: Shape, token: str) -> None:
        self.header: dict[str, Any] = jwt.get_unverified_header(token)
        self.claims: dict[str, Any] = jwt.decode(token, options={"verify_signature": False})
        self.key = signing_key(shape, self.header["kid"])

    def token(
        self,
        header: Mapping[str, Any] | None = None,
        key: Ed25519PrivateKey | None = None,
        /,
        **claims: Any,
    ) -> str:
        """Signed, with the right key unless another is given."""
        signing = self._signing(header or {}, claims)
        signature = (key or self.key.private).sign(signing.encode())
        return f"{signing}.{_text(signature)}"

    def with_mac(self, secret: bytes, algorithm: str = "HS256") -> str:
        """Authenticated by a shared secret, where a signature belongs."""
        signing = self._signing({"alg": algorithm}, {})
        return f"{signing}.{_text(hmac.new(secret, signing.encode(), hashlib.sha256).digest())}"

    def unsigned(self, algorithm: str, signature: str = "") -> str:
        return f"{self._signing({'alg': algorithm}, {})}.{signature}"

    def public_forms(self) -> list[bytes]:
        """The public key as everybody may read it, in the forms that have been taken for a shared secret."""
        public = self.key.public
        pem = public.public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo)
        der = public.public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)
        jwk = json.dumps(self.key.jwk()).encode()
        return [pem, pem.strip(), der, public.public_bytes_raw(), public_text(public).encode(), jwk, b""]

    def _signing(self, header: Mapping[str, Any], claims: Mapping[str, Any]) -> str:
        return f"{piece(_changed(self.header, header))}.{piece(_changed(self.claims, claims))}"


def _changed(plain: Mapping[str, Any], changes: Mapping[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in {**plain, **changes}.items() if value is not LEFT_OUT}


def _text(signature: bytes) -> str:
    return base64.urlsafe_b64encode(signature).rstrip(b"=").decode()
