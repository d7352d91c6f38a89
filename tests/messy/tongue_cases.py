"""Logs in many tongues: the encodings of their machines, their months and halves of the day, their digits and their words."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import datetime
from functools import partial
from zoneinfo import ZoneInfo

from tests.messy.plant import Case, Style, bad_cells, instants, printed, signal, state, truth_of
from tests.messy.writing import Wide, case

BERLIN = "Europe/Berlin"
SEMI = Style(dec=",")
N = 90

SCRIPTS = {
    "greek": ("Ημερομηνία/Ώρα", ("Παροχή", "Πίεση κατάθλιψης", "Θερμοκρασία εδράνου"), ("cp1253", "iso8859-7", "cp737")),
    "turkish": ("Tarih Saat", ("Debi", "Basma basıncı", "Yatak sıcaklığı"), ("cp1254", "cp857")),
    "hebrew": ("תאריך ושעה", ("ספיקה", "לחץ יניקה", "לחץ סניקה"), ("cp1255", "cp862")),
    "arabic": ("التاريخ والوقت", ("التدفق", "ضغط السحب", "حرارة المحمل"), ("cp1256", "iso8859-6")),
    "thai": ("วันที่และเวลา", ("อัตราการไหล", "ความดันจ่าย", "อุณหภูมิแบริ่ง"), ("cp874",)),
    "japanese": ("日時", ("流量", "吐出圧力", "軸受温度"), ("cp932", "euc_jp")),
    "korean": ("일시", ("유량", "토출압력", "베어링온도"), ("cp949",)),
    "taiwan": ("時間", ("流量", "出口壓力", "軸承溫度"), ("big5",)),
    "hungarian": ("Időpont", ("Térfogatáram", "Szívóoldali nyomás", "Csapágyhőmérséklet"), ("cp1250", "cp852")),
    "ukrainian": ("Дата та час", ("Витрата", "Тиск нагнітання", "Температура підшипника"), ("cp1251", "koi8-u")),
    "czech": ("Datum a čas", ("Průtok", "Vibrace", "Proud motoru"), ("cp1250", "iso8859-2", "cp852")),
    "polish": ("Data i godzina", ("Przepływ", "Ciśnienie ssania", "Łożysko pompy"), ("cp1250", "iso8859-2", "cp852")),
    "slovak": ("Dátum a čas", ("Prietok", "Tlak na výtlaku", "Chvenie ložísk"), ("cp1250", "cp852")),
    "croatian": ("Datum i vrijeme", ("Protok", "Tlak tlačenja", "Temperatura ležaja"), ("cp1250", "cp852")),
    "lithuanian": ("Data ir laikas", ("Srautas", "Slėgis išėjime", "Guolio temperatūra"), ("cp1257", "cp775")),
    "latvian": ("Datums un laiks", ("Caurplūde", "Spiediens izejā", "Gultņa temperatūra"), ("cp1257", "cp775")),
    "romanian": ("Dată şi oră", ("Debit", "Presiune la ieşire", "Turaţie"), ("cp1250", "cp852")),
    "icelandic": ("Tími", ("Rennsli", "Þrýstingur", "Hiti í legu"), ("cp1252",)),
}


def scripts() -> Iterator[Case]:
    """Kind 18: names in the old encodings of each script, thousands marked by a blank that other encodings read as a letter."""
    for tongue, (title, names, encodings) in SCRIPTS.items():
        for encoding in encodings:
            signals = [signal(name, "", None, 50.0, 1.0, 2, N) for name in names]
            table = Wide(signals=signals, time_name=title, sep=";", enc=encoding, stamp=printed("%Y-%m-%d %H:%M:%S", BERLIN))
            yield case(f"18_tongue_{tongue}_{encoding}", 18, table, BERLIN)
    for name in ("Ø", "Ñ", "Winkel °", "±", "½ Last", "²"):
        signals = [signal(name, "", None, 50.0, 1.0, 2, N)]
        table = Wide(signals=signals, time_name="Zeit", sep=";", enc="cp1252", stamp=printed("%Y-%m-%d %H:%M:%S", BERLIN))
        yield case(f"18_sign_{ord(name[-1])}", 18, table, BERLIN)
    for encoding in ("cp1252", "cp850", "mac-roman"):
        errors = [signal(name, "", None, 50.0, 1.0, 2, N) for name in ("Caudal", "Presión", "Vibración")]
        for one, word in zip(errors, ("#¡DIV/0!", "#¡VALOR!", "#¿NOMBRE?"), strict=True):
            one.bad |= bad_cells(dict.fromkeys(range(20, 24), word))
        table = Wide(signals=errors, time_name="Fecha y hora", sep=";", enc=encoding, stamp=printed("%Y-%m-%d %H:%M:%S", BERLIN))
        yield case(f"18_spanish_errors_{encoding}", 18, table, BERLIN)
    blank = [signal("Débit", "m3/h", "m3/h", 4500.0, 20.0, 1, N)]
    style = Style(dec=",", thou="\u00a0")
    yield case(
        "18_french_blanks",
        18,
        Wide(signals=blank, sep=";", enc="cp1252", style=style, stamp=printed("%d.%m.%Y %H:%M:%S", BERLIN)),
        BERLIN,
    )


class _Local:
    """A stamp in Berlin's clock, written by a function."""

    def __init__(self, change: Callable[[datetime], str]) -> None:
        self._change = change

    def __call__(self, instant: datetime) -> str:
        return self._change(instant.astimezone(ZoneInfo(BERLIN)))


MONTHS = {
    "turkish": "Oca Şub Mar Nis May Haz Tem Ağu Eyl Eki Kas Ara",
    "greek": "Ιαν Φεβ Μαρ Απρ Μαΐ Ιουν Ιουλ Αυγ Σεπ Οκτ Νοε Δεκ",
    "romanian": "ian. feb. mar. apr. mai iun. iul. aug. sept. oct. noi. dec.",
    "ukrainian": "січня лютого березня квітня травня червня липня серпня вересня жовтня листопада грудня",
    "arabic": "يناير فبراير مارس أبريل مايو يونيو يوليو أغسطس سبتمبر أكتوبر نوفمبر ديسمبر",
    "hebrew": "בינואר בפברואר במרץ באפריל במאי ביוני ביולי באוגוסט בספטמבר באוקטובר בנובמבר בדצמבר",
    "thai": "ม.ค. ก.พ. มี.ค. เม.ย. พ.ค. มิ.ย. ก.ค. ส.ค. ก.ย. ต.ค. พ.ย. ธ.ค.",
    "hindi": "जनवरी फ़रवरी मार्च अप्रैल मई जून जुलाई अगस्त सितंबर अक्टूबर नवंबर दिसंबर",
    "indonesian": "Januari Februari Maret April Mei Juni Juli Agustus September Oktober November Desember",
    "finnish": "tammikuuta helmikuuta maaliskuuta huhtikuuta toukokuuta kesäkuuta heinäkuuta elokuuta syyskuuta lokakuuta "
    "marraskuuta joulukuuta",
    "vietnamese": " ".join(f"Th{number}" for number in range(1, 13)),
    "estonian": "jaanuar veebruar märts aprill mai juuni juuli august september oktoober november detsember",
}  # fmt: skip
HALVES = {
    "greek": ("πμ", "μμ"),
    "vietnamese": ("SA", "CH"),
    "arabic": ("ص", "م"),
    "turkish": ("ÖÖ", "ÖS"),
    "finnish": ("ap.", "ip."),
}


def notations() -> Iterator[Case]:
    """Kind 7: months, halves of the day and years of many countries; parts of the time in columns of their own."""
    for tongue, words in MONTHS.items():
        names = words.split()
        for month in (2, 5, 8):
            start = datetime(2026, month, 13, 9, 58, tzinfo=ZoneInfo("UTC"))
            stamp = _Local(lambda t, names=names: f"{t.day} {names[t.month - 1]} {t.year} {t:%H:%M:%S}")
            yield case(
                f"07_month_{tongue}_{month}", 7, Wide(times=instants(N, 60, start), stamp=stamp, sep=";", style=SEMI), BERLIN
            )
    times = instants(N, 600)
    for tongue, (morning, afternoon) in HALVES.items():
        stamp = _Local(
            lambda t, am=morning, pm=afternoon: f"{t.year}-{t.month:02}-{t.day:02} {t:%I:%M:%S} {am if t.hour < 12 else pm}"
        )
        yield case(f"07_half_{tongue}", 7, Wide(times=times, stamp=stamp, sep=";", style=SEMI), BERLIN)
    for month, word in ((6, "lipnja"), (10, "listopada"), (6, "lip"), (7, "srp"), (10, "lis"), (11, "studenoga")):
        start = datetime(2026, month, 13, 9, 58, tzinfo=ZoneInfo("UTC"))
        stamp = _Local(lambda t, word=word: f"{t.day}. {word} {t.year}. {t:%H:%M:%S}")
        yield case(f"07_croatian_{word}", 7, Wide(times=instants(N, 60, start), stamp=stamp, sep=";", style=SEMI), BERLIN)
    thai = _Local(lambda t: f"{t:%d/%m}/{t.year + 543} {t:%H:%M:%S}")
    yield case(
        "07_thai_years",
        7,
        Wide(times=instants(N, 60, datetime(2026, 2, 13, 9, tzinfo=ZoneInfo("UTC"))), stamp=thai, sep=";"),
        BERLIN,
    )
    weekdays = {
        "greek": lambda t: f"Παρασκευή, {t.day} Φεβρουαρίου {t.year} {t:%H:%M:%S}",
        "turkish": lambda t: f"{t.day} Şubat {t.year} Cuma {t:%H:%M:%S}",
        "czech": lambda t: f"{t.day}. {t.month}. {t.year} {t.hour}:{t:%M:%S}",
        "japanese": lambda t: f"{t.year}/{t.month}/{t.day} {'午前' if t.hour < 12 else '午後'}{t.hour % 12}:{t:%M:%S}",
        "era": lambda t: f"令和{t.year - 2018}年{t.month}月{t.day}日 {t:%H:%M:%S}",
        "lithuanian": lambda t: f"{t.year} m. vasario {t.day} d. {t:%H:%M:%S}",
    }
    february = instants(N, 240, datetime(2026, 2, 13, 8, tzinfo=ZoneInfo("UTC")))
    for tongue, change in weekdays.items():
        table = Wide(times=february, stamp=_Local(change), sep=";", style=SEMI)
        yield case(f"07_day_{tongue}", 7, table, BERLIN)
    taiwan = _Local(lambda t: f"{t.year - 1911}/{t:%m/%d %H:%M:%S}")
    yield case("07_taiwan_years", 7, Wide(times=february, stamp=taiwan, sep=";"), BERLIN)
    clocks = {"dots": "%H.%M.%S"}
    for name, pattern in clocks.items():
        table = Wide(
            times=february, stamp=(printed("%d/%m/%Y", BERLIN), printed(pattern, BERLIN)), time_name=("Data", "Ora"), sep=";"
        )
        yield case(f"07_clock_{name}", 7, table, BERLIN)
    hungarian = _Local(lambda t: f"{t.year}. március {t.day}. {t:%H:%M:%S}")
    march = instants(N, 60, datetime(2026, 3, 13, 9, tzinfo=ZoneInfo("UTC")))
    yield case("07_hungarian", 7, Wide(times=march, stamp=hungarian, sep=";", style=SEMI), BERLIN)
    yield case("07_clock_first", 7, Wide(times=march, stamp=printed("%H:%M:%S %d.%m.%Y", BERLIN), sep=";", style=SEMI), BERLIN)
    yield from _parts()


def _parts() -> Iterator[Case]:
    times = instants(N, 600)
    for name, titles in (
        ("german", ("Jahr", "Monat", "Tag", "Stunde", "Minute", "Sekunde")),
        ("french", ("Année", "Mois", "Jour", "Heure", "Minute", "Seconde")),
        ("english", ("Year", "Month", "Day", "Hour", "Minute", "Second")),
        ("japanese", ("年", "月", "日", "時", "分", "秒")),
    ):
        parts = tuple(
            _Local(lambda t, part=part: str(getattr(t, part))) for part in ("year", "month", "day", "hour", "minute", "second")
        )
        yield case(f"07_parts_{name}", 7, Wide(times=times, stamp=parts, time_name=titles, sep=";", style=SEMI), BERLIN)
    hours = (printed("%d.%m.%Y", BERLIN), _Local(lambda t: str(t.hour)), _Local(lambda t: str(t.minute)))
    yield case(
        "07_hour_columns", 7, Wide(times=times, stamp=hours, time_name=("Datum", "Stunde", "Minute"), sep=";", style=SEMI), BERLIN
    )


def numbers() -> Iterator[Case]:
    """Kind 24: lakh and crore, digits of other scripts, numbers that a spreadsheet is made to take as text; words for on."""
    arabic = str.maketrans("0123456789.", "٠١٢٣٤٥٦٧٨٩٫")
    wide = str.maketrans("0123456789.", "０１２３４５６７８９．")
    forms: dict[str, Callable[[str], str]] = {
        "lakh": _lakh,
        "arabic": lambda digits: digits.translate(arabic),
        "full_width": lambda digits: digits.translate(wide),
        "quoted": lambda digits: f"'{digits}'",
        "formula": lambda digits: f'="{digits}"',
        "en_dash": lambda digits: f"–{digits}",
        "left_to_right": lambda digits: f"\u200e{digits}",
    }
    for name, form in forms.items():
        one = signal("Flow", "m3/h", "m3/h", 245_678.0, 900.0, 1, N)
        plain = [digits or "" for digits in one.plain]
        if name == "en_dash":
            one.plain = [f"-{digits}" for digits in plain]
        times = instants(N)
        lines = [
            "time;Flow [m3/h]",
            *(f"{time:%Y-%m-%dT%H:%M:%SZ};{form(digits)}" for time, digits in zip(times, plain, strict=True)),
        ]
        yield Case(name=f"24_digits_{name}", kind=24, files={"log.csv": "\n".join(lines).encode()}, truth=truth_of(times, [one]))
    words = {
        "japanese": ("停止", "運転"), "korean": ("정지", "운전"), "turkish": ("Kapalı", "Açık"), "greek": ("Κλειστό", "Ανοικτό"),
        "arabic": ("إيقاف", "تشغيل"), "hebrew": ("כבוי", "פועל"), "thai": ("หยุด", "ทำงาน"), "vietnamese": ("Tắt", "Bật"),
        "indonesian": ("Mati", "Hidup"), "romanian": ("Oprit", "Pornit"), "hungarian": ("Nem", "Igen"),
    "finnish": ("Seis", "Käy"),
        "ukrainian": ("Вимк", "Увімк"), "hindi": ("बंद", "चालू"), "czech": ("Vypnuto", "Zapnuto"), "danish": ("Fra", "Til"),
    }  # fmt: skip
    for name, pair in words.items():
        signals = [signal("Flow", "m3/h", "m3/h", 286.0, 3.0, 1, N), state("Pump", pair, N)]
        yield case(f"24_words_{name}", 24, Wide(signals=signals, sep=";"))


def _lakh(digits: str) -> str:
    whole, _, rest = digits.partition(".")
    return f"{whole[:-5]},{whole[-5:-3]},{whole[-3:]}.{rest}"


QUALITIES = {
    "japanese": ("品質", "良", "不良"), "korean": ("품질", "양호", "불량"), "greek": ("Ποιότητα", "Καλή", "Κακή"),
    "turkish": ("Kalite", "İyi", "Kötü"), "arabic": ("الجودة", "جيد", "سيئ"), "hebrew": ("איכות", "טוב", "רע"),
    "thai": ("คุณภาพ", "ดี", "เสีย"), "vietnamese": ("Chất lượng", "Tốt", "Xấu"), "romanian": ("Calitate", "Bun", "Rău"),
    "hungarian": ("Minőség", "Jó", "Rossz"), "ukrainian": ("Якість", "Добра", "Погана"),
    "indonesian": ("Kualitas", "Baik", "Buruk"),
}  # fmt: skip
LONG = {
    "japanese": ("タグ", "日時", "値", "単位"), "turkish": ("Etiket", "Tarih Saat", "Değer", "Birim"),
    "korean": ("태그", "일시", "값", "단위"),
    "greek": ("Σήμα", "Ημερομηνία", "Τιμή", "Μονάδα"), "thai": ("แท็ก", "วันที่และเวลา", "ค่า", "หน่วย"),
    "vietnamese": ("Tín hiệu", "Thời gian", "Giá trị", "Đơn vị"), "hebrew": ("אות", "תאריך ושעה", "ערך", "יחידה"),
    "ukrainian": ("Параметр", "Дата та час", "Значення", "Од. вим."), "hungarian": ("Jel", "Időpont", "Érték", "Egység"),
}  # fmt: skip


def columns() -> Iterator[Case]:
    """Kinds 5, 11, 12 and 25: quality, pairs, long tables and running numbers under the words of many tongues."""
    for name, (title, good, bad) in QUALITIES.items():
        signals = [signal(tag, "", None, 50.0, 1.0, 2, N) for tag in ("FT-1", "PT-2")]
        for one in signals:
            one.quality_bad = frozenset(range(20, 26))
        yield case(
            f"05_words_{name}", 5, Wide(signals=signals, quality=_Words(good, bad), quality_name="{name} " + title, sep=";")
        )
    for title, good, bad in (("Status", "i.O.", "n.i.O."), ("Estado del dato", "Correcto", "Erróneo"), ("状态", "正常", "异常")):
        signals = [signal(tag, "", None, 50.0, 1.0, 2, N) for tag in ("FT-1", "PT-2")]
        for one in signals:
            one.quality_bad = frozenset(range(20, 26))
        yield case(f"05_of_all_{good}", 5, Wide(signals=signals, extra=[(title, partial(_Words(good, bad), None))], sep=";"))
    times = instants(N)
    for name, titles in LONG.items():
        signals = [signal("FT-1", "m3/h", "m3/h", 286.0, 3.0, 1, N), signal("PT-2", "bar", "bar", 6.1, 0.05, 3, N)]
        lines = [";".join(titles)]
        for row, time in enumerate(times):
            lines += [f"{one.name};{time:%Y-%m-%d %H:%M:%S};{one.plain[row]};{one.shown}" for one in signals]
        yield Case(
            name=f"12_long_{name}",
            kind=12,
            files={"log.csv": "\n".join(lines).encode()},
            zone="UTC",
            truth=truth_of(times, signals),
        )
    signals = [signal(tag, "", None, 50.0, 1.0, 2, N) for tag in ("Portata mandata", "Pressione")]
    lines = [
        f"{time:%Y-%m-%dT%H:%M:%SZ}; " + "; ".join(f"{one.name}={one.plain[row]}" for one in signals)
        for row, time in enumerate(times)
    ]
    yield Case(name="11_names_with_blanks", kind=11, files={"log.txt": "\n".join(lines).encode()}, truth=truth_of(times, signals))
    for title in ("備考", "비고", "Примечание", "Remarque"):
        table = Wide(extra=[(title, _remark)], sep=";", times=times)
        yield case(f"25_remark_{title}", 25, table)
    for title in ("Item", "STT", "番号", "번호", "Α/Α", "Nr. crt.", "ลำดับ", "№ п/п"):
        yield case(f"25_index_{title}".replace("/", "").replace(" ", ""), 25, Wide(index=title, sep=";", times=times))


class _Words:
    """The quality's word of a cell."""

    def __init__(self, good: str, bad: str) -> None:
        self._good, self._bad = good, bad

    def __call__(self, one: object, row: int) -> str:
        return self._bad if 20 <= row < 26 else self._good


def _remark(row: int) -> str:
    """A remark at two rows, in words that mean no value elsewhere."""
    return "No data" if row in (7, 50) else ""
