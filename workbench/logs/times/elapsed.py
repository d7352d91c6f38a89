"""Logs without dates: elapsed time and its unit, rows at an even rate, and what a person tells of start and rate."""

from __future__ import annotations

import re
from fractions import Fraction
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from workbench.core.clock import NS_PER_DAY, NS_PER_S, parse_utc
from workbench.core.errors import InputError, RequestError
from workbench.logs import questions
from workbench.logs.summary import Question

if TYPE_CHECKING:
    from workbench.logs.times.timing import TimeChoices

RELATIVE_UNITS = {
    "us": 10**3,
    "µs": 10**3,
    "ms": 10**6,
    "msec": 10**6,
    "s": NS_PER_S,
    "sec": NS_PER_S,
    "min": 60 * NS_PER_S,
    "h": 3600 * NS_PER_S,
    "hr": 3600 * NS_PER_S,
    "d": NS_PER_DAY,
}
_LAST_START_NS = 1 << 62
"""Year 2116: beyond it no instant of a log fits into ns since 1970."""
_COUNTED_IN = re.compile(r"[\[(]\s*(us|µs|ms|msec|sec|s|min|hr|h|d)\s*[\])]|_(us|ms|msec|sec|s|min|h|d)$", re.IGNORECASE)


def has_time_unit(header: str) -> bool:
    """Whether the header of an elapsed time says its unit."""
    return _COUNTED_IN.search(header) is not None


def relative_scale(header: str) -> int:
    """ns in one count of an elapsed time, by the unit in its header; seconds without one."""
    match = _COUNTED_IN.search(header)
    return RELATIVE_UNITS[(match[1] or match[2]).lower()] if match else NS_PER_S


def counted_ns(first: int, end: int, period_ns: Fraction) -> NDArray[np.int64]:
    """ns of rows first to end (excluded) that are `period_ns` apart, int64 [n], each rounded down by itself."""
    rows = np.arange(first, end, dtype=np.int64)
    whole, rest = divmod(period_ns.numerator, period_ns.denominator)
    return whole * rows + rest * rows // period_ns.denominator


def relative_start(choices: TimeChoices, what: str, *, asks_step: bool = False) -> tuple[int, Fraction, list[Question]]:
    """(start ns, ns a row, what is asked) of a log without dates; `asks_step` where nothing says how far rows are apart.

    Raises RequestError.
    """
    answer = _with_slash(choices.answers.find("TIME_RELATIVE") or "")
    if not answer:
        return 0, Fraction(NS_PER_S), [questions.time_relative(what, asks_step=asks_step)]
    start, _, period = answer.partition("/")
    try:
        if not start:  # the time between rows alone
            return 0, NS_PER_S * _period_s(period), [questions.time_relative(what)]
        start_ns = parse_utc(start)
        if abs(start_ns) > _LAST_START_NS:
            raise ValueError(start)
        return start_ns, NS_PER_S * _period_s(period), []
    except (ValueError, OverflowError, InputError) as error:
        raise _no_answer(answer) from error


def tells_start(answers: questions.AnswerBook) -> bool:
    """Whether the answer to TIME_RELATIVE says a start, and not a rate alone."""
    return says_start(answers.find("TIME_RELATIVE") or "")


def says_start(answer: str) -> bool:
    """Whether an answer to TIME_RELATIVE says a start, and not a rate alone."""
    return bool(_with_slash(answer).partition("/")[0].strip())


def rate_alone(answer: str) -> str:
    """What an answer to TIME_RELATIVE says of the rate, as an answer of its own: '/25600 Hz'; '' where it says none."""
    _, _, rate = _with_slash(answer).partition("/")
    return f"/{rate.strip()}" if rate.strip() else ""


def told_rate(answers: questions.AnswerBook) -> Fraction | None:
    """Rows a second that the answer to TIME_RELATIVE says; None where it says a start alone. Raises RequestError."""
    answer = _with_slash(answers.find("TIME_RELATIVE") or "")
    if "/" not in answer:
        return None
    try:
        return 1 / _period_s(answer.partition("/")[2])
    except ValueError as error:
        raise _no_answer(answer) from error


def _with_slash(answer: str) -> str:
    """A rate alone ('25600 Hz') as the answer that it is: '/25600 Hz'."""
    return f"/{answer.strip()}" if re.fullmatch(r"\s*\d+(?:\.\d+)?\s*k?Hz\s*", answer, re.IGNORECASE) else answer


def _no_answer(answer: str) -> RequestError:
    return RequestError(
        f"'{answer}' is no answer to TIME_RELATIVE.",
        "Write the start and the seconds a row, or the rows a second: 2026-03-16T10:00:00Z/1, 2026-03-16T10:00:00Z/25600 Hz.",
    )


def _period_s(printed: str) -> Fraction:
    """Seconds a row of '0.5', '25600 Hz', '25.6 kHz' or nothing. Raises ValueError."""
    match = re.fullmatch(r"\s*(\d+(?:\.\d+)?(?:[eE][+-]?\d+)?)\s*(k?Hz)?\s*", printed or "1", re.IGNORECASE)
    number = Fraction(match[1]) if match else Fraction(0)
    if match is None or not number:
        raise ValueError(printed)
    scale = {"": 1, "hz": 1, "khz": 1000}[(match[2] or "").lower()]
    period = 1 / (number * scale) if match[2] else number
    if not Fraction(1, 10**8) <= period <= 10**8:
        raise ValueError(printed)
    return period
