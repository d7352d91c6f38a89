"""Checksums of frames, over many frames at once. Names and check values: G. Cook, Catalogue of parametrised CRC algorithms."""

from __future__ import annotations

import binascii
import zlib
from collections.abc import Callable
from typing import Literal

import numpy as np
from numpy.typing import NDArray

Bytes = NDArray[np.uint8]
Checksum = Literal["none", "sum8", "xor8", "crc8", "crc16-modbus", "crc16-ccitt", "crc16-xmodem", "crc32"]
SIZES: dict[Checksum, int] = {
    "none": 0, "sum8": 1, "xor8": 1, "crc8": 1, "crc16-modbus": 2, "crc16-ccitt": 2, "crc16-xmodem": 2, "crc32": 4,
}  # fmt: skip


def compute(kind: Checksum, frames: Bytes) -> NDArray[np.uint32]:
    """The checksum of each row of uint8 [n, size]: uint32 [n].

    sum8: sum modulo 256; xor8: XOR; crc8: CRC-8/SMBUS; crc16-modbus: CRC-16/MODBUS; crc16-ccitt: CRC-16/IBM-3740 (also
    called CCITT-FALSE); crc16-xmodem: CRC-16/XMODEM; crc32: CRC-32/ISO-HDLC.
    """
    if kind == "sum8":
        return np.asarray(frames.sum(axis=1, dtype=np.uint32) & 0xFF, np.uint32)
    if kind == "xor8":
        return np.asarray(np.bitwise_xor.reduce(frames, axis=1), np.uint32)
    if kind in _TABLES:
        return _by_table(frames, kind)
    each = _EACH[kind]
    return np.fromiter((each(row.tobytes()) for row in frames), np.uint32, len(frames))


def _crc8_table() -> NDArray[np.uint32]:
    """Polynomial 0x07, not reflected."""
    values = np.arange(256)
    for _ in range(8):
        values = np.where(values & 0x80, (values << 1) ^ 0x07, values << 1) & 0xFF
    return values.astype(np.uint32)


def _crc16_modbus_table() -> NDArray[np.uint32]:
    """Polynomial 0x8005, reflected: 0xA001."""
    values = np.arange(256)
    for _ in range(8):
        values = np.where(values & 1, (values >> 1) ^ 0xA001, values >> 1)
    return values.astype(np.uint32)


_TABLES = {"crc8": (_crc8_table(), 0x00), "crc16-modbus": (_crc16_modbus_table(), 0xFFFF)}
_EACH: dict[Checksum, Callable[[bytes], int]] = {
    "crc16-ccitt": lambda data: binascii.crc_hqx(data, 0xFFFF),
    "crc16-xmodem": lambda data: binascii.crc_hqx(data, 0),
    "crc32": zlib.crc32,
}


def _by_table(frames: Bytes, kind: Checksum) -> NDArray[np.uint32]:
    """One step a byte for all frames together."""
    table, start = _TABLES[kind]
    found = np.full(len(frames), start, np.uint32)
    for column in range(frames.shape[1]):
        found = (found >> 8) ^ table[(found ^ frames[:, column]) & 0xFF]
    return found
