"""Instants: UTC inside, nanoseconds since 1970 in arrays, ISO 8601 with Z in text."""

from __future__ import annotations

import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta

from workbench.core.errors import InputError

Clock = Callable[[], int]
NS_PER_US = 1_000
NS_PER_S = 1_000_000_000
NS_PER_DAY = 86_400 * NS_PER_S
EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


def now_ns() -> int:
    """The present instant, ns since 1970-01-01 UTC; the default Clock."""
    return time.time_ns()


def format_utc(instant_ns: int) -> str:
    """ISO 8601 with Z; fractions only where there are some, to the microsecond."""
    seconds, rest_ns = divmod(int(instant_ns), NS_PER_S)
    # Not fromtimestamp, which refuses instants before 1970 on Windows.
    text = (EPOCH + timedelta(seconds=seconds)).strftime("%Y-%m-%dT%H:%M:%S")
    micros = rest_ns // 1000
    return f"{text}.{micros:06d}".rstrip("0") + "Z" if micros else f"{text}Z"


def format_utc_ns(instant_ns: int) -> str:
    """As `format_utc`, to the nanosecond: samples of a fast waveform lie fractions of a microsecond apart."""
    nanos = int(instant_ns) % 1000
    text = format_utc(int(instant_ns) - nanos)
    if not nanos:
        return text
    seconds, _, micros = text[:-1].partition(".")
    return f"{seconds}.{micros:0<6}{nanos:03d}".rstrip("0") + "Z"


def parse_utc(text: str) -> int:
    """ISO 8601 to ns since 1970; a stamp without zone is read as UTC. Raises InputError with the text."""
    try:
        instant = datetime.fromisoformat(text.strip())
    except ValueError as error:
        raise InputError(f"'{text}' is not a time.", "Write it as 2026-03-16T10:52:33Z.") from error
    instant = instant if instant.tzinfo else instant.replace(tzinfo=UTC)
    whole = instant.replace(microsecond=0)
    return int(whole.timestamp()) * NS_PER_S + instant.microsecond * 1000
