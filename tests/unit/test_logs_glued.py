"""Two encodings in one file, captures of a terminal, names of nodes: on disk as in memory; what is one encoding stays one."""

from __future__ import annotations

import codecs
from itertools import islice
from pathlib import Path

import pytest

from tests.messy.glued_cases import captures, node_ids, two_encodings
from tests.messy.plant import Case
from tests.unit.test_logs_careful_stream import check_same, read_on_disk, tiny
from workbench.core.errors import EncodingError, LogFormatError
from workbench.logs.parse import ParseOptions, parse_logs
from workbench.logs.readers.line_marks import free_marks, hold_marks
from workbench.logs.text.decode import decode_bytes, find_encoding, without_escapes

__all__ = ["tiny"]  # used by every test here
CASES = [*islice(two_encodings(), 0, None, 7), *islice(captures(), 0, None, 2), *islice(node_ids(), 0, None, 3)]


@pytest.mark.parametrize("case", CASES, ids=[case.name for case in CASES])
def test_a_file_of_two_makes_comes_from_the_disk_as_from_memory(case: Case, tmp_path: Path) -> None:
    ((name, data),) = case.files.items()
    (tmp_path / name).write_bytes(data)
    check_same([tmp_path / name], ParseOptions(zone=case.zone), tmp_path)


def rows(words: list[str], n_rows: int = 200) -> list[str]:
    return [f"2026-03-02 {k // 60:02}:{k % 60:02}:00;{5 + k % 9 / 10};{words[k % len(words)]}" for k in range(n_rows)]


@pytest.mark.parametrize(
    ("encoding", "words"),
    [
        ("gb18030", ["运行", "停止", "通讯", "液位", "站"]),
        ("cp1251", ["работа", "стоп", "авария"]),
        ("cp1250", ["provoz", "ČŽ stanice", "porucha čerpadla"]),
        ("cp1252", ["läuft", "não", "gestört"]),
    ],
)
def test_words_of_an_old_encoding_that_look_like_utf8_are_no_second_encoding(encoding: str, words: list[str]) -> None:
    text = "\n".join(["Zeit;P [bar];Status", *rows(words)]) + "\n"
    assert decode_bytes(text.encode(encoding), "log.csv").text == text


@pytest.mark.parametrize("seed", range(20))
def test_a_flipped_byte_is_no_second_encoding(seed: int) -> None:
    text = "\n".join(["Zeit;Durchfluß [m³/h];Status", *rows(["läuft", "gestört", "außer Betrieb"])]) + "\n"
    data = bytearray(text.encode())
    places = [place for place, byte in enumerate(data) if byte >= 0x80]
    data[places[(seed * 37) % len(places)]] ^= 1 << (seed % 8)
    found = decode_bytes(bytes(data), "log.csv").text
    assert sum(one != other for one, other in zip(found.split("\n"), text.split("\n"), strict=True)) <= 1


def test_signs_of_one_encoding_beside_words_of_the_other_in_one_line() -> None:
    line = b"Temperatur [\xc2\xb0C];Durchflu\xdf [m\xc2\xb3/h]\n"
    body = b"".join(b"%d;gest\xf6rt\n" % k for k in range(40))
    assert decode_bytes(line + body, "x").text.startswith("Temperatur [°C];Durchfluß [m³/h]\n0;gestört\n")


def test_the_codec_of_two_encodings_decodes_by_pieces_as_at_once() -> None:
    data = "größer\nklein\n".encode() * 9 + "größer\nklein\n".encode("cp1252") * 9
    name = find_encoding(data)[0]
    decoder = codecs.getincrementaldecoder(name)("replace")
    pieces = "".join(decoder.decode(data[at : at + 5]) for at in range(0, len(data), 5)) + decoder.decode(b"", final=True)
    assert pieces == data.decode(name) == "größer\nklein\n" * 18


@pytest.mark.parametrize("order", [("utf-16", "utf-8"), ("utf-8", "utf-16"), ("utf-16", "cp1252"), ("cp1252", "utf-16")])
def test_utf_16_glued_to_another_encoding_is_refused_by_name(order: tuple[str, str], tmp_path: Path) -> None:
    text = "\n".join(["Zeit;Durchfluß [m³/h];Status", *rows(["läuft", "gestört"])]) + "\n"
    (tmp_path / "glued.csv").write_bytes(b"".join(text.encode(encoding) for encoding in order))
    with pytest.raises(EncodingError, match=r"glued\.csv"):
        parse_logs([tmp_path / "glued.csv"], ParseOptions())
    with pytest.raises(EncodingError, match=r"glued\.csv"):
        read_on_disk([tmp_path / "glued.csv"], ParseOptions(), tmp_path)


def test_long_text_of_east_asia_in_utf_16_is_one_encoding() -> None:
    text = (
        "上海市第七水泵站运行记录说明" * 40 + "\n" + "时间,流量\n" + "".join(f"2026-03-02 10:{k:02}:00,{k}\n" for k in range(60))
    )
    assert decode_bytes(text.encode("utf-16"), "x").text == text


@pytest.mark.parametrize(
    ("captured", "shown"),
    [
        ("\x1b[1;31m5.2\x1b[m bar\x1b[K", "5.2 bar"),
        ("\x1b]0;title; 12:30\x075", "5"),
        ("a\x1b[5Cb", "a     b"),
        ("12\b3,4", "13,4"),
        ("\b5", "5"),
        ("1\x1b[2;1H2", "1\n2"),
        ("\x1b(B\x1b)0\x1b=7\x1b>", "7"),
    ],
)
def test_what_a_terminal_takes_for_itself_is_no_text(captured: str, shown: str) -> None:
    assert without_escapes(captured) == shown


@pytest.mark.parametrize("line", ["t;ns=2;s=A;5", "ns=2;i=7=5", "nsu=urn:p;s=a,1", "ons=2;s=1", "a=1;b=2"])
def test_held_names_of_nodes_come_out_as_they_were(line: str) -> None:
    assert free_marks(hold_marks(line)) == line


@pytest.mark.parametrize("delimiter", [";", ",", "\t"])
def test_characters_spelled_as_in_a_web_page_are_those_characters(delimiter: str, tmp_path: Path) -> None:
    lines = [delimiter.join(("Zeit", "Durchflu&szlig; [m&sup3;/h]", "K&#252;hler [&deg;C]", "Zustand"))]
    lines += [
        delimiter.join(
            (f"2026-03-02 {k // 60:02}:{k % 60:02}:00", f"{5 + k % 9 / 10}", f"{20 + k % 7}", "gest&ouml;rt" if k % 5 else "Ein")
        )
        for k in range(200)
    ]
    (tmp_path / "log.csv").write_text("\n".join(lines) + "\n", encoding="utf-8")
    facts = check_same([tmp_path / "log.csv"], ParseOptions(zone="UTC"), tmp_path).recordings[0].facts
    assert [(one.name, one.unit) for one in facts.channels[:2]] == [("Durchfluß", "m3/h"), ("Kühler", "degC")]


@pytest.mark.parametrize(
    "text", ["Durchfluß [m³/h]", "Kühler °C – groß", "Łożysko źle", "čerpadlo", "températures «é»", "μm ½ Ω"]
)
def test_what_was_encoded_twice_is_read_as_it_was(text: str) -> None:
    twice = text.encode().decode("cp1252", "ignore")
    if twice.encode("cp1252") == text.encode():
        assert decode_bytes(f"{twice};1\n".encode(), "x").text == f"{text};1\n"


@pytest.mark.parametrize("text", ["NÃO", "«PÅ»", "ÄÖÜ", "Â", "não", "mit „Ä“ dabei", "Île", "âge", "15 Ä 20"])
def test_letters_that_look_encoded_twice_stay(text: str) -> None:
    assert decode_bytes(f"{text};1\n".encode(), "x").text == f"{text};1\n"


def test_lines_of_a_system_log_without_a_year_are_refused(tmp_path: Path) -> None:
    lines = [f"Mar {12 + k // 24} {k % 24:02}:15:07 gw7 plc[31]: flow={200 + k / 10} press={6 + k / 100}" for k in range(200)]
    (tmp_path / "sys.log").write_text("\n".join(lines) + "\n", encoding="utf-8")
    with pytest.raises(LogFormatError, match=r"sys\.log"):
        parse_logs([tmp_path / "sys.log"], ParseOptions())


def test_a_k_behind_a_number_is_no_kelvin(tmp_path: Path) -> None:
    rows = "".join(f"2026-03-02 10:{k:02}:00;5.{k}k;{k}.5 K\n" for k in range(60))
    (tmp_path / "log.csv").write_text("time;Counts;T\n" + rows, encoding="utf-8")
    (recording,) = parse_logs([tmp_path / "log.csv"], ParseOptions(zone="UTC")).recordings
    assert {one.name: (one.unit, one.n_good) for one in recording.facts.channels}["T"] == ("K", 60)
    assert all(one.n_good == 0 for one in recording.facts.channels if one.name == "Counts")
