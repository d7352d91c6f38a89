"""How finely a channel is told: steps larger than its noise, and lines that a historian drew instead of samples.

Swinging-door compression (Bristol 1990, "Swinging door trending", ISA National Conference) keeps the ends of straight
stretches; read back at a fixed rate the samples between lie on a line to the last digit. Exception reporting keeps a value until
it has changed by a dead band: then no change smaller than that is ever seen. Must not import anything but numpy and this domain.
"""

from __future__ import annotations

import numpy as np

from workbench.logs.checks.phrases import format_instant, format_value
from workbench.logs.checks.survey import MEASURED, ChannelSurvey, Floats64, Survey
from workbench.logs.summary import Finding, Remedy

_MIN_MOVES = 24
_MIN_LEVELS = 4
_COARSE_SHARE = 0.12
"""A step of an eighth of what the channel usually spans hides what a model should see."""
_PLAIN_LEVEL, _PLAIN_SHARE, _RESTS = 0.018, 0.04, 0.5
"""A step of a fiftieth of the level, on which the noise hardly shows, is coarse as long as it spans less than twenty-five."""
_ROUND, _SHARE_OF_HIGHEST = 0.01, 0.1
_JITTER, _OFF_GRID, _ON_GRID = 0.1, 0.06, 0.95
_MOST_PLACES = 1e9
"""Beyond so many steps a value is no reading of a grid but a broken number, and squares of it overflow."""
_DITHERED = 1.6
"""Noise of more steps than that carries what lies between them."""
_FEW_LEVELS, _FEW_MOVES, _MIN_RUNNING = 2, 8, 240
_WHOLE_OF_MIDDLE = 1.25
"""The middle four fifths, made whole: an hour of another duty doesn't make a channel finer."""
_COARSE_LEVEL = 0.01
"""A quiet temperature of which a tenth of a degree is all that changes is told finely enough."""
_LINE_SHARE = 0.7
_LINE_ERROR = 1e-4
_STEEP_DIGITS = 3.0
_PRINTED_SHARE, _BETWEEN = 0.5, 0.25
_BAND_STEPS = 8.0
_BAND_HOLDS = 0.8
_BAND_MOVES = 40
_GRID_SHARE = 0.9
_COARSER, _MIN_STRETCHES = 8.0, 8


def find_resolution(survey: Survey) -> list[Finding]:
    """At most one finding a channel: drawn by a historian, reported by exception, or coarse."""
    findings: list[Finding] = []
    for name, known in survey.channels.items():
        moves = _moves(known)
        if len(moves) < _FEW_MOVES or not survey.is_running.any():
            continue
        is_lively = len(moves) >= _MIN_MOVES
        finding = (
            (is_lively and (_compressed(name, known, survey) or _by_exception(name, moves, survey)))
            or _coarse(name, survey) or (is_lively and _coarser(name, survey)) or None
        )  # fmt: skip
        if finding is not None:
            findings.append(finding)
    return findings


def _moves(known: ChannelSurvey) -> Floats64:
    sizes = np.abs(known.steps)
    return np.asarray(sizes[sizes > 0])


def _about_all(code: str, text: str, name: str, survey: Survey) -> Finding:
    return Finding(
        code=code, text=text, channel=name, severity="not_checked", start_ns=survey.instant(0),
        end_ns=survey.instant(len(survey.times_ns) - 1),
    )  # fmt: skip


def _compressed(name: str, known: ChannelSurvey, survey: Survey) -> Finding | None:
    """Most samples lie on a sloped line between their neighbours, as no measured signal does."""
    slope, bend = known.steps[:, 1:], np.abs(np.diff(known.steps, axis=1))
    is_told = np.isfinite(bend) & (np.abs(slope) > 0)
    if np.count_nonzero(is_told) < 10 * _MIN_MOVES:
        return None
    digits_words = _drawn_with_digits(known)
    if digits_words:
        return _about_all("COMPRESSED", digits_words, name, survey)
    is_straight = bend <= np.maximum(_LINE_ERROR * np.abs(slope), 1e-12)
    is_kink = is_told & ~is_straight
    share = float(np.count_nonzero(is_straight & is_told) / np.count_nonzero(is_told))
    n_slopes = len(np.unique(np.round(slope[is_straight & is_told], 12)))
    if share < _LINE_SHARE or not is_kink.any() or n_slopes < _MIN_LEVELS * 3:
        return None
    return _about_all("COMPRESSED", _words_of_lines(share), name, survey)


def _drawn_with_digits(known: ChannelSurvey) -> str:
    """As `_compressed`, of lines that were printed with few digits: they bend by a digit, and at their ends by far more.

    A slow signal bends by less than a digit too, but has no such ends.
    """
    digit = _printed_digit(known.rows[np.isfinite(known.rows)])
    if digit <= 0:
        return ""
    first, second = known.steps[:, :-1], known.steps[:, 1:]
    bend = np.abs(second - first)
    is_steep = np.isfinite(bend) & (np.maximum(np.abs(first), np.abs(second)) >= _STEEP_DIGITS * digit)
    is_straight = bend <= 1.02 * digit
    n_kinks = int(
        np.count_nonzero(is_steep & (bend > _STEEP_DIGITS * digit) & (bend > 0.3 * np.maximum(np.abs(first), np.abs(second))))
    )
    n_straight, n_steep = int(np.count_nonzero(is_steep & is_straight)), int(np.count_nonzero(is_steep))
    n_between = int(np.count_nonzero(is_steep & ~is_straight & (bend <= _STEEP_DIGITS * digit)))
    share = n_straight / max(n_steep, 1)
    if n_steep < 10 * _MIN_MOVES or share < _PRINTED_SHARE or n_kinks < _MIN_MOVES or n_between > _BETWEEN * n_straight:
        return ""
    return _words_of_lines(share)


def _words_of_lines(share: float) -> str:
    return (
        f"{100 * share:.0f} % of the samples lie on straight lines: interpolated between the points that a historian kept; "
        "noise, peaks and spectra are lost"
    )


def _by_exception(name: str, moves: Floats64, survey: Survey) -> Finding | None:
    """It rests, and every change is many times the digits that are printed."""
    if len(moves) < _BAND_MOVES or survey.roles.quantities[name] not in MEASURED:
        return None
    rows, steps = survey.channels[name].rows, survey.channels[name].steps
    holds = np.count_nonzero(steps == 0) / max(int(np.count_nonzero(np.isfinite(steps))), 1)
    if holds < _BAND_HOLDS:
        return None
    digit = _printed_digit(rows[np.isfinite(rows)])
    band = float(np.quantile(moves, 0.02))
    is_spread = float(np.quantile(moves, 0.5)) > 1.02 * band
    if digit <= 0 or band < _BAND_STEPS * digit or not is_spread or _is_grid(moves, digit):
        return None
    unit = survey.units.get(name)
    text = (
        f"Changes of less than {format_value(float(f'{band:.2g}'), unit)} are never stored: reported by exception; "
        f"{100 * holds:.0f} % of the samples repeat the one before"
    )
    return _about_all("COMPRESSED", text, name, survey)


def _is_grid(moves: Floats64, digit: float) -> bool:
    """A converter of few bits: all changes are whole numbers of one step, but for the digits that are printed."""
    low = float(np.quantile(moves, 0.02))
    step = float(np.mean(moves[moves < 1.5 * low]))
    wholes = np.round(moves / step)
    return bool(np.mean(np.abs(moves - wholes * step) <= 1.1 * digit + 0.01 * step * wholes) > _GRID_SHARE)


def _coarse(name: str, survey: Survey) -> Finding | None:
    """Its values lie on a grid of which the running pump takes a few places only, or whose step is a good share of its level."""
    running = survey.channels[name].rows[survey.is_running]
    running = running[np.isfinite(running)]
    usual = max(float(np.median(np.abs(running))) if len(running) else 0.0, _of_the_highest(name, survey))
    moves = np.abs(survey.channels[name].steps[survey.is_running])  # a start and a stop are no steps of the instrument
    moves = moves[moves > 0]
    step = _grid_step(running, moves) if len(moves) >= _FEW_MOVES else 0.0
    if step <= 0 or len(running) < _MIN_RUNNING or step < _COARSE_LEVEL * usual:
        return None
    places = np.unique(np.round((running[:: max(len(running) // 8192, 1)] - running[0]) / step))
    quantity = survey.roles.quantities[name]
    is_measured = quantity in MEASURED
    if len(places) < (_FEW_LEVELS if is_measured else _MIN_LEVELS) or survey.usual_noise(name) > _DITHERED * step:
        return None
    low, least, most, high = np.quantile(running, [0.02, 0.1, 0.9, 0.98]).tolist()
    span = float(high - low)
    is_few = step >= _COARSE_SHARE * max(span, step)
    if not is_few and is_measured and quantity != "vibration" and survey.usual_noise(name) < _RESTS * step:
        middle = _WHOLE_OF_MIDDLE * float(most - least)
        is_few = step >= _COARSE_SHARE * max(middle, step) or step >= max(_PLAIN_LEVEL * usual, _PLAIN_SHARE * span)
    if not is_few:
        return None
    n_steps = max(round(span / step), 1)
    round_step = float(f"{step:.1g}")
    said = format_value(round_step if abs(round_step - step) < _ROUND * step else float(f"{step:.3g}"), survey.units.get(name))
    text = f"Told in steps of {said}: {n_steps} of them {'are' if n_steps > 1 else 'is'} all it usually spans"
    return _about_all("QUANTIZED", text, name, survey)


def _of_the_highest(name: str, survey: Survey) -> float:
    """A share of the usual discharge for a pressure: near the atmosphere's its own level says nothing."""
    highest = survey.roles.discharge
    if highest is None or survey.roles.quantities[name] != "pressure" or survey.units.get(name) != survey.units.get(highest):
        return 0.0
    return float(np.nan_to_num(_SHARE_OF_HIGHEST * abs(survey.usual_level(highest))))


def _grid_step(values: Floats64, moves: Floats64) -> float:
    """The step of a grid on which nearly all values lie, but for a jitter of a hundredth of it; 0 where there is none.

    Interpolated or converted readings are off their grid by a little: those moves are no steps.
    """
    step = float(np.quantile(moves[moves > _JITTER * float(np.quantile(moves, 0.9))], 0.05))
    levels, counts = np.unique(values, return_counts=True)
    centre = float(levels[np.argmax(counts)]) if len(levels) else 0.0
    for _ in range(2):
        places = np.round((values - centre) / step)
        if not places.any() or np.abs(places).max() > _MOST_PLACES:
            break
        step = float(np.sum(places * (values - centre)) / np.sum(places * places))
    is_on_grid = np.abs(moves / step - np.round(moves / step)) < _OFF_GRID
    return step if np.mean(is_on_grid) > _ON_GRID else 0.0


def _coarser(name: str, survey: Survey) -> Finding | None:
    """From an instant to the end every change is one step or a few, which was many of the former digits."""
    known = survey.channels[name]
    sizes = np.where(np.abs(known.steps) > 0, np.abs(known.steps), np.inf)
    least = sizes.min(axis=1)
    is_told, is_fine = np.isfinite(least), least < _COARSER * known.resolution
    if known.resolution <= 0 or not is_fine.any() or survey.roles.quantities[name] not in MEASURED:
        return None
    since = int(np.flatnonzero(is_fine)[-1]) + 1
    moves = sizes[since:][np.isfinite(sizes[since:])]
    n_before, n_after = np.count_nonzero(is_fine[:since]), np.count_nonzero(is_told[since:])
    if min(n_before, n_after) < _MIN_STRETCHES or n_before < 0.5 * np.count_nonzero(is_told[:since]) or len(moves) < _MIN_MOVES:
        return None
    step = float(np.quantile(moves, 0.25))
    wholes = np.maximum(np.round(moves / step), 1.0)
    if np.mean(np.abs(moves / step - wholes) < 0.02 * wholes + 2 * known.resolution / step) < _GRID_SHARE:
        return None
    unit, start_ns = survey.units.get(name), survey.instant(int(survey.first_rows[since]))
    now, before = (format_value(float(f"{one:.3g}"), unit) for one in (step, known.resolution))
    text = f"Told in steps of {now} since {format_instant(start_ns)} UTC, of {before} before: something was set otherwise"
    return Finding(
        code="COARSER", text=text, channel=name, severity="function_check", start_ns=start_ns,
        end_ns=survey.instant(len(survey.times_ns) - 1), remedy=Remedy(action="exclude"),
    )  # fmt: skip


def _printed_digit(good: Floats64) -> float:
    """The power of ten that the values are printed to, down to 1e-6; 0 where they have more digits."""
    sample = good[:: max(len(good) // 2000, 1)]
    for digits in range(7):
        if np.allclose(sample, np.round(sample, digits), rtol=2e-7, atol=0):
            return float(10.0**-digits)
    return 0.0
