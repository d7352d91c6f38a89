"""What instruments call the rate, the step and the start of a measurement: in heads of their exports, and beside stored arrays.

Instruments compose these names ("Sampling frequency of channel 1", "Taxa de amostragem"), so that what matters are stems: one for
sampling, and one for rate or interval where the value has no unit that tells. Names are compared folded: lower case, without
accents, brackets and all that is no letter or digit (`fold_key`).
"""

from __future__ import annotations

import re
import unicodedata
from fractions import Fraction

_KEPT = re.compile(r"[\W_]+")


def fold_key(name: str) -> str:
    """'X-Axis delta' as 'xaxisdelta', 'Fréquence d'échantillonnage' as 'frequencedechantillonnage'."""
    plain = "".join(char for char in unicodedata.normalize("NFKD", name.casefold()) if not unicodedata.combining(char))
    return _KEPT.sub("", plain)


def _words(text: str) -> tuple[str, ...]:
    return tuple(dict.fromkeys(fold_key(word) for word in text.split()))


RATE_KEYS = frozenset(
    _words("fs sr srate fsamp ratehz frequencyhz daqrate odr outputdatarate messrate messfrequenz acquisitionrate")
)
"""Names of a rate by themselves, beside those that have a stem of sampling and one of a rate."""
STEP_KEYS = frozenset(
    _words("dt dx deltat deltax hresolution xincrement xaxisdelta wfincrement timestep zeitschritt pas passo paso")
)
"""Names of a step in s by themselves."""
_LOOSE_STEP_KEYS = frozenset(_words("ts increment incremento inkrement increment incrément delta"))
START_KEYS = frozenset(
    _words(
        """
        start starttime startutc startdatetime startdate starttimestamp t0 begin begintime recordingstart acquisitionstart
        measurementstart wfstarttime triggertime trigtime datetime dateandtime timestamp recordedat acquiredat measuredat
        """
    )
)
_SAMPLING = _words(
    """
    sampl abtast messrate messfreq messinterv scan échantillon muestre campionam amostra bemonster próbkow vzork mintav eșantion
    örnekl дискретизац опрос выборк δειγματοληψ 采样 采集 取樣 取样 サンプリング サンプル 샘플 lấymẫu
    """
)
_RATES = _words(
    """
    rate freq frequ frekv freku cadence velocid velocit tasa taxa hız częstotl snelheid taajuus частот
    率 周波数 주파수 속도 레이트 レート συχν
    """
)
_STEPS = _words(
    """
    interv perio period zeit step increm krok krok okres väli vali aralı шаг период интервал 间隔 間隔 周期 주기 간격
    レート間隔 pas passo
    """
)
_LONG_STEPS = _words("interval intervall intervalle intervalo intervallo aralık aralığı интервал 间隔 間隔 간격")
"""Names after which a number with a unit of time is the step, though nothing says sampling."""
_NO_RATE = _words(
    """
    filter bandwidth bandbreite cutoff grenz coupure corte alias span update atualiz refresh raw ham roh brut count
    number anzahl
    nombre liczba número numero количеств 点数 データ数 point punkt size length longueur größe max trigger pre post save storage
    """
)
_TIMING = _words(
    """
    alkoi alkuaika aloitus
    start begin beginn trig t0 messbeg aufnahme aufzeichn messzeit messdatum début debut inicio inizio aanvang począt
    rozpocz začát kezd
    başlang начал пуск 开始 起始 触发 开始 開始 トリガ 시작 recorded acquired acquisition measured measurement 測定
    记录 记录时间 采集
    """
)
_PLAIN_TIMING = _words(
    """
    date datum data fecha дата 日期 日付 日時 날짜 dato pvm päivä päivämäärä time zeit uhr heure hora ora godzin czas
    čas saat tarih
    время 时间 時刻 시간 klok tid kello ημερομηνία ώρα
    """
)
_NO_TIMING = _words(
    """
    end ende fin stop stopp export print saved save created erstell zone zeitzone timezone fuseau 终了 終了 结束 конец
    экспорт konec slut
    bitiş offset konst const step interval period per delta base basis axis axe achse file datei fichier name source quelle
    database version update calibr kalibr última last letzte
    """
)
_UNITS = _words(
    """
    unit units vunit yunit yunits yaxisunit yaxisunits yunitlabel verticalunit verticalunits engineeringunit
    engineeringunits eu einheit
    einheiten messeinheit unité unités unidad unidades unità unidade unidades eenheid enhet enhed yksikkö jednostka
    jednotka mértékegység
    unitate birim единица единицы единицаизмерения единицыизмерения μονάδα 单位 單位 単位 단위 đơnvị satuan
    """
)
_NAMES = _words(
    """
    tracename channelname channelnames signalname signal sensorname pointname measurementpoint point tag tagname
    channel channels kanalname
    kanal messstelle messpunkt voie canal canale канал сигнал 通道 通道名称 測点 チャンネル コメント 채널 source
    """
)
_RATE_UNITS = {
    "hz": 1, "khz": 1000, "mhz": 10**6, "s/s": 1, "sa/s": 1, "sps": 1, "ks/s": 1000, "ksa/s": 1000, "ms/s": 10**6, "ksps": 1000,
    "1/s": 1, "s-1": 1, "smp/s": 1, "pts/s": 1, "гц": 1, "кгц": 1000,
}  # fmt: skip
_PER_SECOND = re.compile(
    r"(?:samples?|scans?|points?|amostras|muestras|campioni|werte|échantillons|próbek|отсч[её]т\w*|点)\s*(?:/|per|pro|par)\s*(?:s|sec|second|seconde|с)\b"
)
STEP_UNITS = {
    "s": Fraction(1), "sec": Fraction(1), "secs": Fraction(1), "second": Fraction(1), "seconds": Fraction(1), "sek": Fraction(1),
    "ms": Fraction(1, 1000), "msec": Fraction(1, 1000), "us": Fraction(1, 10**6), "µs": Fraction(1, 10**6),
    "μs": Fraction(1, 10**6), "usec": Fraction(1, 10**6), "ns": Fraction(1, 10**9), "min": Fraction(60), "h": Fraction(3600),
    "с": Fraction(1), "мс": Fraction(1, 1000), "мкс": Fraction(1, 10**6), "秒": Fraction(1), "ミリ秒": Fraction(1, 1000),
}  # fmt: skip
_NUMBER = re.compile(r"\s*(?:\w+:)?\s*(?P<number>[+]?\d+(?:[.,]\d+)?(?:[eE][+-]?\d+)?)\s*(?P<unit>1\s?/\s?s|[^\d\s].*)?\s*")


def is_rate_key(name: str) -> bool:
    """Whether a name alone says samples a second."""
    folded = fold_key(name)
    return folded in RATE_KEYS or (_has(folded, _SAMPLING) and _has(folded, _RATES) and not _has(folded, _NO_RATE))


def is_step_key(name: str) -> bool:
    """Whether a name alone says seconds between samples."""
    folded = fold_key(name)
    is_named = folded in STEP_KEYS or folded in _LOOSE_STEP_KEYS
    return is_named or (_has(folded, _SAMPLING) and _has(folded, _STEPS) and not _has(folded, _NO_RATE) and not is_rate_key(name))


def told_rate(key: str, value: str, unit: str) -> Fraction | None:
    """Samples a second that an entry of a head says ('Sample rate', '48,828 kHz', ''); `unit` is what stands with the key.

    None where the key says nothing of it, the number is none, or neither key nor unit tells a rate from a step.
    """
    folded = fold_key(key)
    is_sampling = folded in RATE_KEYS | STEP_KEYS | _LOOSE_STEP_KEYS or _has(folded, _SAMPLING)
    is_long_step = _has(folded, _LONG_STEPS)
    match = _NUMBER.fullmatch(value) if is_sampling or is_long_step else None
    if match is None or _has(folded, _NO_RATE):
        return None
    number = Fraction(match["number"].replace(",", "."))
    words = (match["unit"] or unit).strip().casefold().replace("1 / s", "1/s")
    if number <= 0:
        return None
    if is_sampling and (words in _RATE_UNITS or _PER_SECOND.search(words)):
        return number * _RATE_UNITS.get(words, 1)
    if words in STEP_UNITS:
        return 1 / (number * STEP_UNITS[words])
    if not words and is_rate_key(key):
        return number
    return 1 / number if not words and is_step_key(key) and folded not in _LOOSE_STEP_KEYS - {"increment"} else None


def tells_start(key: str) -> int:
    """2 where a name says when a measurement began, 1 where it says a date or a time of nothing in particular, else 0."""
    folded = fold_key(key)
    if not folded or _has(folded, _NO_TIMING):
        return 0
    return 2 if folded in START_KEYS or _has(folded, _TIMING) else 1 if _has(folded, _PLAIN_TIMING) else 0


def is_unit_key(key: str) -> bool:
    """Whether a name stands before units of channels."""
    return fold_key(key) in _UNITS


def is_name_key(key: str) -> bool:
    """Whether a name stands before names of channels."""
    return fold_key(key) in _NAMES


def _has(folded: str, stems: tuple[str, ...]) -> bool:
    return any(stem in folded for stem in stems)
