"""Board profiles: what each controller or gateway speaks, and what it has room for (`resources/boards/*.toml`)."""

from __future__ import annotations

import tomllib
from typing import Literal

import msgspec

from workbench.core.errors import InputError
from workbench.core.paths import resources


class Board(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """One kind of device: name, protocol, transports and budgets."""

    name: str
    title: str
    device_class: Literal["gateway", "controller"]
    protocol: Literal["smp"]
    transports: tuple[str, ...]
    default_baud_rate_bd: int = 115200
    flash_budget_bytes: int
    ram_budget_bytes: int
    latency_budget_ms: float
    is_virtual: bool = False


def load_boards() -> tuple[Board, ...]:
    """All profiles, sorted by name. Raises InputError naming a file that can't be read."""
    return tuple(_load(path.name, path.read_text(encoding="utf-8")) for path in sorted((resources() / "boards").glob("*.toml")))


def find_board(name: str) -> Board:
    """The profile of this name; raises InputError with the known names."""
    boards = {board.name: board for board in load_boards()}
    if name not in boards:
        raise InputError(f"There is no board '{name}'.", f"Known boards: {', '.join(boards)}.")
    return boards[name]


def _load(file_name: str, text: str) -> Board:
    try:
        return msgspec.convert(tomllib.loads(text), Board)
    except (tomllib.TOMLDecodeError, msgspec.ValidationError) as error:
        raise InputError(f"Board profile {file_name} can't be read: {error}.", "Reinstall the program.") from error
