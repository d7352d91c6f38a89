"""LabVIEW measurement files as the Write To Measurement File block writes them."""

from __future__ import annotations

import re
from pathlib import Path

import numpy as np
import pytest

from workbench.core.errors import LogFormatError
from workbench.logs.parse import ParseOptions, parse_logs

START_NS = 1_772_409_600 * 10**9  # 2026-03-02T00:00:00Z
FILE_HEADER = (
    "LabVIEW Measurement\t\nWriter_Version\t2\nReader_Version\t2\nSeparator\tTab\nDecimal_Separator\t{mark}\n"
    "Multi_Headings\tYes\nX_Columns\t{columns}\nTime_Pref\tAbsolute\nOperator\tops\nDate\t2026/03/02\nTime\t00:00:00,0\n***End_of_Header***\t\n\t\n"
)
ACC = np.round(np.sin(np.arange(256) / 5), 6)


def burst(clock: str, step: str, columns: str = "One", mark: str = ".") -> str:
    head = (
        f"Channels\t2\t\nSamples\t256\t256\nDate\t2026/03/02\t2026/03/02\nTime\t{clock}\t{clock}\nY_Unit_Label\tg\tbar\n"
        f"X_Dimension\tTime\tTime\nX0\t3.7E+9\t3.7E+9\nDelta_X\t{step}\t{step}\n***End_of_Header***\t\t\n"
        "X_Value\tacc\tpressure\tComment\n"
    )
    rows = []
    x_step = float(step.replace(",", ".")) if re.fullmatch(r"[\d.,E-]+", step) else 0.001
    for k, value in enumerate(ACC):
        x = "" if columns == "No" else f"{k * x_step:.6f}"
        rows.append(f"{x}\t{value:.6f}\t{value * 2:.6f}\t".replace(".", mark))
    return head + "\n".join(rows) + "\n\n"


def write(path: Path, *bursts: str, columns: str = "One", mark: str = ".") -> Path:
    path.write_text(FILE_HEADER.format(columns=columns, mark=mark) + "".join(bursts), encoding="utf-8")
    return path


@pytest.mark.parametrize("columns", ["One", "No"])
@pytest.mark.parametrize("mark", [".", ","])
def test_bursts_have_the_header_s_rate_and_their_own_start(columns: str, mark: str, tmp_path: Path) -> None:
    step = "3.90625E-5".replace(".", mark)
    bursts = [burst(clock, step, columns, mark) for clock in ("06:00:00.5000000000", "12:00:00.0")]
    path = write(tmp_path / "a.lvm", *bursts, columns=columns, mark=mark)
    (recording,) = parse_logs([path], ParseOptions(zone="UTC")).recordings
    facts = recording.facts
    assert (facts.rate_hz, facts.n_bursts, facts.rows) == (25600.0, 2, 512)
    assert facts.first_ns == START_NS + 6 * 3600 * 10**9 + 500_000_000
    assert [(channel.name, channel.unit) for channel in facts.channels] == [("acc", "g"), ("pressure", "bar")]
    np.testing.assert_array_equal(recording.columns["acc"][256:], ACC)


def test_the_clock_s_zone_is_asked(tmp_path: Path) -> None:
    path = write(tmp_path / "a.lvm", burst("06:00:00", "0.001"))
    assert {question.code for question in parse_logs([path]).questions} == {"ZONE_UNKNOWN"}


def test_a_slow_file_is_a_trend(tmp_path: Path) -> None:
    path = write(tmp_path / "a.lvm", burst("06:00:00", "1.0"))
    (recording,) = parse_logs([path], ParseOptions(zone="UTC")).recordings
    assert (recording.facts.group, recording.facts.sample_period_s) == ("trend", 1.0)


def test_x_values_that_rise_in_other_steps_than_the_header_says_are_believed(tmp_path: Path) -> None:
    seconds = np.arange(256) + np.arange(256) // 10  # every tenth sample is late by one
    text = burst("06:00:00", "1.0")
    rows = [f"{x:.6f}\t{value:.6f}\t{value * 2:.6f}\t" for x, value in zip(seconds, ACC, strict=True)]
    path = write(tmp_path / "a.lvm", text[: text.index("Comment\n") + 8] + "\n".join(rows) + "\n")
    (recording,) = parse_logs([path], ParseOptions(zone="UTC")).recordings
    np.testing.assert_array_equal(recording.times_ns, START_NS + (6 * 3600 + seconds) * 10**9)
    np.testing.assert_array_equal(recording.columns["pressure"], np.round(ACC * 2, 6))


@pytest.mark.parametrize("step", ["0", "-1", "1E-12", "much"])
def test_a_step_that_can_t_be_is_refused_by_name(step: str, tmp_path: Path) -> None:
    with pytest.raises(LogFormatError, match=r"a\.lvm can't be read as LabVIEW measurement"):
        parse_logs([write(tmp_path / "a.lvm", burst("06:00:00", step))])


@pytest.mark.parametrize("first_x", ["1E+400000000", "1E+20"])
def test_a_first_x_beyond_all_time_is_refused_by_name(first_x: str, tmp_path: Path) -> None:
    told = burst("06:00:00", "0.001").replace("3.7E+9", first_x).replace("Date\t", "Day\t").replace("Time\t06", "Hour\t06")
    with pytest.raises(LogFormatError, match=r"a\.lvm can't be read as LabVIEW measurement"):
        parse_logs([write(tmp_path / "a.lvm", told)])


def test_a_header_alone_is_refused(tmp_path: Path) -> None:
    with pytest.raises(LogFormatError, match=r"a\.lvm holds no rows"):
        parse_logs([write(tmp_path / "a.lvm")])
