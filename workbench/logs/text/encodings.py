"""Tells old encodings apart by the words they make: usual letters of one language, in a usual case, no odd signs.

Only text that is neither UTF-8 nor UTF-16 comes here. Without evidence it is Western (cp1252), as most plant software writes.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable
from functools import cache

from workbench.logs.text.scripts import SCRIPTS, WIDE_ENCODINGS, character_worth, is_of_script, letter_worth

_WESTERN = "cp1252"
_LETTERS = {
    "german": "äöüßÄÖÜ",
    "french": "éèêëàâçîïôûùœÉÈÊÀÇÔ",
    "nordic": "øåæäöéØÅÆÄÖ",
    "spanish": "áéíóúñüÁÉÍÓÚÑ",
    "portuguese": "ãõáéíóúâêôçàÃÕÁÉÍÓÚÂÊÔÇ",
    "italian": "àèéìòùÀÈÉÌÒÙ",
    "polish": "ąćęłńóśźżĄĆĘŁŃÓŚŹŻ",
    "czech": "áčďéěíňóřšťúůýžÁČĎÉĚÍŇÓŘŠŤÚŮÝŽľĺŕôäĽĹŔ",
    "croatian": "čćđšžČĆĐŠŽ",
    "hungarian": "áéíóöőúüűÁÉÍÓÖŐÚÜŰ",
    "icelandic": "áðéíóúýþæöÁÐÉÍÓÚÝÞÆÖ",
    "estonian": "äöõüšžÄÖÕÜŠŽ",
    "lithuanian": "ąčęėįšųūžĄČĘĖĮŠŲŪŽ",
    "latvian": "āčēģīķļņšūžĀČĒĢĪĶĻŅŠŪŽ",
    "romanian": "ăâîşţĂÂÎŞŢ",
    "turkish": "çğıöşüÇĞİÖŞÜâ",
}
_ENCODINGS = {
    "german": ("cp1252", "cp850", "mac-roman"),
    "french": ("cp1252", "cp850", "mac-roman"),
    "nordic": ("cp1252", "cp850", "mac-roman"),
    "spanish": ("cp1252", "cp850", "mac-roman"),
    "portuguese": ("cp1252", "cp850", "mac-roman"),
    "italian": ("cp1252", "cp850", "mac-roman"),
    "polish": ("cp1250", "iso8859-2", "cp852"),
    "czech": ("cp1250", "iso8859-2", "cp852"),
    "hungarian": ("cp1250", "iso8859-2", "cp852"),
    "croatian": ("cp1250", "iso8859-2", "cp852"),
    "turkish": ("cp1254", "cp857"),
    "icelandic": ("cp1252",),
    "estonian": ("cp1252", "cp1257", "cp775", "iso8859-15"),
    "lithuanian": ("cp1257", "cp775"),
    "latvian": ("cp1257", "cp775"),
    "romanian": ("cp1250", "cp852"),
}
SINGLE_BYTE_LATIN = frozenset(name for names in _ENCODINGS.values() for name in names)
_LATIN = tuple(dict.fromkeys(name for names in _ENCODINGS.values() for name in names))
_BY_SCRIPT = tuple(dict.fromkeys(name for names in SCRIPTS.values() for name in names))
_CANDIDATES = (*_LATIN, *_BY_SCRIPT, *WIDE_ENCODINGS)
_SIGNS = frozenset("\u00a0°²³µ·±–—…’‘“”„«»€№§½¼©®¹º")
_WORD = re.compile(rb"[^\x00-\x40\x5b-\x60\x7b-\x7f]+")
_BLANK_IN_NUMBER = re.compile(rb"(?<=\d)[\xa0\xff](?=\d)")
_HIGH = re.compile(rb"[\x80-\xff]")
_OPENED = re.compile(rb"#[\x80-\xff](?=[A-Z])")
"""#¡VALOR! and #¿NOMBRE?: what Spanish spreadsheets open an error with."""
_RUN = re.compile(r"[^\x00-\x7f]+")
_TURKISH = (
    (
        re.compile(
            "(?i:basın[çc]|sıcakl|akım|arıza|çalış|kapalı|açık|hız|sayıs|hatası|yatağ|değer|titreş|emiş|giriş|çıkış|geçers)"
        ),
        4.0,
    ),
    (re.compile("(?<![aeıioöuüAEIİOÖUÜ])ğ"), -3.0),
)
_GREEK_ENDS = (re.compile("ς\\B"), -3.0), (re.compile("σ\\b"), -2.0)
_ACCENTS = ((re.compile("\\bè[a-z]|ù[a-z]"), -3.0), (re.compile("[àò][a-z]|[aou]ü"), -2.0))
"""è does not begin a word; ù, à and ò end one; ü follows no other vowel than e and i."""
_HABITS: dict[str, tuple[tuple[re.Pattern[str], float], ...]] = {
    "cp1252": (
        *_ACCENTS,
        (re.compile("[a-z]þ"), -3.0),  # Icelandic þ begins a word
        (re.compile("ã(?!o|e|s\\b|\\b)|(?<![hlm])ã\\b"), -2.0),  # Romanian ă is no Portuguese ã
        (
            re.compile("[âîû][kvjz]|ç[b-df-hj-np-tv-zei]"),
            -2.0,
        ),  # Latvian ā, ē, ī and ū are no French letters
    ),
    "cp850": _ACCENTS,
    "mac-roman": _ACCENTS,
    "cp1250": ((re.compile("ľ[ie]|eľaj"), -3.0),),
    "cp1253": _GREEK_ENDS,
    "iso8859-7": _GREEK_ENDS,
    "cp1254": _TURKISH,
    "cp857": _TURKISH,
    "cp1255": ((re.compile("[ךםןףץ]\\b"), 2.0), (re.compile("[ךםןףץ]\\B"), -3.0)),
}
_TELLING = {"cp1257": re.compile(rb"(?i)\b(?:laiks|spiediens|jauda|darbojas|laikas|srautas|galia|siurblys)\b")}
"""Words without a letter beyond ASCII that only the languages of an encoding have, where one accent is all there is besides."""
_WORTH_OF_WORDS = 4.0
_UNIT_WORDS = frozenset({"m³", "m²", "cm²", "cm³", "µm", "µS", "µA", "µV", "µs", "°C", "°F", "°K", "°dH", "Nm³", "ft³", "in²"})
_MAX_WORDS = 2000
_USUAL = frozenset("".join(_LETTERS.values())) | _SIGNS | frozenset("\ufeff⁰¹²³⁴⁻₀₁₂₃Δδ∆ΩωµμΣσφ∅≤≥×÷←→↑↓•●○√%‰¡¿«»“”„‚‘’ ")
_EAST = frozenset(("CJK", "HIRAGANA", "KATAKANA", "HANGUL", "FULLWIDTH", "IDEOGRAPHIC", "BOPOMOFO"))


def guess_legacy(sample: bytes) -> tuple[str, float]:
    """(encoding, confidence 0..1) of text that is no Unicode."""
    sample = _BLANK_IN_NUMBER.sub(b" ", sample)
    words = list(dict.fromkeys(word for word in _WORD.findall(_OPENED.sub(b"#", sample)) if _HIGH.search(word)))[:_MAX_WORDS]
    if not words and not _OPENED.search(sample):
        return _WESTERN, 0.7
    scores = {name: _score(name, words, sample) for name in _CANDIDATES}
    for name, telling in _TELLING.items():
        scores[name] += _WORTH_OF_WORDS * (telling.search(sample) is not None)
    best = max(_CANDIDATES, key=scores.__getitem__)
    if scores[best] <= scores[_WESTERN]:
        return _WESTERN, 0.7
    return best, min(0.9, 0.5 + 0.1 * (scores[best] - scores[_WESTERN]))


def guess_beside(runs: Iterable[bytes], texts: Iterable[str], at_least: float) -> str | None:
    """The encoding of words that stand beside UTF-8 `texts`, of the same scripts; None where they make no words in any.

    `at_least` is how good they must be.
    """
    sample = b"\n".join(runs)
    words = [word for word in _WORD.findall(sample) if _HIGH.search(word)][:_MAX_WORDS]
    scripts = scripts_of(texts)
    fitting = [name for name in _CANDIDATES if _fit(scripts_of([sample.decode(name, "replace")]), scripts)]
    scores = {name: _score(name, words, sample) for name in fitting}
    best = max(fitting, key=scores.__getitem__, default=None)
    if best is None or scores[best] < at_least:
        return None
    return _WESTERN if scores[best] <= scores.get(_WESTERN, at_least - 1) else best


def _fit(old: set[str], new: set[str]) -> bool:
    return not old or not new or bool(old & new)


def scripts_of(texts: Iterable[str]) -> set[str]:
    """The scripts of all letters beyond ASCII."""
    return {script_of(char) for text in texts for char in text if char > "\x7f" and char.isalpha()}


def are_usual_words(texts: Iterable[str]) -> bool:
    """Whether all characters beyond ASCII are letters of a language that is known here, or usual signs."""
    return all(
        char in _USUAL or is_of_script(char) or script_of(char) == "EAST"
        for text in texts
        for char in text
        if char > "\x7f" and char.isprintable()
    )


def script_of(char: str) -> str:
    """LATIN, CYRILLIC, GREEK …; those of East Asia, which stand side by side, are one."""
    script = unicodedata.name(char, "UNKNOWN").partition(" ")[0]
    return "EAST" if script in _EAST else script


def _score(encoding: str, words: list[bytes], sample: bytes) -> float:
    if encoding in WIDE_ENCODINGS:
        return _score_wide(encoding, sample)
    texts = [word.decode(encoding, "replace") for word in words]
    found = sum(map(_case_and_signs, texts)) + _habits(encoding, texts)
    found += sum(5 for opened in set(_OPENED.findall(sample)) if opened.decode(encoding, "replace")[1] in "¡¿")
    # one letter by itself is as likely a sign (°, ½, ±) of another encoding
    letters = [char for text in texts if sum(map(_is_letter, text)) > 1 for char in text if char > "\x7f" and _is_letter(char)]
    latin = [name for name, encodings in _ENCODINGS.items() if encoding in encodings]
    scripts = [name for name, encodings in SCRIPTS.items() if encoding in encodings]
    worths = [sum(2 if char in _LETTERS[name] else -1 for char in letters) for name in latin]
    return found + max(worths + [sum(letter_worth(name, char) for char in letters) for name in scripts])


def _is_letter(char: str) -> bool:
    return char.isalpha() or is_of_script(char)


@cache
def _case_and_signs(text: str) -> float:
    """Signs between letters and capitals behind small letters are no words of any language."""
    worth = 0.0
    for index, char in enumerate(text):
        before, after = text[index - 1 : index], text[index + 1 : index + 2]
        if char > "\x7f" and not char.isalpha() and not is_of_script(char):
            is_inside = before.isalpha() and after.isalpha()
            worth -= 3 if char not in _SIGNS else 2 if is_inside else 0
        worth -= 0.5 * (is_of_script(char) and char.isupper() and before.isupper())
        if is_of_script(char) and any(one.isascii() and one.isalpha() for one in (before, after)):
            worth -= 4
        if char > "\x7f" and char.isupper() and before.isalpha() and before.islower():
            worth -= 2
        if char > "\x7f" and char.islower() and len(before) == 1 and before > "\x7f" and before.isupper() and after.isupper():
            worth -= 2
    worth += 3 * (text in _UNIT_WORDS)
    is_turned = len(text) > 2 and text[0].islower() and text[1:].isupper()
    return worth - (3 if is_turned else 0)


def _habits(encoding: str, texts: list[str]) -> float:
    """What letters do inside a word, where several languages share their codes."""
    worth = sum(value * len(habit.findall(text)) for habit, value in _HABITS.get(encoding, ()) for text in texts)
    if encoding == _WESTERN and any(char in "áéíóú" for text in texts for char in text):
        # Hungarian ő is õ here; Portuguese has õ before e alone, Estonian has no accents
        worth -= sum(4 * len(re.findall("õ(?!e)", text)) for text in texts)
    return worth


def _score_wide(encoding: str, sample: bytes) -> float:
    """Usual characters count for the encoding; broken ones, and those that stick to small Latin letters, against it."""
    text = sample[: sample.rfind(b"\n") + 1 or None].decode(encoding, "replace")
    runs = {
        (match[0], text[max(0, match.start() - 1) : match.start()] + text[match.end() : match.end() + 1])
        for match in _RUN.finditer(text)
    }
    worth = 0.0
    for run, near in list(runs)[:_MAX_WORDS]:
        worth += sum(-8.0 if char == "\ufffd" else character_worth(encoding, char) for char in run)
        worth -= 4 * sum(char.isascii() and char.islower() for char in near) + 3 * (len(run) == 1 and "\uff61" <= run <= "\uff9f")
    return worth
