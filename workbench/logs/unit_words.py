"""Units that languages spell in two halves: a volume, a length or a turn by an hour, a minute or a second.

`spelled_out` brings 'кубометр/час', '㎥/時' and 'ot/min' to one spelling. Text comes folded: NFKC, lower case, no blanks, the
Greek μ as u. Data but for one function; must not import anything but the standard library.
"""

from __future__ import annotations

import re

_PARTS = {
    "m3": """
        m3 м3 cbm cum куб.м куб.метр кубометр u3 κ.u. 立方米 立方公尺 立方メートル 立米 ม3 ลบ.ม م3 مترمکعب
        مترمكعب מ3 מ"ק घनमीटर घनमी mc metr3
    """,
    "l": """
        l lt ltr lit liter litre litri litros litres л литр λ λίτρα 升 公升 リットル 리터 ลิตร ล لتر ل لیتر
        ל ליטר lít लीटर
    """,
    "mm": """
        mm мм 毫米 公厘 ミリ ミリメートル 밀리미터 มม مم ملم میلیمتر מ"מ χιλ मिमी
    """,
    "rev": """
        r rev u umdr umdrehungen об обор оборот обр обрт tr tour tours giri obr ob ot varv omw toeren omdr o
        ford dev devir στρ στροφές rot rotații okr vrt obrt kierr kierrosta pööret apgr aps айн دور دورة لفة
        סיבובים रेव रॉट รอบ vòng put putaran rotasi pusingan 转 轉 回転 回 回轉 회 회전 sn
    """,
}
_TIMES = {
    "h": """
        h hr hod hodina hodinu godz godzinę ч час година год óra óránként saat sa uur u time timme tim tími
        klst st stunde std tund stundā val valandą ura uro sat oră ora orë heure hora ώρα χρ 时 時 小时 小時
        時間 시 시간 س ساعة ساعت שעה ש' ชม ชั่วโมง giờ jam घंटा घंटे саг сағ ц цас гадз soat saatı
    """,
    "min": """
        min minuta minutę minuut minut minuto minute minuutti мин минута хв хвилина perc p dak dk dakika
        λεπτό λεπ د دقيقة دقیقه דקה דק' นาที phút ph menit minit 分 分钟 分鐘 분 minūtē mín mín. मिनट мінуту
        mn dəq
    """,
    "s": """
        s sec sek sekundę sekund sekunda seg segundo seconde secondo с сек секунда sn saniye mp másodperc δ
        δευτ δευτ/το ث ثانية ثانیه שניה שנייה วินาที giây detik 秒 초 sekunde sekundi sekundė सेकंड
    """,
}
_NAMES = {
    ("m3", "h"): "m3/h", ("m3", "s"): "m3/s", ("m3", "min"): "m3/min", ("l", "s"): "l/s", ("l", "min"): "l/min",
    ("l", "h"): "l/h", ("mm", "s"): "mm/s", ("rev", "min"): "rpm",
}  # fmt: skip
_PART_OF = {word: part for part, words in _PARTS.items() for word in words.split()}
_TIME_OF = {word: time for time, words in _TIMES.items() for word in words.split()}
_HALVES = re.compile(r"(?P<part>[^/]+)/(?P<time>[^/]+)")
_GAUGE = re.compile(
    r"(?P<unit>bar|mbar|kpa|mpa|psi|kgf/cm2|kg/cm2|бар|мбар|кпа|мпа|кгс/см2)[-_.(]*"
    r"(?:g|a|abs|absolute|ü|e|r|rel|d|diff|gauge|man|изб|абс|relativ)\.?\)?"
)
"""Above what a pressure is measured changes no number here: bar(g), kPa abs, psi.g."""
_ROOT_MEAN_SQUARE = re.compile(r"(?P<unit>.+?)[-_.(]*(?:rms|r\.m\.s|eff|ef|eficaz|efficace|скз|срмс|有効値|有效值|실효값)\.?\)?")


def spelled_out(folded: str) -> str | None:
    """The plain spelling of a unit that stands in two halves or with a remark behind it; None of any other."""
    for pattern in (_GAUGE, _ROOT_MEAN_SQUARE):
        match = pattern.fullmatch(folded)
        if match:
            return match["unit"]
    halves = _HALVES.fullmatch(folded)
    if halves is None:
        return None
    part = _PART_OF.get(halves["part"]) or _PART_OF.get(halves["part"].rstrip("."))
    time = _TIME_OF.get(halves["time"]) or _TIME_OF.get(halves["time"].rstrip("."))
    return _NAMES.get((part or "", time or ""))
