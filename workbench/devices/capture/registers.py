"""Which Modbus registers are read, as a person describes it in a TOML or CSV file.

    device = 1                    # address on the line, 1 to 247
    period_s = 1.0                # how often all registers are read
    timeout_s = 0.5
    numbering = "protocol"        # "protocol": from 0; "modicon": 40001, 30001, 10001, 1

    [[registers]]
    name = "PI-2041A"
    address = 10
    table = "holding"             # holding, input, coil, discrete
    type = "f32"                  # u16 i16 u32 i32 u64 i64 f32 f64, or bit
    word_order = "big"            # "big": the high word first; "little": the low word first
    scale = 1.0                   # value = raw * scale + offset
    unit = "bar"

A CSV file has the registers' fields as its header, and one register a line. Inputs are only ever read: there is no field that
writes. Must not import pymodbus.
"""

from __future__ import annotations

import csv
import io
import tomllib
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path
from typing import Annotated, Literal

import msgspec

from workbench.core.codec import Record, read_bounded
from workbench.core.errors import InputError

Table = Literal["holding", "input", "coil", "discrete"]
RegisterType = Literal["u16", "i16", "u32", "i32", "u64", "i64", "f32", "f64", "bit"]
DeviceAddress = Annotated[int, msgspec.Meta(ge=1, le=247)]
MAX_REGISTERS, MAX_BITS = 125, 2000
_MAX_FILE_BYTES = 1 << 20
_N_WORDS: dict[RegisterType, int] = {
    "u16": 1, "i16": 1, "u32": 2, "i32": 2, "u64": 4, "i64": 4, "f32": 2, "f64": 4, "bit": 1,
}  # fmt: skip
_MODICON: tuple[tuple[int, int, Table], ...] = (
    (400_001, 465_536, "holding"), (300_001, 365_536, "input"), (100_001, 165_536, "discrete"),
    (40_001, 49_999, "holding"), (30_001, 39_999, "input"), (10_001, 19_999, "discrete"), (1, 9_999, "coil"),
)  # fmt: skip
_HELP = "See 'Modbus RTU' in the manual."


class Register(Record, frozen=True, kw_only=True):
    """One value: where it is, how it is stored, what it means. `bit` picks one of a register (0 = lowest)."""

    name: Annotated[str, msgspec.Meta(min_length=1)]
    address: Annotated[int, msgspec.Meta(ge=0, le=465_536)]
    table: Table = "holding"
    type: RegisterType = "u16"
    word_order: Literal["big", "little"] = "big"
    scale: float = 1.0
    offset: float = 0.0
    unit: str | None = None
    invalid: tuple[float, ...] = ()
    bit: Annotated[int, msgspec.Meta(ge=0, le=15)] | None = None
    device: DeviceAddress | None = None
    """Address on the line; None = the map's."""

    @property
    def n_words(self) -> int:
        """Registers (or bits, in tables of bits) that it takes."""
        return _N_WORDS[self.type]


class RegisterMap(Record, frozen=True, kw_only=True):
    """All registers of a capture, with addresses from 0."""

    registers: tuple[Register, ...]
    device: DeviceAddress = 1
    period_s: Annotated[float, msgspec.Meta(ge=0.01, le=3600)] = 1.0
    timeout_s: Annotated[float, msgspec.Meta(ge=0.01, le=60)] = 0.5
    numbering: Literal["protocol", "modicon"] = "protocol"
    join_gap: Annotated[int, msgspec.Meta(ge=0, le=100)] = 0
    """Registers nobody asked for that may lie between two that are read together."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Block:
    """Registers that one request reads."""

    device: int
    table: Table
    address: int
    count: int
    registers: tuple[Register, ...]


def load_registers(path: Path) -> RegisterMap:
    """Read a description. Raises InputError naming file and fault."""
    data = read_bounded(path, _MAX_FILE_BYTES)
    try:
        text = data.decode("utf-8-sig")
        found = _of_csv(text) if path.suffix.lower() == ".csv" else tomllib.loads(text)
        described = msgspec.convert(found, RegisterMap, strict=path.suffix.lower() != ".csv")
    except (tomllib.TOMLDecodeError, UnicodeDecodeError, csv.Error, msgspec.ValidationError) as error:
        raise InputError(f"{path.name} is no description of registers: {error}.", _HELP) from error
    names = [register.name for register in described.registers]
    if not names or len(set(names)) < len(names):
        raise InputError(f"{path.name} has no register, or two of one name.", _HELP)
    return msgspec.structs.replace(described, registers=tuple(_from_zero(one, described, path) for one in described.registers))


def _of_csv(text: str) -> dict[str, object]:
    rows = csv.DictReader(io.StringIO(text), skipinitialspace=True)
    return {"registers": [{str(key).strip(): value.strip() for key, value in row.items() if value} for row in rows]}


def _from_zero(register: Register, described: RegisterMap, path: Path) -> Register:
    """The register with its table and its address from 0, whatever the numbering."""
    if described.numbering == "modicon":
        for low, high, table in _MODICON:
            if low <= register.address <= high:
                register = msgspec.structs.replace(register, address=register.address - low, table=table)
                break
        else:
            raise InputError(f"{path.name}: there is no register {register.address} ({register.name}).", _HELP)
    is_bit_table = register.table in ("coil", "discrete")
    if register.address + register.n_words > 65_536:
        raise InputError(f"{path.name}: there is no register {register.address} ({register.name}).", _HELP)
    if is_bit_table and register.type not in ("bit", "u16"):
        raise InputError(f"{path.name}: {register.name} is {register.type} in a table of bits.", _HELP)
    if register.type == "bit" and not is_bit_table and register.bit is None:
        raise InputError(f"{path.name}: {register.name} does not say which bit.", _HELP)
    return msgspec.structs.replace(register, type="bit" if is_bit_table else register.type)


def blocks_of(described: RegisterMap) -> tuple[Block, ...]:
    """The fewest requests that read all registers, none longer than the protocol allows."""
    groups: dict[tuple[int, Table], list[Register]] = {}
    for register in described.registers:
        groups.setdefault((register.device or described.device, register.table), []).append(register)
    found: list[Block] = []
    for (device, table), registers in groups.items():
        ordered = sorted(registers, key=_by_address)
        starts = [0, *(k for k in range(1, len(ordered)) if _is_apart(ordered[:k], ordered[k], described.join_gap)), len(ordered)]
        for first, last in pairwise(starts):
            found.extend(_split(device, table, ordered[first:last]))
    return tuple(found)


def _split(device: int, table: Table, registers: Sequence[Register]) -> list[Block]:
    """Blocks of neighbours, cut where one request would be too long."""
    most = MAX_BITS if table in ("coil", "discrete") else MAX_REGISTERS
    blocks: list[Block] = []
    part: list[Register] = []
    for register in registers:
        if part and register.address + register.n_words - part[0].address > most:
            blocks.append(_block(device, table, part))
            part = []
        part.append(register)
    return [*blocks, _block(device, table, part)]


def _block(device: int, table: Table, part: Sequence[Register]) -> Block:
    first, end = part[0].address, max(register.address + register.n_words for register in part)
    return Block(device=device, table=table, address=first, count=end - first, registers=tuple(part))


def _is_apart(before: Sequence[Register], register: Register, join_gap: int) -> bool:
    return register.address > max(one.address + one.n_words for one in before) + join_gap


def _by_address(register: Register) -> tuple[int, str]:
    return register.address, register.name
