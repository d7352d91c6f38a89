"""Bytes to text: encodings, NUL runs, control and bidi characters. Text from files is hostile and leaves here plain."""

from __future__ import annotations

import codecs
import re
import unicodedata
from dataclasses import dataclass

from workbench.core.errors import EncodingError
from workbench.logs.text.encodings import guess_legacy
from workbench.logs.text.mixture import PREFIX, WordsOfBoth

_BOMS = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
NUL_BLOCK = re.compile("\x00{8,}")
_CONTROL = re.compile(r"[\x01-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\ud800-\udfff]")
_BIDI = dict.fromkeys([0x061C, 0x200B, 0x200E, 0x200F, *range(0x202A, 0x202F), *range(0x2066, 0x206A), 0xFEFF, 0x2028, 0x2029])
_NARROW = re.compile(rb"(?:\n[^\x00\n]{0,900}[0-9]{2}[^\x00\n]{0,900}){3}\n")
_WIDE_MARK = re.compile(rb"(?<=\n)(?:\xff\xfe[^\x00]\x00|\xfe\xff\x00[^\x00])")
GLUE_BYTES = 4_000
"""What must be seen at once to tell that files were glued together."""
_MAX_CONTROL_FRACTION = 0.01
_SAMPLE_CHARS = 200_000
_SAMPLE_BYTES = 200_000
MAX_NAME_CHARS = 120


@dataclass(frozen=True, slots=True, kw_only=True)
class Decoded:
    """A file's text, the encoding it was read with, and how sure that is (0..1)."""

    text: str
    encoding: str
    confidence: float


def find_encoding(head: bytes) -> tuple[str, float]:
    """Encoding and confidence from a file's first bytes (and BOM)."""
    for bom, name in _BOMS:
        if head.startswith(bom) and (name != "utf-8-sig" or _is_utf8(head)):
            return name, 1.0
    wide = _utf16_without_bom(head)
    if wide:
        return wide, 0.9
    if not _is_utf8(head):
        tried = head.decode("utf-8", "replace")
        n_broken, n_multi = tried.count("\ufffd"), sum(1 for char in tried if char > "\x7f" and char != "\ufffd")
        words = WordsOfBoth()
        words.add(head, has_broken=True, has_multi=n_multi > 0)
        return choose_encoding(head, n_broken, 0 if tried[0] == "\ufffd" else n_multi, words)
    return ("utf-8", 1.0) if head.isascii() else ("utf-8", 0.99)


def _is_utf8(head: bytes) -> bool:
    """Whether bytes are UTF-8, but for a character that is cut at their end."""
    try:
        codecs.getincrementaldecoder("utf-8")("strict").decode(head, final=False)
    except UnicodeDecodeError:
        return False
    return True


def choose_encoding(head: bytes, n_broken: int, n_multi: int, words: WordsOfBoth) -> tuple[str, float]:
    """Encoding and confidence of a file with `n_broken` places that are no UTF-8 and `n_multi` characters that are."""
    # one flipped byte in an otherwise proper UTF-8 text does not make it another encoding
    is_mostly_utf8 = n_multi > 2 * n_broken
    old = words.old_encoding(is_mostly_utf8=is_mostly_utf8)
    if old:
        return PREFIX + old, 0.8
    return ("utf-8", 0.6) if is_mostly_utf8 else guess_legacy(head[:_SAMPLE_BYTES])


def decode_bytes(data: bytes, name: str) -> Decoded:
    """Decode a text file; NUL blocks (a power loss) become line ends. Raises EncodingError for what is no text."""
    head = data[:_SAMPLE_BYTES]
    check_is_text(without_escapes(NUL_BLOCK.sub("", head.decode(find_encoding(head)[0], "replace").removeprefix("\ufeff"))), name)
    encoding, confidence = find_encoding(data)
    check_not_glued(data, encoding, name)
    if encoding.startswith("utf-16") and len(data) % 2 and data.endswith((b"\n", b"\r")):
        data = data[:-1]  # half of a line end, cut off
    text = data.decode(encoding, "replace")
    if encoding == "cp1252" and "�" in text:
        text = data.decode("latin-1")
    text = text.replace("\ufeff", "")  # files that were glued together carry one each
    if "\x00" in text:
        text = NUL_BLOCK.sub("\n", text).replace("\x00", "")
    text = without_escapes(text)
    check_is_text(text[:_SAMPLE_CHARS], name)
    return Decoded(text=plain_marks(text), encoding=encoding.removesuffix("-sig"), confidence=confidence)


def check_not_glued(data: bytes, encoding: str, name: str) -> None:
    """Raise EncodingError where text of 8 bits a character stands in a file of 16 bits (or behind a mark of the other kind)."""
    is_wide = encoding.startswith("utf-16")
    may_be = is_wide or codecs.BOM_UTF16_LE in data or codecs.BOM_UTF16_BE in data
    if may_be and (_NARROW if is_wide else _WIDE_MARK).search(data):
        raise EncodingError(
            f"{name} is partly UTF-16 and partly not: files of two encodings were glued together.",
            "Import the files that it was made of, or save each as UTF-8 before they are put together.",
        )


def check_is_text(sample: str, name: str) -> None:
    """Raise EncodingError when more than 1 % of the characters are control or replacement characters."""
    n_control = len(_CONTROL.findall(sample)) + sample.count("\ufffd")
    if sample and n_control > 3 and n_control / len(sample) > _MAX_CONTROL_FRACTION:
        raise EncodingError(
            f"{name} is not a text log: {n_control} of its first {len(sample)} characters are not printable.",
            "Give a log in a format that the manual's page on logs lists.",
        )


_ESCAPES = re.compile(
    r"\x1b(?:\](?:[^\x07\x1b\n]{0,200})(?:\x07|\x1b\\|(?=\n))|\[(?P<args>[0-?]*)[ -/]*(?P<last>[@-~])"
    r"|[()#%][0-9A-Za-z]|[=>78cDEHMNOZ])"
)
"""What terminals take for colours, titles and moves: OSC, CSI, character sets, others (ECMA-48, 5.4 and 8.3)."""
_OVERTYPED = re.compile(r"[^\x08\n]\x08")
_MOVES = frozenset("HfEFABd")


def without_escapes(text: str) -> str:
    """Text of a captured terminal as it was shown: no colours, moves to a line as line ends, overtyped characters gone."""
    if "\x1b" in text:
        text = _ESCAPES.sub(_shown, text)
    while "\x08" in text:
        shorter = _OVERTYPED.sub("", text)
        text = shorter if len(shorter) < len(text) else text.replace("\x08", "")
    return text


def _shown(match: re.Match[str]) -> str:
    if match["last"] == "C":  # to the right
        return " " * min(int(match["args"] or 1) if (match["args"] or "1").isdigit() else 1, 200)
    return "\n" if match["last"] in _MOVES else ""


_ODD_MARKS = re.compile(
    r"(?<=[\u0660-\u0669\u06f0-\u06f9])[\u066b\u066c](?=[\u0660-\u0669\u06f0-\u06f9])"
    r"|[\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069](?=[+\-\u2212.,\d])|(?<=\d)[\u061c\u200e\u200f\u202c\u2069]"
    r"|(?<=[\uff10-\uff19])[\uff0c\uff0e\uff0f\uff1a](?=[\uff10-\uff19])|[\uff0b\uff0d](?=[\uff10-\uff19])"
)
_PLAIN_MARKS = {
    "\u066b": ".", "\u066c": "'", "\uff0b": "+", "\uff0c": ",", "\uff0d": "-", "\uff0e": ".", "\uff0f": "/", "\uff1a": ":",
}  # fmt: skip

_ODD_SIGNS = (*_PLAIN_MARKS, "\u061c", "\u200e", "\u200f", "\u202a", "\u202b", "\u202c", "\u202d", "\u2066", "\u2069")


_HIGH_AS_CP1252 = "".join(bytes([byte]).decode("cp1252", "ignore") for byte in range(0x80, 0xC0))
_QUOTES = "‘’“”‹›«»–—"
_TWICE = re.compile(
    rf"[ÂÃ][{re.escape(_HIGH_AS_CP1252)}]|[ÄÅÎÏÐÑ](?![{_QUOTES}])[{re.escape(_HIGH_AS_CP1252)}]|[âã][{re.escape(_HIGH_AS_CP1252)}]{{2}}"
)
"""A quote behind Å is more likely a quote."""
_TWICE_SIGNS = ("Â", "Ã", "Ä", "Å", "Î", "Ï", "Ð", "Ñ", "â", "ã")


def plain_marks(text: str) -> str:
    """`plain_digits`, and letters as they were before they were encoded twice (UTF-8 that was taken for cp1252: Ã¼ for ü)."""
    if any(sign in text for sign in _TWICE_SIGNS):
        text = _TWICE.sub(_once, text)
    return plain_digits(text)


def _once(match: re.Match[str]) -> str:
    try:
        return match[0].encode("cp1252").decode("utf-8")
    except UnicodeError:
        return match[0]


def plain_digits(text: str) -> str:
    """Marks that stand between Arabic or full-width digits in ASCII: decimal and thousands marks, colons, slashes, signs."""
    return _ODD_MARKS.sub(_plain_mark, text) if any(mark in text for mark in _ODD_SIGNS) else text


def _plain_mark(match: re.Match[str]) -> str:
    return _PLAIN_MARKS.get(match[0], "")  # a mark of direction before or behind a number


def clean_text(text: str, max_chars: int = MAX_NAME_CHARS) -> str:
    """One line of plain text: control and bidi characters removed, white space collapsed, NFC, cut to `max_chars`."""
    text = unicodedata.normalize("NFC", _CONTROL.sub("", text[: 4 * max_chars].replace("\x00", "")).translate(_BIDI))
    text = " ".join(text.split())
    return text if len(text) <= max_chars else text[: max_chars - 1] + "…"


def _utf16_without_bom(head: bytes) -> str | None:
    sample = head[:4000]
    if len(sample) < 20:
        return None
    n_even, n_odd = sample[0::2].count(0), sample[1::2].count(0)
    half = len(sample) // 2
    if n_odd > 0.7 * half and n_even < 0.05 * half:
        return "utf-16-le"
    if n_even > 0.7 * half and n_odd < 0.05 * half:
        return "utf-16-be"
    return None
