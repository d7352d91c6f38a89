"""What a log leaves open, in words with choices, and the answers a person gives to it (CODE[@CHANNEL]=VALUE)."""

from __future__ import annotations

import re
from collections.abc import Sequence

from workbench.core.errors import RequestError
from workbench.logs.summary import Question
from workbench.logs.times.instants import DayOrder
from workbench.logs.units import find_unit

CODES = (
    "ZONE_UNKNOWN",
    "DAY_MONTH_AMBIGUOUS",
    "DECIMAL_AMBIGUOUS",
    "EPOCH_AMBIGUOUS",
    "DUPLICATE_CHANNEL",
    "LABELS_ELSEWHERE",
    "SENTINEL_SUSPECTED",
    "ZERO_SUSPECTED",
    "UNIT_MIXED",
    "UNIT_UNKNOWN",
    "TIME_RELATIVE",
    "SCALE_UNKNOWN",
)
ORDER_WORDS: dict[DayOrder, str] = {"dmy": "day/month/year", "mdy": "month/day/year", "ymd": "year/month/day"}
EPOCH_WORDS = {
    "unix_s": "Unix seconds",
    "unix_ms": "Unix milliseconds",
    "unix_us": "Unix microseconds",
    "unix_ns": "Unix nanoseconds",
    "excel1900": "Excel serial from 1900",
    "excel1904": "Excel serial from 1904",
    "labview": "seconds from 1904",
    "filetime": "Windows file time",
    "ticks": ".NET ticks",
    "matlab": "MATLAB serial",
}


class AnswerBook:
    """Answers by code and channel; unknown codes are refused."""

    def __init__(self, answers: Sequence[str] = ()) -> None:
        self._answers: dict[tuple[str, str | None], str] = {}
        for text in answers:
            key, found, value = text.partition("=")
            code, _, channel = key.partition("@")
            if not found or code.strip().upper() not in CODES:
                raise RequestError(
                    f"'{text}' is no answer.", f"Write CODE=VALUE or CODE@CHANNEL=VALUE; codes: {', '.join(CODES)}."
                )
            self._answers[code.strip().upper(), channel.strip() or None] = value.strip()

    def find(self, code: str, channel: str | None = None) -> str | None:
        """The answer for this channel, else the one for all, else None."""
        return self._answers.get((code, channel)) or self._answers.get((code, None))


def day_order_of(answer: str) -> DayOrder:
    """DMY, MDY or YMD. Raises RequestError."""
    folded = answer.casefold()
    orders: dict[str, DayOrder] = {"dmy": "dmy", "day": "dmy", "mdy": "mdy", "month": "mdy", "ymd": "ymd", "year": "ymd"}
    found = orders.get(folded) or next((order for order, words in ORDER_WORDS.items() if folded == words), None)
    if not found:
        raise RequestError(
            f"'{answer}' is no order of day and month.",
            "Answer DMY, MDY or YMD; for names of months CROATIAN, POLISH or CZECH.",
        )
    return found


def epoch_of(answer: str) -> str:
    """1900 or 1904. Raises RequestError."""
    if answer not in ("1900", "1904"):
        raise RequestError(f"'{answer}' is no epoch of Excel.", "Answer 1900 or 1904.")
    return f"excel{answer}"


def zone_unknown(header: str) -> Question:
    """Clock times without zone."""
    where = f" in '{header}'" if header else ""
    return Question(
        code="ZONE_UNKNOWN",
        text=f"The times{where} have no zone. They are read as UTC until you say which zone the clock showed.",
        choices=("UTC",),
        default="UTC",
    )


def zone_of_two_places(letters: str, places: Sequence[str]) -> Question:
    """Stamps with a zone's abbreviation that several parts of the world use."""
    return Question(
        code="ZONE_UNKNOWN",
        text=f"The stamps end in {letters}, which is the time of {' and of '.join(places)}. They are read as that of {places[0]} "
        "until you say which zone the clock showed.",
        choices=(),
        default=None,
    )


def day_month(example: str, default: DayOrder, orders: Sequence[DayOrder], *, is_sure: bool) -> Question:
    """Dates that exist in more than one order; `is_sure` when the even steps between rows tell."""
    if is_sure:
        text = f"'{example}': no day is past 12, but only {ORDER_WORDS[default]} gives even steps between rows. Is that right?"
    else:
        text = f"'{example}' can be read in two ways. Which number is the day?"
    choices = tuple(order.upper() for order in orders)
    return Question(code="DAY_MONTH_AMBIGUOUS", text=text, choices=choices, default=default.upper(), blocks=not is_sure)


def month_names(example: str, tongues: Sequence[str]) -> Question:
    """A month whose name means another one in a neighbour's language (lip: June in Croatia, July in Poland)."""
    listed = " and ".join(tongue.capitalize() for tongue in tongues)
    return Question(
        code="DAY_MONTH_AMBIGUOUS",
        text=f"'{example}': this name of a month is one month earlier in Croatian than elsewhere, and both would do here "
        f"({listed}). Which language is it?",
        choices=tuple(tongue.upper() for tongue in tongues),
        default=tongues[-1].upper(),
        blocks=True,
    )


def day_month_changes(day_first: str, month_first: str, default: DayOrder) -> Question:
    """Dates of one column that exist in no common order: some have the day first, others the month."""
    return Question(
        code="DAY_MONTH_AMBIGUOUS",
        text=f"'{day_first}' has the day first, '{month_first}' the month: the order changes on the way, and rows of the other "
        "order are left out. Export again with ISO dates, or import the parts by themselves.",
        choices=("DMY", "MDY"),
        default=default.upper(),
        blocks=True,
    )


def epoch_ambiguous(example: str) -> Question:
    """Excel serials in a text file."""
    return Question(
        code="EPOCH_AMBIGUOUS",
        text=f"'{example}' is an Excel date number, and both epochs give a date in the past, four years apart. Which is it?",
        choices=("1900", "1904"),
        default="1900",
        blocks=True,
    )


def decimal_ambiguous(channels: Sequence[str], example: str) -> Question:
    """Numbers with one group of three digits, and nothing that tells whether it is decimals or thousands."""
    names = ", ".join(channels[:5]) + (" …" if len(channels) > 5 else "")
    return Question(
        code="DECIMAL_AMBIGUOUS",
        text=f"'{example}' in {names} may have three decimals or mean thousands. Which mark is the decimal mark?",
        choices=(".", ","),
        default="," if "," in example else ".",
        channel=channels[0] if len(channels) == 1 else None,
        blocks=True,
    )


def duplicate_channel(name: str, kept: Sequence[str]) -> Question:
    """Several columns of one name."""
    return Question(
        code="DUPLICATE_CHANNEL",
        text=f"{len(kept)} columns are called '{name}'. They are kept as {', '.join(kept)}. Which one is which?",
        choices=(),
        default=None,
        channel=name,
    )


def labels_elsewhere(file_name: str, n_events: int) -> Question:
    """A file with events came along with the logs."""
    return Question(
        code="LABELS_ELSEWHERE",
        text=f"{file_name} holds {n_events} events, not measurements. Import it as labels once the log is in the project.",
        choices=("later", "ignore"),
        default="later",
    )


def sentinel_suspected(channel: str, values: Sequence[float]) -> Question:
    """Numbers that may stand for 'no value', but lie near the others."""
    listed = ", ".join(f"{value:g}" for value in values)
    return Question(
        code="SENTINEL_SUSPECTED",
        text=f"{channel} holds {listed}, which instruments write for 'no value'. Is it a measurement?",
        choices=("measurement", "missing"),
        default="measurement",
        channel=channel,
    )


def unit_mixed(channel: str, units: Sequence[str]) -> Question:
    """A unit that changes within a column and can't be converted."""
    return Question(
        code="UNIT_MIXED",
        text=f"{channel} changes its unit: {', '.join(units)}. Only cells in {units[0]} are kept.",
        choices=tuple(units),
        default=units[0],
        channel=channel,
    )


def unit_unknown(channels: Sequence[str]) -> Question:
    """Channels for which no unit is printed; a unit is never guessed."""
    names = ", ".join(channels[:8]) + (" …" if len(channels) > 8 else "")
    return Question(
        code="UNIT_UNKNOWN",
        text=f"No unit is printed for {names}. Say it if you know it, for each channel.",
        channel=channels[0] if len(channels) == 1 else None,
    )


def scale_unknown(channel: str) -> Question:
    """Numbers of a converter without what its full scale means."""
    return Question(
        code="SCALE_UNKNOWN",
        text=f"{channel} is stored as shares of full scale, from -1 to 1. How much is full scale, and in which unit?",
        choices=("50 g", "490.3 m/s2"),
        channel=channel,
    )


def full_scale_of(answer: str) -> tuple[float, str]:
    """Value and unit at full scale of '50 g'. Raises RequestError."""
    match = re.fullmatch(r"\s*(\d+(?:\.\d+)?(?:[eE][+-]?\d+)?)\s*([^\d\s]\S{0,19})\s*", answer)
    if match is None or not float(match[1]):
        raise RequestError(f"'{answer}' is no answer to SCALE_UNKNOWN.", "Write the value and the unit at full scale: 50 g.")
    return float(match[1]), find_unit(match[2]) or match[2]


def time_relative(what: str, *, asks_step: bool = False) -> Question:
    """No absolute time; `asks_step` where the time between rows isn't known either."""
    start = "1970-01-01T00:00:00Z"
    dated = "Rows are dated from 1970, one a second" if asks_step else "It is dated from 1970"
    step = " How many seconds are between rows (/0.5), or how many rows are a second (/25600 Hz)?" if asks_step else ""
    return Question(
        code="TIME_RELATIVE",
        text=f"{what}. {dated} until you say. When did the log begin?{step}",
        choices=(f"{start}/1" if asks_step else start,),
        default=f"{start}/1" if asks_step else start,
    )
