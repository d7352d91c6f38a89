"""Months and halves of the day as the languages of the world print them, for the rewriting of rarer notations.

`words.MONTHS` holds the names that occur most and are tried on every cell. Croatian shares names with Polish and Czech that
mean another month (listopad is October in Zagreb, November in Warsaw); it alone writes a full stop behind day and year. Must
not import anything but the standard library and the word lists.
"""

from __future__ import annotations

import re
import unicodedata

from workbench.logs.tables.words import MONTHS

_ENGLISH = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
_NAMES = """
    1: oca ocak ian ianuarie jaan jaanuar tammi sausio sau január január januára siječnja січ січня яну януари јан јануар
        ιαν ιανουαρίου ιανουάριος يناير جانفي ינואר ינו ม.ค มกราคม जनवरी जन janv janvāris janvāra januara januari ocağ
    2: şub şubat veebr veebruar helmi vasario vas február februára veljače velj лют лютого фев февруари феб фебруар φεβ
        φεβρουαρίου φεβρουάριος فبراير فيفري פברואר פבר ก.พ กุมภาพันธ์ फरवरी फ़रवरी फर febr februāris februāra fevral
    3: mart martie märts maalis kovo kov marec marca március márc ožujka ožu бер березня март март μαρ μαρτίου μάρτιος
        مارس מרץ มี.ค มีนาคม मार्च marts martā març mac марта
    4: nis nisan aprilie aprill huhti balandžio bal apríl apríla április ápr travnja tra квіт квітня април απρ απριλίου
        απρίλιος أبريل ابريل أفريل אפריל אפר เม.ย เมษายน अप्रैल अप्रै aprīlis aprīļa
    5: mayıs touko gegužės geg máj mája május maijs maija svi трав травня май мај μαΐ μαϊ μαΐου μαΐος مايو ماي מאי พ.ค
        พฤษภาคม मई maig mei
    6: haz haziran iun iunie juuni kesä birželio bir jún júna június jūnijs jūnija черв червня юни јун јуни ιουν ιουνίου
        ιούνιος يونيو يونيه جوان יוני יונ มิ.ย มิถุนายน जून juny
        lipnja lipanj
    7: tem temmuz iul iulie juuli heinä liepos lie júl júla július jūlijs jūlija srpnja лип липня юли јул јули ιουλ
        ιουλίου ιούλιος يوليو يوليه جويلية יולי יול ก.ค กรกฎาคม जुलाई juliol julai
        lip srpanj
    8: ağu ağustos august elo rugpjūčio rgp augusta augusztus augusts kolovoza kol серп серпня август авг αυγ αυγούστου
        αύγουστος أغسطس اغسطس أوت אוגוסט אוג ส.ค สิงหาคม अगस्त अग agustus agu agt ogos avg avgust srp
    9: eyl eylül septembrie sept syys rugsėjo rgs septembra szeptember szept septembris rujna ruj вер верес вересня
        септември септ септембар σεπ σεπτεμβρίου σεπτέμβριος سبتمبر ספטמבר ספט ก.ย กันยายน सितंबर सितम्बर सित setembre
    10: eki ekim octombrie oktoober loka spalio spa októbra október októbris oktobris жовт жовтня октомври окт октобар οκτ
        οκτωβρίου οκτώβριος أكتوبر اكتوبر אוקטובר אוק ต.ค ตุลาคม अक्टूबर अक्तूबर अक्टू oktober
    11: kas kasım noi noiembrie marras lapkričio lap novembra studenoga stu листоп листопада ноември нов новембар νοε
        νοεμβρίου νοέμβριος نوفمبر נובמבר נוב พ.ย พฤศจิกายน नवंबर नवम्बर नव novembris listopada
        listopad lis
    12: ara aralık decembrie dets detsember joulu gruodžio decembra december prosinca груд грудня декември дек децембар
        δεκ δεκεμβρίου δεκέμβριος ديسمبر דצמבר דצמ ธ.ค ธันวาคม दिसंबर दिसम्बर दिस desembre disember decembris
"""
_MORNING = (
    "πμ",
    "π.μ",
    "sa",
    "ص",
    "صباحا",
    "öö",
    "am",
    "de",
    "fm",
    "ap",
    "पूर्वाह्न",
    "上午",
    "오전",
    "午前",
    "dop",
    "пр.об",
    "ก่อนเที่ยง",
    "לפנה״צ",
)
_AFTERNOON = (
    "μμ",
    "μ.μ",
    "ch",
    "م",
    "مساء",
    "ös",
    "pm",
    "du",
    "em",
    "ip",
    "अपराह्न",
    "下午",
    "오후",
    "午後",
    "odp",
    "сл.об",
    "หลังเที่ยง",
    "אחה״צ",
)


def _folded(text: str) -> str:
    return unicodedata.normalize("NFC", text).casefold().strip(".,")


_MONTHS = re.findall(r"(\d+):([^:]+?)(?=\s\d+:|$)", _NAMES.strip())
_MONTH_OF = {_folded(name): int(number) for number, names in _MONTHS for name in names.split()}
_HALF_OF = dict.fromkeys(map(_folded, _MORNING), "am") | dict.fromkeys(map(_folded, _AFTERNOON), "pm")
_WORD = re.compile(r"[^\s\d,:/\-]+")
_NUMBERED = re.compile(r"(?:tháng|thg|th\.?)\s?(\d{1,2})(?=\D)", re.IGNORECASE)
_YEAR_FIRST = re.compile(r"\b(\d{4})\.?\s+([A-Z][a-z]{2})\.?\s+(\d{1,2})\.?(?=\s|,|$)")
_AFTER_YEAR = re.compile(r"(?<=[A-Z][a-z]{2} \d{4})\.(?=\s|,|$)")
_CLOCK = r"\d{1,2}[:.]\d{2}(?:[:.]\d{2})?(?:[.,]\d+)?"
_CLOCK_FIRST = re.compile(rf"^({_CLOCK})\s*[,;]?\s+(\d{{1,4}}[-./]\d{{1,2}}[-./]\d{{2,4}})$")
_HALF = re.compile(
    rf"(?P<clock>{_CLOCK})\s*(?P<after>[^\s\d]{{1,12}})$|(?<![^\s])(?P<before>[^\s\d]{{1,12}})\s+(?P<late>{_CLOCK})$"
)


_CROATIAN = re.compile(
    r"(?<=\d\.)\s*(?:(?P<full>listopada)|(?P<short>listopad|lis|lip|srp)\.?(?=\s*\d{4}\.))(?![^\W\d_])", re.IGNORECASE
)
_CROATIAN_MONTHS = {"listopada": 10, "listopad": 10, "lis": 10, "lip": 6, "srp": 7}
_ERA = re.compile(r"(令和|平成|R|H)\s?(\d{1,2}|元)(?=[年./])")
_ERAS = {"令和": 2018, "R": 2018, "平成": 1988, "H": 1988}
"""The year before the first of each Japanese era."""
_LITHUANIAN = re.compile(r"(?<=\d)\s+[md]\.(?=\s)")
_WORD_IN_FRONT = re.compile(r"^([^\W\d_]{2,14})\.?,?\s+(?=\d)")
_WORD_BETWEEN = re.compile(r"(?<=\d{4})\s+[^\W\d_]{2,14}\.?,?\s+(?=\d{1,2}[:.]\d{2})")
"""A weekday, in whatever language."""


def in_english(text: str) -> str:
    """The stamp with English months and halves of the day, date before time of day."""
    plain = _NUMBERED.sub(_numbered, text) if "t" in text.casefold() else text
    plain = _LITHUANIAN.sub("", plain)
    plain = _CROATIAN.sub(_from_croatian, plain)
    plain = _WORD.sub(_translated, plain)
    plain = _YEAR_FIRST.sub(r"\3 \2 \1", plain)
    plain = _AFTER_YEAR.sub("", plain)
    plain = _HALF.sub(_half, plain)
    plain = _WORD_IN_FRONT.sub(_unless_month, plain)
    plain = _WORD_BETWEEN.sub(" ", plain)
    return _CLOCK_FIRST.sub(r"\2 \1", plain)


def _from_croatian(match: re.Match[str]) -> str:
    return f" {_ENGLISH[_CROATIAN_MONTHS[(match['full'] or match['short']).casefold()] - 1]}"


def _numbered(match: re.Match[str]) -> str:
    number = int(match[1])
    return _ENGLISH[number - 1] if 1 <= number <= 12 else match[0]


def without_era(text: str) -> str:
    """The stamp with the year of our era in place of a Japanese one."""
    return _ERA.sub(_of_era, text)


def _of_era(match: re.Match[str]) -> str:
    return str(_ERAS[match[1]] + (1 if match[2] == "元" else int(match[2])))


def _unless_month(match: re.Match[str]) -> str:
    return match[0] if _month(_folded(match[1])) else ""


def _half(match: re.Match[str]) -> str:
    half = _HALF_OF.get(_folded(match["after"] or match["before"]))
    return f"{match['clock'] or match['late']} {half}" if half else match[0]


def _translated(match: re.Match[str]) -> str:
    folded = _folded(match[0])
    number = _month(folded) or _month(folded.removesuffix("kuuta").removesuffix("kuu")) or _month(folded.removeprefix("ב"))
    return match[0] if number is None else _ENGLISH[number - 1]


def _month(folded: str) -> int | None:
    return MONTHS.get(folded) or _MONTH_OF.get(folded)
