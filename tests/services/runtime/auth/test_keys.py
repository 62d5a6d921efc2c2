"""Keys: the same in every process, apart for each purpose, and private on disk."""

import stat
from concurrent.futures import ThreadPoolExecutor

import pytest

from services.runtime.auth.keys import open_key, public_text, read_public, thumbprint

SECRET = "0123456789abcdef0123456789abcdef"


def test_a_secret_gives_the_same_key_everywhere(tmp_path):
    first, second = (open_key("access", SECRET, tmp_path / name) for name in "ab")
    assert first.kid == second.kid
    assert list(tmp_path.iterdir()) == []


def test_purposes_and_secrets_have_keys_of_their_own(tmp_path):
    keys = [
        open_key(purpose, secret, tmp_path) for purpose in ("access", "command") for secret in (SECRET, None)
    ]
    assert len({key.kid for key in keys}) == 4


def test_without_a_secret_the_key_is_made_once_and_kept_private(tmp_path):
    folder = tmp_path / "keys"
    made = open_key("access", None, folder)
    assert open_key("access", None, folder).kid == made.kid
    assert stat.S_IMODE((folder / "access.key").stat().st_mode) == 0o600
    assert stat.S_IMODE(folder.stat().st_mode) == 0o700
    assert [path.name for path in folder.iterdir()] == ["access.key"]


def test_a_file_that_holds_no_key_is_refused(tmp_path):
    (tmp_path / "access.key").write_text("c2hvcnQ=")
    with pytest.raises(ValueError, match="no key"):
        open_key("access", None, tmp_path)


def test_the_jwk_says_what_the_key_is_for(tmp_path):
    key = open_key("command", SECRET, tmp_path)
    jwk = key.jwk()
    assert (jwk["kty"], jwk["crv"], jwk["alg"], jwk["use"]) == ("OKP", "Ed25519", "EdDSA", "sig")
    assert (jwk["kid"], jwk["purpose"]) == (key.kid, "command")
    assert thumbprint(read_public(jwk["x"])) == key.kid
    assert "d" not in jwk


def test_the_id_is_the_thumbprint_of_rfc_8037():
    """The example of RFC 8037, appendix A.3."""
    key = read_public("11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo")
    assert thumbprint(key) == "kPrK_qmxVWaYVA9wwBF6Iuo3vVzz7TxHCTwXBygrS4k"
    assert public_text(key) == "11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo"


def test_many_that_begin_together_agree(tmp_path):
    with ThreadPoolExecutor(8) as threads:
        keys = list(threads.map(lambda _: open_key("access", None, tmp_path / "keys").kid, range(16)))
    assert len(set(keys)) == 1
