"""Opens a compressed body without letting it grow beyond its bounds."""

import zlib

GZIP = 16 + zlib.MAX_WBITS


class TooLarge(Exception):  # noqa: N818
    pass


class NotGzip(Exception):  # noqa: N818
    pass


def gunzip(body: bytes, most: int, ratio: int) -> bytes:
    """Decompress; at most `most` bytes and `ratio` times the body's size come out.

    Raises `TooLarge` beyond that, `NotGzip` for anything that is no complete gzip stream.
    """
    limit = min(most, max(len(body) * ratio, 64 * 1024))
    stream = zlib.decompressobj(GZIP)
    try:
        plain = stream.decompress(body, limit + 1)
    except zlib.error as error:
        raise NotGzip from error
    if len(plain) > limit:
        raise TooLarge
    if not stream.eof or stream.unused_data:
        raise NotGzip
    return plain
