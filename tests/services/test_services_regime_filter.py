"""Operating states as a filter: every service that takes them looks at exactly the samples in them."""

from __future__ import annotations

import csv
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray

from tests.services.analysis_fixtures import PUMP, START_NS, make_project, trend_text
from workbench.core.clock import NS_PER_S
from workbench.core.errors import InputError
from workbench.core.jobs import Job
from workbench.logs.analysis.maps import Stretch
from workbench.services import log_xy, regime_filter, similar
from workbench.services.analysis_envelope import EnvelopeRequest, log_envelope
from workbench.services.analysis_maps import OrdersRequest, SpectrogramRequest, log_orders, log_spectrogram
from workbench.services.analysis_pump import PumpCurveRequest, log_pump_curve
from workbench.services.analysis_spectrum import SpectrumRequest, log_spectrum
from workbench.services.evidence import EvidenceRequest, event_evidence
from workbench.services.labels import LabelsAddRequest, add_label
from workbench.services.log_export import ExportLogsRequest, export_logs
from workbench.services.log_statistics import StatisticsRequest, log_statistics
from workbench.services.log_views import OpenLogsRequest, open_asset_logs
from workbench.services.regime_filter import bursts_within, joined
from workbench.services.regimes import SetRegimeRequest, set_regime

WASHING = ((60, 120), (600, 700))
"""First and last row (a minute each) of the state that a person named: the second burst lies in the first stretch."""
VT, FLOW, HEAD = f"VT-{PUMP[2:]}-DE", "FI-7001A", "PI-7001A"


@pytest.fixture(scope="module")
def project(tmp_path_factory: pytest.TempPathFactory) -> str:
    root = tmp_path_factory.mktemp("states")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("WORKBENCH_HOME", str(root / "home"))
        folder = str(make_project(root))
        for first, end in WASHING:
            start, last = (f"2026-03-02T{row // 60:02d}:{row % 60:02d}:00Z" for row in (first, end))
            set_regime(SetRegimeRequest(project=folder, asset=PUMP, start=start, end=last, name="washing"), Job())
    return folder


def trend(name: str) -> NDArray[np.float64]:
    rows = list(csv.DictReader(trend_text().splitlines()))
    column = next(key for key in rows[0] if key.startswith(name))
    return np.array([float(row[column]) for row in rows]).astype(np.float32).astype(np.float64)


def washing() -> NDArray[np.bool_]:
    keep = np.zeros(1440, np.bool_)
    for first, end in WASHING:
        keep[first:end] = True
    return keep


def test_statistics_of_a_state_are_over_exactly_its_samples(project: str) -> None:
    request = StatisticsRequest(project=project, asset=PUMP, channel=(FLOW,), regimes=("washing",))
    (row,) = log_statistics(request, Job()).channels
    values = trend(FLOW)[washing()]
    assert row.n == len(values) == 160
    assert row.mean == pytest.approx(values.mean(), rel=1e-12)
    assert row.sd == pytest.approx(values.std(ddof=1), rel=1e-12)
    assert row.median == pytest.approx(np.median(values), rel=1e-12)
    assert (row.min, row.max) == (values.min(), values.max())


def test_a_state_and_all_others_are_the_whole(project: str) -> None:
    def n(*regimes: str) -> int:
        request = StatisticsRequest(project=project, asset=PUMP, channel=(FLOW,), regimes=regimes)
        return log_statistics(request, Job()).channels[0].n

    others = [name for name in ("steady", "throttled", "start-up", "minimum flow") if name in known_states(project)]
    assert n("washing", *others) == n() == 1440
    assert n(*others) == 1440 - 160


def known_states(project: str) -> set[str]:
    from workbench.services.regimes import RegimesRequest, log_regimes

    return {one.name for one in log_regimes(RegimesRequest(project=project), Job()).regimes}


def test_pairs_and_boxes_keep_to_the_state(project: str) -> None:
    request = log_xy.XYRequest(project=project, asset=PUMP, x=FLOW, y=HEAD, regimes=("washing",))
    result = log_xy.log_xy(request, Job())
    flow, head = trend(FLOW)[washing()], trend(HEAD)[washing()]
    assert result.n == 160
    assert result.r == pytest.approx(np.corrcoef(flow, head)[0, 1], rel=1e-6)
    logs = open_asset_logs(OpenLogsRequest(project=project, asset=PUMP), Job())
    whole = (logs.first_ns, logs.last_ns)
    spans = [tuple(START_NS + row * 60 * NS_PER_S for row in one) for one in WASHING]
    runs, n = log_xy.stretches_in(logs, (FLOW, HEAD), whole, (0, 1e3, 0, 1e3), Job(), spans)
    assert n == 160
    minute_ns = 60 * NS_PER_S
    assert [(start, end // minute_ns * minute_ns) for start, end in runs] == [(a, b - minute_ns) for a, b in spans]


def test_an_export_holds_the_states_rows_and_extremes(project: str, tmp_path: Path) -> None:
    out = tmp_path / "o.csv"
    result = export_logs(
        ExportLogsRequest(project=project, asset=PUMP, channel=(FLOW,), out=str(out), regimes=("washing",)), Job()
    )
    rows = list(csv.reader(out.read_text(encoding="utf-8").splitlines()))[1:]
    assert result.rows == len(rows) == 160
    np.testing.assert_allclose([float(row[1]) for row in rows], trend(FLOW)[washing()])
    request = ExportLogsRequest(project=project, asset=PUMP, channel=(FLOW,), out=str(out), regimes=("washing",), columns=24)
    export_logs(request, Job())
    rows = list(csv.reader(out.read_text(encoding="utf-8").splitlines()))[1:]
    values = trend(FLOW)[washing()]
    assert min(float(row[1]) for row in rows) == pytest.approx(values.min())
    assert max(float(row[2]) for row in rows) == pytest.approx(values.max())
    assert len(rows) <= 5


def test_bursts_count_where_the_pump_was_in_the_state(project: str) -> None:
    only = ("washing",)
    spectrum = log_spectrum(SpectrumRequest(project=project, asset=PUMP, channel=VT, regimes=only), Job())
    assert (spectrum.n_bursts, spectrum.first_utc) == (1, "2026-03-02T01:00:00Z")
    assert "1 of 2 stretches: only while washing." in spectrum.notes
    grams = log_spectrogram(SpectrogramRequest(project=project, asset=PUMP, channel=VT, regimes=only, resolution_hz=1.0), Job())
    assert grams.first_utc == "2026-03-02T01:00:00Z"
    envelope = log_envelope(EnvelopeRequest(project=project, asset=PUMP, channel=VT, regimes=only), Job())
    assert (envelope.n_bursts, envelope.first_utc) == (1, "2026-03-02T01:00:00Z")
    orders = log_orders(OrdersRequest(project=project, asset=PUMP, channel=VT, regimes=only), Job())
    assert orders.first_utc == "2026-03-02T01:00:00Z"
    late = SpectrumRequest(project=project, asset=PUMP, channel=VT, regimes=only, start="2026-03-02T01:30:00Z")
    with pytest.raises(InputError, match="no samples"):
        log_spectrum(late, Job())
    with pytest.raises(InputError, match="was not washing in any"):
        log_spectrum(SpectrumRequest(project=project, asset=PUMP, channel=VT, regimes=only, end="2026-03-02T00:30:00Z"), Job())


def test_a_burst_is_whole_or_out_and_a_stream_is_cut() -> None:
    rate = 10.0
    burst = Stretch(start_ns=0, rate_hz=rate, values=np.zeros(100))
    stream = Stretch(start_ns=0, rate_hz=rate, values=np.arange(1200.0))
    half = [(5 * NS_PER_S, 65 * NS_PER_S)]
    assert bursts_within([burst], half) == []
    assert bursts_within([burst], [(0, 10 * NS_PER_S)]) == [burst]
    (part,) = bursts_within([stream], half)
    assert (part.start_ns, part.values[0], part.values[-1]) == (5 * NS_PER_S, 50.0, 649.0)
    # A sliver beside a long part would say more about its ends than about the pump.
    parts = bursts_within([stream], [(0, 2 * NS_PER_S), *half])
    assert [one.start_ns for one in parts] == [5 * NS_PER_S]


def test_of_a_stream_exactly_the_samples_within_the_state_count() -> None:
    stream = Stretch(start_ns=0, rate_hz=10.0, values=np.arange(1200.0))
    (part,) = bursts_within([stream], [(5_060_000_000, 65_040_000_000)])
    assert (part.start_ns, part.values[0], part.values[-1]) == (5_100_000_000, 51.0, 650.0)
    (part,) = bursts_within([stream], [(5_040_000_000, 65_000_000_000)])
    assert (part.values[0], part.values[-1]) == (51.0, 649.0)


def test_the_pump_curve_keeps_to_the_state(project: str) -> None:
    result = log_pump_curve(PumpCurveRequest(project=project, asset=PUMP, regimes=("washing",)), Job())
    assert result.points == 160
    assert "Only while washing: 160 of 1440 instants." in result.notes
    with pytest.raises(InputError, match="never washing in this stretch"):
        log_pump_curve(PumpCurveRequest(project=project, asset=PUMP, regimes=("washing",), start="2026-03-02T20:00:00Z"), Job())


def test_what_an_event_did_is_told_of_the_state_alone(project: str) -> None:
    request = EvidenceRequest(
        project=project, asset=PUMP, start="2026-03-02T11:00:00Z", end="2026-03-02T12:30:00Z", regimes=("washing",)
    )
    found = {one.channel: one for one in event_evidence(request, Job()).channels}
    flow = trend(FLOW)
    assert found[FLOW].within == pytest.approx(flow[660:700].mean(), rel=1e-9)
    assert found[FLOW].before == pytest.approx(flow[600:660].mean(), rel=1e-9)


def test_stretches_like_an_event_are_looked_for_in_the_state(project: str) -> None:
    added = add_label(
        LabelsAddRequest(project=project, asset=PUMP, name="swing", start="2026-03-02T04:10:00Z", end="2026-03-02T04:40:00Z"),
        Job(),
    )
    event = added.events[-1].id
    anywhere = similar.find_similar(similar.SimilarRequest(event=event, project=project, asset=PUMP), Job()).events
    within = similar.find_similar(
        similar.SimilarRequest(event=event, project=project, asset=PUMP, regimes=("washing",)), Job()
    ).events
    assert len(anywhere) > len(within) > 0
    inside = [("2026-03-02T01:00:00Z", "2026-03-02T02:00:00Z"), ("2026-03-02T10:00:00Z", "2026-03-02T11:40:00Z")]
    assert all(any(a <= one.start_utc and one.end_utc <= b for a, b in inside) for one in within)


def test_a_state_that_never_was_is_said(project: str) -> None:
    with pytest.raises(InputError, match="never dry run"):
        log_statistics(StatisticsRequest(project=project, asset=PUMP, regimes=("dry run",)), Job())
    with pytest.raises(InputError, match="never in a state 'steadi'"):
        log_xy.log_xy(log_xy.XYRequest(project=project, asset=PUMP, x=FLOW, y=HEAD, regimes=("steadi",)), Job())


def test_an_instant_without_a_burst_says_how_far_the_nearest_is(project: str) -> None:
    def notes(at: str) -> tuple[str, ...]:
        return log_spectrum(SpectrumRequest(project=project, asset=PUMP, channel=VT, at=at), Job()).notes

    assert notes("2026-03-02T01:00:00.5Z") == ()
    assert any("ended 60 s before" in note for note in notes("2026-03-02T01:01:01Z"))
    assert any("01:00" in note and "begins 15 min later" in note for note in notes("2026-03-02T00:45:00Z"))
    assert any("days before" in note for note in notes("2026-03-09T00:00:00Z"))


def test_stretches_that_meet_are_one() -> None:
    assert joined([(5, 7), (0, 2), (2, 4), (6, 9)]) == [(0, 4), (5, 9)]


def test_states_are_found_once_until_something_changes(project: str, monkeypatch: pytest.MonkeyPatch) -> None:
    calls = []
    real = regime_filter.spans_of_regimes

    def counted(*given: object) -> dict[str, list[tuple[int, int]]]:
        calls.append(given)
        return real(*given)  # type: ignore[arg-type]

    monkeypatch.setattr(regime_filter, "spans_of_regimes", counted)
    regime_filter._FOUND.clear()
    first = regime_filter.find_spans(project, PUMP, ("washing",))
    assert regime_filter.find_spans(project, PUMP, ("washing",)) == first
    assert len(calls) == 1
    request = SetRegimeRequest(
        project=project, asset=PUMP, start="2026-03-02T20:00:00Z", end="2026-03-02T21:00:00Z", name="washing"
    )
    set_regime(request, Job())
    found = regime_filter.find_spans(project, PUMP, ("washing",))
    assert len(calls) == 2
    assert len(found or ()) == len(first or ()) + 1
