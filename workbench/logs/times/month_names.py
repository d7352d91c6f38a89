"""Months and halves of the day as the languages of the world print them, for the rewriting of rarer notations.

`words.MONTHS` holds the names that occur most and are tried on every cell. Croatian shares names with Polish and Czech that
mean another month (listopad is October in Zagreb, November in Warsaw); it alone writes a full stop behind day and year. Must
not import anything but the standard library and the word lists.
"""

from __future__ import annotations

import re
import unicodedata

from workbench.logs.tables.words import MONTHS
from workbench.logs.times.date_words import AFTERNOON, MONTH_NAMES, MORNING, WEEKDAY_WORDS

_ENGLISH = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
_MORE_MONTHS = {
    1: "sau ינו जन janvāra januara ocağ", 2: "פבר फरवरी फर februāra", 3: "martā", 4: "ابريل أفريل אפר अप्रै aprīļa",
    5: "maija μαϊ μαϊου μαΐοσ", 6: "bir jūnija يونيه יונ", 7: "lie jūlija يوليه جويلية יול", 8: "rgp اغسطس أوت אוג अग agt",
    9: "rgs верес септ ספט सितम्बर सित", 10: "spa októbris اكتوبر אוק अक्तूबर अक्टू", 11: "noi lap листоп נוב नवम्बर नव",
    12: "דצמ दिसम्बर दिस",
}  # fmt: skip
_MORE_MORNINGS = "صباحا de fm ap dop лפנה״צ pd ق.ظ priekšp 凌晨 清晨 早上"
_MORE_AFTERNOONS = "مساء du em ip odp אחה״צ md ب.ظ pēcp 晚上"


def folded_name(text: str) -> str:
    """A name without case and accents, which terminals and old exports drop."""
    apart = unicodedata.normalize("NFD", text.casefold().translate(_BARE))
    return "".join(char for char in apart if not "\u0300" <= char <= "\u036f" and char not in ".,׳\u200c")


_BARE = str.maketrans("ıłđøς", "ildoσ")
_IN_POLAND_OR_CZECHIA = {"lip": 7, "srp": 8, "lis": 11, "listopad": 11, "listopada": 11}
"""Names that mean another month in Croatia; `_CROATIAN` reads them where the stamp is Croatian, else `month_tongues` decides."""
_MONTH_OF = {
    folded_name(name): number
    for number, names in MONTH_NAMES.items()
    for name in (*names.split("|"), *_MORE_MONTHS[number].split())
}
_MONTH_OF |= {folded_name(name): number for name, number in MONTHS.items()} | _IN_POLAND_OR_CZECHIA
_LONG_MONTHS = {name: number for number, names in MONTH_NAMES.items() for name in names.split("|") if " " in name}
_WEEKDAYS = frozenset(map(folded_name, WEEKDAY_WORDS.split("|"))) - {"de"}  # Irish Dé; elsewhere it says "of", or morning
_HALF_OF = dict.fromkeys(map(folded_name, (*MORNING.split("|"), *_MORE_MORNINGS.split())), "am")
_HALF_OF |= dict.fromkeys(map(folded_name, (*AFTERNOON.split("|"), *_MORE_AFTERNOONS.split())), "pm")
_WORD = re.compile(r"[^\s\d,:/\-()\[\]]+")
_NUMBERED = re.compile(r"(?:tháng|thg|th\.?)\s?(\d{1,2})(?=\D)", re.IGNORECASE)
_CJK_MONTH = re.compile(r"(?<=\d)(\.?[-\s])\s?(\d{1,2})\s?[月월]\s?(?=[-\s]\s?\d)")
"""13-1月-2026, as databases and spreadsheets of East Asia put their months between day and year."""
_CJK_WEEKDAY = re.compile(
    r"\s?[(（]?(?:[月火水木金土日]曜日?|(?:星期|周|週|礼拜|禮拜)[一二三四五六日天]|[월화수목금토일]요일)[)）]?"
    r"|\s?[(（][月火水木金土日一二三四五六월화수목금토일](?:[)）]|$)|^thứ \d,?\s",
    re.IGNORECASE,
)
_YEAR_FIRST = re.compile(r"\b(\d{4})\.?\s+([A-Z][a-z]{2})\.?\s+(\d{1,2})\.?(?=\s|,|$)")
_YEAR_DAY_MONTH = re.compile(r"\b(\d{4})\.?\s+(\d{1,2})\.?\s+([A-Z][a-z]{2})\.?(?=\s|,|$)")
_AFTER_YEAR = re.compile(r"(?<=[A-Z][a-z]{2} \d{4})\.(?=\s|,|$)")
_NOTHING_BRACKETED = re.compile(r"[(\[]\s*(?:[)\]]|$)")
_NUMERIC_DATE = re.compile(r"\d{1,4}[-./]\s?\d{1,2}[-./]\s?\d{1,4}")
_CLOCK = r"\d{1,2}[:.]\d{2}(?:[:.]\d{2})?(?:[.,]\d+)?"
_CLOCK_FIRST = re.compile(rf"^({_CLOCK})\s*[,;]?\s+(\d{{1,4}}[-./]\d{{1,2}}[-./]\d{{2,4}})$")
_HALF = re.compile(
    rf"(?P<clock>{_CLOCK})\s*(?P<after>[^\s\d][^\d]{{0,20}})$|(?<![^\s])(?P<before>[^\s\d]{{1,16}})\s+(?P<late>{_CLOCK})$"
)


_CROATIAN = re.compile(
    r"(?<=\d\.)\s*(?:(?P<full>listopada)(?![^\W\d_])\.?|(?P<short>listopad|lis|lip|srp)\.?(?=\s*\d{4}\.))\s*", re.IGNORECASE
)
_AS_IN_CROATIA = re.compile(r"(?<![^\W\d_])(?P<name>listopada?|lis|lip|srp)(?![^\W\d_])", re.IGNORECASE)
_CROATIAN_MONTHS = {"listopada": 10, "listopad": 10, "lis": 10, "lip": 6, "srp": 7}
_LITHUANIAN = re.compile(r"(?<=\d)\s+[md]\.(?=[\s,])")
_WORD_IN_FRONT = re.compile(r"^([^\W\d_]{1,14})\.?,?\s+(?=\d)")


def in_english(text: str) -> str:
    """The stamp with English months and halves of the day, date before time of day."""
    plain = _NUMBERED.sub(_numbered, text) if "t" in text.casefold() else text
    plain = _CJK_MONTH.sub(_from_cjk, plain)
    plain = _CJK_WEEKDAY.sub(" ", plain)
    plain = _LITHUANIAN.sub("", plain)
    plain = _CROATIAN.sub(_from_croatian, plain)
    for name, number in _LONG_MONTHS.items():
        plain = plain.replace(name, _ENGLISH[number - 1])
    plain = _without_weekdays(plain)
    plain = _WORD.sub(_translated, plain)
    plain = _YEAR_FIRST.sub(r"\3 \2 \1", plain)
    plain = _YEAR_DAY_MONTH.sub(r"\2 \3 \1", plain)
    plain = _AFTER_YEAR.sub("", plain)
    plain = halves_in_english(plain)
    plain = _WORD_IN_FRONT.sub(_unless_month, plain)
    return _CLOCK_FIRST.sub(r"\2 \1", plain)


def halves_in_english(text: str) -> str:
    """The text with am or pm behind its clock, where a half of the day stands at its end or before the clock."""
    return _HALF.sub(_half, text)


def _without_weekdays(text: str) -> str:
    """The text without the names of weekdays; 'mar' is one in French where another word or a number is the month."""
    words = [(match, folded_name(match[0]).removesuffix("ที่")) for match in _WORD.finditer(text)]
    months = [match for match, word in words if _month(word) is not None]
    has_number = _NUMERIC_DATE.search(text) is not None
    for match, word in reversed(words):
        is_day = word in _WEEKDAYS and (match.start() == 0 or word not in _HALF_OF)
        if is_day and (match not in months or has_number or (match is months[0] and len(months) > 1)):
            text = text[: match.start()] + text[match.end() :]
    return _NOTHING_BRACKETED.sub("", text).strip(" ,-")


def is_day_or_month(word: str) -> bool:
    """Whether a word names a weekday or a month in any of the languages known here."""
    folded = folded_name(word.strip(".,"))
    return folded in _WEEKDAYS or _month(folded) is not None


def _from_cjk(match: re.Match[str]) -> str:
    number = int(match[2])
    return f"{match[1]}{_ENGLISH[number - 1]}" if 1 <= number <= 12 else match[0]


def _from_croatian(match: re.Match[str]) -> str:
    return f" {_ENGLISH[_CROATIAN_MONTHS[(match['full'] or match['short']).casefold()] - 1]} "


def is_croatian(text: str) -> bool:
    """Whether a stamp has a month that is another one elsewhere, written as in Croatia alone."""
    return _CROATIAN.search(text) is not None


def as_in_croatia(text: str) -> str:
    """The stamp with the months of Croatia that are others elsewhere in English; as it is where nothing is to be changed."""
    return text if is_croatian(text) else _AS_IN_CROATIA.sub(_named_in_croatia, text)


def _named_in_croatia(match: re.Match[str]) -> str:
    return _ENGLISH[_CROATIAN_MONTHS[match["name"].casefold()] - 1]


def _numbered(match: re.Match[str]) -> str:
    number = int(match[1])
    return _ENGLISH[number - 1] if 1 <= number <= 12 else match[0]


def _unless_month(match: re.Match[str]) -> str:
    return match[0] if _month(folded_name(match[1])) else ""


def _half(match: re.Match[str]) -> str:
    word = folded_name(match["after"] or match["before"])
    half = None if match["before"] and word in _WEEKDAYS else _HALF_OF.get(word)
    return f"{match['clock'] or match['late']} {half}" if half else match[0]


def _translated(match: re.Match[str]) -> str:
    folded = folded_name(match[0])
    number = _month(folded) or _month(folded.removesuffix("kuuta").removesuffix("kuu")) or _month(folded.removeprefix("ב"))
    return match[0] if number is None else _ENGLISH[number - 1]


def _month(folded: str) -> int | None:
    return _MONTH_OF.get(folded)
