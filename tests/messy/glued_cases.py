"""Files in two encodings, captures of a terminal, and names of OPC UA nodes, whose marks look like those of a table."""

from __future__ import annotations

import random
from collections.abc import Callable, Iterator

from tests.messy.plant import Case, Style, bad_cells, instants, printed, pump
from tests.messy.writing import Wide, case

N = 150
_TONGUES = {
    # time, names, words for bad cells, the old encodings of the country
    "german": ("Zeit", ("Durchfluß", "Vordruck", "Strom Lüfter"), ("gestört", "Überlauf"), ("cp1252", "cp850", "mac-roman")),
    "french": ("Horodatage", ("Débit", "Pression aspirée", "Intensité"), ("défaut", "arrêté"), ("cp1252", "cp850")),
    "norwegian": ("Tid", ("Strømning", "Trykk etter kjøler", "Strøm"), ("målefeil", "ugyldig mål"), ("cp1252", "cp850")),
    "polish": ("Czas", ("Przepływ", "Ciśnienie", "Prąd łożyska"), ("błąd", "przełączony"), ("cp1250", "iso8859-2", "cp852")),
    "czech": ("Čas", ("Průtok", "Tlak čerpadla", "Proud motoru č. 3"), ("závada", "přerušeno"), ("cp1250", "iso8859-2")),
    "russian": ("Время", ("Расход", "Давление", "Ток двигателя"), ("обрыв", "неисправность"), ("cp1251", "koi8-r", "cp866")),
    "greek": ("Ώρα", ("Παροχή", "Πίεση", "Ρεύμα"), ("σφάλμα", "βλάβη"), ("cp1253", "iso8859-7")),
    "chinese": ("时间", ("流量", "出口压力", "电机电流"), ("故障", "通讯中断"), ("gb18030",)),
    "japanese": ("時刻", ("流量", "吐出圧力", "電流"), ("異常", "通信断"), ("cp932",)),
}
_UNITS = ("m³/h", "bar", "A")


def _table(tongue: str, rng: random.Random) -> Wide:
    time_name, names, words, _ = _TONGUES[tongue]
    signals = pump(N, names)
    for place, one in enumerate(signals):
        one.shown = _UNITS[place]
        rows = sorted(rng.sample(range(N), 14))
        one.bad = bad_cells({row: words[row % 2] for row in rows}, {word: word.casefold() for word in words})
    return Wide(signals=signals, times=instants(N, 60), time_name=time_name, sep=";", style=Style(dec=","))


def _encoded(lines: list[str], encodings: list[tuple[int, str]]) -> bytes:
    """Lines in the encoding that begins at or before each of them."""
    found = b""
    for number, line in enumerate(lines):
        encoding = [name for start, name in encodings if start <= number][-1]
        found += line.encode(encoding) + b"\r\n"
    return found


def two_encodings() -> Iterator[Case]:
    """Kind 18: UTF-8 to a line and an old encoding from there on, the other way round, header again, a header of its own."""
    for tongue, (*_, old_ones) in _TONGUES.items():
        for old in old_ones:
            rng = random.Random(f"{tongue} {old}")
            made = _table(tongue, rng)
            if "³" not in "³".encode(old, "ignore").decode(old):
                made.signals[0].shown = "m3/h"  # what a code page lacks, it can't have written
            base = case(f"18_two_{tongue}_{old}", 18, made)
            lines = made.lines()
            turn = rng.randint(20, N - 20)
            yield base.but(f"{base.name}_updated", {"log.csv": _encoded(lines, [(0, "utf-8"), (turn, old)])})
            yield base.but(f"{base.name}_back", {"log.csv": _encoded(lines, [(0, old), (turn, "utf-8")])})
            glued = [*lines[:turn], lines[0], *lines[turn:]]
            data = _encoded(glued[:turn], [(0, "utf-8-sig")]).replace(b"\xef\xbb\xbf", b"")
            glued_on = _encoded(glued[turn:], [(0, old)])
            yield base.but(f"{base.name}_glued", {"log.csv": b"\xef\xbb\xbf" + data + glued_on})
            yield base.but(f"{base.name}_three", {"log.csv": _encoded(lines, [(0, old), (turn // 2, "utf-8"), (turn, old)])})


_PROMPT = "\x1b]0;op@pump7: ~\x07\x1b[01;32mop@pump7\x1b[00m:\x1b[01;34m~\x1b[00m$ tail -f pump.csv\r"
_PUTTY = "=~=~=~=~=~=~=~=~=~=~=~= PuTTY log 2026.03.25 08:59:58 =~=~=~=~=~=~=~=~=~=~=~="


def _coloured(line: str, rng: random.Random) -> str:
    cells = line.split(",")
    place = rng.randrange(len(cells))
    cells[place] = f"\x1b[1;{rng.randint(31, 37)}m{cells[place]}\x1b[0m"
    return ",".join(cells) + "\x1b[K"


def _cleared(line: str, rng: random.Random) -> str:
    return f"\x1b[2K\r{line}" if rng.random() < 0.8 else f"\x1b[{rng.randint(1, 40)};1H{line}"


def _overtyped(line: str, rng: random.Random) -> str:
    at = rng.randrange(1, len(line))
    return f"{line[:at]}x\b{line[at:]}" if rng.random() < 0.3 else f"{line[:at]}\x1b(B{line[at:]}"


def captures() -> Iterator[Case]:
    """Kind 10: what a terminal showed, with colours, titles, cleared lines and corrected characters."""
    shown: dict[str, Callable[[str, random.Random], str]] = {
        "colours": _coloured, "cleared": _cleared, "overtyped": _overtyped, "plain": lambda line, _rng: line,
    }  # fmt: skip
    for name, change in shown.items():
        for seed in range(3):
            rng = random.Random(f"{name}{seed}")
            made = Wide(times=instants(N, 10), stamp=printed("%Y-%m-%d %H:%M:%S"))
            base = case(f"10_terminal_{name}_{seed}", 10, made, "UTC")
            lines = [_PUTTY, _PROMPT, *(change(line, rng) for line in made.lines()), "^C"]
            yield base.but(base.name, {"putty.log": ("\r\n".join(lines) + "\r\n").encode()})


def node_ids() -> Iterator[Case]:
    """Kind 12: long tables whose tags are names of OPC UA nodes, between any delimiters."""
    spellings = ("ns=2;s=P7.{}", "ns=4;i={}", "nsu=http://plant.example/p7;s={}", "ns=3;s=|var|CPU 7.Pump.{}")
    for number, spelling in enumerate(spellings):
        for delimiter in (",", ";", "\t"):
            made = Wide(times=instants(N, 10))
            lines = [delimiter.join(("SourceTime", "NodeId", "Value", "StatusCode"))]
            for row in range(N):
                for place, one in enumerate(made.signals):
                    one.unit = None
                    one.name = spelling.format(2001 + place if "i=" in spelling else ("Flow", "Press", "Amps")[place])
                    if (row + place) % 31 == 4:
                        one.quality_bad |= {row}
                    status = str(0x80340000) if row in one.quality_bad else "0"
                    stamp = f"{made.times[row]:%Y-%m-%dT%H:%M:%SZ}"
                    lines.append(delimiter.join((stamp, one.name, one.cell(row, Style()), status)))
            base = case(f"12_nodes_{number}_{ord(delimiter)}", 12, made)
            yield base.but(base.name, {"opcua.csv": "\n".join(lines).encode()})
