"""Units as people print them: recognised, brought to one spelling, converted, and turned into a quantity.

A unit is never guessed from a tag; a quantity may be (ISA-5.1 letters and words), because it only helps to choose
features and never changes a number. Factors: SI brochure, 9th edition; NIST SP 811 (2008), appendix B.
"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass

from workbench.logs.tables.quality_words import STRONG_NAMES, WEAK_NAMES
from workbench.logs.tables.words import ISA_LETTERS, QUANTITY_WORDS, VALUE_NAMES
from workbench.logs.unit_words import spelled_out


@dataclass(frozen=True, slots=True, kw_only=True)
class Unit:
    """One unit: its quantity, and the affine map to that quantity's base: base = factor * value + offset."""

    name: str
    quantity: str
    factor: float = 1.0
    offset: float = 0.0


_SPELLINGS = """
m3/h|flow|2.777777777777778e-4|m3/hr m3h cbm/h m3/hour m3h-1 meter3/hour m3/std nm3/h m3/godz m3/uur m3/u m3/time m3/tim
  m3/óra m3/saat m3/sa m3/ώρα m3/h. cmh m3/jam m3/giờ m3/gio m3/ชม. ลบ.ม./ชม. م3/س م3/ساعة מ"ק/שעה מק"ש 立方米/小时
  m3/时 m3/小时 m3/시 m3/ora
  m3/χρ m3/h.n m3/година м3/год m3/val m3/sat m3/tund m3/uri m3/t м3/ч м3/час куб.м/ч m3/heure m3/hora m3/ora m3/stunde cum/h
  m3ph nm3/hr nm3/std
m3/s|flow|1|m3/sec m3s-1 м3/с
m3/min|flow|1.6666666666666666e-2|м3/мин
m3/d|flow|1.1574074074074073e-5|m3/day m3/tag m3/jour m3/día m3/dia m3/giorno m3/dag m3/døgn m3/сут m3/доб м3/сут
  м3/добу m3/den m3/dobę m3/nap m3/gün m3/日 m3/天 m3/일
L/s|flow|1e-3|l/s liter/second litre/second l/sec lps ltr/s ls-1 l/sek л/с л/сек liter/sekunde litre/s l/sn l/giây
  l/วินาที l/detik l/seg л/сек. l/mp ל/שניה 升/秒
L/min|flow|1.6666666666666667e-5|l/min lpm liter/minute litre/minute l/m ltr/min lmin-1 л/мин liter/minuut liter/min
  litres/min l/dak l/dk l/perc l/phút l/นาที l/menit l/хв л/хв lit/min l/мин l/min. ל/דקה 升/分 l/分
L/h|flow|2.7777777777777776e-7|l/h l/hr ltr/h lph л/ч л/час l/std л/год
gpm|flow|6.30901964e-5|gpm usgpm gal/min gallon/minute us_gpm galpermin
bbl/d|flow|1.8401307283333334e-6|bbl/d bpd bbl/day stb/d
kg/s|mass flow|1|kg/s kg/sec кг/с
kg/h|mass flow|2.777777777777778e-4|kg/h kg/hr кг/ч
t/h|mass flow|0.2777777777777778|t/h t/hr т/ч t/std t/godz
bar|pressure|1e5|bar bars barg bara bar(g) bar(a) barü бар bares barabs bargauge bar.g bar.a بار בר บาร์ 巴 バール barg.
  bara.
  baria bāri bāras baari baary бара बार 바 bary barů
mbar|pressure|1e2|mbar millibar hpa mbarg mbara мбар
  ミリバール 毫巴 millibars миллибар mbarů
Pa|pressure|1|pa pascal па
kPa|pressure|1e3|kpa kilopascal kpag kpaa кпа 千帕
  キロパスカル 킬로파스칼 كيلوباسكال کیلوپاسکال קפ"א kilopascals килопаскаль
MPa|pressure|1e6|mpa megapascal мпа
  兆帕 メガパスカル 메가파스칼 میکاپاسکال مگاپاسکال megapascals
psi|pressure|6894.757293168361|psi psig psia lbf/in2 pound_force_per_square_inch
  lbs/in2 lb/in2 磅/平方英寸 psi.
kgf/cm2|pressure|98066.5|kgf/cm2 kg/cm2 kgf/cm2g kg/cm2g at kgfcm2 kilogram_force/centimeter2 technical_atmosphere kp/cm2
  кгс/см2 кг/см2 kgf/cm2(g)
  公斤/平方厘米 公斤/平方公分 кг/кв.см كغ/سم2
mmHg|pressure|133.322387415|mmhg torr ммрт.ст.
A|current|1|a amp amps ampere amperes ampère arms а ампер amperios ampères amp. амп 安培 安
  amper ampér ampeer ampērs ampēri ampeeri ampeeria アンペア 암페어 أمبير امبير آمپر אמפר แอมป์ แอมแปร์ एम्पीयर एम्पियर αμπέρ
mA|current|1e-3|ma milliamp milliampere ма
V|voltage|1|v volt volts vdc vac в вольт voltios volt. вольты
  伏 伏特 ボルト 볼트 فولت ولت וולט โวลต์ волт βολτ
kV|voltage|1e3|kv кв
mV|voltage|1e-3|mv мв
W|power|1|w watt watts вт
kW|power|1e3|kw kilowatt квт 千瓦 كيلووات
  キロワット 킬로와트 كيلوواط کیلووات קילוואט קו"ט กิโลวัตต์ किलोवाट киловатт kilowatts
MW|power|1e6|
hp|power|745.6998715822702|hp bhp
kWh|energy|1|kwh квтч квт·ч квтгод
degC|temperature|1|degc c cel celsius degreecelsius degree_celsius degreec degreesc gradc grdc øc ºc degс celcius
  gradcelsius gradi degcelsius градc градс deg.c deg.c. grad.c st.c stopnic stupenc fokc °с degс градусc gradosc graus
  graderc 摄氏度
  องศาc grd.c st.celsius
  攝氏度 ℃度 섭씨 مئوية درجةمئوية درجهسانتیگراد سانتیگراد degم مdeg degس degц degц. degצ מ"צ degसे डिग्रीसे
  डिग्रीसेल्सियस cdeg oc gr.c stc grauscelsius gradoscelsius κελσίου degκελσίου độc องศาเซลเซียส град.с град.c
  градcельсия celsiusgrad stopniec
degF|temperature|0.5555555555555556:-17.77777777777778|degf f fahrenheit degree_fahrenheit degreef degreesf ºf øf deg.f
  grad.f
  华氏度 華氏度 華氏
K|temperature|1:-273.15|k kelvin degk
rpm|speed|1|rpm 1/min r/min u/min o/min omdr/min min-1 rev/min revolutions_per_minute revolution/minute tr/min rpms upm
  об/мин giri/min obr/min ot/min varv/min v/min omw/min toeren/min tpm rpm. umdr/min umdrehungen/min rev.pm r.p.m. rev/mn
  obr./min omdr./min 1/perc ford/perc f/perc ford./perc dev/dak dev/dk d/d devir/dk d/dak devir/dakika об/хв об./мин об/мин.
  ot./min rot/min
  kierr/min στρ/λεπτό στροφές/λεπτό σ.α.λ. σαλ 转/分 轉/分 r/分 转/分钟 回転/分 rot./min vòng/phút v/ph รอบ/นาที
  putaran/menit
  обр/мин apgr/min aps/min
  סל"ד rpm. 毎分回転数 분당회전수 o.m. dev.dak r.p.m upm.
Hz|frequency|1|hz hertz 1/s гц герц
  赫兹 赫茲 ヘルツ 헤르츠 هرتز הרץ เฮิรตซ์ हर्ट्ज герц. χερτζ
mm/s|vibration velocity|1|mm/s mm/sec mm/srms mm/s_rms millimeter/second mm/s(rms) mm/srm mms-1 мм/с мм/сек мм/сскз mm/seff
  mm/srms. mm/seg mm/sek 毫米/秒 мм/сек. mm/sn mm/seff. mm/s(eff) mm/s(rms). mm/sköz мм/срмс mmpers
in/s|vibration velocity|25.4|in/s ips inch/second in/sec in_i/s in/srms
  英寸/秒 インチ/秒 дюйм/с
m/s2|vibration acceleration|1|m/s2 mps2 m/s/s
g|vibration acceleration|9.80665|g grms gpk gee g-s g's
um|displacement|1e-6|um micron microns mum umpp umpk-pk мкм
mil|displacement|2.54e-5|mil mils
mm|length|1e-3|mm millimeter millimetre мм
cm|length|1e-2|cm centimeter centimetre
m|length|1|m meter metre mtr mwc mh2o м mws mca mce mcl mwk мвс м.в.ст.
  米 公尺 メートル 미터 متر מטר מ' เมตร मीटर метр μέτρα
ft|length|0.3048|ft feet foot
in|length|0.0254|in inch inches
%|fraction|1|% pct percent prozent %open
  процент процентов проц проц. відсоток prosent prosenttia protsenti procent procenti százalék yüzde パーセント 百分比
  퍼센트 ٪ אחוז เปอร์เซ็นต์ प्रतिशत τοις%
ppm|fraction|1e-4|ppm
Nm|torque|1|nm n.m newtonmeter
kg/m3|density|1|kg/m3
m/s|speed linear|1|m/s m/sec mps
s|time|1|s sec secs second seconds sek с сек
ms|time|1e-3|ms msec millisecond milliseconds
min|time|60|min minute minutes мин
h|time|3600|h hr hrs hour hours std ч час
d|time|86400|d day days
dB|level of sound|1|db dba db(a)
L|volume|1e-3|l liter litre ltr л
m3|volume|1|m3 cbm м3
pH|acidity|1|ph
uS/cm|conductivity|1|us/cm
cP|viscosity|1e-3|cp mpas mpa.s
kN|force|1e3|kn
deg|angle|1|deg degree degrees
Ohm|resistance|1|ohm ohms
"""
_STATE_UNITS = frozenset(
    {"bool", "boolean", "state", "0/1", "on/off", "-", "--", "none", "n/a", "na", "null", "[]", "()", "unitless", "1"}
)


_VALUE_OR_QUALITY = VALUE_NAMES | STRONG_NAMES | WEAK_NAMES
"""'FT [Quality]' has no unit."""


def _parse_table() -> tuple[dict[str, Unit], dict[str, Unit], dict[str, Unit]]:
    by_name: dict[str, Unit] = {}
    exact: dict[str, Unit] = {}
    folded: dict[str, Unit] = {}
    for line in _SPELLINGS.strip().replace("\n  ", " ").splitlines():
        name, quantity, factors, spellings = line.split("|")
        factor, _, offset = factors.partition(":")
        unit = Unit(name=name, quantity=quantity, factor=float(factor), offset=float(offset or 0))
        by_name[name] = exact[name] = unit
        for spelling in (name.lower(), *spellings.split()):
            folded.setdefault(spelling, unit)
    return by_name, exact, folded


_BY_NAME, _EXACT, _FOLDED = _parse_table()
_FALSE_FRIENDS = frozenset({"mW", "mPa"})
"""Units that upper or lower case alone tells from others that we know: never folded."""
_LEADING = re.compile(r"\[(?P<unit>[^\[\]]{1,12})\]\s*(?P<name>[^\[\]()]*\w)")
_TRAILING = re.compile(r"^(?P<name>.*?\S)\s*(?:\[(?P<square>[^\[\]]*)\]|\((?P<round>[^()]*(?:\([^()]*\))?)\))\s*$")
_WIDE_BRACKETS = str.maketrans("（）［］【】〔〕", "()[][][]")
_WITH_DEVICE = re.compile(r"^(?P<name>.*\w\W?)\s*,\s*(?P<unit>[^,()\[\]\s][^,()\[\]]{0,19}?)\s*\([^()]*\b(?:S/N|LBL)\b[^()]*\)$")
"""'Temp, °C (LGR S/N: 20345678, LBL: Bearing)', as loggers print a channel, its unit and the device."""
_UNIT_AT_END = re.compile(r"^(?P<name>.*\w\W?)(?P<mark>\s*,\s*|\s+in\s+|\s*/\s+|\s+-\s+|_)(?P<unit>[^,\s_]{1,12})$")
_OF_A_PLACE = re.compile(r"(F(?=_(?:PU|PMP|P)\d)|L(?=_TK?\d))_[A-Z]{1,3}\d{1,4}$")
"""F_PU1, L_T2, as models of networks name the flow of a pump and the level of a tank; P_PU1 may be a power or a pressure."""
_LOOKS_LIKE_UNIT = re.compile(r"[^\W\d_](?:[\w°µ%^²³·.*-]{0,7})(?:/[\w°µ^²³·.*-]{1,8})?")


def find_unit(text: str | None) -> str | None:
    """The one spelling of a printed unit ('L/min', 'degC', '%'), or None when it is none that we know."""
    unit = _find(text)
    return unit.name if unit else None


def _find(text: str | None) -> Unit | None:
    if text is None or len(text) > 40:
        return None
    plain = text.strip().strip("[]").strip()
    if plain in _EXACT or plain in _FALSE_FRIENDS:
        return _EXACT.get(plain)
    folded = _fold(plain)
    if not folded or folded in _STATE_UNITS - {"1"}:
        return None
    found = (
        _FOLDED.get(folded)
        or _FOLDED.get(folded.strip("()"))
        or _FOLDED.get(folded.rstrip("."))
        or _FOLDED.get(folded.replace("_", ""))
    )
    plainer = None if found else spelled_out(folded)
    return found or _EXACT.get(plain.strip("()")) or (_FOLDED.get(plainer) if plainer else None)


def _fold(text: str) -> str:
    text = (
        unicodedata.normalize("NFKC", text.replace("−", "-").replace("⁻", "-").replace("º", "°").replace("˚", "°"))
        .replace("µ", "u")
        .replace("μ", "u")
    )
    text = text.replace("°", "deg").replace("**", "").replace("^", "").replace("·", "").replace("*", "")
    return re.sub(r"\s+", "", text).lower()


def is_no_unit(text: str) -> bool:
    """Whether the text says that there is no unit: '-', 'bool', '[]' ."""
    return not text.strip() or _fold(text) in _STATE_UNITS


def split_unit(header: str) -> tuple[str, str | None]:
    """A header's name and unit: 'Flow [m3/h]' gives ('Flow', 'm3/h').

    Square brackets with a short word that no table knows still are a unit ('[NTU]'); round ones only when the unit is
    known, as they often hold a place or a side ('Temperature (DE)'). Some loggers put it in front: '[°C] Channel 1'.
    """
    header = header.strip()
    match = _TRAILING.match(header.translate(_WIDE_BRACKETS))
    device = _WITH_DEVICE.match(header)
    if device and find_unit(device["unit"]):
        return device["name"].strip(), find_unit(device["unit"])
    front = _LEADING.fullmatch(header)
    if front and find_unit(front["unit"]):
        return front["name"], find_unit(front["unit"])
    if not match:
        return header, None
    inner = match["square"] if match["square"] is not None else match["round"]
    unit = find_unit(inner)
    if unit:
        return header[: match.end("name")], unit
    if _fold(inner) in _VALUE_OR_QUALITY:
        return header, None
    if match["square"] is not None and is_no_unit(inner):
        return header[: match.end("name")], None
    if match["square"] is not None and _LOOKS_LIKE_UNIT.fullmatch(inner.strip()):
        return header[: match.end("name")], inner.strip()
    return header, None


def unit_in_name(name: str) -> str | None:
    """The unit that a name without brackets seems to end in: 'bar' of 'Trykk, bar' and of 'suction_pressure_bar'.

    To be suggested, never taken: 'Pump, A' and 'x_bar' end so too. A lone letter, and what stands behind an underscore, counts
    only where the words before it are of the unit's quantity.
    """
    match = _UNIT_AT_END.match(name.strip())
    unit = _find(match["unit"]) if match else None
    if match is None or unit is None:
        return None
    words = _quantity_of_words(match["name"])
    is_said = bool(words) and (unit.quantity == "fraction" or find_quantity(unit.name, "") == words)
    is_plain = match["mark"] != "_" and not re.fullmatch(r"[^\W\d_]", match["unit"])
    return unit.name if is_said or (is_plain and not words) else None


def all_units() -> dict[str, Unit]:
    """Every unit that is known, by its one spelling."""
    return _BY_NAME


def can_convert(source: str, target: str) -> bool:
    """Whether both units are known and of one quantity."""
    first, second = _BY_NAME.get(source), _BY_NAME.get(target)
    return first is not None and second is not None and first.quantity == second.quantity


def conversion(source: str, target: str) -> tuple[float, float]:
    """(a, b) of target = a * source + b; the caller has checked `can_convert`."""
    first, second = _BY_NAME[source], _BY_NAME[target]
    return first.factor / second.factor, (first.offset - second.offset) / second.factor


def find_quantity(unit: str | None, name: str, description: str = "") -> str:
    """The quantity ('pressure', 'flow', 'current' …): from the unit, else words, else ISA-5.1 letters, else ''."""
    known = _BY_NAME.get(unit or "")
    if known and known.quantity not in ("fraction", "length", "time"):
        return "vibration" if known.quantity.startswith("vibration") or known.quantity == "displacement" else known.quantity
    by_word = _quantity_of_words(f"{name} {description}")
    if by_word:
        return by_word
    if known and known.quantity == "length":
        return "level"
    return _quantity_of_tag(name)


def _quantity_of_words(text: str) -> str:
    folded = unicodedata.normalize("NFKC", text).casefold()
    folded = re.sub(r"[^\w%]+|_", " ", re.sub(r"(?<=[a-z])(?=[0-9])", " ", folded))
    for quantity, pattern in QUANTITY_WORDS:
        if re.search(pattern, folded):
            return quantity
    return ""


def _quantity_of_tag(name: str) -> str:
    """ISA-5.1 (2009), table 4.1: the first letter of a tag's functional identification is the measured variable."""
    if re.search(r"(?:^|[^A-Za-z])[AD][IO][-_ ]?\d", name):
        return ""  # an input or output of a card (AI_77), not an analysis
    match = re.search(r"(?:^|[^A-Za-z])([A-Z])D?[ITECRYSXKV]{1,3}[-_ ]?\d", name) or _OF_A_PLACE.match(name)
    return ISA_LETTERS.get(match[1], "") if match else ""
