"""How binary frames are laid out, as a person describes it in a small TOML file.

    name = "Vibration board"
    sync = "AA 55"                # the bytes every frame begins with, in hexadecimal
    endian = "little"
    checksum = "crc16-modbus"     # at the frame's end; none, sum8, xor8, crc8, crc16-modbus, crc16-ccitt, crc16-xmodem, crc32
    checksum_covers = "frame"     # "frame": from the sync on, "payload": what stands behind it
    rate_hz = 10000               # samples a second, where they come evenly
    samples = 32                  # how often the fields with sampled = true repeat in a frame

    [[fields]]
    name = "seq"
    type = "u16"
    use = "counter"               # counts frames, so that lost ones are known

    [[fields]]
    name = "VI-2041A-DE"
    type = "i16"                  # u8 i8 u16 i16 u24 i24 u32 i32 u64 i64 f32 f64, or pad with size
    scale = 0.0005
    unit = "g"
    sampled = true
    invalid = [-32768]            # raw values that mean: none

`use` may also be "time" (with unit us, ms or s: a count since the device started), "constant" (with equals) or "skip".
"""

from __future__ import annotations

import tomllib
from pathlib import Path
from typing import Annotated, Literal

import msgspec
import numpy as np

from workbench.core.codec import Record, read_bounded
from workbench.core.errors import InputError
from workbench.logs.live.checksums import SIZES, Checksum

FieldType = Literal["u8", "i8", "u16", "i16", "u24", "i24", "u32", "i32", "u64", "i64", "f32", "f64", "pad"]
Use = Literal["channel", "counter", "time", "constant", "skip"]
Endian = Literal["little", "big"]
TIME_SCALES_NS = {"ns": 1, "us": 1000, "ms": 1_000_000, "s": 1_000_000_000}
MAX_FRAME_BYTES = 65_536
_SIZES = {"8": 1, "16": 2, "24": 3, "32": 4, "64": 8}
_MAX_FILE_BYTES = 1 << 20


class FieldLayout(Record, frozen=True, kw_only=True):
    """One field of a frame: value = raw · scale + offset."""

    type: FieldType
    name: str = ""
    use: Use = "channel"
    scale: float = 1.0
    offset: float = 0.0
    unit: str | None = None
    invalid: tuple[float, ...] = ()
    equals: int | None = None
    sampled: bool = False
    size: Annotated[int, msgspec.Meta(ge=1, le=MAX_FRAME_BYTES)] = 1
    """Bytes of a pad."""

    @property
    def n_bytes(self) -> int:
        """Bytes of the field."""
        return self.size if self.type == "pad" else _SIZES[self.type[1:]]


class FrameLayout(Record, frozen=True, kw_only=True):
    """A whole frame: sync, fields, checksum."""

    fields: tuple[FieldLayout, ...]
    sync: str = ""
    name: str = ""
    endian: Endian = "little"
    checksum: Checksum = "none"
    checksum_covers: Literal["frame", "payload"] = "frame"
    checksum_endian: Endian = "little"
    rate_hz: Annotated[float, msgspec.Meta(gt=0, le=1e8)] | None = None
    samples: Annotated[int, msgspec.Meta(ge=1, le=16_384)] = 1

    @property
    def sync_bytes(self) -> bytes:
        """The bytes every frame begins with."""
        return bytes.fromhex(self.sync)

    @property
    def n_payload_bytes(self) -> int:
        """Bytes between sync and checksum."""
        return sum(field.n_bytes * (self.samples if field.sampled else 1) for field in self.fields)

    @property
    def n_bytes(self) -> int:
        """Bytes of a frame."""
        return len(self.sync_bytes) + self.n_payload_bytes + SIZES[self.checksum]

    def find(self, use: Use) -> FieldLayout | None:
        """The field with this use."""
        return next((field for field in self.fields if field.use == use), None)

    @property
    def channels(self) -> tuple[FieldLayout, ...]:
        """Fields that become channels."""
        return tuple(field for field in self.fields if field.use == "channel" and field.type != "pad")


def load_layout(path: Path) -> FrameLayout:
    """Read a description. Raises InputError naming file and fault."""
    data = read_bounded(path, _MAX_FILE_BYTES)
    try:
        layout = msgspec.convert(tomllib.loads(data.decode("utf-8")), FrameLayout)
    except (tomllib.TOMLDecodeError, UnicodeDecodeError, msgspec.ValidationError) as error:
        raise InputError(f"{path.name} is no description of frames: {error}.", "See 'Binary frames' in the manual.") from error
    fault = _fault_of(layout)
    if fault:
        raise InputError(f"{path.name}: {fault}.", "See 'Binary frames' in the manual.")
    return layout


def _fault_of(layout: FrameLayout) -> str:
    """What is wrong with it, '' when nothing is."""
    try:
        sync = layout.sync_bytes
    except ValueError:
        return f"sync '{layout.sync}' is not hexadecimal"
    names = [field.name for field in layout.channels]
    uses = {use: [field for field in layout.fields if field.use == use] for use in ("counter", "time", "constant")}
    sampled = [k for k, field in enumerate(layout.fields) if field.sampled]
    is_apart = bool(sampled) and sampled != list(range(sampled[0], sampled[-1] + 1))
    is_mixed = bool(sampled) and any(not field.sampled for field in layout.channels)
    faults = {
        "there is no channel": not names,
        "a channel has no name": "" in names,
        "two channels have one name": len(set(names)) < len(names),
        "frames need a sync of bytes or a checksum": not sync and layout.checksum == "none",
        f"a frame has {layout.n_bytes} bytes, more than {MAX_FRAME_BYTES}": layout.n_bytes > MAX_FRAME_BYTES,
        "fields with sampled = true must stand side by side": is_apart,
        "a channel that is not sampled stands beside sampled ones": is_mixed,
        "samples is given, and no field is sampled": layout.samples > 1 and not sampled,
        "several samples in a frame need rate_hz": layout.samples > 1 and layout.rate_hz is None,
        "a counter must be a whole number": any(field.type[0] not in "ui" for field in uses["counter"]),
        "a time needs a unit of ns, us, ms or s": any(field.unit not in TIME_SCALES_NS for field in uses["time"]),
        "a constant needs equals": any(field.equals is None for field in uses["constant"]),
    }
    return next((text for text, is_so in faults.items() if is_so), "")


def offsets_of(layout: FrameLayout) -> list[int]:
    """Where each field (of the first sample) begins in a frame."""
    at = len(layout.sync_bytes)
    found = []
    before_samples = True
    for k, field in enumerate(layout.fields):
        found.append(at)
        at += field.n_bytes
        is_last_sampled = field.sampled and not (k + 1 < len(layout.fields) and layout.fields[k + 1].sampled)
        if is_last_sampled and before_samples:
            at += (layout.samples - 1) * group_bytes(layout)
            before_samples = False
    return found


def group_bytes(layout: FrameLayout) -> int:
    """Bytes of one sample of all sampled fields."""
    return sum(field.n_bytes for field in layout.fields if field.sampled)


def numpy_type(field: FieldLayout, endian: Endian) -> np.dtype[np.generic]:
    """The numpy type of a field of whole bytes (u24 and i24 have none)."""
    kind = {"u": "u", "i": "i", "f": "f"}[field.type[0]]
    return np.dtype(f"{'<' if endian == 'little' else '>'}{kind}{field.n_bytes}")
