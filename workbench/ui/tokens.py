"""What a theme is: named colours, series and a few widths, read from `resources/themes/*.toml`."""

from __future__ import annotations

import tomllib
from dataclasses import dataclass
from pathlib import Path

import msgspec

from workbench.core.errors import InputError

Colours = dict[str, str]


class ThemeFile(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A theme's file, field for field."""

    name: str
    title: str
    is_dark: bool
    body_weight: int
    curve_width_px: float
    line_width_px: float
    colours: Colours
    series: dict[str, tuple[str, ...]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Tokens:
    """The values of one theme; colours are '#RRGGBB' by name, such as `tokens['text2']`."""

    name: str
    title: str
    is_dark: bool
    body_weight: int
    curve_width_px: float
    line_width_px: float
    colours: Colours
    curves: tuple[str, ...]
    tide: tuple[str, ...]
    balance: tuple[str, ...]

    def __getitem__(self, name: str) -> str:
        return self.colours[name]


def load_tokens(path: Path) -> Tokens:
    """Read one theme; raises InputError naming the file."""
    try:
        file = msgspec.convert(tomllib.loads(path.read_text(encoding="utf-8")), ThemeFile)
    except (tomllib.TOMLDecodeError, msgspec.ValidationError, OSError) as error:
        raise InputError(f"The theme {path} can't be read: {error}.", "Install the program again.") from error
    return Tokens(
        name=file.name, title=file.title, is_dark=file.is_dark, body_weight=file.body_weight,
        curve_width_px=file.curve_width_px, line_width_px=file.line_width_px, colours=file.colours,
        curves=file.series["curves"], tide=file.series["tide"], balance=file.series["balance"],
    )  # fmt: skip


def contrast(one: str, other: str) -> float:
    """Contrast ratio 1..21 of two '#RRGGBB' colours (WCAG 2.2, relative luminance)."""
    light, dark = sorted((_luminance(one), _luminance(other)), reverse=True)
    return (light + 0.05) / (dark + 0.05)


def _luminance(colour: str) -> float:
    channels = (int(colour[start : start + 2], 16) / 255 for start in (1, 3, 5))
    red, green, blue = (c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in channels)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue
