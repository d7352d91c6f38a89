"""What a theme is: named colours, series and a few widths, read from `resources/themes/*.toml`."""

from __future__ import annotations

import tomllib
from pathlib import Path

import msgspec

from workbench.core.errors import InputError

Colours = dict[str, str]


class Series(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Colours in the order in which they are taken: of curves, and of a scale from little to much."""

    curves: tuple[str, ...]
    tide: tuple[str, ...]


class Tokens(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The values of one theme, field for field as in its file; colours are '#RRGGBB' by name, such as `tokens['text2']`."""

    name: str
    title: str
    is_dark: bool
    body_weight: int
    curve_width_px: float
    line_width_px: float
    colours: Colours
    series: Series

    def __getitem__(self, name: str) -> str:
        return self.colours[name]


def load_tokens(path: Path) -> Tokens:
    """Read one theme; raises InputError naming the file."""
    try:
        return msgspec.convert(tomllib.loads(path.read_text(encoding="utf-8")), Tokens)
    except (tomllib.TOMLDecodeError, msgspec.ValidationError, OSError) as error:
        raise InputError(f"The theme {path} can't be read: {error}.", "Install the program again.") from error


def contrast(one: str, other: str) -> float:
    """Contrast ratio 1..21 of two '#RRGGBB' colours (WCAG 2.2, relative luminance)."""
    light, dark = sorted((_luminance(one), _luminance(other)), reverse=True)
    return (light + 0.05) / (dark + 0.05)


def _luminance(colour: str) -> float:
    channels = (int(colour[start : start + 2], 16) / 255 for start in (1, 3, 5))
    red, green, blue = (c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in channels)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue
