"""How a bearing's defect lines grow: their height in the envelope spectrum of every burst, over time."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Annotated

from workbench.core.clock import NS_PER_S, format_utc
from workbench.core.codec import Record
from workbench.core.errors import InputError
from workbench.core.jobs import Job
from workbench.core.requests import Result, parameter
from workbench.services.analysis_envelope import BandRequest, find_bearing_of, find_kurtogram_of
from workbench.services.analysis_reads import Opened, choose, find_speed, open_for, write_columns

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from workbench.logs.analysis.envelope import Band
    from workbench.logs.analysis.maps import Stretch
    from workbench.services.analysis_reads import Speed

TREND_LINES = ("BPFO", "BPFI", "2 BSF", "FTF")
"""One line a defect: an element meets both races in a turn, so the second of its spin (Randall & Antoni 2011, ch. 2)."""
_LEAST_RPM = 60.0


class DefectTrendRequest(BandRequest, frozen=True, kw_only=True):
    """Follow the defect lines of a bearing over all bursts of a stretch."""

    bearing: Annotated[str | None, parameter("Designation of the bearing; else what the project knows.")] = None


class TrendRow(Record, frozen=True, kw_only=True):
    """One burst: speed, and by line its RMS height and dB above the floor around it."""

    at_utc: str
    speed_rpm: float
    heights: dict[str, float]
    above_floor_db: dict[str, float]


class DefectTrendResult(Result, frozen=True, kw_only=True):
    """The heights of the lines, burst by burst; bursts of a standing shaft are left out and counted."""

    channel: str
    unit: str
    bearing: str
    band_low_hz: float
    band_high_hz: float
    band_from: str
    n_left_out: int
    rows: tuple[TrendRow, ...]
    notes: tuple[str, ...]
    out: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class TrendPicture:
    """What the window draws: instants int64 [k], rpm [k]; RMS height and dB above the floor [k, lines], NaN out of reach."""

    request: DefectTrendRequest
    unit: str
    bearing: str
    band: Band
    start_ns: NDArray[np.int64]
    rpm: NDArray[np.float64]
    heights: NDArray[np.float64]
    above_db: NDArray[np.float64]
    n_left_out: int
    notes: tuple[str, ...]


def find_trend_picture(opened: Opened, request: DefectTrendRequest, job: Job) -> TrendPicture:
    """One envelope spectrum a burst in one band, so that heights can be compared. Raises InputError without a bearing."""
    import numpy as np

    from workbench.logs.analysis.maps import one_rate

    bearing, orders = find_bearing_of(request.bearing or opened.facts.bearing, opened.facts)
    if bearing is None or orders is None:
        raise InputError(f"No bearing of {request.asset} is known.", "Choose one, or keep one in Machine.")
    chosen = choose(opened, request)
    if chosen.is_slow:
        raise InputError(f"{request.channel} is a trend: it has no envelope.", "Choose a waveform at some kHz.")
    _, good = one_rate(chosen.stretches)
    turning = [(one, speed) for one in good if (speed := find_speed(opened, one, request.rpm)) and speed.mean_rpm >= _LEAST_RPM]
    if not turning:
        raise InputError(
            f"In none of the {len(good)} bursts is the shaft known to turn.",
            "Name a speed channel or a nominal speed in Machine.",
        )
    band = _band(opened, request, turning)
    heights = np.full((len(turning), len(TREND_LINES)), np.nan)
    above_db = heights.copy()
    for number, (one, speed) in enumerate(turning):
        job.progress(number / len(turning), f"burst {number + 1} of {len(turning)}")
        for place, level in _levels(one, speed, band, (chosen.view.unit, request.slip), orders):
            heights[number, place], above_db[number, place] = level
    return TrendPicture(
        request=request, unit=chosen.view.unit, bearing=bearing.designation, band=band,
        start_ns=np.array([one.start_ns for one, _ in turning], np.int64), rpm=np.array([speed.mean_rpm for _, speed in turning]),
        heights=heights, above_db=above_db, n_left_out=len(good) - len(turning), notes=chosen.notes,
    )  # fmt: skip


def log_defect_trend(request: DefectTrendRequest, job: Job) -> DefectTrendResult:
    """Compute, and write the heights as CSV where asked: time in s since the first burst, speed, a column a line."""
    found = find_trend_picture(open_for(request, job), request, job)
    if request.out:
        since_s = (found.start_ns - found.start_ns[0]) / NS_PER_S
        header = ("time since first burst [s]", "speed [rpm]", *(f"{name} [{found.unit}]" for name in TREND_LINES))
        band = f"envelope of {found.band.low_hz:.0f} to {found.band.high_hz:.0f} Hz"
        about = (f"{request.asset} {request.channel}, {found.bearing}, {band}, RMS, from {format_utc(int(found.start_ns[0]))}",)
        write_columns(request.out, header, [since_s, found.rpm, *found.heights.T], about)
    return DefectTrendResult(
        channel=request.channel, unit=found.unit, bearing=found.bearing, band_low_hz=found.band.low_hz,
        band_high_hz=found.band.high_hz, band_from="typed" if request.has_band else "spectral kurtosis",
        n_left_out=found.n_left_out, rows=tuple(_row(found, number) for number in range(len(found.start_ns))),
        notes=found.notes, out=request.out,
    )  # fmt: skip


def _row(found: TrendPicture, number: int) -> TrendRow:
    import math

    heights, above = found.heights[number].tolist(), found.above_db[number].tolist()
    return TrendRow(
        at_utc=format_utc(int(found.start_ns[number])), speed_rpm=float(found.rpm[number]),
        heights={name: one for name, one in zip(TREND_LINES, heights, strict=True) if math.isfinite(one)},
        above_floor_db={name: one for name, one in zip(TREND_LINES, above, strict=True) if math.isfinite(one)},
    )  # fmt: skip


def _band(opened: Opened, request: DefectTrendRequest, turning: list[tuple[Stretch, Speed]]) -> Band:
    """As typed, else what the kurtogram of the last burst proposes: a defect shows most at the end."""
    last, speed = turning[-1]
    return request.band(last.rate_hz) or find_kurtogram_of(opened, request.channel, last, speed).best


def _levels(
    one: Stretch, speed: Speed, band: Band, how: tuple[str, float], orders: object
) -> list[tuple[int, tuple[float, float]]]:
    """(place in TREND_LINES, (RMS height, dB above the floor)) of the lines that the spectrum reaches."""
    from workbench.logs.analysis.bearings import DefectOrders
    from workbench.logs.analysis.defect_lines import defect_marks
    from workbench.logs.analysis.envelope import find_envelope_spectrum
    from workbench.logs.analysis.lines import level_at
    from workbench.logs.analysis.spectrum import SpectrumOptions

    assert isinstance(orders, DefectOrders)
    unit, slip = how
    spectrum = find_envelope_spectrum(one.values, one.rate_hz, band, unit, SpectrumOptions())
    heights = spectrum.amplitude("rms")
    marks = {
        mark.name: mark for mark in defect_marks(orders, speed.shaft_hz, slip=slip, n_harmonics=2, with_sidebands=False)
    }  # fmt: skip
    found = []
    for place, name in enumerate(TREND_LINES):
        level = level_at(spectrum.frequency_hz, heights, marks[name])
        if level is not None:
            found.append((place, (level.amplitude, level.above_floor_db)))
    return found
