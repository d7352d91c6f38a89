"""Spectra over time, and order tracking: which frequencies (or multiples of shaft speed) are there, and when."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Annotated, Literal

from workbench.core.clock import NS_PER_S, format_utc
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
    open_for,
    pick,
    write_columns,
)
from workbench.services.analysis_spectrum import AmplitudeName, HighPass, MotionName, Overlap, WindowName

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from workbench.logs.analysis.maps import SpectralMap, Stretch
    from workbench.logs.analysis.orders import AngleSamples
    from workbench.logs.analysis.spectrum import Spectrum

MOST_BURSTS = 400
_TURNING = 0.05
"""Of the highest speed: below it the shaft stands, or its sensor shows its own offset."""
Tracking = Literal["tachometer", "speed channel", "mean speed"]


class SpectrogramRequest(AnalysisRequest, frozen=True, kw_only=True):
    """Show the spectra of a waveform over time: of a stream its short pieces, of bursts one column each."""

    window: WindowName = "hann"
    resolution_hz: Annotated[
        float | None, parameter("Spacing of the lines (slow cycles: in 1/h); else one spectrum a burst.", unit="Hz", ge=1e-6)
    ] = None
    overlap: Overlap = 0.5
    motion: MotionName = "as measured"
    high_pass_hz: HighPass = 2.0


class MapResult(Result, frozen=True, kw_only=True):
    """A map in figures; its columns stand in the CSV (`out`): one row an instant, one column a line."""

    channel: str
    unit: str
    y_unit: str
    columns: int
    lines: int
    resolution: float
    first_utc: str
    last_utc: str
    strongest: float
    """Frequency (or order) of the strongest line over the whole map, without the lowest lines."""
    tracking: str
    speed_rpm: float | None
    notes: tuple[str, ...]
    out: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class MapPicture:
    """What the window draws: the map, the shaft's speed under it [m] in rpm (NaN unknown), and what was said."""

    request: AnalysisRequest
    map: SpectralMap
    rpm: NDArray[np.float64]
    y_unit: str
    notes: tuple[str, ...]
    tracking: Tracking | None = None
    spectrum: Spectrum | None = None
    """Of an order map: the order spectrum of the chosen burst, or of the whole stream."""
    speed: Speed | None = None
    said: tuple[str, ...] = ()
    """How far the nearest burst is from the instant that was asked for: the page shows that by itself."""


def find_spectrogram_picture(opened: Opened, request: SpectrogramRequest, job: Job) -> MapPicture:
    """Compute a spectrogram. Raises InputError in words for a channel without a spectrum; cancellable."""
    from workbench.logs.analysis.maps import find_spectrogram
    from workbench.logs.analysis.spectrum import SpectrumOptions

    chosen = choose(opened, request)
    stretches, resolution_hz, notes = chosen.stretches, request.resolution_hz, chosen.notes
    if resolution_hz is None and len(stretches) == 1:
        # A stream in one piece needs pieces: some 400 columns, if each still has 256 samples.
        resolution_hz = max(stretches[0].rate_hz * 200 / len(stretches[0].values), stretches[0].rate_hz / 8192)
        resolution_hz = min(resolution_hz, stretches[0].rate_hz / 256)
    options = SpectrumOptions(
        window=request.window, resolution_hz=resolution_hz, overlap=request.overlap,
        motion="as measured" if chosen.is_slow else request.motion, high_pass_hz=request.high_pass_hz,
    )  # fmt: skip
    found = find_spectrogram(stretches, chosen.view.unit, options, Ticker(job, 0.05, 0.95, "spectra").tick)
    if chosen.is_slow:
        found = _in_hours(found)
    if found.n_a_column > 1:
        notes = (*notes, f"Each column is the mean of {found.n_a_column} spectra.")
    rpm = _speeds(opened, found, request.rpm) if not chosen.is_slow else _unknown(found)
    return MapPicture(request=request, map=found, rpm=rpm, y_unit="1/h" if chosen.is_slow else "Hz", notes=notes)


def _in_hours(found: SpectralMap) -> SpectralMap:
    """Rates of slow cycles are counted per hour, so that lengths came out in hours taken for seconds."""
    first = int(found.start_ns[0])
    return replace(found, start_ns=first + (found.start_ns - first) * 3600, end_ns=first + (found.end_ns - first) * 3600)


def _unknown(found: SpectralMap) -> NDArray[np.float64]:
    import numpy as np

    return np.full(len(found.start_ns), np.nan)


def _speeds(opened: Opened, found: SpectralMap, typed_rpm: float | None) -> NDArray[np.float64]:
    """Speed at the middle of each column, rpm [m]: typed, of the speed channel, or the nominal one; NaN where not known."""
    import numpy as np

    from workbench.services.analysis_reads import find_channel, speed_channel_of

    rpm = _unknown(found)
    channel = speed_channel_of(opened.logs, opened.facts)
    if typed_rpm or not channel:
        known = typed_rpm or opened.facts.speed_rpm
        return np.full(len(rpm), known) if known else rpm
    factor = 60.0 if find_channel(opened.logs, channel).unit == "Hz" else 1.0
    middles = (found.start_ns + found.end_ns) // 2
    for number, at_ns in enumerate(middles.tolist()):
        value = opened.logs.last_known(channel, at_ns)
        if value is not None and not value.is_late:
            rpm[number] = factor * value.value
    return rpm


class OrdersRequest(AnalysisRequest, frozen=True, kw_only=True):
    """Show a waveform over multiples of shaft speed, resampled by the shaft's angle (order tracking)."""

    at: Annotated[str | None, parameter("Take the one burst nearest to this instant, ISO 8601 UTC: its order spectrum.")] = None
    window: WindowName = "hann"
    resolution_orders: Annotated[float, parameter("Spacing of the lines in orders.", ge=0.001, le=2)] = 0.1
    overlap: Overlap = 0.5
    amplitude: AmplitudeName = "rms"
    most_order: Annotated[float, parameter("Highest order shown.", ge=1, le=2000)] = 40.0


def find_order_picture(opened: Opened, request: OrdersRequest, job: Job) -> MapPicture:
    """Track each burst (or the stream) by tachometer or speed channel; else divide by its mean speed, which is said.

    Raises InputError where no speed is known, or for a channel without a spectrum.
    """
    from workbench.logs.analysis.maps import one_rate

    chosen = choose(opened, request)
    if chosen.is_slow:
        raise _no_orders(request)
    _, good = one_rate(chosen.stretches)
    good = good[:: -(-len(good) // MOST_BURSTS)]
    number, said = pick(good, request.at)
    if len(good) == 1:
        return _stream_picture(opened, request, good[0], chosen.view.unit, chosen.notes)
    return _burst_picture(opened, request, (good, number, chosen.view.unit, chosen.notes), job, said)


def _track(opened: Opened, request: OrdersRequest, one: Stretch) -> tuple[Speed, Tracking, AngleSamples | None]:
    """Speed, how it is known, and the waveform by angle (None with only a mean speed). Raises InputError without any speed."""
    import numpy as np

    from workbench.logs.analysis.orders import angle_of_pulses, angle_of_speed, resample_by_angle

    speed = find_speed(opened, one, request.rpm)
    if speed is None:
        raise InputError(
            f"The shaft's speed at {format_utc(one.start_ns)} is not known.", "Choose a speed channel or type a speed (rpm)."
        )
    at_s = np.arange(len(one.values)) / one.rate_hz
    pulses = speed.pulse_s
    if pulses is not None:
        inside = (at_s >= pulses[0]) & (at_s <= pulses[-1])
        angle = angle_of_pulses(pulses, opened.facts.pulses_per_turn, at_s[inside])
        samples = resample_by_angle(one.values[inside], one.rate_hz, angle, request.most_order)
        return speed, "tachometer", replace(samples, at_s=samples.at_s + at_s[inside][0])
    if speed.at_s is not None and speed.rpm is not None:
        angle = angle_of_speed(speed.at_s, speed.rpm, at_s)
        samples = resample_by_angle(one.values, one.rate_hz, angle, request.most_order)
        return speed, "speed channel", samples
    return speed, "mean speed", None


def _order_spectrum(request: OrdersRequest, one: Stretch, unit: str, speed: Speed, samples: AngleSamples | None) -> Spectrum:
    """Over orders up to the highest asked for: by angle, or by frequency over the mean speed."""
    from workbench.logs.analysis.orders import find_order_spectrum
    from workbench.logs.analysis.spectrum import SpectrumOptions, find_spectrum

    options = SpectrumOptions(window=request.window, overlap=request.overlap, resolution_hz=request.resolution_orders)
    if samples is not None:
        found = find_order_spectrum(samples, unit, options)
    else:
        by_frequency = replace(options, resolution_hz=request.resolution_orders * speed.shaft_hz)
        plain = find_spectrum([one.values], one.rate_hz, unit, by_frequency)
        hz = speed.shaft_hz
        found = replace(
            plain, frequency_hz=plain.frequency_hz / hz, resolution_hz=plain.resolution_hz / hz,
            noise_bandwidth_hz=plain.noise_bandwidth_hz / hz,
        )  # fmt: skip
    kept = found.frequency_hz <= request.most_order
    return replace(found, frequency_hz=found.frequency_hz[kept], mean_square=found.mean_square[kept])


def _said(tracking: Tracking, speed: Speed) -> str:
    if tracking == "mean speed":
        return (
            f"Only a mean speed is known ({speed.mean_rpm:.0f} rpm, {speed.source}): the frequency axis is divided by it, "
            "which is no tracking."
        )
    return f"Tracked by {tracking} {speed.source}, {speed.mean_rpm:.0f} rpm on average."


def _stream_picture(opened: Opened, request: OrdersRequest, one: Stretch, unit: str, notes: tuple[str, ...]) -> MapPicture:
    import numpy as np

    from workbench.logs.analysis.maps import SpectralMap, find_spectrogram
    from workbench.logs.analysis.orders import find_order_map
    from workbench.logs.analysis.spectrum import SpectrumOptions

    speed, tracking, samples = _track(opened, request, one)
    spectrum = _order_spectrum(request, one, unit, speed, samples)
    options = SpectrumOptions(window=request.window, overlap=request.overlap, resolution_hz=request.resolution_orders)
    if samples is not None:
        found = find_order_map(samples, options)
        middles = one.start_ns + np.round(found.at_s * NS_PER_S).astype(np.int64)
        starts, ends = _edges(middles, one)
        orders, rms, rpm = found.orders, found.rms, found.rpm
    else:
        plain = find_spectrogram([one], unit, replace(options, resolution_hz=request.resolution_orders * speed.shaft_hz))
        starts, ends, rms = plain.start_ns, plain.end_ns, plain.rms
        orders, rpm = plain.y / speed.shaft_hz, np.full(len(starts), speed.mean_rpm)
    kept = orders <= request.most_order
    made = SpectralMap(
        start_ns=starts, end_ns=ends, y=orders[kept], rms=rms[:, kept], unit=unit, y_unit="orders",
        n_a_column=1,
    )  # fmt: skip
    return MapPicture(
        request=request, map=made, rpm=rpm, y_unit="orders", notes=(*notes, _said(tracking, speed)), tracking=tracking,
        spectrum=spectrum, speed=speed,
    )  # fmt: skip


def _edges(middles: NDArray[np.int64], one: Stretch) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Borders half-way between columns; the outermost reach to the ends of the waveform."""
    import numpy as np

    between = (middles[1:] + middles[:-1]) // 2
    end_ns = one.start_ns + round(len(one.values) / one.rate_hz * NS_PER_S)
    return np.concatenate([[one.start_ns], between]), np.concatenate([between, [end_ns]])


Bursts = tuple["list[Stretch]", int | None, str, tuple[str, ...]]


def _burst_picture(opened: Opened, request: OrdersRequest, bursts: Bursts, job: Job, said: tuple[str, ...]) -> MapPicture:
    """One column a burst; bursts at standstill or without a speed leave none, and are counted."""
    import numpy as np

    from workbench.logs.analysis.maps import SpectralMap

    good, number, unit, notes = bursts
    orders = np.arange(0.0, request.most_order, request.resolution_orders)
    made: list[tuple[Stretch, Speed, Tracking, Spectrum]] = []
    refused: InputError | None = None
    for index, one in enumerate(good):
        job.progress(index / len(good), f"burst {index + 1} of {len(good)}")
        try:
            speed, tracking, samples = _track(opened, request, one)
            made.append((one, speed, tracking, _order_spectrum(request, one, unit, speed, samples)))
        except InputError as error:
            refused = error
    if not made:
        assert refused is not None
        raise refused
    if len(made) < len(good):
        notes = (
            *notes,
            f"{len(good) - len(made)} of {len(good)} bursts have no order spectrum: the shaft stands or is too slow.",
        )
    at = min(range(len(made)), key=lambda k: abs(made[k][0].start_ns - good[number].start_ns)) if number is not None else -1
    rms = [np.interp(orders, s.frequency_hz, s.amplitude("rms"), right=0.0) for _, _, _, s in made]
    starts = np.array([one.start_ns for one, *_ in made], np.int64)
    lengths = np.array([round(len(one.values) / one.rate_hz * NS_PER_S) for one, *_ in made], np.int64)
    found = SpectralMap(
        start_ns=starts, end_ns=starts + lengths, y=orders, rms=np.array(rms, np.float32), unit=unit, y_unit="orders",
        n_a_column=1,
    )  # fmt: skip
    _, speed, tracking, spectrum = made[at]
    rpm = np.array([one_speed.mean_rpm for _, one_speed, _, _ in made])
    return MapPicture(
        request=request, map=found, rpm=rpm, y_unit="orders", notes=(*notes, _said(tracking, speed)), tracking=tracking,
        spectrum=spectrum, speed=speed, said=said,
    )  # fmt: skip


def log_spectrogram(request: SpectrogramRequest, job: Job) -> MapResult:
    """Compute, and write the columns as CSV where asked."""
    return _result(find_spectrogram_picture(open_for(request, job), request, job), request)


def log_orders(request: OrdersRequest, job: Job) -> MapResult:
    """Compute, and write the columns as CSV where asked; of one burst (`at`) its order spectrum, a line a row."""
    if request.at is None:
        return _result(find_order_picture(open_for(request, job), request, job), request)
    return _result_at(open_for(request, job), request)


def _result_at(opened: Opened, request: OrdersRequest) -> MapResult:
    """Of the burst nearest to an instant alone, whatever else the range holds."""
    import numpy as np

    one, said, chosen = _nearest(opened, request)
    speed, tracking, samples = _track(opened, request, one)
    spectrum = _order_spectrum(request, one, chosen.view.unit, speed, samples)
    notes = (*chosen.notes, _said(tracking, speed))
    unit = f"({spectrum.unit})²/order" if request.amplitude == "density" else spectrum.unit
    first, last = format_utc(one.start_ns), format_utc(one.start_ns + round(len(one.values) / one.rate_hz * NS_PER_S))
    heights = spectrum.amplitude(request.amplitude)
    if request.out:
        about = (f"{request.asset} {request.channel}, {request.amplitude}, burst of {first}", *notes)
        write_columns(request.out, ("order", f"{request.channel} [{unit}]"), [spectrum.frequency_hz, heights], about)
    strongest = float(spectrum.frequency_hz[2 + int(np.argmax(heights[2:]))]) if len(heights) > 2 else 0.0
    return MapResult(
        channel=request.channel, unit=unit, y_unit="orders", columns=1, lines=len(heights), resolution=spectrum.resolution_hz,
        first_utc=first, last_utc=last, strongest=strongest, tracking=tracking, speed_rpm=speed.mean_rpm, notes=(*notes, *said),
        out=request.out,
    )  # fmt: skip


def _nearest(opened: Opened, request: OrdersRequest) -> tuple[Stretch, tuple[str, ...], Chosen]:
    """The burst, how far from the instant it is where that lies in none, and what it was chosen from."""
    from workbench.logs.analysis.maps import one_rate

    chosen = choose(opened, request)
    if chosen.is_slow:
        raise _no_orders(request)
    _, good = one_rate(chosen.stretches)
    number, said = pick(good, request.at)
    return good[number or 0], said, chosen


def _no_orders(request: OrdersRequest) -> InputError:
    return InputError(f"{request.channel} is a trend: it holds no orders.", "Choose a waveform.")


def _result(picture: MapPicture, request: AnalysisRequest) -> MapResult:
    import numpy as np

    found = picture.map
    if request.out:
        seconds = (found.start_ns - found.start_ns[0]) / NS_PER_S
        first = format_utc(int(found.start_ns[0]))
        header = (f"seconds after {first}", "rpm", *(f"{value:.7g} {picture.y_unit}" for value in found.y.tolist()))
        columns = [seconds, picture.rpm, *found.rms.astype(np.float64).T]
        write_columns(request.out, header, columns, (f"{request.asset} {request.channel}, RMS in {found.unit}", *picture.notes))
    total = np.sqrt(np.mean(found.rms.astype(np.float64) ** 2, axis=0))
    strongest = float(found.y[2 + int(np.argmax(total[2:]))]) if len(total) > 2 else 0.0
    speed_rpm, standing = _mean_speed(picture.rpm)
    notes = (*picture.notes, *picture.said, *standing)
    return MapResult(
        channel=request.channel, unit=found.unit, y_unit=picture.y_unit, columns=len(found.start_ns), lines=len(found.y),
        resolution=float(found.y[1] - found.y[0]), first_utc=format_utc(int(found.start_ns[0])),
        last_utc=format_utc(int(found.end_ns[-1])), strongest=strongest, tracking=picture.tracking or "",
        speed_rpm=speed_rpm, notes=notes, out=request.out,
    )  # fmt: skip


def _mean_speed(rpm: NDArray[np.float64]) -> tuple[float | None, tuple[str, ...]]:
    """Mean over the columns [m] in which the shaft turns, rpm, and which were left out; None where no speed is known.

    A mean over standstill too is a speed at which the pump never ran.
    """
    import numpy as np

    known = rpm[np.isfinite(rpm)]
    if not len(known):
        return None, ()
    turning = known[np.abs(known) > _TURNING * np.abs(known).max()]
    if not len(turning):
        return 0.0, ("The shaft stands throughout.",)
    n_standing = len(known) - len(turning)
    said = f"In {n_standing} of {len(known)} columns the shaft stands: the mean speed is of the others."
    return float(turning.mean()), (said,) if n_standing else ()
