"""The tag map: suggested from names, units and values, taken from lists and by hand, applied at import."""

from __future__ import annotations

import tomllib
from pathlib import Path

import h5py
import numpy as np
import pytest

from workbench.core.errors import InputError, RequestError
from workbench.core.jobs import Job
from workbench.logs.tag_names import TagFacts, suggest_tags
from workbench.project.store import Project
from workbench.services.analysis_spectrum import SpectrumRequest, log_spectrum
from workbench.services.logs import ImportRequest, InspectRequest, import_logs, inspect_logs
from workbench.services.recordings import open_project_recordings
from workbench.services.tag_map import (
    AssetsImportRequest,
    AssetsRequest,
    TagEntry,
    TagSetRequest,
    TagsRequest,
    entry_text,
    import_assets,
    list_assets,
    list_tags,
    set_tags,
)

START = np.datetime64("2026-03-12T00:00:00")


def write_log(path: Path, header: str = "time,PT-2041,TT-2041 [degC],PT-2042,AI_77") -> Path:
    rows = [f"{START + np.timedelta64(k, 's')}Z,{k % 9}.5,{50 + k % 7},{k % 11}.25,{1480 + k % 3}" for k in range(300)]
    path.write_text(header + "\n" + "\n".join(rows) + "\n", encoding="utf-8")
    return path


def write_list(path: Path) -> Path:
    path.write_text(
        "Asset;Tag;Channel;Quantity;Unit;Site\n"
        "P-2041A;PT-2041;discharge pressure;pressure;barg;Havsule A\n"
        "P-2041A;TT-2041;bearing temperature;temperature;K;Havsule A\n"
        "P-2042A;PT-2042;discharge pressure;pressure;bar;Havsule A\n",
        encoding="utf-8",
    )
    return path


@pytest.mark.parametrize(
    ("tag", "quantity", "asset", "reason"),
    [
        ("PIT-2041A.PV", "pressure", "P-2041A", "ISA-5.1 letter P"),
        ("10LAC11CP001 XQ01", "pressure", "10LAC11AP001", "KKS code CP"),
        ("10LAC11CT005", "temperature", "10LAC11AP001", "KKS code CT"), ("P-7 Saugdruck", "pressure", "", "words in its name"),
        ("P-701B Motorstrom", "current", "P-701B", "words in its name"),
    ],
)  # fmt: skip
def test_a_name_tells_quantity_and_pump(tag: str, quantity: str, asset: str, reason: str) -> None:
    one, *_ = suggest_tags([TagFacts(tag=tag), TagFacts(tag=tag.replace("P", "T", 1) if tag.startswith("PIT") else tag)])
    assert (one.quantity, one.asset) == (quantity, asset)
    assert reason in one.why


def test_a_printed_unit_is_surer_than_a_letter_and_is_never_guessed() -> None:
    printed, bare = suggest_tags([TagFacts(tag="PT-1", unit="degC"), TagFacts(tag="PT-2")], "P-1")
    assert (printed.quantity, printed.unit) == ("temperature", "degC")
    assert (bare.quantity, bare.unit) == ("pressure", "")
    assert printed.confidence > bare.confidence


def test_a_unit_in_a_name_is_suggested_until_a_person_accepts_it(tmp_path: Path) -> None:
    log = tmp_path / "a.csv"
    log.write_text(
        "".join(["Tid;Trykk, bar;Flow [m3/h]\n", *(f"2026-03-01 00:{m:02}:00;3.{m};300\n" for m in range(60))]), encoding="utf-8"
    )
    (recording,) = inspect_logs(InspectRequest(paths=(str(log),)), Job()).recordings
    assert [one.unit for one in recording.channels] == [None, "m3/h"]
    rows = list_tags(TagsRequest(paths=(str(log),)), Job()).tags
    assert [(row.tag, row.unit, row.is_mapped) for row in rows] == [("Trykk, bar", "bar", False), ("Flow", "m3/h", False)]


def test_values_near_a_synchronous_speed_are_a_doubtful_speed() -> None:
    (one,) = suggest_tags([TagFacts(tag="AI_77", values=(1478.0, 1482.0, 1480.0))], "P-1")
    assert (one.quantity, one.is_doubtful) == ("speed", True)


def test_where_it_is_measured_makes_the_channel_in_several_languages() -> None:
    names = ["P-1234 Druckseite Druck", "P-1234 suction press", "P-1234 palier NDE temp"]
    assert [one.channel for one in suggest_tags([TagFacts(tag=name) for name in names])] == [
        "discharge pressure", "suction pressure", "bearing NDE temperature"
    ]  # fmt: skip


def test_two_tags_of_one_pump_never_become_one_channel() -> None:
    found = suggest_tags([TagFacts(tag="P-1234 suction press A"), TagFacts(tag="P-1234 suction press B")])
    assert [one.channel for one in found] == ["", ""]


def test_a_list_goes_into_the_project_file_and_stays_hand_editable(tmp_path: Path) -> None:
    found = import_assets(AssetsImportRequest(path=str(write_list(tmp_path / "tags.csv")), project=str(tmp_path / "p")), Job())
    assert [(one.asset, one.site, one.n_tags) for one in found.assets] == [
        ("P-2041A", "Havsule A", 2),
        ("P-2042A", "Havsule A", 1),
    ]
    path = tmp_path / "p" / "project.toml"
    assert tomllib.loads(path.read_text(encoding="utf-8"))["tags"]["PT-2041"]["unit"] == "bar"
    path.write_text(path.read_text(encoding="utf-8").replace("P-2042A", "P-2042B") + "\n[later]\nfield = 1\n", encoding="utf-8")
    set_tags(TagSetRequest(project=str(tmp_path / "p"), entries=("AI_77=P-2041A;speed;speed;1/min",)), Job())
    values = tomllib.loads(path.read_text(encoding="utf-8"))
    assert (values["tags"]["PT-2042"]["asset"], values["tags"]["AI_77"]["unit"], values["later"]) == (
        "P-2042B",
        "rpm",
        {"field": 1},
    )
    with Project.open(tmp_path / "p") as project:
        assert [line.line.act.act for line in project.lines()] == ["tags", "tags"]


def test_one_file_with_tags_of_two_pumps_comes_apart_with_names_and_units(tmp_path: Path) -> None:
    import_assets(AssetsImportRequest(path=str(write_list(tmp_path / "tags.csv")), project=str(tmp_path / "p")), Job())
    request = ImportRequest(paths=(str(write_log(tmp_path / "both.csv")),), project=str(tmp_path / "p"), asset="P-9")
    stored = {one.asset: one for one in import_logs(request, Job()).recordings}
    assert sorted(stored) == ["P-2041A", "P-2042A", "P-9"]
    first = stored["P-2041A"]
    assert first.source == "both.csv: P-2041A"
    assert [(one.name, one.unit, one.quantity) for one in first.channels] == [
        ("discharge pressure", "bar", "pressure"), ("bearing temperature", "degC", "temperature")
    ]  # fmt: skip
    assert [one.text for one in first.findings if one.code == "TAG_MAP_UNIT"] == [
        "TT-2041 is printed in degC; the tag map says K. The printed unit holds."
    ]
    with Project.open(tmp_path / "p") as project:
        ((item, recording),) = open_project_recordings(project, ("P-2042A",))
        np.testing.assert_array_equal(recording.values("discharge pressure"), np.arange(300, dtype=np.float32) % 11 + 0.25)
        assert item.details["site"] == "Havsule A"
        assert project.check() == []


def test_a_table_whose_names_tell_two_pumps_comes_apart_without_a_map(tmp_path: Path) -> None:
    header = "time,P-7A flow [m3/h],P-7A current [A],P-7B flow [m3/h],P-7B current [A],header level [m]"
    log = tmp_path / "station.csv"
    rows = [f"{START + np.timedelta64(k, 's')}Z,{k % 9}.5,{50 + k % 7},{k % 11}.25,{48 + k % 3},{k % 5}.5" for k in range(300)]
    log.write_text("\n".join((header.replace("P-7", "P-70"), *rows, "")), encoding="utf-8")
    stored = {
        one.asset: one for one in import_logs(ImportRequest(paths=(str(log),), project=str(tmp_path / "p")), Job()).recordings
    }
    assert {pump: [channel.name for channel in one.channels] for pump, one in stored.items()} == {
        "P-70A": ["P-70A flow", "P-70A current"], "P-70B": ["P-70B flow", "P-70B current"], "station": ["header level"],
    }  # fmt: skip
    suggested = list_tags(TagsRequest(paths=(str(log),)), Job()).tags
    assert [one.asset for one in suggested] == ["P-70A", "P-70A", "P-70B", "P-70B", ""]


def test_what_was_found_between_pumps_is_not_said_of_each(tmp_path: Path) -> None:
    """A connection that was lost for three channels of one pump is that pump's."""
    import_assets(AssetsImportRequest(path=str(write_list(tmp_path / "tags.csv")), project=str(tmp_path / "p")), Job())
    rng = np.random.default_rng(5)
    columns = {"PT-2041": 6 + rng.normal(0, 0.1, 4000), "PT-2042": 5 + rng.normal(0, 0.1, 4000)}
    columns |= {f"AI_{k}": 10 + k + rng.normal(0, 0.3, 4000) for k in range(3)}
    for k in range(3):
        columns[f"AI_{k}"][2000:3000] = columns[f"AI_{k}"][2000]
    rows = [
        ",".join((f"{START + np.timedelta64(k, 's')}Z", *(f"{values[k]:.3f}" for values in columns.values())))
        for k in range(4000)
    ]
    log = tmp_path / "both.csv"
    log.write_text("\n".join((",".join(("time", *columns)), *rows, "")), encoding="utf-8")
    request = ImportRequest(paths=(str(log),), project=str(tmp_path / "p"), asset="P-9")
    found = {one.asset: [finding.code for finding in one.findings] for one in import_logs(request, Job()).recordings}
    assert found == {"P-2041A": [], "P-2042A": [], "P-9": ["COMMS_LOST"]}


def write_bursts(path: Path, first_hour: int = 0) -> Path:
    """A DAQ's file: bursts of 2 kHz and the RMS of them once a second, both called by the sensor's tag."""
    rng = np.random.default_rng(first_hour)
    with h5py.File(path, "w") as file:
        file.attrs["start_utc"] = f"2026-03-12T{first_hour:02}:00:00Z"
        for group, seconds, values, unit in (
            (
                "bursts",
                np.concatenate([minute * 60 + np.arange(2000) / 2000 for minute in range(3)]),
                rng.normal(0, 1, 6000),
                "g",
            ),
            ("scalars", np.arange(300.0), 2 + rng.normal(0, 0.1, 300), "mm/s"),
        ):
            file.create_dataset(f"{group}/time", data=seconds).attrs["unit"] = "s"
            file.create_dataset(f"{group}/VT-70A", data=values).attrs["unit"] = unit
    return path


def test_bursts_and_rms_of_one_sensor_keep_apart_under_two_names_from_day_to_day(tmp_path: Path) -> None:
    for hour in (0, 1):
        paths = (str(write_bursts(tmp_path / f"P-70A_{hour}.h5", hour)),)
        stored = import_logs(ImportRequest(paths=paths, project=str(tmp_path / "p")), Job()).recordings
        names = {one.group: [(channel.name, channel.unit, channel.detected) for channel in one.channels] for one in stored}
        assert names == {"trend": [("VT-70A", "mm/s", "rms")], "waveform": [("VT-70A waveform", "g", "raw")]}
    assert "VT-70A is a channel of another kind already: the waveform is stored as VT-70A waveform." in [
        finding.text for one in stored for finding in one.findings
    ]
    request = SpectrumRequest(project=str(tmp_path / "p"), asset="P-70A", channel="VT-70A waveform")
    assert log_spectrum(request, Job()).n_bursts == 6


def test_a_sensor_that_was_read_at_two_rates_has_a_channel_for_each(tmp_path: Path) -> None:
    """As a route is: 25.6 kHz for bearings, 2.56 kHz for the shaft, both under the point's name."""
    names = []
    for day, rate_hz in enumerate((25600, 2560, 25600), 1):
        with h5py.File(tmp_path / f"{day}.h5", "w") as file:
            file.attrs["start_utc"] = f"2026-03-0{day}T00:00:00Z"
            point = file.create_dataset("P1H", data=np.random.default_rng(day).normal(0, 1, rate_hz))
            point.attrs["unit"], point.attrs["sample_rate"] = "g", float(rate_hz)
        request = ImportRequest(paths=(str(tmp_path / f"{day}.h5"),), project=str(tmp_path / "p"), asset="P-70A")
        (stored,) = import_logs(request, Job()).recordings
        names.append([channel.name for channel in stored.channels])
        said = [finding.text for finding in stored.findings if finding.code == "NAME_TAKEN"]
        assert said == (["P1H is a channel at another rate already: the waveform is stored as P1H 2560 Hz."] if day == 2 else [])
    assert names == [["P1H"], ["P1H 2560 Hz"], ["P1H"]]


def test_the_map_comes_before_suggestions_and_only_doubtful_ones_are_marked(tmp_path: Path) -> None:
    import_assets(AssetsImportRequest(path=str(write_list(tmp_path / "tags.csv")), project=str(tmp_path / "p")), Job())
    log = write_log(tmp_path / "P-2041A.csv")
    rows = {row.tag: row for row in list_tags(TagsRequest(paths=(str(log),), project=str(tmp_path / "p")), Job()).tags}
    assert (rows["PT-2041"].channel, rows["PT-2041"].is_mapped, rows["PT-2041"].confidence) == ("discharge pressure", True, 1.0)
    assert [tag for tag, row in rows.items() if row.is_doubtful] == ["AI_77"]


def test_a_workbook_serves_as_a_list(tmp_path: Path) -> None:
    openpyxl = pytest.importorskip("openpyxl")
    book = openpyxl.Workbook()
    for row in (("tag", "asset", "unit"), ("PT-1", "P-1", "bar"), ("TT-1", "P-1", "°C")):
        book.active.append(row)
    book.save(tmp_path / "tags.xlsx")
    found = import_assets(AssetsImportRequest(path=str(tmp_path / "tags.xlsx"), project=str(tmp_path / "p")), Job())
    assert [(one.tag, one.unit) for one in found.tags] == [("PT-1", "bar"), ("TT-1", "degC")]


def test_a_list_with_an_unknown_unit_is_refused_by_its_row_and_nothing_is_changed(tmp_path: Path) -> None:
    path = tmp_path / "tags.csv"
    path.write_text("tag,asset,unit\nPT-1,P-1,bar\nPT-2,P-1,furlong\n", encoding="utf-8")
    with pytest.raises(InputError, match=r"tags\.csv, row 3: 'furlong'"):
        import_assets(AssetsImportRequest(path=str(path), project=str(tmp_path / "p")), Job())
    with Project.open(tmp_path / "p"):
        assert list_assets(AssetsRequest(project=str(tmp_path / "p")), Job()).tags == ()


def test_an_entry_and_its_command_are_the_same(tmp_path: Path) -> None:
    entry = TagEntry(tag="PT-1", asset="P-1", quantity="pressure")
    assert entry_text(entry) == "PT-1=P-1;;pressure"
    found = set_tags(TagSetRequest(project=str(tmp_path / "p"), entries=(entry_text(entry),)), Job())
    assert found.tags == (entry,)
    with pytest.raises(RequestError, match="no tag entry"):
        set_tags(TagSetRequest(project=str(tmp_path / "p"), entries=("PT-1",)), Job())
