"""Ed25519 keys: derived from the deployment's secret, or made once and kept in a file."""

import base64
import hashlib
import os
import secrets
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

import orjson
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

Purpose = Literal["access", "command"]
SEED_BYTES = 32


@dataclass(frozen=True, slots=True)
class SigningKey:
    """A private key for one purpose. `access` signs access tokens, `command` what agents are asked to do."""

    purpose: Purpose
    private: Ed25519PrivateKey

    @property
    def public(self) -> Ed25519PublicKey:
        return self.private.public_key()

    @property
    def kid(self) -> str:
        return thumbprint(self.public)

    def jwk(self) -> dict[str, Any]:
        """The public half as a JSON Web Key; `purpose` keeps the two kinds apart."""
        return {
            "kty": "OKP",
            "crv": "Ed25519",
            "x": public_text(self.public),
            "kid": self.kid,
            "alg": "EdDSA",
            "use": "sig",
            "purpose": self.purpose,
        }


def open_key(purpose: Purpose, secret: str | None, folder: Path, generation: int = 1) -> SigningKey:
    """Derive a key from `secret`, or from what is kept in `folder`, where it is made at the first call.

    The same secret gives the same keys in every process, another one for each generation. Raises `ValueError`
    for a file that holds no key.
    """
    if secret:
        seed = _derived(purpose, generation, secret.encode())
    else:
        kept = _kept(purpose, folder)
        seed = kept if generation == 1 else _derived(purpose, generation, kept)
    return SigningKey(purpose, Ed25519PrivateKey.from_private_bytes(seed))


def _derived(purpose: Purpose, generation: int, secret: bytes) -> bytes:
    label = f"llm-session-manager {purpose} key {generation}".encode()
    return HKDF(SHA256(), SEED_BYTES, salt=None, info=label).derive(secret)


def _kept(purpose: Purpose, folder: Path) -> bytes:
    path = folder / f"{purpose}.key"
    if not path.exists():
        _make(path)
    seed = base64.b64decode(path.read_bytes())
    if len(seed) != SEED_BYTES:
        raise ValueError(f"{path.name} holds no key")
    return seed


def _make(path: Path) -> None:
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    draft = path.with_suffix(f".{secrets.token_hex(8)}")
    descriptor = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "wb") as file:
        file.write(base64.b64encode(os.urandom(SEED_BYTES)))
        os.fsync(file.fileno())
    try:
        # Unlike a rename, a link never replaces: of two processes that begin together, one key wins.
        os.link(draft, path)
    except FileExistsError:
        pass
    finally:
        draft.unlink()


def public_text(key: Ed25519PublicKey) -> str:
    """The 32 bytes of a public key in unpadded base64url."""
    return base64.urlsafe_b64encode(key.public_bytes_raw()).rstrip(b"=").decode()


def signature_text(key: SigningKey, signed: bytes) -> str:
    """The signature of these bytes in unpadded base64url."""
    return base64.urlsafe_b64encode(key.private.sign(signed)).rstrip(b"=").decode()


def read_public(text: str) -> Ed25519PublicKey:
    """Read what `public_text` wrote. Raises `ValueError` for anything else."""
    return Ed25519PublicKey.from_public_bytes(base64.urlsafe_b64decode(text + "=" * (-len(text) % 4)))


def thumbprint(key: Ed25519PublicKey) -> str:
    """The key's id, its RFC 7638 thumbprint."""
    members = {"crv": "Ed25519", "kty": "OKP", "x": public_text(key)}
    digest = hashlib.sha256(orjson.dumps(members)).digest()
    return base64.urlsafe_b64encode(digest).rstrip(b"=").decode()
