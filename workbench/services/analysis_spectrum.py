"""The spectrum of a waveform: of one burst, of all averaged, or several over one another; peaks and the machine's lines."""

from __future__ import annotations

import contextlib
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Annotated, Literal

from workbench.core.clock import NS_PER_S, format_utc
from workbench.core.codec import Record
from workbench.core.errors import InputError
from workbench.core.jobs import Job
from workbench.core.requests import Result, parameter
from workbench.services.analysis_reads import (
    AnalysisRequest,
    Chosen,
    Opened,
    Speed,
    Ticker,
    choose,
    find_speed,
    middle_of,
    open_for,
    pick,
    write_columns,
)

if TYPE_CHECKING:
    from workbench.logs.analysis.lines import Mark, Peak
    from workbench.logs.analysis.maps import Stretch
    from workbench.logs.analysis.spectrum import Spectrum, SpectrumOptions, Tick

N_OVERLAID = 8
_HELD = "A peak hold has no RMS of its own: the overall one is that of all pieces averaged."
MOST_SLOW = 1 << 20
"""Slow cycles are as fine as the log is long."""
WindowName = Annotated[Literal["hann", "flat-top"], parameter("Window: Hann separates lines, flat-top reads their height.")]
Overlap = Annotated[float, parameter("Overlap of the pieces, 0 to 0.95.", ge=0, le=0.95)]
MotionName = Annotated[
    Literal["as measured", "acceleration", "velocity", "displacement"], parameter("Motion that is shown, by integration.")
]
AmplitudeName = Annotated[
    Literal["rms", "peak", "peak to peak", "density"], parameter("What a line's height means; density is unit²/Hz.")
]
HighPass = Annotated[float, parameter("Nothing below it is kept after an integration.", unit="Hz", ge=0, le=1e5)]


class SpectrumRequest(AnalysisRequest, frozen=True, kw_only=True):
    """Show the spectrum of a waveform."""

    at: Annotated[str | None, parameter("Take the one burst nearest to this instant, ISO 8601 UTC.")] = None
    averaging: Annotated[Literal["linear", "peak hold"], parameter("How pieces and bursts are joined.")] = "linear"
    window: WindowName = "hann"
    resolution_hz: Annotated[
        float | None,
        parameter("Spacing of the lines (1/h for slow cycles); else of pieces of up to 65 536 samples.", unit="Hz", ge=1e-6),
    ] = None
    overlap: Overlap = 0.5
    amplitude: AmplitudeName = "rms"
    motion: MotionName = "as measured"
    high_pass_hz: HighPass = 2.0


class LineFound(Record, frozen=True, kw_only=True):
    """One peak or one of the machine's lines: frequency, order (None without speed), height, and dB above the floor around it."""

    name: str
    frequency: float
    order: float | None
    amplitude: float
    above_floor_db: float


class SpectrumResult(Result, frozen=True, kw_only=True):
    """A spectrum in figures; its lines stand in the CSV (`out`)."""

    channel: str
    unit: str
    amplitude: str
    frequency_unit: str
    n_bursts: int
    n_averages: int
    first_utc: str
    resolution: float
    overall_rms: float
    """Of all pieces averaged, under a peak hold too."""
    speed_rpm: float | None
    speed_from: str
    peaks: tuple[LineFound, ...]
    machine_lines: tuple[LineFound, ...]
    notes: tuple[str, ...]
    out: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class SpectrumPicture:
    """What the window draws: one spectrum, the bursts behind it, speed, peaks and marks.

    `others` are spectra of further bursts for comparison, with their starts. `frequency_unit` is 1/h for slow cycles of a trend.
    """

    request: SpectrumRequest
    spectrum: Spectrum
    burst_ns: tuple[int, ...]
    """Starts of all bursts in the range, and which is shown (None: all together)."""
    chosen: int | None
    others: tuple[tuple[int, Spectrum], ...]
    speed: Speed | None
    marks: tuple[Mark, ...]
    peaks: tuple[Peak, ...]
    frequency_unit: str
    notes: tuple[str, ...]
    said: tuple[str, ...] = ()
    """How far the nearest burst is from the instant that was asked for: the page shows that by itself."""

    @property
    def value_unit(self) -> str:
        """Unit of the heights: of a density its square per Hz."""
        unit = self.spectrum.unit
        return f"({unit})²/{self.frequency_unit}" if self.request.amplitude == "density" else unit


def find_spectrum_picture(opened: Opened, request: SpectrumRequest, job: Job, *, n_others: int = 0) -> SpectrumPicture:
    """Compute what is asked for. Raises InputError in words for a channel without a spectrum."""
    from workbench.logs.analysis.lines import find_peaks, machine_marks, marks_in
    from workbench.logs.analysis.maps import one_rate
    from workbench.logs.analysis.spectrum import find_spectrum

    chosen = choose(opened, request, is_whole=True)
    rate_hz, good = one_rate(chosen.stretches, by_piece=True)
    number, said = pick(good, request.at)
    taken = good if number is None else [good[number]]
    options = options_of(request, chosen)
    ticker = Ticker(job, 0.1, 0.7, f"{len(taken)} bursts")
    spectrum = find_spectrum([one.values for one in taken], rate_hz, chosen.view.unit, options, ticker.tick)
    middle, at_speed = middle_of(taken[len(taken) // 2])
    speed = None if chosen.is_slow else find_speed(opened, middle, request.rpm)
    marks = (
        () if chosen.is_slow else machine_marks(speed.shaft_hz if speed else None, opened.facts.n_vanes, opened.facts.mains_hz)
    )
    job.progress(0.7, "peaks")
    # A density is no amplitude: whatever is shown, the same lines stand as high above their floor.
    found = find_peaks(spectrum.frequency_hz, spectrum.amplitude("rms"), window=options.window, gain=spectrum.gain)
    peaks = tuple(replace(peak, amplitude=spectrum.height(peak.amplitude, request.amplitude)) for peak in found)
    return SpectrumPicture(
        request=request, spectrum=spectrum, burst_ns=tuple(one.start_ns for one in good), chosen=number,
        others=_others(good, number, n_others, rate_hz, chosen, options, ticker.tick), speed=speed,
        marks=marks_in(marks, float(spectrum.frequency_hz[-1])), peaks=peaks,
        frequency_unit="1/h" if chosen.is_slow else "Hz", notes=(*chosen.notes, *(at_speed if speed else ())), said=said,
    )  # fmt: skip


def options_of(request: SpectrumRequest, chosen: Chosen) -> SpectrumOptions:
    """The request's choices; slow cycles are never integrated."""
    from workbench.logs.analysis.spectrum import MOST_SAMPLES, SpectrumOptions

    motion = "as measured" if chosen.is_slow else request.motion
    return SpectrumOptions(
        window=request.window, resolution_hz=request.resolution_hz, overlap=request.overlap, averaging=request.averaging,
        motion=motion, high_pass_hz=request.high_pass_hz, most_samples=MOST_SLOW if chosen.is_slow else MOST_SAMPLES,
    )  # fmt: skip


def _others(
    good: list[Stretch], number: int | None, n_others: int, rate_hz: float, chosen: Chosen, options: SpectrumOptions, tick: Tick
) -> tuple[tuple[int, Spectrum], ...]:
    """Spectra of up to `n_others` further bursts, evenly over the range."""
    from workbench.logs.analysis.spectrum import find_spectrum

    rest = [one for index, one in enumerate(good) if index != number]
    if not n_others or not rest:
        return ()
    step = max(1, len(rest) // n_others)
    found = []
    for one in rest[::step][:n_others]:
        # A stream that misses samples in every piece is no comparison.
        with contextlib.suppress(InputError):
            found.append((one.start_ns, find_spectrum([one.values], rate_hz, chosen.view.unit, options, tick)))
    return tuple(found)


def spectrum_lines(picture: SpectrumPicture) -> tuple[tuple[LineFound, ...], tuple[LineFound, ...]]:
    """Peaks, and the machine's lines with what stands there."""
    from workbench.logs.analysis.lines import level_at

    hz = picture.speed.shaft_hz if picture.speed else None
    spectrum, kind = picture.spectrum, picture.request.amplitude
    lines = spectrum.amplitude("rms")
    peaks = tuple(
        LineFound(
            name="", frequency=peak.frequency, order=peak.frequency / hz if hz else None, amplitude=peak.amplitude,
            above_floor_db=peak.above_floor_db,
        )
        for peak in picture.peaks
    )  # fmt: skip
    levels = [level for mark in picture.marks if (level := level_at(spectrum.frequency_hz, lines, mark)) is not None]
    machine = tuple(
        LineFound(
            name=level.mark.name, frequency=level.frequency, order=level.frequency / hz if hz else None,
            amplitude=spectrum.height(level.amplitude, kind), above_floor_db=level.above_floor_db,
        )
        for level in levels
    )  # fmt: skip
    return peaks, machine


def log_spectrum(request: SpectrumRequest, job: Job) -> SpectrumResult:
    """Compute, and write the lines as CSV where asked."""
    picture = find_spectrum_picture(open_for(request, job), request, job)
    spectrum = picture.spectrum
    peaks, machine = spectrum_lines(picture)
    if request.out:
        heights = spectrum.amplitude(request.amplitude)
        unit = picture.value_unit
        joined = "averages" if spectrum.averaged is None else "pieces held"
        about = (f"{request.asset} {request.channel}, {request.amplitude}, {spectrum.n_averages} {joined}", *picture.notes)
        header = (f"frequency [{picture.frequency_unit}]", f"{request.channel} [{unit}]")
        write_columns(request.out, header, [spectrum.frequency_hz, heights], about)
    first = picture.burst_ns[picture.chosen or 0]
    return SpectrumResult(
        channel=request.channel, unit=picture.value_unit, amplitude=request.amplitude, frequency_unit=picture.frequency_unit,
        n_bursts=1 if picture.chosen is not None else len(picture.burst_ns), n_averages=spectrum.n_averages,
        first_utc=format_utc(first // NS_PER_S * NS_PER_S), resolution=spectrum.resolution_hz,
        overall_rms=spectrum.overall_rms(), speed_rpm=picture.speed.mean_rpm if picture.speed else None,
        speed_from=picture.speed.source if picture.speed else "", peaks=peaks, machine_lines=machine,
        notes=(*picture.notes, *picture.said, *(() if spectrum.averaged is None else (_HELD,))), out=request.out,
    )  # fmt: skip
