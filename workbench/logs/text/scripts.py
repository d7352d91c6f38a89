"""Letters and characters of the scripts that old encodings write, by how usual they are in text of plants.

A byte of an old encoding is a letter in every other one too. What tells them apart is which reading gives usual letters.
"""

from __future__ import annotations

import unicodedata
from functools import cache

_USUAL_LETTERS = {
    "russian": ("оеаинтсрвл", "кмдпуяыьгзбчйхж", "шюцщэфъё"),
    "ukrainian": ("оанитівреслк", "удмпзьябйгчх", "жюєщцшїфґ"),
    "greek": ("αοιετσνηυρπκ", "μλωςγδάίόέήύχθ", "φβξζψώϊϋΐΰ"),
    "hebrew": ("יוהלאמרתבש", "נכםדקעחפטן", "גצסזךץף"),
    "arabic": ("اليمنتورب", "عدسفهكقحجةطصخأ", "شضذثزظغءإآىئؤ"),
    "thai": ("ากนรอเงมยลวดทส", "ตะปบ็คีหแจัิ่้พชขใไโถุูึืำ", "ณผฉซฎฐฏญธภศษฟฝฆฮฬ์ๆฯ๊๋ฤ"),
}
"""Of each script: its ten or so most frequent letters, the usual ones and the rare ones."""

SCRIPTS = {
    "russian": ("cp1251", "cp866", "koi8-r", "iso8859-5"),
    "ukrainian": ("cp1251", "koi8-u"),
    "greek": ("cp1253", "iso8859-7", "cp737"),
    "hebrew": ("cp1255", "cp862"),
    "arabic": ("cp1256", "iso8859-6"),
    "thai": ("cp874",),
}
"""Scripts whose letters have one byte, and the encodings that write them."""

_USUAL_CHARACTERS = {
    "gb18030": (
        "的一是在不了有和人这中大为上个国我以要他时来用们生到作地于出就分对成会可主发年动同工也能下过子说产种面而方后多定行学法所民得经十三之"
        "进着等部度家电力里如水化高自二理起小物现实加量都两体制机当使点从业本去把性好应开它合还因由其些前外天日那间样与关各重新线内数正心反"
        "明原又利比或但质气第向此变条只没结解问意建月公无系情最立想已并提直程五品常总次式设及管特件求基资流级少图山统接知较组计别角期根运"
        "值标录阀泵轴承振吸口温压功率频故障报警停止测坏序号备注位超汇均刻通讯转速汽油冷却给排风空热源站房塔箱罐滤器"
    ),
    "big5": (
        "的一是不了人在有我他這個們中來上大為和國地到以說時要就出會可也你對生能而子那得於著下自之年過發後作里用道行所然家種事成方多經麼去法"
        "學如都同現當沒動面起看定天分還進好小部其些主樣理心本前開但因只從想實日間流量壓力溫度電機軸承轉速振吸入口水泵運停止故障異常資料數值"
        "品質單位備註正負荷高低點頻率閥門號序測壞錯誤通訊平均合計報表結束開關名稱設油冷卻風空氣熱"
    ),
    "cp932": (
        "日時分秒年月間流量圧力温度電動機電流軸受回転数振動吸込吐出入口側水位開閉運転停止故障異常正警報値番号品質良不定欠測通信平均合計単名称"
        "備考設制御装器盤第一二三四五上下左右中高低最大小以内外前後全部所場用室槽塔弁管油冷却給排送風空気熱源負荷周波積算瞬切真偽点検記録"
    ),
    "cp949": (
        "이다는의에가을를로하고지도기사대시인스어나정자리그해일수제전부주보원상한아장동라서과성국구조계공여비으유위경소면관마생치무실연입신진선화"
        "업문중안산발금간개세압력온류량회흡토출터베링펌프운양호불확통오범초날짜값태번단데없음평균합끝켜짐꺼참거짓예니품질모피서변환밸브열냉각급배"
    ),
}
_USUAL_CHARACTERS["euc_jp"] = _USUAL_CHARACTERS["cp932"]
WIDE_ENCODINGS = tuple(_USUAL_CHARACTERS)
_COMMON = {name: frozenset(text) for name, text in _USUAL_CHARACTERS.items()}
_PLAIN_CODES = {"gb18030": "gb2312", "big5": "big5", "cp932": "shift_jis", "euc_jp": "euc_jp", "cp949": "euc_kr"}
_FIRST_LEVEL_END = {"gb18030": 0xD7, "big5": 0xC6, "cp932": 0x97, "euc_jp": 0xCF, "cp949": 0xC8}
"""The last lead byte of the usual half of each character set."""


def letter_worth(script: str, char: str) -> float:
    """What a letter of one byte says for its script: 2.5 (frequent) to -3 (none of it)."""
    return _letter_worths(script).get(char.lower(), -3.0)


@cache
def _letter_worths(script: str) -> dict[str, float]:
    frequent, usual, rare = _USUAL_LETTERS[script]
    return dict.fromkeys(rare, 0.2) | dict.fromkeys(usual, 1.5) | dict.fromkeys(frequent, 2.5)


def is_of_script(char: str) -> bool:
    """Whether a letter belongs to a script that never mixes with Latin letters in a word."""
    return char > "\u036f" and unicodedata.name(char, "").split(" ")[0] in {"GREEK", "CYRILLIC", "HEBREW", "ARABIC", "THAI"}


@cache
def character_worth(encoding: str, char: str) -> float:
    """What a character of two bytes says for its encoding: 6 (usual in plants) to -4 (hardly ever written)."""
    if char in _COMMON[encoding]:
        return 6.0
    if encoding in ("cp932", "euc_jp") and "\u3041" <= char <= "\u30fc":
        return 5.0
    if char in "℃°" or "\u3000" <= char <= "\u303f" or "\u3300" <= char <= "\u33ff" or "\uff01" <= char <= "\uff5e":
        return 2.0  # marks, units in one character and full-width digits
    try:
        code = char.encode(_PLAIN_CODES[encoding])
    except UnicodeEncodeError:
        return -4.0
    if len(code) == 1:  # half-width katakana
        return 1.0
    is_word = unicodedata.category(char) == "Lo"
    return (1.0 if code[0] <= _FIRST_LEVEL_END[encoding] else -3.0) if is_word else -3.0
