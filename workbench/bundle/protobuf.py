"""Read protobuf's wire format strictly: enough to look through a model file without any library that could run it.

Knows no message by name. Every length is checked before it is used, nothing is copied, groups and unknown wire types are
refused. Raises ValueError, which the caller turns into its own refusal.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

VARINT = 0
FIXED64 = 1
BYTES = 2
FIXED32 = 5
_FIXED_BYTES = {FIXED64: 8, FIXED32: 4}
_MAX_VARINT_BYTES = 10
_UINT64 = (1 << 64) - 1


@dataclass(frozen=True, slots=True, kw_only=True)
class Field:
    """One field as it stands in the file: its number, wire type, number (varint) or bytes (all others)."""

    number: int
    wire: int
    integer: int
    data: memoryview

    @property
    def text(self) -> str:
        """The bytes as UTF-8; raises ValueError when they are not, or when the field is no string."""
        if self.wire != BYTES:
            raise ValueError(f"field {self.number} is not a string")
        return bytes(self.data).decode("utf-8")


def read_fields(data: memoryview, allowed: Mapping[int, str], what: str) -> Iterator[Field]:
    """The fields of one message in file order. Raises ValueError for a field that is not in `allowed`, or damage."""
    at = 0
    while at < len(data):
        key, at = read_varint(data, at)
        number, wire = key >> 3, key & 7
        if number not in allowed:
            raise ValueError(f"{what} has the unknown field {number}")
        field, at = _read_value(data, at, number, wire)
        yield field


def read_varint(data: memoryview, at: int) -> tuple[int, int]:
    """An unsigned varint and where it ends; raises ValueError when it is cut off or longer than 64 bits."""
    value = 0
    for index in range(_MAX_VARINT_BYTES):
        if at + index >= len(data):
            raise ValueError("a number is cut off")
        byte = data[at + index]
        value |= (byte & 0x7F) << (7 * index)
        if byte < 0x80:
            if value > _UINT64:
                break
            return value, at + index + 1
    raise ValueError("a number is longer than 64 bits")


def read_packed(field: Field) -> list[int]:
    """A repeated integer field, packed or not: one element if it is a plain varint."""
    if field.wire == VARINT:
        return [field.integer]
    values = []
    at = 0
    while at < len(field.data):
        value, at = read_varint(field.data, at)
        values.append(value)
    return values


def to_signed(value: int) -> int:
    """A varint as a signed 64-bit integer."""
    return value - (1 << 64) if value >= 1 << 63 else value


def _read_value(data: memoryview, at: int, number: int, wire: int) -> tuple[Field, int]:
    if wire == VARINT:
        value, end = read_varint(data, at)
        return Field(number=number, wire=wire, integer=value, data=data[:0]), end
    if wire == BYTES:
        length, at = read_varint(data, at)
    elif wire in _FIXED_BYTES:
        length = _FIXED_BYTES[wire]
    else:
        raise ValueError(f"field {number} has the wire type {wire}")
    if length > len(data) - at:
        raise ValueError(f"field {number} is cut off")
    return Field(number=number, wire=wire, integer=0, data=data[at : at + length]), at + length
