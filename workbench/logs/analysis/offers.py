"""Whether a channel may have a spectrum, and why not: the values must be the signal itself, not a figure taken from it.

Must not import anything but the standard library.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

OfferKind = Literal["waveform", "slow", "none"]
_FIGURES = {"rms": "RMS values", "peak": "peak values", "peak_to_peak": "peak-to-peak values"}
_THINNED = {
    "on_change": "values written when they changed",
    "historian_compressed": "values thinned by a historian",
    "averaged": "averages",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Sampling:
    """How a channel came about, as far as the import knows; `acquired` and `detected` in the words of `logs.summary`."""

    name: str
    quantity: str
    period_s: float | None
    is_waveform: bool
    is_even: bool = True
    acquired: str = "unknown"
    detected: str = "unknown"


@dataclass(frozen=True, slots=True, kw_only=True)
class Offer:
    """`waveform`: spectra of any kind; `slow`: slow cycles of an even trend; `none`, with the reason and what would do."""

    kind: OfferKind
    why: str = ""
    hint: str = ""


def spectrum_offer(sampling: Sampling) -> Offer:
    """What may be computed of a channel.

    A figure over a stretch (RMS, peak) has lost the frequencies of what it was taken from, and values that were thinned or
    averaged are no even samples of the signal (aliasing: Shannon 1949): a spectrum of either says nothing about the machine.
    """
    if sampling.detected in _FIGURES:
        return _refused_figures(sampling)
    if sampling.acquired in _THINNED:
        return Offer(
            kind="none", why=f"{sampling.name} holds {_THINNED[sampling.acquired]}: they are no even samples of the signal.",
            hint="Look at it over time, or record the raw values at an even rate.",
        )  # fmt: skip
    if sampling.is_waveform:
        return Offer(kind="waveform")
    if sampling.quantity == "vibration":
        return _refused_figures(sampling)
    if sampling.period_s is None or not sampling.is_even:
        return Offer(
            kind="none", why=f"{sampling.name} has no even step between its values.",
            hint="Slow cycles need a stretch at one rate; look at it over time.",
        )  # fmt: skip
    step, fastest = _step(sampling.period_s), _step(2 * sampling.period_s)
    return Offer(kind="slow", why=f"One value each {step}: slow cycles only, nothing faster than {fastest}.")


def _refused_figures(sampling: Sampling) -> Offer:
    step = f"{_step(sampling.period_s)} " if sampling.period_s else ""
    figures = _FIGURES.get(sampling.detected, "values")
    return Offer(
        kind="none", why=f"{sampling.name} holds {step}{figures}: a spectrum of them says nothing about vibration.",
        hint="A waveform does: record bursts at some kHz, or import them (WAV, TDMS, MAT, CSV).",
    )  # fmt: skip


def _step(seconds: float) -> str:
    if seconds < 1:
        return f"{seconds * 1000:.3g} ms"
    for unit, length in (("d", 86400), ("h", 3600), ("min", 60)):
        if seconds >= 2 * length:
            return f"{seconds / length:.3g} {unit}"
    return f"{seconds:.3g} s"
