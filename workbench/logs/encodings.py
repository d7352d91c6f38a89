"""Tells old 8-bit encodings (and GBK) apart by the words they make: letters of one language, in a usual case, no odd signs.

Only text that is neither UTF-8 nor UTF-16 comes here. Without evidence it is Western (cp1252), as most plant software writes.
"""

from __future__ import annotations

import re
import unicodedata
from functools import cache

_WESTERN = "cp1252"
_CANDIDATES = ("cp1252", "cp1251", "cp1250", "iso8859-2", "cp850", "mac-roman", "cp866", "koi8-r", "gb18030")
_LETTERS = {
    "german": "äöüßÄÖÜ",
    "french": "éèêëàâçîïôûùœÉÈÊÀÇÔ",
    "nordic": "øåæäöéØÅÆÄÖ",
    "spanish": "áéíóúñüÁÉÍÓÚÑ",
    "portuguese": "ãõáéíóúâêôçàÃÕÁÉÍÓÚÂÊÔÇ",
    "italian": "àèéìòùÀÈÉÌÒÙ",
    "polish": "ąćęłńóśźżĄĆĘŁŃÓŚŹŻ",
    "czech": "áčďéěíňóřšťúůýžÁČĎÉĚÍŇÓŘŠŤÚŮÝŽľĺôäĽ",
    "hungarian": "áéíóöőúüűÁÉÍÓÖŐÚÜŰ",
    "russian": "абвгдежзийклмнопрстуфхцчшщъыьэюяёАБВГДЕЖЗИЙКЛМНОПРСТУФХЦЧШЩЪЫЬЭЮЯЁ",
}
_ENCODINGS = {
    "german": ("cp1252", "cp850", "mac-roman"),
    "french": ("cp1252", "cp850", "mac-roman"),
    "nordic": ("cp1252", "cp850", "mac-roman"),
    "spanish": ("cp1252", "cp850", "mac-roman"),
    "portuguese": ("cp1252", "cp850", "mac-roman"),
    "italian": ("cp1252", "cp850", "mac-roman"),
    "polish": ("cp1250", "iso8859-2"),
    "czech": ("cp1250", "iso8859-2"),
    "hungarian": ("cp1250", "iso8859-2"),
    "russian": ("cp1251", "cp866", "koi8-r"),
}
_SIGNS = frozenset("\u00a0°²³µ·±–—…’‘“”„«»€№§½¼©®¹º")
_WORD = re.compile(rb"[^\x00-\x40\x5b-\x60\x7b-\x7f]+")
_HIGH = re.compile(rb"[\x80-\xff]")
_CYRILLIC = frozenset(_LETTERS["russian"])
_UNIT_WORDS = frozenset({"m³", "m²", "cm²", "cm³", "µm", "µS", "°C", "Nm³"})
_MAX_WORDS = 2000


def guess_legacy(sample: bytes) -> tuple[str, float]:
    """(encoding, confidence 0..1) of text that is no Unicode."""
    words = list(dict.fromkeys(word for word in _WORD.findall(sample) if _HIGH.search(word)))[:_MAX_WORDS]
    if not words:
        return _WESTERN, 0.7
    scores = {name: _score(name, words, sample) for name in _CANDIDATES}
    best = max(_CANDIDATES, key=scores.__getitem__)
    if scores[best] <= scores[_WESTERN]:
        return _WESTERN, 0.7
    return best, min(0.9, 0.5 + 0.1 * (scores[best] - scores[_WESTERN]))


def _score(encoding: str, words: list[bytes], sample: bytes) -> float:
    if encoding == "gb18030":
        return _score_chinese(sample)
    texts = [word.decode(encoding, "replace") for word in words]
    found = sum(map(_case_and_signs, texts))
    letters = [char for text in texts for char in text if char > "\x7f" and char.isalpha()]
    languages = [name for name, encodings in _ENCODINGS.items() if encoding in encodings]
    return found + max(sum(2 if char in _LETTERS[name] else -1 for char in letters) for name in languages)


@cache
def _case_and_signs(text: str) -> float:
    """Signs between letters and capitals behind small letters are no words of any language."""
    worth = 0.0
    for index, char in enumerate(text):
        before, after = text[index - 1 : index], text[index + 1 : index + 2]
        if char > "\x7f" and not char.isalpha():
            is_inside = before.isalpha() and after.isalpha()
            worth -= 3 if char not in _SIGNS else 2 if is_inside else 0
        if char in _CYRILLIC and any(one.isascii() and one.isalpha() for one in (before, after)):
            worth -= 4
        if char > "\x7f" and char.isupper() and before.isalpha() and before.islower():
            worth -= 2
        if char > "\x7f" and char.islower() and len(before) == 1 and before > "\x7f" and before.isupper() and after.isupper():
            worth -= 2
    worth += 3 * (text in _UNIT_WORDS)
    is_turned = len(text) > 2 and text[0].islower() and text[1:].isupper()
    return worth - (3 if is_turned else 0)


def _score_chinese(sample: bytes) -> float:
    """Characters of GB 2312 count for it, those that stick to small Latin letters against it."""
    try:
        text = sample[: sample.rfind(b"\n") + 1 or None].decode("gb18030")
    except UnicodeDecodeError:
        return -1e9
    worth = 0.0
    for match in re.finditer(r"[^\x00-\x7f]+", text[:100_000]):
        run = match[0]
        near = text[max(0, match.start() - 1) : match.start()] + text[match.end() : match.end() + 1]
        worth += sum(2 if _is_common(char) else -2 for char in run)
        worth -= 4 * sum(char.isascii() and char.islower() for char in near)
    return worth / 2


def _is_common(char: str) -> bool:
    try:
        char.encode("gb2312")
    except UnicodeEncodeError:
        return False
    return "CJK" in unicodedata.name(char, "") or char in "℃°"
