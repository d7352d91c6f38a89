"""Files that instruments and vendors' programs made, as they come with the libraries that read them.

scipy and npTDMS ship the files that their own tests read: MATLAB's, LabVIEW's and several recorders'. What the library makes of
each is the truth here. Where an installation has left them out, nothing is compared.
"""

from __future__ import annotations

import warnings
from importlib.util import find_spec
from pathlib import Path

import numpy as np
import pytest

from workbench.core.errors import LogFormatError
from workbench.logs.parse import ParseOptions, parse_logs
from workbench.logs.readers.reader import Content
from workbench.logs.readers.registry import find_reader, read_content
from workbench.logs.readers.sources import Source

OPTIONS = ParseOptions(zone="UTC")
WAVS = (
    "test-1234Hz-le-1ch-10S-20bit-extra.wav", "test-44100Hz-2ch-32bit-float-be.wav", "test-44100Hz-2ch-32bit-float-le.wav",
    "test-44100Hz-be-1ch-4bytes.wav", "test-44100Hz-le-1ch-4bytes-rf64.wav", "test-44100Hz-le-1ch-4bytes.wav",
    "test-48000Hz-2ch-64bit-float-le-wavex.wav", "test-8000Hz-be-3ch-5S-24bit.wav", "test-8000Hz-le-2ch-1byteu.wav",
    "test-8000Hz-le-3ch-5S-24bit-rf64.wav", "test-8000Hz-le-3ch-5S-24bit.wav", "test-8000Hz-le-4ch-9S-12bit.wav",
    "test-8000Hz-le-5ch-9S-5bit.wav",
)  # fmt: skip
ODD_WAVS = (
    "test-44100Hz-le-1ch-4bytes-incomplete-chunk.wav",
    "test-8000Hz-le-1ch-1byte-ulaw.wav", "test-8000Hz-le-3ch-5S-24bit-inconsistent.wav", "test-8000Hz-le-3ch-5S-36bit.wav",
)  # fmt: skip
MATS = ("testdouble", "testmatrix", "testmulti", "teststruct")
VERSIONS = ("6.1_SOL2", "6.5.1_GLNX86", "7.1_GLNX86", "7.4_GLNX86")


def shipped(package: str, folder: str, name: str) -> Path:
    spec = find_spec(package)
    path = Path(spec.submodule_search_locations[0]) / folder / name if spec and spec.submodule_search_locations else Path(name)
    if not path.is_file():
        pytest.skip(f"{package} is installed without {folder}/{name}")
    return path


def content_of(path: Path) -> Content:
    with path.open("rb") as stream:
        kind = find_reader(stream.read(512)).kind
    return read_content(Source(name=path.name, kind=kind, path=path, file=path))


@pytest.mark.parametrize("name", WAVS)
def test_sound_of_every_recorder_is_read_as_scipy_reads_it(name: str) -> None:
    from scipy.io import wavfile

    path = shipped("scipy", "io/tests/data", name)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        rate_hz, truth = wavfile.read(path)
    (recording,) = parse_logs([path], OPTIONS).recordings
    assert recording.facts.rate_hz == rate_hz
    got = np.stack(list(recording.columns.values()), axis=1)
    shares = truth.reshape(len(truth), -1).astype(np.float64)
    if truth.dtype == np.uint8:
        shares = (shares - 128) / 128
    elif truth.dtype.kind == "i":
        shares /= -float(np.iinfo(truth.dtype).min)
    np.testing.assert_array_equal(got, shares)


@pytest.mark.parametrize("name", ODD_WAVS)
def test_sound_that_is_broken_or_packed_is_refused_by_name(name: str) -> None:
    with pytest.raises(LogFormatError, match=name):
        parse_logs([shipped("scipy", "io/tests/data", name)], OPTIONS)


def test_sound_that_ends_early_is_read_as_far_as_it_goes_and_says_so() -> None:
    path = shipped("scipy", "io/tests/data", "test-44100Hz-le-1ch-4bytes-early-eof.wav")
    facts = parse_logs([path], OPTIONS).recordings[0].facts
    assert "FILE_CUT_SHORT" in [finding.code for finding in facts.findings]
    assert 0 < facts.rows <= (path.stat().st_size - 44) // 4


@pytest.mark.parametrize("version", VERSIONS)
@pytest.mark.parametrize("name", MATS)
def test_what_matlab_saved_is_read_as_scipy_reads_it(name: str, version: str) -> None:
    from scipy.io import loadmat

    path = shipped("scipy", "io/matlab/tests/data", f"{name}_{version}.mat")
    truth = loadmat(path, simplify_cells=True)
    numbers = [value for key, value in truth.items() if not key.startswith("__")]
    numbers = [inner for value in numbers for inner in (value.values() if isinstance(value, dict) else (value,))]
    wanted = [
        np.ravel(value) for value in numbers if isinstance(value, np.ndarray) and value.size > 2 and value.dtype.kind in "fiu"
    ]
    (recording,) = parse_logs([path], OPTIONS).recordings
    got = np.concatenate(list(recording.columns.values()))
    np.testing.assert_allclose(np.sort(got[~np.isnan(got)]), np.sort(np.concatenate(wanted)), rtol=1e-6)


def test_what_matlab_saved_as_hdf5_is_told_by_its_own_words() -> None:
    """MATLAB 7.4 wrote 'MATLAB 7.0 MAT-file … HDF5 schema 0.05'."""
    with shipped("scipy", "io/matlab/tests/data", "testhdf5_7.4_GLNX86.mat").open("rb") as stream:
        assert find_reader(stream.read(512)).kind == "hdf5"


@pytest.mark.parametrize("name", ["Digital_Input.tdms", "big_endian.tdms", "raw1.tdms", "raw_timestamps.tdms"])
def test_what_labview_wrote_is_read_as_its_library_reads_it(name: str) -> None:
    nptdms = pytest.importorskip("nptdms")
    path = shipped("nptdms", "test/data", name)
    truth = [channel for group in nptdms.TdmsFile.read(path).groups() for channel in group.channels()]
    got = [(signals, channel) for signals in content_of(path).signals for channel in signals.channels]
    by_name = {(channel.name, len(channel.values)): (signals, channel) for signals, channel in got}
    assert len(got) == len(truth) == len(by_name)
    for channel in truth:
        signals, mine = by_name[(" ".join(channel.name.split()), len(channel))]
        np.testing.assert_array_equal(mine.values, channel[:].astype(mine.values.dtype))
        assert float(signals.rate) == pytest.approx(1 / channel.properties["wf_increment"], rel=1e-6)
