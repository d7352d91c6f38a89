"""Writes `workbench/logs/times/date_words.py` from the Unicode CLDR that Qt carries: `python -m tests.messy.date_words`.

The importer itself imports no Qt. Names of months that are a number and a word (1月, tháng 1) are rules of `month_names`.
"""

from __future__ import annotations

import textwrap
import unicodedata
from collections.abc import Callable, Iterable
from pathlib import Path

from PySide6.QtCore import QLocale

from workbench.logs.tables.words import as_words

LOCALES = as_words("""
    en de de_AT fr fr_CA it es es_MX pt nl nb da sv fi is et lv lt pl cs sk hu ro bg ru uk be sr sr_Latn hr bs sl mk sq el tr
    az kk ky uz tk tg he ar ar_DZ ar_MA ar_SY fa ur hi bn gu pa mr ne ta te kn ml si th lo km my vi id ms fil zh ja ko ca gl
    eu ga cy af sw ka hy mn am
""")
TARGET = Path(__file__).resolve().parents[2] / "workbench/logs/times/date_words.py"
_FORMATS = (QLocale.FormatType.LongFormat, QLocale.FormatType.ShortFormat)
_HEAD = '''"""Months, weekdays and halves of the day in the languages of the world, from Unicode's CLDR (Unicode License v3).

Made by `python -m tests.messy.date_words`; what plants print beyond CLDR is in `month_names`. Lower case, parted by `|`.
"""

from __future__ import annotations

'''


def names_of(locale: str, number: int, *, of: Callable[[QLocale], tuple[Callable[..., str], ...]]) -> set[str]:
    """All forms of one name."""
    return {plain(get(number, form)) for get in of(QLocale(locale)) for form in _FORMATS}


def plain(name: str) -> str:
    """A name as it is kept."""
    text = " ".join(unicodedata.normalize("NFC", name).casefold().split()).strip(".,")
    return text.removeprefix("de ").removeprefix("d’")


def months(locale: str, number: int) -> set[str]:
    """Every form of a month's name."""
    found = names_of(locale, number, of=lambda one: (one.monthName, one.standaloneMonthName))
    return {name for name in found if not any(map(str.isdigit, name))}


def weekdays(locale: str) -> set[str]:
    """The words of every form of the weekdays' names."""
    forms = {form for day in range(1, 8) for form in names_of(locale, day, of=lambda one: (one.dayName, one.standaloneDayName))}
    return {word.strip(".,") for form in forms for word in form.replace("-", " ").split() if len(word.strip(".,")) > 1}


def _list(names: Iterable[str], indent: str) -> str:
    lines = textwrap.wrap("|".join(sorted(names)).replace(" ", "\x01").replace("|", " "), 110)
    return "\n".join(f'{indent}"{line.replace(" ", "|").replace(chr(1), " ")}{"|" if at < len(lines) else ""}"'
                     for at, line in enumerate(lines, 1))  # fmt: skip


def module() -> str:
    """The text of the module."""
    parts = [_HEAD, "MONTH_NAMES = {\n"]
    for number in range(1, 13):
        names = set().union(*(months(locale, number) for locale in LOCALES))
        parts.append(f"    {number}: (\n{_list(names, ' ' * 8)}\n    ),\n")
    parts.append("}\n")
    days = set().union(*map(weekdays, LOCALES))
    halves = (("MORNING", QLocale.amText), ("AFTERNOON", QLocale.pmText))
    parts.append(f"WEEKDAY_WORDS = (\n{_list(days, '    ')}\n)\n")
    for name, get in halves:
        parts.append(f"{name} = (\n{_list({plain(get(QLocale(locale))) for locale in LOCALES}, '    ')}\n)\n")
    return "".join(parts)


if __name__ == "__main__":
    TARGET.write_text(module(), encoding="utf-8", newline="\n")
