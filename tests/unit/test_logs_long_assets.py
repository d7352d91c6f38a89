"""Long tables about several machines come apart by machine, and a value that another one displaces is never lost in silence."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.unit.test_logs_careful_stream import check_same, tiny
from workbench.logs.parse import ParsedLogs, ParseOptions

__all__ = ["tiny"]  # used by every test here
N = 60
PUMPS = {"P-101": 0.0, "P-102": 1000.0}


def read(tmp_path: Path, header: str, row: str, tags: tuple[str, ...] = ("flow", "pressure")) -> ParsedLogs:
    """Two pumps, two tags, in memory and on disk: flow is 100 + k, pressure 3 + k, and 1000 more for P-102."""
    lines = [header]
    for k in range(N):
        for pump, more in PUMPS.items():
            stamp = f"2026-03-01T00:{k // 6:02d}:{k % 6 * 10:02d}Z"
            for tag, base, unit in zip(tags, (100, 3), ("m3/h", "bar"), strict=True):
                lines.append(row.format(pump=pump, time=stamp, tag=tag, value=base + k + more, unit=unit))
    path = tmp_path / "export.csv"
    path.write_text("\n".join(lines) + "\n", "utf-8")
    return check_same([path], ParseOptions(), tmp_path)


def check_both_pumps(parsed: ParsedLogs) -> None:
    assert [recording.facts.source for recording in parsed.recordings] == ["export.csv: P-101", "export.csv: P-102"]
    for recording, more in zip(parsed.recordings, PUMPS.values(), strict=True):
        first, second = recording.columns.values()
        assert first.tolist() == [100 + k + more for k in range(N)]
        assert second.tolist() == [3 + k + more for k in range(N)]
        assert "CONFLICTING_ROWS" not in {finding.code for finding in recording.findings}
        assert "equipment" in {item.why for item in recording.facts.left_out}


def test_a_long_table_with_a_column_of_assets_comes_apart_by_asset(tmp_path: Path) -> None:
    parsed = read(tmp_path, "asset,timestamp,tag,value,unit", "{pump},{time},{tag},{value},{unit}")
    check_both_pumps(parsed)
    assert [channel.unit for channel in parsed.recordings[1].facts.channels] == ["m3/h", "bar"]


def test_the_column_of_quantities_makes_the_channels_not_the_column_of_pumps(tmp_path: Path) -> None:
    parsed = read(tmp_path, "pump,time,quantity,value", "{pump},{time},{tag},{value}", ("flow [m3/h]", "pressure [bar]"))
    check_both_pumps(parsed)
    assert list(parsed.recordings[0].columns) == ["flow", "pressure"]


@pytest.mark.parametrize(
    ("asset", "tag", "value"),
    [
        ("Pumpe", "Messgröße", "Wert"), ("Équipement", "Grandeur", "Valeur"), ("Bomba", "Magnitud", "Valor"),
        ("Utstyr", "Størrelse", "Verdi"), ("Насос", "Величина", "Значение"), ("Equipment No.", "Signal", "Reading"),
        ("设备", "参数", "数值"), ("Macchina", "Grandezza", "Valore"), ("device_id", "tag", "value"),
    ],
)  # fmt: skip
def test_columns_of_machines_are_known_in_other_words(asset: str, tag: str, value: str, tmp_path: Path) -> None:
    check_both_pumps(read(tmp_path, f"{asset},time,{tag},{value}", "{pump},{time},{tag},{value}"))


def test_a_displaced_value_is_said_with_how_many_there_are(tmp_path: Path) -> None:
    parsed = read(tmp_path, "corner,time,tag,value", "{pump},{time},{tag},{value}")
    said = [
        finding.text for recording in parsed.recordings for finding in recording.findings if finding.code == "CONFLICTING_ROWS"
    ]
    assert len(said) == 1
    assert said[0].startswith(f"{2 * N} rows")


def test_a_transmitter_beside_each_tag_makes_no_recordings(tmp_path: Path) -> None:
    path = tmp_path / "one.csv"
    rows = [f"{d},2026-03-01T00:00:{k:02d}Z,{t},{k}" for k in range(60) for d, t in (("FT-1", "flow"), ("PT-1", "pressure"))]
    path.write_text("\n".join(["device,time,tag,value", *rows]), "utf-8")
    parsed = check_same([path], ParseOptions(), tmp_path)
    assert [list(recording.columns) for recording in parsed.recordings] == [["flow", "pressure"]]


def test_rows_that_name_no_machine_are_kept_as_a_recording_of_their_own(tmp_path: Path) -> None:
    path = tmp_path / "some.csv"
    rows = [f"{d},2026-03-01T00:00:{k:02d}Z,flow,{k + n}" for k in range(60) for n, d in enumerate(("P-1", "", "P-2"))]
    path.write_text("\n".join(["asset,time,tag,value", *rows]), "utf-8")
    parsed = check_same([path], ParseOptions(), tmp_path)
    assert [recording.facts.source for recording in parsed.recordings] == ["some.csv: P-1", "some.csv: P-2", "some.csv"]
