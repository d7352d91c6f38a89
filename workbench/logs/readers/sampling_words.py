"""What instruments call the rate, the step and the start of a measurement, in their exports' heads and beside stored arrays.

Names are compared folded: lower case, without accents, brackets and everything that is no letter or digit (`fold_key`).
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


def _words(text: str) -> frozenset[str]:
    return frozenset(fold_key(word) for word in text.split())


RATE_KEYS = _words(
    """
    fs sr srate fsamp samplerate samplingrate samplefrequency samplingfrequency samplefreq samplingfreq
    ratehz frequencyhz acquisitionrate daqrate samplespersecond samplespersec samplessec samplesps scanrate
    scanfrequency datarate outputdatarate odr frequencyofsampling rateofsampling abtastrate abtastfrequenz
    messrate messfrequenz samplingrateadc fréquencedéchantillonnage cadencedéchantillonnage
    fréquenceacquisition fréquencedacquisition frecuenciademuestreo tasademuestreo velocidaddemuestreo
    frequenzadicampionamento velocitàdicampionamento frequênciadeamostragem taxadeamostragem
    bemonsteringsfrequentie samplefrequentie bemonsteringssnelheid samplingsfrekvens samplefrekvens
    samplingshastighet samplingsrate näytteenottotaajuus näytetaajuus częstotliwośćpróbkowania
    vzorkovacífrekvence vzorkovaciafrekvencia mintavételifrekvencia frecvențadeeșantionare örneklemefrekansı
    örneklemehızı частотадискретизации частотаопроса частотавыборки συχνότηταδειγματοληψίας 采样率 采样频率 取樣率
    取樣頻率 サンプリング周波数 サンプリングレート サンプル周波数 샘플링주파수 샘플링속도 샘플링레이트 tầnsốlấymẫu lajusampel
    """
)
STEP_KEYS = _words(
    """
    dt ts deltat deltax sampleperiod samplingperiod sampletime samplingtime samplinginterval sampleinterval
    sampinterval interval recordinginterval logginginterval increment xincrement hresolution xaxisdelta
    timestep timeincrement timedelta timeresolution abtastintervall abtastzeit abtastperiode messintervall
    aufzeichnungsintervall zeitschritt périodedéchantillonnage intervalledéchantillonnage
    intervalodemuestreo períododemuestreo intervallodicampionamento periododicampionamento
    intervalodeamostragem períododeamostragem bemonsteringsinterval samplingsinterval samplingsintervall
    näytteenottoväli okrespróbkowania krokpróbkowania периоддискретизации шагдискретизации интервалвыборки
    интервалопроса 采样间隔 采样周期 取樣間隔 サンプリング間隔 サンプリング周期 샘플링간격 샘플링주기
    """
)
SURE_STEP_KEYS = STEP_KEYS - _words(
    "ts interval increment recordinginterval logginginterval messintervall aufzeichnungsintervall"
)
"""Names after which a number without a unit is in seconds."""
START_KEYS = _words(
    """
    start starttime startutc startdatetime startdate starttimestamp startofmeasurement t0 begin begintime
    recordingstart acquisitionstart acquisitionstarttime measurementstart measurementstarttime wfstarttime
    triggertime triggerdate trigtime triggerdatetime datetime dateandtime datetimeutc timestamp meastime
    measuredat measuredon measurementtime measurementdate recordedat recordedon acquiredat acquiredon
    capturetime acquisitiontime acquisitiondate firstsample firstsampletime starttimeutc messbeginn
    messstart startzeit startzeitpunkt aufnahmebeginn aufzeichnungsbeginn beginn messzeitpunkt aufnahmezeit
    datumzeit datumuhrzeit début débutdelamesure datededébut heurededébut débutdacquisition datedébut
    dateetheure dateheure inicio fechadeinicio fechayhora iniciodelamedición inizio datadiinizio datainizio
    dataeora início datadeinício datahora iníciodaaquisição aanvang begintijd starttijd datumtijd starttid
    starttidspunkt målestart mätstart alkuaika aloitusaika początek czasrozpoczęcia datarozpoczęcia začátek
    časzačátku kezdet kezdésiidő început başlangıç başlangıçzamanı начало началозаписи началоизмерений
    времяначала датаивремя датавремя времяпуска έναρξη 开始时间 采集时间 起始时间 记录时间 触发时间 開始時刻 開始日時 測定日時
    記録開始 トリガ時刻
    시작시간 측정시간 thờigianbắtđầu waktumulai
    """
)
DATE_KEYS = _words(
    """
    date startdate datum startdatum messdatum fecha data datainizio дата 日期 日付 測定日 dato pvm päivämäärä 날짜
    """
)
CLOCK_KEYS = _words(
    """
    time starttime zeit uhrzeit startzeit heure hora ora tid klokkeslett kello aika czas čas время 时间 時刻 시간
    """
)
UNIT_KEYS = _words(
    """
    unit units vunit yunit yunits yaxisunit yaxisunits yunitlabel verticalunits verticalunit engineeringunit
    engineeringunits eu einheit einheiten messeinheit unité unités unidad unidades unità unidade eenheid
    enhet enhed yksikkö jednostka jednotka mértékegység unitate birim единица единицы единицаизмерения
    единицыизмерения μονάδα 单位 單位 単位 단위 đơnvị satuan
    """
)
NAME_KEYS = _words(
    """
    tracename channelname signalname sensorname pointname measurementpoint point tag tagname signal channel
    kanalname kanal messstelle messpunkt signalname voie nomdelavoie canal canale kanaal punkt канал сигнал
    точкаизмерения 通道 通道名称 測点 チャンネル 채널
    """
)
_RATE_UNITS = {
    "hz": 1, "khz": 1000, "mhz": 10**6, "s/s": 1, "sa/s": 1, "sps": 1, "ks/s": 1000, "ksa/s": 1000, "ms/s": 10**6, "ksps": 1000,
    "1/s": 1, "s-1": 1, "samples/s": 1, "samples/sec": 1, "samples/second": 1, "smp/s": 1, "pts/s": 1, "гц": 1, "кгц": 1000,
}  # fmt: skip
_STEP_UNITS = {
    "s": Fraction(1), "sec": Fraction(1), "secs": Fraction(1), "second": Fraction(1), "seconds": Fraction(1), "sek": Fraction(1),
    "ms": Fraction(1, 1000), "msec": Fraction(1, 1000), "us": Fraction(1, 10**6), "µs": Fraction(1, 10**6),
    "μs": Fraction(1, 10**6), "usec": Fraction(1, 10**6), "ns": Fraction(1, 10**9), "min": Fraction(60), "h": Fraction(3600),
    "с": Fraction(1), "мс": Fraction(1, 1000), "мкс": Fraction(1, 10**6), "秒": Fraction(1), "ミリ秒": Fraction(1, 1000),
}  # fmt: skip
_NUMBER = re.compile(r"\s*(?P<number>[+]?\d+(?:[.,]\d+)?(?:[eE][+-]?\d+)?)\s*(?P<unit>[^\d\s].*)?\s*")


def told_rate(key: str, value: str, unit: str) -> Fraction | None:
    """Samples a second that an entry of a head says ('Sample rate', '48,828 kHz', ''); `unit` is what stands with the key.

    None where the key says nothing of it, the number is none, or an interval has no unit and its name leaves that open.
    """
    folded = fold_key(key)
    is_step = folded in STEP_KEYS
    match = _NUMBER.fullmatch(value) if is_step or folded in RATE_KEYS else None
    if match is None:
        return None
    number = Fraction(match["number"].replace(",", "."))
    words = (match["unit"] or unit).strip().casefold()
    if number <= 0:
        return None
    if words in _RATE_UNITS or (not is_step and not words):
        return number * _RATE_UNITS.get(words, 1)
    if words in _STEP_UNITS or (not words and folded in SURE_STEP_KEYS):
        return 1 / (number * _STEP_UNITS.get(words, Fraction(1)))
    return None
