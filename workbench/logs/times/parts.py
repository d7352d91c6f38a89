"""Times whose parts stand in columns of their own: year, month, day, hour, minute, second; or a date and an hour.

Only columns that are called so in one of many languages, and hold whole numbers of the range, are taken. Must not import
anything but the standard library and the word lists.
"""

from __future__ import annotations

from collections.abc import Sequence

from workbench.logs.tables.words import as_words

ORDER = ("year", "month", "day", "hour", "minute", "second")
NAMES = {
    "year": as_words("""
        year jahr année annee año ano anno jaar år aar rok vuosi év yıl an год рік έτος 年 년 연도 سنة שנה ปี năm tahun
        yyyy yr
    """),
    "month": as_words("""
        month monat mois mes mês mese maand måned månad miesiąc měsíc kuukausi hónap ay lună месяц місяць μήνας 月 월 شهر חודש
        เดือน tháng bulan mm mo
    """),
    "day": as_words("""
        day tag jour día dia giorno dag dzień den päivä nap gün zi день ημέρα 日 일 يوم יום วัน ngày hari dd dom
    """),
    "hour": as_words("""
        hour hours hr stunde std heure hora ora uur timme time tunti godzina hodina óra saat oră час година ώρα 時 时 小时 시
        ساعة الساعة שעה ชั่วโมง giờ jam hh
    """),
    "minute": as_words("""
        minute minutes min minuten minuto minuut minutt minut minuta perc dakika минута минуты мин хвилина λεπτό 分 分钟 분
        دقيقة דקה นาที phút menit mi
    """),
    "second": as_words("""
        second seconds sec sekunde seconde segundo secondo sekund sekunda másodperc saniye секунда сек δευτερόλεπτο 秒 초
        ثانية שניה วินาที giây detik ss
    """),
}
_RANGES = {"year": (1970, 2743), "month": (1, 12), "day": (1, 31), "hour": (0, 24), "minute": (0, 59), "second": (0, 60)}
MARKS = {"month": "-", "day": "-", "hour": " ", "minute": ":", "second": ":"}
"""What stands before a part where the parts are put together."""


def find_parts(
    rows: Sequence[Sequence[str]], names: Sequence[str], date_column: int | None
) -> tuple[tuple[int, ...], tuple[str, ...]] | None:  # fmt: skip
    """(columns, what they hold) in the order of `ORDER`; with `date_column` that one and hours. None where there are none."""
    found: dict[str, int] = {}
    for part in ORDER:
        for index, name in enumerate(names):
            if name in NAMES[part] and index not in found.values() and _holds([row[index : index + 1] for row in rows], part):
                found[part] = index
                break
    if "hour" not in found or ("second" in found and "minute" not in found):
        return None
    if all(part in found for part in ORDER[:3]):
        parts = tuple(part for part in ORDER if part in found)
        return tuple(found[part] for part in parts), parts
    if (
        date_column is None
        or date_column in found.values()
        or ("minute" not in found and len({row[found["hour"]] for row in rows}) < 2)
    ):
        return None
    parts = tuple(part for part in ORDER[3:] if part in found)
    return (date_column, *(found[part] for part in parts)), ("date", *parts)


def _holds(cells: Sequence[Sequence[str]], part: str) -> bool:
    """Whether nearly all cells are whole numbers of the part's range."""
    low, high = _RANGES[part]
    texts = [cell[0].strip() for cell in cells if cell and cell[0].strip()]
    whole = [text.partition(".")[0].partition(",")[0] if part == "second" else text.removesuffix(".0") for text in texts]
    good = sum(text.isdecimal() and len(text) <= 4 and low <= int(text) <= high for text in whole)
    return bool(texts) and good >= 0.9 * len(texts)


def joined(cells: Sequence[str], parts: Sequence[str]) -> str:
    """The stamp that the parts of a row make."""
    text = cells[0].strip()
    for cell, part in zip(cells[1:], parts[1:], strict=True):
        text += MARKS[part] + padded(cell)
    return text


def padded(cell: str) -> str:
    """A part with two digits."""
    whole = cell.strip().removesuffix(".0")
    return "0" + whole if len(whole.partition(".")[0].partition(",")[0]) == 1 else whole
