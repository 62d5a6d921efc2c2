"""A compressed body never grows beyond its bounds."""

import gzip
import os

import pytest

from services.ingest.domain.unpacking import NotGzip, TooLarge, gunzip

MOST = 2**20


def test_what_was_packed_comes_out():
    for plain in (b"", b"x", os.urandom(300_000)):
        assert gunzip(gzip.compress(plain), MOST, 20) == plain


def test_a_small_body_may_grow_to_64_kib_whatever_the_ratio():
    assert len(gunzip(gzip.compress(b"0" * 65_536), MOST, 20)) == 65_536
    with pytest.raises(TooLarge):
        gunzip(gzip.compress(b"0" * 65_537), MOST, 20)


def test_a_body_grows_to_its_ratio_and_to_the_bound():
    noise = os.urandom(10_000)
    assert len(gunzip(gzip.compress(noise + b"0" * 180_000), MOST, 20)) == 190_000
    with pytest.raises(TooLarge):
        gunzip(gzip.compress(noise + b"0" * 400_000), MOST, 20)
    with pytest.raises(TooLarge):
        gunzip(gzip.compress(os.urandom(MOST + 1)), MOST, 20)


def test_a_bomb_is_stopped_before_it_goes_off():
    with pytest.raises(TooLarge):
        gunzip(gzip.compress(b"0" * 100_000_000), MOST, 20)


def packed(plain: bytes) -> bytes:
    """The same bytes at every collection: no time inside."""
    return gzip.compress(plain, mtime=0)


@pytest.mark.parametrize(
    "body",
    [
        b"", b"{}", b"\x1f\x8b", packed(b"x" * 100)[:-1], packed(b"x") + b"more",
        packed(b"x") + packed(b"y"), packed(b"x")[:-4] + b"\0\0\0\0",
        b"\x78\x9c\x03\0\0\0\0\x01",
    ],
)  # fmt: skip
def test_what_is_no_whole_gzip_stream_is_told_apart(body):
    with pytest.raises(NotGzip):
        gunzip(body, MOST, 20)
