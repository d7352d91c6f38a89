"""One plant in the words of many countries: headers, units, states and qualities, dates and clocks, their machines' encodings."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime
from zoneinfo import ZoneInfo

from tests.messy.plant import Case, Signal, Style, instants, signal, state, truth_of
from tests.messy.writing import Wide, case

N = 90
ZONE = "Europe/Berlin"


@dataclass(frozen=True, kw_only=True)
class Tongue:
    """How a country's plant names things. `names`: date, clock, flow, pressure, state, quality, index, remark."""

    names: tuple[str, ...]
    flow_unit: str
    states: tuple[str, str]
    quality: tuple[str, str]
    long: tuple[str, str, str, str, str]
    """Names of a long table: time, tag, value, quality, unit."""
    day: Callable[[datetime], str] = lambda t: f"{t:%d.%m.%Y}"
    clock: Callable[[datetime], str] = lambda t: f"{t:%H:%M:%S}"
    dec: str = ","
    enc: str = "utf-8"


def _half(morning: str, afternoon: str, *, is_before: bool = False) -> Callable[[datetime], str]:
    def clock(t: datetime) -> str:
        digits, half = f"{(t.hour - 1) % 12 + 1}:{t:%M:%S}", morning if t.hour < 12 else afternoon
        return f"{half} {digits}" if is_before else f"{digits} {half}"

    return clock


_WEEK = "月火水木金土日"

TONGUES = {
    "croatian": Tongue(
        names=("Datum", "Vrijeme", "Protok", "Tlak", "Crpka", "Valjanost", "R. br.", "Napomena"),
        flow_unit="m3/sat",
        states=("Zaustavljeno", "Pokrenuto"),
        quality=("Dobra", "Nevaljana"),
        enc="cp1250",
        long=("Vremenska oznaka", "Oznaka", "Vrijednost", "Kvaliteta", "Mjerna jedinica"),
        day=lambda t: f"{t.day}.{t.month}.{t.year}.",
    ),
    "slovak": Tongue(
        names=("Dátum", "Čas", "Prietok", "Tlak", "Čerpadlo", "Platnosť", "Por. č.", "Poznámka"),
        flow_unit="m3/hod.",
        states=("Zastavené", "Spustené"),
        quality=("Dobrá", "Neistá"),
        enc="cp852",
        long=("Časová pečiatka", "Názov", "Hodnota", "Kvalita", "Jednotka"),
        clock=lambda t: f"{t.hour}:{t:%M:%S}",
    ),
    "lithuanian": Tongue(
        names=("Data", "Laikas", "Srautas", "Slėgis", "Siurblys", "Kokybė", "Eil. Nr.", "Pastaba"),
        flow_unit="m3/val.",
        states=("Išjungtas", "Įjungtas"),
        quality=("Gera", "Abejotina"),
        enc="cp1257",
        long=("Laiko žyma", "Žyma", "Reikšmė", "Kokybė", "Matavimo vienetas"),
        day=lambda t: f"{t:%Y-%m-%d}",
    ),
    "latvian": Tongue(
        names=("Datums", "Laiks", "Plūsma", "Spiediens", "Sūknis", "Kvalitāte", "Nr.p.k.", "Piezīmes"),
        flow_unit="m3/h",
        states=("Apstādināts", "Darbojas"),
        quality=("Laba", "Nederīga"),
        enc="cp1257",
        long=("Laika zīmogs", "Nosaukums", "Vērtība", "Kvalitāte", "Mērvienība"),
        day=lambda t: f"{t:%d.%m.%Y.}",
    ),
    "finnish": Tongue(
        names=("Päivä", "Klo", "Virtaus", "Imupaine", "Pumppu", "Laatu", "Järj. nro", "Huomio"),
        flow_unit="m³/h",
        states=("Pysähtynyt", "Käynnissä"),
        quality=("Kelvollinen", "Epäluotettava"),
        long=("Mittausaika", "Positio", "Lukema", "Laatu", "Mittayksikkö"),
        clock=lambda t: f"{t.hour}.{t:%M.%S}",
    ),
    "greek": Tongue(
        names=("ΗΜΕΡΟΜΗΝΙΑ", "ΩΡΑ", "ΠΑΡΟΧΗ", "ΠΙΕΣΗ", "ΑΝΤΛΙΑ", "ΠΟΙΟΤΗΤΑ", "Α/Α", "ΣΧΟΛΙΑ"),
        flow_unit="κ.μ./ώρα",
        states=("ΕΚΤΟΣ", "ΕΝΤΟΣ"),
        quality=("ΚΑΛΗ", "ΑΜΦΙΒΟΛΗ"),
        clock=_half("π.μ.", "μ.μ."),
        day=lambda t: f"{t.day}/{t.month}/{t.year}",
        long=("Χρονική σήμανση", "Όνομα", "Τιμή", "Εγκυρότητα", "Μονάδα"),
    ),
    "turkish": Tongue(
        names=("TARİH", "SAAT", "DEBİ", "BASINÇ", "POMPA", "KALİTE", "SIRA", "YORUM"),
        flow_unit="m3/sa",
        enc="cp1254",
        states=("ÇALIŞMIYOR", "ÇALIŞIYOR"),
        quality=("İYİ", "KÖTÜ"),
        long=("Ölçüm zamanı", "Etiket", "Okunan", "Kalite kodu", "Ölçü birimi"),
    ),
    "hebrew": Tongue(
        names=("תאריך", "שעה", "ספיקה", "לחץ", "משאבה", "איכות", "מס'", "הערות"),
        flow_unit="מ״ק/שעה".replace("״", '"'),
        dec=".",
        states=("מנותק", "דולק"),
        quality=("תקין", "לא תקין"),
        long=("חותמת זמן", "שם תג", "ערך", "איכות", "יחידה"),
        enc="cp1255",
        day=lambda t: f"{t:%d/%m/%Y}",
    ),
    "arabic": Tongue(
        names=("التاريخ", "الوقت", "التدفق", "الضغط", "المضخة", "الجودة", "تسلسل", "ملاحظات"),
        flow_unit="م3/ساعة",
        states=("متوقفة", "تعمل"),
        quality=("جيدة", "غير جيدة"),
        clock=_half("ص", "م"),
        enc="cp1256",
        long=("الطابع الزمني", "الاسم", "القيمة", "الجودة", "وحدة القياس"),
        day=lambda t: f"{t:%d/%m/%Y}",
    ),
    "hindi": Tongue(
        names=("दिनांक", "समय", "प्रवाह", "दबाव", "पंप", "गुणवत्ता", "क्र.सं.", "टिप्पणी"),
        flow_unit="घन मी/घंटा",
        dec=".",
        states=("बंद", "चालू"),
        quality=("ठीक", "ठीक नहीं"),
        long=("समय", "टैग", "मान", "गुणवत्ता", "इकाई"),
        day=lambda t: f"{t:%d-%m-%Y}",
    ),
    "thai": Tongue(
        names=("วันที่", "เวลา", "อัตราการไหล", "ความดัน", "ปั๊ม", "คุณภาพ", "ลำดับ", "หมายเหตุ"),
        flow_unit="ลบ.ม./ชม.",
        dec=".",
        states=("หยุดเดิน", "เดินเครื่อง"),
        quality=("ดี", "ไม่ดี"),
        long=("เวลา", "ชื่อ", "ค่า", "คุณภาพ", "หน่วย"),
        enc="cp874",
        day=lambda t: f"{t:%d/%m}/{t.year + 543}",
    ),
    "vietnamese": Tongue(
        names=("Ngày", "Giờ", "Lưu lượng", "Áp suất", "Bơm", "Chất lượng", "STT", "Ghi chú"),
        flow_unit="m³/giờ",
        clock=_half("SA", "CH"),
        states=("Ngừng", "Hoạt động"),
        quality=("Hợp lệ", "Không hợp lệ"),
        long=("Thời điểm", "Tên thẻ", "Giá trị", "Chất lượng", "Đơn vị"),
        day=lambda t: f"{t:%d/%m/%Y}",
    ),
    "japanese": Tongue(
        names=("日付", "時刻", "流量", "吐出圧力", "ポンプ", "データ品質", "項番", "摘要"),
        flow_unit="m3/時",
        dec=".",
        enc="cp932",
        states=("断", "起動"),
        quality=("有効", "不確定"),
        long=("取得日時", "項目名", "現在値", "データ品質", "工学単位"),
        day=lambda t: f"{t.year}年{t.month}月{t.day}日({_WEEK[t.weekday()]})",
        clock=lambda t: f"{t.hour}時{t:%M}分{t:%S}秒",
    ),
    "korean": Tongue(
        names=("날짜", "시각", "유량", "토출압력", "펌프", "신뢰도", "연번", "특이사항"),
        flow_unit="㎥/시",
        dec=".",
        enc="cp949",
        states=("중지", "기동"),
        quality=("정상", "의심"),
        long=("수집일시", "항목", "현재값", "데이터품질", "공학단위"),
        day=lambda t: f"{t.year}. {t.month}. {t.day}.",
        clock=_half("오전", "오후", is_before=True),
    ),
    "taiwanese": Tongue(
        names=("日期", "時間", "流量", "出口壓力", "泵浦", "品質", "項次", "備註"),
        flow_unit="立方公尺/小時",
        dec=".",
        enc="big5",
        states=("停機", "運轉中"),
        quality=("良好", "可疑"),
        long=("記錄時間", "點名", "數值", "資料品質", "單位"),
        day=lambda t: f"{t.year - 1911}/{t:%m/%d}",
    ),
    "iranian": Tongue(
        names=("تاریخ", "ساعت", "دبی", "فشار", "پمپ", "کیفیت", "ردیف", "توضیحات"),
        flow_unit="مترمکعب/ساعت",
        states=("خاموش", "روشن"),
        quality=("خوب", "نامعتبر"),
        long=("زمان", "نام تگ", "مقدار", "کیفیت", "واحد"),
        day=lambda t: f"1405/01/{t.day - 20:02}",  # in March 2026, from the new year on the 21st
    ),
}


class _Local:
    """A stamp in Berlin's clock, written by a function."""

    def __init__(self, change: Callable[[datetime], str]) -> None:
        self._change = change

    def __call__(self, instant: datetime) -> str:
        return self._change(instant.astimezone(ZoneInfo(ZONE)))


def _signals(tongue: Tongue) -> list[Signal]:
    flow = signal(tongue.names[2], tongue.flow_unit, "m3/h", 286.0, 3.0, 1, N)
    pressure = signal(tongue.names[3], "bar", "bar", 6.1, 0.05, 3, N)
    return [flow, pressure, state(tongue.names[4], tongue.states, N)]


def wide() -> Iterator[Case]:
    """Kinds 5, 7, 9, 18 and 24: a table with date and clock apart, states, one quality for all, a running number, remarks."""
    times = instants(N, 600)
    is_bad = [row % 11 == 4 for row in range(N)]
    for name, tongue in TONGUES.items():
        signals = _signals(tongue)
        for one in signals:
            one.quality_bad = frozenset(row for row in range(N) if is_bad[row])
        words = tongue.quality
        table = Wide(
            signals=signals, times=times, sep=";", enc=tongue.enc, style=Style(dec=tongue.dec), index=tongue.names[6],
            stamp=(_Local(tongue.day), _Local(tongue.clock)), time_name=tongue.names[:2],
            extra=(
                (tongue.names[5], lambda row, words=words: words[is_bad[row]]),
                (tongue.names[7], lambda row: "" if row % 40 else "x y"),
            ),
        )  # fmt: skip
        yield case(f"05_world_{name}", 5, table, ZONE)


def long() -> Iterator[Case]:
    """Kind 12: one row a tag and instant, all five columns in the country's words."""
    times = instants(N, 60)
    for name, tongue in TONGUES.items():
        signals = [
            signal(tag, shown, unit, 50.0, 1.0, 2, N)
            for tag, shown, unit in (("FT-7", tongue.flow_unit, "m3/h"), ("PT-7", "bar", "bar"))
        ]
        signals[0].quality_bad = frozenset({12, 13, 14})
        rows = [";".join(tongue.long)]
        for row, time in enumerate(times):
            for one in signals:
                word = tongue.quality[row in one.quality_bad]
                cells = (f"{time:%Y-%m-%dT%H:%M:%SZ}", one.name, one.cell(row, Style(dec=tongue.dec)), word, one.shown)
                rows.append(";".join(cells))
        yield Case(
            name=f"12_world_{name}",
            kind=12,
            files={"log.csv": "\n".join(rows).encode(tongue.enc)},
            truth=truth_of(times, signals),
        )


def half_known() -> Iterator[Case]:
    """Kind 24: of the two words of a state one is a usual one, the other nobody would list."""
    times = instants(N, 60)
    for name, words in {
        "rest": ("Schläft", "Läuft"),
        "way": ("Zurrunba", "Marcha"),
        "valve": ("Fermé", "Béant"),
        "case": ("STOJÍ", "fičí"),
    }.items():
        signals = [signal("FT-7", "m3/h", "m3/h", 50.0, 1.0, 2, N), state("XS-7", words, N)]
        yield case(f"24_half_known_{name}", 24, Wide(signals=signals, times=times, sep=";"), "UTC")
