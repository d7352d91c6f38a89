"""What is said about a WAV file besides its samples: unit, full scale, names and start, from sidecar, chunks and file name."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass

from workbench.core.clock import NS_PER_DAY, NS_PER_S
from workbench.core.errors import InputError
from workbench.logs.readers.sources import Source
from workbench.logs.text.decode import clean_text
from workbench.logs.times.instants import read_iso
from workbench.logs.units import find_unit

MAX_SIDECAR_BYTES = 1 << 16
_MOST_SCALE = 1e30
"""What is larger is no full scale, and no float32."""
_NUMBER = r"([+-]?\d+(?:[.,]\d+)?(?:[eE][+-]?\d+)?)"
_UNIT = re.compile(r"\b(?:eng(?:ineering)?[ _-]?)?units?\s*[=:]\s*([^\s,;<>\"']{1,20})", re.IGNORECASE)
_FULL_SCALE = re.compile(rf"full[ _-]?scale\s*[=:]\s*(?:±|\+/-)?\s*{_NUMBER}\s*([^\s,;<>\"']{{0,20}})", re.IGNORECASE)
_SENSITIVITY = re.compile(rf"sens(?:itivity)?\s*[=:]?\s*{_NUMBER}\s*mV\s*/\s*\(?([a-zµμ]+(?:/s[2²]?)?(?:\^2)?)\)?", re.IGNORECASE)
_RANGE = re.compile(rf"(?:input[ _-]?)?range\s*[=:]?\s*(?:±|\+/-)?\s*{_NUMBER}\s*V\b", re.IGNORECASE)
_START = re.compile(r"\bstart(?:[ _-]?(?:utc|time))?\s*[=:]\s*([0-9T:.+\-Z ]{16,35})", re.IGNORECASE)


@dataclass(frozen=True, slots=True, kw_only=True)
class ChannelFacts:
    """One channel: name ('' for none), unit, and the value at full scale in that unit (None: not known)."""

    name: str = ""
    unit: str | None = None
    full_scale: float | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class WavFacts:
    """What was found; `channels` by number, the last stands for the rest."""

    channels: tuple[ChannelFacts, ...] = (ChannelFacts(),)
    start_ns: int | None = None
    is_absolute: bool = False
    title: str = ""
    hint: str = ""

    def channel(self, number: int) -> ChannelFacts:
        """The facts of a channel; a name is that of its own channel only."""
        if number < len(self.channels):
            return self.channels[number]
        last = self.channels[-1]
        return ChannelFacts(unit=last.unit, full_scale=last.full_scale)


def find_facts(source: Source, texts: dict[bytes, bytes], rate_hz: int) -> WavFacts:
    """Sidecar before chunks; the file's name is looked at after both. Raises LogFormatError for a sidecar that is none."""
    words = " ".join(_text_of(name, data) for name, data in texts.items())
    start = _start_in(words) or _start_of_bext(texts.get(b"bext", b""), rate_hz)
    facts = WavFacts(
        channels=(_scale_in(words),), start_ns=start[0] if start else None, is_absolute=bool(start and start[1]),
        title=_info(texts.get(b"LIST", b"")).get("INAM", ""), hint=words[:2000],
    )  # fmt: skip
    told = _sidecar(source)
    return _with_sidecar(facts, told) if told else facts


def _text_of(name: bytes, data: bytes) -> str:
    if name == b"LIST":
        return " ".join(f"{key}={value}" if key == "ICRD" else value for key, value in _info(data).items())
    if name == b"bext":
        parts = (data[:256], data[602:])
        return " ".join(clean_text(part.split(b"\x00")[0].decode("utf-8", "replace")) for part in parts)
    return clean_text(data.decode("utf-8", "replace"))


def _info(data: bytes) -> dict[str, str]:
    """The entries of a LIST chunk of type INFO."""
    found: dict[str, str] = {}
    at = 4
    while data[:4] == b"INFO" and at + 8 <= len(data):
        size = int.from_bytes(data[at + 4 : at + 8], "little")
        key = data[at : at + 4].decode("ascii", "replace")
        found[key] = clean_text(data[at + 8 : at + 8 + size].split(b"\x00")[0].decode("utf-8", "replace")).strip()
        at += 8 + size + size % 2
    return found


def _number(text: str) -> float:
    return float(text.replace(",", "."))


def _scale_in(words: str) -> ChannelFacts:
    """Unit and full scale as words say: 'unit=g full_scale=50', or 'sensitivity 100 mV/g' with 'range ±5 V'."""
    unit = _UNIT.search(words)
    printed = unit[1] if unit else ""
    scale = _FULL_SCALE.search(words)
    if scale:
        return ChannelFacts(unit=_known(scale[2] or printed), full_scale=_possible(_number(scale[1])))
    sensitivity, span = _SENSITIVITY.search(words), _RANGE.search(words)
    if sensitivity and span and _number(sensitivity[1]):
        full_scale = _possible(1000.0 * _number(span[1]) / _number(sensitivity[1]))
        return ChannelFacts(unit=_known(sensitivity[2]), full_scale=full_scale)
    return ChannelFacts(unit=_known(printed))


def _possible(scale: float) -> float | None:
    return scale if abs(scale) <= _MOST_SCALE else None


def _known(printed: str) -> str | None:
    return find_unit(printed) or clean_text(printed) or None


def _start_in(words: str) -> tuple[int, bool] | None:
    match = _START.search(words) or re.search(r"ICRD=(\S{16,35})", words)
    return _iso(match[1].strip()) if match else None


def _iso(text: str) -> tuple[int, bool] | None:
    """(ns, whether it is UTC) of an ISO 8601 stamp."""
    found = read_iso([text])
    return None if found is None or not found.is_good[0] else (int(found.ns[0]), bool(found.is_absolute[0]))


def _start_of_bext(data: bytes, rate_hz: int) -> tuple[int, bool] | None:
    """Date and time of origination, to the sample where the count since midnight agrees with it."""
    if len(data) < 346:
        return None
    date, clock = (data[start:end].decode("ascii", "replace") for start, end in ((320, 330), (330, 338)))
    found = _iso(re.sub(r"[^0-9]", "-", date) + "T" + re.sub(r"[^0-9]", ":", clock))
    if found is None:
        return None
    midnight_ns = found[0] // NS_PER_DAY * NS_PER_DAY
    exact_ns = midnight_ns + int.from_bytes(data[338:346], "little") * NS_PER_S // rate_hz
    return (exact_ns if abs(exact_ns - found[0]) < NS_PER_S else found[0]), found[1]


def _sidecar(source: Source) -> dict[str, object] | None:
    """The JSON object beside the file; None where there is none (or the file came out of an archive)."""
    if source.path.name != source.name:
        return None
    for path in (source.path.with_suffix(".json"), source.path.with_name(source.path.name + ".json")):
        if not path.is_file() or path.stat().st_size > MAX_SIDECAR_BYTES:
            continue
        try:
            found = json.loads(path.read_text(encoding="utf-8-sig"))
        except (OSError, ValueError, RecursionError) as error:
            raise InputError(
                f"{path.name}, which describes {source.name}, can't be read: {error}.", "Mend or remove it."
            ) from error
        if isinstance(found, dict):
            return found
    return None


def _with_sidecar(facts: WavFacts, told: dict[str, object]) -> WavFacts:
    """Keys: unit, full_scale, sensitivity_mv_per_unit, range_v, start_utc or start; channels: a list of the same with name."""
    listed = told.get("channels")
    parts = [part for part in listed if isinstance(part, dict)] if isinstance(listed, list) else []
    channels = tuple(_channel_of({**told, **part}, facts.channels[0]) for part in parts) or (
        _channel_of(told, facts.channels[0]),
    )
    start = _iso(str(told.get("start_utc") or told.get("start") or "")) or None
    is_utc = bool(told.get("start_utc"))
    return WavFacts(
        channels=channels, start_ns=start[0] if start else facts.start_ns,
        is_absolute=(start[1] or is_utc) if start else facts.is_absolute, title=facts.title, hint=facts.hint,
    )  # fmt: skip


def _channel_of(told: dict[str, object], known: ChannelFacts) -> ChannelFacts:
    unit = _known(str(told["unit"])) if told.get("unit") else known.unit
    scale = _positive(told.get("full_scale")) or known.full_scale
    sensitivity, span = _positive(told.get("sensitivity_mv_per_unit")), _positive(told.get("range_v"))
    if sensitivity and span and not _positive(told.get("full_scale")):
        scale = _positive(1000.0 * span / sensitivity)
    return ChannelFacts(name=clean_text(str(told.get("name") or "")), unit=unit, full_scale=scale)


def _positive(value: object) -> float | None:
    if isinstance(value, bool) or not isinstance(value, (int, float)):
        return None
    return float(value) if 0 < value <= _MOST_SCALE else None
