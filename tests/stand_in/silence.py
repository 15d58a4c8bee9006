"""Silence in formats that nothing here can encode: valid files without a sound.

Facts: ISO 11172-3 and 13818-3 (MP3), 13818-7 (AAC in ADTS), RFC 3533 and 7845 (Ogg, Opus), RFC 9639 (FLAC).
"""

from collections.abc import Callable
import struct

_MP3_FRAME = bytes.fromhex("fff344c4").ljust(96, b"\0")
"""MPEG-2 layer III, 24 kHz, mono, 32 kbit/s: 24 ms."""

_AAC_FRAME = bytes.fromhex("fff1584001bffc") + bytes.fromhex("00c800802380")
"""AAC-LC in ADTS, 24 kHz, mono: 43 ms."""

_OPUS_PACKET = bytes.fromhex("f8fffe")
"""CELT, full band, mono: 20 ms."""

_OPUS_SAMPLES = 960
"""Of a packet, at the 48 kHz that positions in Opus always count in."""

_FLAC_RATE = 24_000


def mp3(seconds: float) -> bytes:
    """Return an MP3 of about this length."""
    return _MP3_FRAME * (int(seconds / 0.024) + 1)


def aac(seconds: float) -> bytes:
    """Return an AAC stream of about this length."""
    return _AAC_FRAME * (int(seconds * 24_000 / 1024) + 1)


def opus(seconds: float) -> bytes:
    """Return Opus in Ogg of about this length."""
    head = b"OpusHead" + struct.pack("<BBHIhB", 1, 1, 0, 24_000, 0, 0)
    tags = b"OpusTags" + struct.pack("<I", 8) + b"stand-in" + struct.pack("<I", 0)
    count = int(seconds / 0.02) + 1
    pages = [_ogg_page(0, head, kind=2), _ogg_page(1, tags)]
    for number in range(count):
        last = number == count - 1
        position = (number + 1) * _OPUS_SAMPLES
        pages.append(_ogg_page(number + 2, _OPUS_PACKET, kind=4 if last else 0, position=position))
    return b"".join(pages)


def _ogg_page(number: int, packet: bytes, *, kind: int = 0, position: int = 0) -> bytes:
    """Return a page with one packet; `kind` 2 is the first page, 4 the last."""
    page = struct.pack("<4sBBqIIIBB", b"OggS", 0, kind, position, 1, number, 0, 1, len(packet)) + packet
    return page[:22] + struct.pack("<I", _ogg_checksum(page)) + page[26:]


def _ogg_checksum(page: bytes) -> int:
    checksum = 0
    for byte in page:
        checksum ^= byte << 24
        for _ in range(8):
            checksum = (checksum << 1 ^ (0x04C11DB7 if checksum & 0x80000000 else 0)) & 0xFFFFFFFF
    return checksum


def flac(_: float) -> bytes:
    """Return an empty FLAC: the description of a stream, without frames."""
    sizes = struct.pack(">HH", 4096, 4096) + bytes(6)
    layout = (_FLAC_RATE << 12 | 0 << 9 | 15 << 4) << 32
    return b"fLaC" + bytes.fromhex("80000022") + sizes + struct.pack(">Q", layout) + bytes(16)


SILENCE: dict[str, Callable[[float], bytes]] = {"mp3": mp3, "aac": aac, "opus": opus, "flac": flac}
"""By `response_format`: from a length in seconds to a file."""
