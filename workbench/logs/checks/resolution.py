"""How finely a channel is told: steps larger than its noise, and lines that a historian drew instead of samples.

Swinging-door compression (Bristol 1990, "Swinging door trending", ISA National Conference) keeps the ends of straight
stretches; read back at a fixed rate the samples between lie on a line to the last digit. Exception reporting keeps a value until
it has changed by a dead band: then no change smaller than that is ever seen. Must not import anything but numpy and this domain.
"""

from __future__ import annotations

import numpy as np

from workbench.logs.checks.phrases import format_instant, format_value
from workbench.logs.checks.survey import ChannelSurvey, Floats64, Survey
from workbench.logs.summary import Finding, Remedy

_MIN_MOVES = 24
_MIN_LEVELS = 4
_COARSE_SHARE = 0.12
"""A step of an eighth of what the channel usually spans hides what a model should see."""
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
_MEASURED = frozenset({"pressure", "flow", "temperature", "current", "power", "vibration", "level"})
"""A valve or a set point moves in large steps by its nature."""


def find_resolution(survey: Survey) -> list[Finding]:
    """At most one finding a channel: drawn by a historian, reported by exception, or coarse."""
    findings: list[Finding] = []
    for name, known in survey.channels.items():
        moves = _moves(known)
        if len(moves) < _MIN_MOVES or not survey.is_running.any():
            continue
        finding = (
            _compressed(name, known, survey) or _by_exception(name, moves, survey) or _coarse(name, moves, survey)
            or _coarser(name, survey)
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
    if len(moves) < _BAND_MOVES or survey.roles.quantities[name] not in _MEASURED:
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


def _coarse(name: str, moves: Floats64, survey: Survey) -> Finding | None:
    """Nearly all changes are one step or a few, and the running pump's readings span only some of them."""
    known = survey.channels[name]
    step = float(np.quantile(moves, 0.25))
    is_grid = np.mean(np.abs(moves / step - np.round(moves / step)) < 0.02 * np.maximum(np.round(moves / step), 1.0)) > 0.97
    running = known.rows[survey.is_running]
    running = running[np.isfinite(running)]
    if not is_grid or len(running) < 10 * _MIN_MOVES or len(np.unique(running[:: max(len(running) // 8192, 1)])) < _MIN_LEVELS:
        return None
    span = float(np.quantile(running, 0.98) - np.quantile(running, 0.02))
    noise = survey.usual_noise(name)
    usual = float(np.median(np.abs(running)))
    if step < _COARSE_SHARE * max(span, step) or step < _COARSE_LEVEL * usual or noise > step:
        return None
    n_steps = span / step
    said = format_value(float(f"{step:.3g}"), survey.units.get(name))
    text = f"Told in steps of {said}: {n_steps:.0f} of them are all it usually spans"
    return _about_all("QUANTIZED", text, name, survey)


def _coarser(name: str, survey: Survey) -> Finding | None:
    """From an instant to the end every change is one step or a few, which was many of the former digits."""
    known = survey.channels[name]
    sizes = np.where(np.abs(known.steps) > 0, np.abs(known.steps), np.inf)
    least = sizes.min(axis=1)
    is_told, is_fine = np.isfinite(least), least < _COARSER * known.resolution
    if known.resolution <= 0 or not is_fine.any() or survey.roles.quantities[name] not in _MEASURED:
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
