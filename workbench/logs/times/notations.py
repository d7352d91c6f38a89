"""Rarer notations of date and time, rewritten to those that `instants` reads: words between them, CJK marks, ISO weeks.

Only text that the common notations don't cover comes here, so nothing that was read before is read differently. Must not
import anything but the standard library and the word lists.
"""

from __future__ import annotations

import re
from datetime import UTC, date, datetime, timedelta

from workbench.logs.tables.words import MONTHS
from workbench.logs.times.calendars import in_common_era
from workbench.logs.times.month_names import halves_in_english, in_english

_WORTH_A_LOOK = re.compile(r"\d[^\d.,]+\d|\d\D{2,}\d|\d[.,]\d+[.,\s]|\d{11}")
"""More than a number: two numbers with something between them, or very many digits."""
_DOTNET = re.compile(r"\\?/Date\((-?\d{1,14})(?:[+-]\d{4})?\)\\?/")
"""Milliseconds since 1970 in UTC, as .NET printed instants into JSON; an offset only says where it was written."""
_MARKS = re.compile(r"^\s*(?:L?DT#|D#)?[\[(<'\"]*(?P<inside>.*?)[\])>'\"]*\s*$", re.IGNORECASE)
_CJK_DATE = re.compile(r"(\d{2,4})\s*[年년]\s*(\d{1,2})\s*[月월]\s*(\d{1,2})\s*[日号일]?")
_CJK_CLOCK = re.compile(r"(\d{1,2})\s*[时時点시]\s*(\d{1,2})\s*[分분]\s*(?:(\d{1,2}(?:\.\d+)?)\s*[秒초])?")
_CJK_HALF = re.compile(r"(?P<half>上午|下午|오전|오후|午前|午後)\s*(?P<clock>\d{1,2}:\d{2}(?::\d{2})?(?:\.\d+)?)")
_MORNING = frozenset({"上午", "오전", "午前"})
_HALF = re.compile(r"[\s\u00a0\u202f]*\b([ap])\.?[\s\u00a0\u202f]*m\b\.?", re.IGNORECASE)
_SPACED = re.compile(r"\b(\d{1,2})\.\s?(\d{1,2})\.\s?(\d{4})(?:\.(?=[\s,]|$)|\b)")
_DOTTED = re.compile(r"(\d{4})\.\s?(\d{1,2})\.\s?(\d{1,2})\.?(?=\s|$)")
_KOREAN = re.compile(r"^(\d{2})\.\s?(\d{1,2})\.\s?(\d{1,2})\.\s?(?=오[전후])")
"""26. 1. 13. 오전: the year comes first, as the words say."""
_COLON_DATE = re.compile(r"^(\d{4}):(\d{2}):(\d{2})(?=[ T])")
_LOGGED = re.compile(r"^(\d{1,2}[/-]?[A-Za-z]{3}[/-]?\d{4}):(?=\d{2}:\d{2})")
_TIGHT = re.compile(r"^(\d{1,2})([A-Za-z]{3})(\d{4}|\d{2})(?=[ T:]|$)")
_DASH_CLOCK = re.compile(r"(?<=\d{2})[_ T-](\d{2})-(\d{2})-(\d{2})(?=$|[.,]\d|Z|\s)")
_COMPACT = re.compile(r"(\d{8})(\d{2})(\d{2})(?:(\d{2})(?:[.,]?(\d{3,9}))?)?")
_BETWEEN = re.compile(
    r"(?:(?<=[\d.,])|(?<=\w{4}))\s+(?:um|kl\.?|klukkan|à|om|at|@|(?:alle )?ore|às|as|(?:a )?las|г\.?|год[а]?|klo|kello|kell|"
    r"(?:la )?ora|v|ve|ob|u|о|об|в|во|у|o|(?:o )?godz\.?|saat|στις|ώρα|lúc|pukul|jam|plkst\.?|val\.?|час|den\.?|roku)\s+(?=\d)",
    re.IGNORECASE,
)
"""Words for "at" between date and time of day. No other word is dropped there: it may be a half of the day."""
_AT = re.compile(
    r"^(?:kl\.?|klo|kello|um|om|ore|ora|las|às|à|godz\.?|saat|pukul|jam|lúc|час|в|о)\s(?=\d)|(?<=\d)\s(?:ч\.?|h|hod\.?)$",
    re.IGNORECASE,
)
_HOURS_BEHIND = re.compile(r"(?<=:\d\d)\s?(?:ч|год|hod|h)\.?$", re.IGNORECASE)
"""04.03.2026 06:00:00 ч."""
_CLOCK_ALONE = re.compile(r"\d{1,2}:\d{2}(?::\d{2}(?:[.,]\d{1,9})?)?(?: [ap]m)?")
_DIGIT = re.compile(r"\d")
_YEAR_WORD = re.compile(r"(?<=\d{4})\.?\s*(?:г\.?|года|р\.?|року|ж\.?|r\.?|roku|gada|an|թ\.?|оны)(?=\s|,|$)", re.IGNORECASE)
_SPOKEN = re.compile(r"(?<=\d)\s?h\s?(\d{2})(?:\s?min\s?(?:(\d{2})\s?s)?)?(?!\d)", re.IGNORECASE)
"""9 h 07 min 05 s"""
_OF = re.compile(r"\s+(?:(?:de|del|di|d')\s+|d[’'](?=\w))", re.IGNORECASE)
_ORDINAL_SUFFIX = re.compile(r"\b(\d{1,2})(?:st|nd|rd|th|er|º|ª|°)(?=\s)", re.IGNORECASE)
_ZONE_TWICE = re.compile(r"([+-]\d{2}:?\d{2})\s+(?:[A-Z]{3,5}|[A-Z][a-z]+/[\w/]+)$")
_ORDINAL = re.compile(r"^(\d{4})[-/]?(\d{3})(?=[T ]|:\d{2}:|$)")
_UNPADDED = re.compile(r"(?<![\d:])(\d{1,2}):(\d{1,2}):(\d{1,2})(?![\d:])")
_WEEK = re.compile(r"^(\d{4})-?W(\d{2})-?([1-7])(?=[T ]|$)")
_WEEKDAY = re.compile(
    r"^(?:lun|mar|mer|jeu|ven|sam|dim|dom|mie|jue|vie|sáb|sab|gio|seg|ter|qua|qui|sex|man|tir|ons|tor|fre|lør|søn|mån|tis|lör|sön"
    r"|zo|ma|di|wo|do|vr|za|пн|вт|ср|чт|пт|сб|вс|pon|wt|śr|czw|pt|sob|niedz|mo|di|mi|fr|sa|so)[^\W\d]*\.?,?\s+(?=\d)",
    re.IGNORECASE,
)


def clock_to_common(text: str) -> str | None:
    """A time of day alone in a common notation, None when nothing of it changes."""
    plain = _DIGIT.sub(lambda match: str(int(match[0])), text)
    plain = _CJK_CLOCK.sub(_clock, plain)
    plain = _CJK_HALF.sub(_half, plain)
    plain = _HALF.sub(r" \1m", plain)
    plain = _SPOKEN.sub(_of_hours, _AT.sub("", plain))
    plain = halves_in_english(plain).strip()
    return plain if plain != text and _CLOCK_ALONE.fullmatch(plain) else None


def to_common(text: str) -> str | None:
    """The stamp in a common notation, None when nothing of it changes."""
    if ";" in text or not _WORTH_A_LOOK.search(text):
        return None  # with a semicolon it is more than a cell: lines are tried with every delimiter
    if dotnet := _DOTNET.fullmatch(text.strip()):
        return (datetime(1970, 1, 1, tzinfo=UTC) + timedelta(milliseconds=int(dotnet[1]))).isoformat(timespec="milliseconds")
    plain = _MARKS.sub(r"\g<inside>", text).strip().replace("،", ",")
    plain = in_common_era(_of_calendar(plain))
    plain = _SPACED.sub(r"\1.\2.\3", plain)
    plain = _KOREAN.sub(r"20\1-\2-\3 ", plain)
    plain = _CJK_DATE.sub(r"\1-\2-\3 ", plain)
    plain = _CJK_CLOCK.sub(_clock, plain)
    plain = _CJK_HALF.sub(_half, plain)
    plain = _HALF.sub(r" \1m", plain)
    plain = _WEEKDAY.sub(_without_weekday, plain)
    plain = _ORDINAL_SUFFIX.sub(r"\1", plain)
    plain = _OF.sub(" ", plain)
    plain = _YEAR_WORD.sub("", plain)
    plain = _HOURS_BEHIND.sub("", _BETWEEN.sub(" ", plain))
    plain = _SPOKEN.sub(_of_hours, plain)
    plain = in_english(plain)
    plain = _DOTTED.sub(r"\1-\2-\3", plain)
    plain = re.sub(r"(?<!\d)(\d{4})-(\d{1,2})-(\d{1,2})(?!\d)", _padded, plain)
    plain = _COLON_DATE.sub(r"\1-\2-\3", plain)
    plain = _LOGGED.sub(r"\1 ", plain)
    plain = _TIGHT.sub(r"\1-\2-\3", plain)
    plain = _DASH_CLOCK.sub(r" \1:\2:\3", plain)
    plain = padded_clock(plain)
    plain = _ZONE_TWICE.sub(r"\1", plain)
    plain = _of_digits(plain)
    plain = " ".join(plain.split())
    return plain if plain != text else None


def padded_clock(text: str) -> str:
    """8:5:7 as 08:05:07."""
    return _UNPADDED.sub(_clock, text)


def _clock(match: re.Match[str]) -> str:
    return f"{match[1]:0>2}:{match[2]:0>2}:{match[3] or '00':0>2}"


def _of_hours(match: re.Match[str]) -> str:
    return f":{match[1]}:{match[2] or '00'}"


def _without_weekday(match: re.Match[str]) -> str:
    """Nothing; but 'May' and 'mars' are months, too."""
    return match[0] if match[0].strip(" .,").casefold() in MONTHS else ""


def _half(match: re.Match[str]) -> str:
    return f"{match['clock']} {'am' if match['half'] in _MORNING else 'pm'}"


def _padded(match: re.Match[str]) -> str:
    return f"{match[1]}-{match[2]:0>2}-{match[3]:0>2}"


def _of_calendar(text: str) -> str:
    """Day of the year and week of the year (ISO 8601-1:2019, 5.2.3 and 5.2.4) as a date."""
    week = _WEEK.match(text)
    ordinal = _ORDINAL.match(text)
    try:
        if week:
            day = date.fromisocalendar(int(week[1]), int(week[2]), int(week[3]))
            return f"{day.isoformat()}{text[week.end() :]}"
        if ordinal and not ordinal[0].isdigit() and ("/" not in ordinal[0] or ordinal.end() < len(text)):
            day = date(int(ordinal[1]), 1, 1) + timedelta(days=int(ordinal[2]) - 1)
            return f"{day.isoformat()} {text[ordinal.end() :].lstrip('T: ')}".strip() if day.year == int(ordinal[1]) else text
    except ValueError:
        return text
    return text


def _of_digits(text: str) -> str:
    """20260512100000.250 and 202605121000: only where day and time of day exist."""
    match = _COMPACT.fullmatch(text)
    if match is None or not match[1].startswith(("19", "20")):
        return text
    day, hour, minute, second, fraction = match.groups()
    is_real = int(day[4:6]) in range(1, 13) and int(day[6:8]) in range(1, 32) and int(hour) < 24 and int(minute) < 60
    if not is_real or int(second or 0) > 59:
        return text
    return f"{day[:4]}-{day[4:6]}-{day[6:]} {hour}:{minute}:{second or '00'}{'.' + fraction if fraction else ''}"
