"""How each channel was acquired and detected, from what its header prints, its unit and its timing; else it is unknown.

A value that was detected (RMS, peak) has no spectrum of its signal, and neither has one that comes once a second. Must not
import anything but this domain.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from workbench.logs.summary import Acquired, Detected, Group

SHORT_STREAM_S = 60.0
"""A waveform in one piece that is shorter is a burst, a longer one a stream."""
_PEAK_TO_PEAK = r"p ?k ?p ?k|p ?p|peak (?:to )?peak|pkpk|spitze spitze|crete (?:a )?crete|picco picco|pico pico|topp topp"
_PEAK = r"pk|peak|0 ?p|zero (?:to )?peak|spitze|spitzenwert|crete|picco|pico|toppverdi|piek"
_RMS = r"rms|r m s|eff|effektiv|effektivwert|efficace|eficaz|efficacia|rss|overall|veff|vrms|arms|grms"
_AVERAGED = r"avg|average|averaged|mean|mittel|mittelwert|moyenne|moy|media|medio|promedio|gemiddelde|middel|snitt|srednia"
_HISTORIAN = r"compressed|compression|recorded values|komprimiert"
_ON_CHANGE = r"on change|change of value|cov|delta logging|by exception|bei anderung|bei aenderung"
_WORDS: tuple[tuple[Detected, str], ...] = (("peak_to_peak", _PEAK_TO_PEAK), ("peak", _PEAK), ("rms", _RMS))
_UNDETECTED_BY_HABIT = frozenset({"vibration", "current", "voltage", "level of sound", ""})
"""Quantities that are often shown as an RMS or a peak without saying so."""
_BAND = re.compile(
    r"(?<![\w.,])(?P<low>\d+(?:[.,]\d+)?)\s*(?P<own>(?P<own_kilo>k)?Hz)?\s*(?:-|–|—|…|\.{2,3}|to|bis|à)\s*"
    r"(?P<high>\d+(?:[.,]\d+)?)\s*(?P<kilo>k)?Hz(?![a-z])",
    re.IGNORECASE,
)
_VELOCITY_UNITS = frozenset({"mm/s"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Timing:
    """What the time axis tells: rate group, its bursts, whole span, rows, and whether values come on change or evenly."""

    group: Group = "trend"
    n_bursts: int = 0
    span_s: float = 0.0
    is_on_change: bool = False
    is_even: bool = False
    n_rows: int = 0


def how_acquired(hint: str, timing: Timing) -> Acquired:
    """How a channel's samples came about; `hint` is what its header, unit and description print."""
    if timing.group == "waveform":
        return "burst" if timing.n_bursts > 1 or timing.span_s < SHORT_STREAM_S else "sampled"
    words = _fold(hint)
    for acquired, pattern in (("historian_compressed", _HISTORIAN), ("on_change", _ON_CHANGE), ("averaged", _AVERAGED)):
        if re.search(rf"(?<![a-z0-9])(?:{pattern})(?![a-z0-9])", words):
            return acquired  # type: ignore[return-value] # the words above
    if timing.is_on_change:
        return "on_change"
    return "sampled" if timing.is_even else "unknown"


def how_detected(hint: str, unit: str | None, quantity: str, group: Group) -> Detected:
    """What a sample is of its signal. A slow value in mm/s is an RMS velocity (ISO 20816-1: the quantity that is monitored)."""
    words = _fold(hint)
    for detected, pattern in _WORDS:
        if re.search(rf"(?<![a-z0-9])(?:{pattern})(?![a-z0-9])", words):
            return detected
    if group == "waveform":
        return "raw"
    if quantity == "vibration" and unit in _VELOCITY_UNITS:
        return "rms"
    return "unknown" if quantity in _UNDETECTED_BY_HABIT else "raw"


def band_of(hint: str) -> tuple[float, float] | None:
    """The band that a header prints, Hz: 'VEL RMS 10-1000 Hz', 'acc 2 … 10 kHz', '10 Hz to 1 kHz'; None where it prints none."""
    match = _BAND.search(hint)
    if match is None:
        return None
    low, high = (float(text.replace(",", ".")) for text in (match["low"], match["high"]))
    high *= 1000.0 if match["kilo"] else 1.0
    is_low_in_kilo = bool(match["own_kilo"]) or (bool(match["kilo"]) and not match["own"])
    low *= 1000.0 if is_low_in_kilo and low * 1000.0 < high else 1.0
    return (low, high) if low < high else None


def _fold(text: str) -> str:
    """Lower case words with single blanks, units' suffixes apart: 'mm/s RMS', 'µm pk-pk', 'VelRMS'."""
    text = re.sub(r"(?<=[a-z])(?=[A-Z])", " ", text).lower()
    for found, plain in (("ê", "e"), ("à", "a"), ("ä", "a"), ("ö", "o"), ("ü", "u"), ("é", "e"), ("ś", "s")):
        text = text.replace(found, plain)
    text = re.sub(r"(?<=um)(?=pk|pp)|(?<=mm/s)(?=rms)|(?<=in/s)(?=rms|pk)", " ", text.replace("µ", "u").replace("μ", "u"))
    return re.sub(r"[^a-z0-9]+", " ", text)
