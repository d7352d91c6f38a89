"""One contract for all readers: content decides, exact values, times and units, clear refusals that name the file."""

from __future__ import annotations

import subprocess
import sys
import zipfile
from pathlib import Path

import numpy as np
import pytest

from tests.contracts.reader_files import SAMPLES, START_NS, Sample
from workbench.core.errors import LogFormatError, WorkbenchError
from workbench.logs.parse import ParsedRecording, ParseOptions, parse_logs
from workbench.logs.readers import reader as reader_module
from workbench.logs.readers import sources
from workbench.logs.readers.registry import READERS, all_suffixes, find_reader, read_content, reader_of
from workbench.logs.readers.sources import Source
from workbench.logs.tables.preview import preview_file

EACH_FILE = pytest.mark.parametrize("sample", SAMPLES, ids=[f"{sample.kind}{sample.suffix}" for sample in SAMPLES])
EACH_READER = pytest.mark.parametrize("reader", READERS, ids=[reader.kind for reader in READERS])
OPTIONS = ParseOptions(zone="UTC")


def read(path: Path) -> list[ParsedRecording]:
    return list(parse_logs([path], OPTIONS).recordings)


def check_content(sample: Sample, recordings: list[ParsedRecording]) -> None:
    (recording,) = recordings
    facts = recording.facts
    assert facts.group == sample.group
    assert tuple((channel.name, channel.unit) for channel in facts.channels) == sample.channels
    np.testing.assert_array_equal(recording.times_ns, sample.times_ns)
    for name, values in sample.columns.items():
        np.testing.assert_array_equal(recording.columns[name], values)


@EACH_FILE
def test_values_times_and_units_are_exact(sample: Sample, tmp_path: Path) -> None:
    path = tmp_path / f"P-2041A{sample.suffix}"
    sample.write(path)
    check_content(sample, read(path))


@EACH_FILE
def test_content_decides_and_not_the_name(sample: Sample, tmp_path: Path) -> None:
    path = tmp_path / "P-2041A.bin"
    sample.write(path)
    check_content(sample, read(path))


@EACH_FILE
def test_the_same_is_read_out_of_an_archive(sample: Sample, tmp_path: Path) -> None:
    path = tmp_path / f"P-2041A{sample.suffix}"
    sample.write(path)
    with zipfile.ZipFile(tmp_path / "logs.zip", "w", zipfile.ZIP_DEFLATED) as archive:
        archive.write(path, path.name)
    check_content(sample, read(tmp_path / "logs.zip"))


@EACH_FILE
def test_the_preview_names_the_channels(sample: Sample, tmp_path: Path) -> None:
    path = tmp_path / f"P-2041A{sample.suffix}"
    sample.write(path)
    found = preview_file(path, OPTIONS)
    assert {name for name, _ in sample.channels} <= {column.name for column in found.columns if column.role == "channel"}
    assert found.rows


@EACH_FILE
def test_a_cut_file_is_refused_by_name_or_read_as_far_as_it_goes(sample: Sample, tmp_path: Path) -> None:
    """Never another exception, never a wrong number: what is read of it is a beginning of the whole."""
    whole = tmp_path / f"whole{sample.suffix}"
    sample.write(whole)
    data = whole.read_bytes()
    for share in (0.01, 0.1, 0.3, 0.5, 0.7, 0.9, 0.99):
        path = tmp_path / f"cut{sample.suffix}"
        path.write_bytes(data[: max(int(share * len(data)), 9)])
        try:
            recordings = read(path)
        except WorkbenchError as error:
            assert path.name in error.message, error.message
            continue
        assert not sample.is_dense, f"{share} of the file was read as if it were whole"
        for recording in recordings:
            for name, values in sample.columns.items():
                if name in recording.columns:
                    good = recording.columns[name][~np.isnan(recording.columns[name])]
                    assert np.array_equal(good[:-1], values[: good.size - 1])


@EACH_FILE
def test_flipped_bytes_give_an_error_by_name_or_numbers_but_no_crash(
    sample: Sample, tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    """And nothing of a hostile file is printed past the program by a library's log."""
    whole = tmp_path / f"whole{sample.suffix}"
    sample.write(whole)
    data = whole.read_bytes()
    rng = np.random.default_rng(7)
    for _ in range(12):
        broken = bytearray(data)
        for at in rng.integers(0, len(broken), 4).tolist():
            broken[at] ^= int(rng.integers(1, 256))
        path = tmp_path / f"broken{sample.suffix}"
        path.write_bytes(bytes(broken))
        try:
            read(path)
        except WorkbenchError as error:
            assert error.message
            assert error.hint
    assert capfd.readouterr() == ("", "")


@EACH_FILE
def test_a_magic_number_before_noise_is_refused_by_name(sample: Sample, tmp_path: Path) -> None:
    whole = tmp_path / "whole"
    sample.write(whole)
    path = tmp_path / f"noise{sample.suffix}"
    path.write_bytes(whole.read_bytes()[:16] + np.random.default_rng(1).bytes(5000))
    with pytest.raises(WorkbenchError, match="noise"):
        read(path)


@EACH_FILE
def test_a_file_that_is_too_large_is_refused_before_it_is_read(
    sample: Sample, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / f"large{sample.suffix}"
    sample.write(path)
    monkeypatch.setattr(sources, "MAX_FILE_BYTES", 100)
    with pytest.raises(LogFormatError, match="large"):
        read(path)


@EACH_READER
def test_every_format_has_a_sample_here_and_says_what_it_is(reader: reader_module.Reader) -> None:
    assert reader.kind in {sample.kind for sample in SAMPLES} or not reader_module.is_installed(reader)
    assert reader.name
    assert all(suffix.startswith(".") and suffix in all_suffixes() for suffix in reader.suffixes)
    assert reader_of(reader.kind) is reader


@pytest.mark.parametrize("reader", [reader for reader in READERS if reader.extra], ids=lambda reader: reader.kind)
def test_a_reader_without_its_library_names_the_format_and_what_to_install(
    reader: reader_module.Reader, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(reader_module, "find_spec", lambda module: None)
    with pytest.raises(LogFormatError, match=rf"log\.x is a {reader.name} file") as caught:
        read_content(Source(name="log.x", kind=reader.kind, data=b"", path=Path("log.x")))
    assert f"pump-workbench[{reader.extra}]" in caught.value.hint
    assert "--no-index" in caught.value.hint


def test_no_format_s_library_is_loaded_before_a_file_of_it_is_read() -> None:
    heavy = ("pyarrow", "h5py", "scipy", "asammdf", "nptdms", "python_calamine", "pandas")
    code = f"import sys, workbench.logs.parse; print([m for m in {heavy!r} if m in sys.modules])"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"


def test_text_takes_what_nobody_knows() -> None:
    assert find_reader(b"hello").kind == "text"
    assert READERS[-1].kind == "text"


def test_the_start_is_what_the_tests_say() -> None:
    assert np.datetime64(START_NS, "ns") == np.datetime64("2026-03-02T00:00:00")
