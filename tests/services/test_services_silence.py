"""Sensors that fall silent on a running gateway: what it says then, over the wire and in its pulled logs, and that the
laptop finds the same in the log that it pulled."""

from __future__ import annotations

import csv
import time
from pathlib import Path

import numpy as np
import pytest

from tests.contracts import bundle_fixtures as fixtures
from tests.services.device_fixtures import Site
from workbench.core.clock import NS_PER_S, format_utc, parse_utc
from workbench.core.jobs import Job
from workbench.core.wire import LiveState, Verdict
from workbench.edge.sensors import Replay, Samples, read_csv
from workbench.scoring.alerts import alarms_of
from workbench.scoring.session import ScoringSession
from workbench.scoring.silence import silences_of
from workbench.scoring.windower import windows_of
from workbench.services.devices import DevicesListRequest, IdentifyRequest, PullLogsRequest, identify, list_devices, pull_logs
from workbench.services.scoring import ScoreRequest, score

START = "2026-01-01T00:00:00Z"
START_NS = parse_utc(START)
SPEC = fixtures.SPEC  # windows of 8 s, one every 4 s, held for 5 s: silent once older than 8 s
FOUND_S = 30.0


@pytest.fixture
def site(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Site:
    monkeypatch.setenv("WORKBENCH_HOME", str(tmp_path / "home"))
    made = Site.make(tmp_path)
    made.install_old()
    return made


def write_log(path: Path, spoken: list[tuple[int, int]], *, level: float = 0.4, only_second: tuple[int, int] = (0, 0)) -> Path:
    """A row a second in each span; TT-1 alone says nothing within `only_second`."""
    generator, rows = np.random.default_rng(5), []
    for first, last in spoken:
        for second in range(first, last):
            a, b = generator.normal(level, 0.2, 2)
            is_silent = only_second[0] <= second < only_second[1]
            rows.append(f"{format_utc(START_NS + second * NS_PER_S)},{a:.6g},{'' if is_silent else f'{b:.6g}'}")
    path.write_text("\n".join(["time_utc,PT-1,TT-1", *rows]) + "\n", encoding="utf-8")
    return path


def wait_for(port: str, until_s: float) -> LiveState:
    """What the device says once it has heard its sensors up to this second of the log."""
    deadline_s = time.monotonic() + FOUND_S
    while (live := identify(IdentifyRequest(port=port), Job()).live).as_of_utc < format_utc(START_NS + round(until_s * NS_PER_S)):
        assert time.monotonic() < deadline_s, live
    return live


def pulled_rows(port: str, out: Path) -> dict[str, list[list[str]]]:
    logs = pull_logs(PullLogsRequest(port=port, out=str(out)), Job()).logs
    return {log.kind: list(csv.reader(Path(log.path).read_text(encoding="utf-8").splitlines()))[1:] for log in logs}


def second_of(text: str) -> float:
    return (parse_utc(text) - START_NS) / NS_PER_S


def test_a_gateway_whose_sensors_fall_silent_says_so_while_they_are(site: Site, tmp_path: Path) -> None:
    log = write_log(tmp_path / "log.csv", [(0, 60), (3600, 3660)])
    with site.device(input_file=log, speed=40.0) as port:
        found = wait_for(port, 75)
        (tile,) = (tile for tile in list_devices(DevicesListRequest(ports=(port,)), Job()).devices if tile.port == port)
        rows = pulled_rows(port, tmp_path / "out")
    assert (found.state, found.score, found.is_alert, found.n_silent) == (Verdict.NO_DATA, None, False, 2)
    assert [(item.name, second_of(item.since_utc)) for item in found.silent] == [("PT-1", 59), ("TT-1", 59)]
    assert tile.live.state == Verdict.NO_DATA
    # The last sample is of 59 s; 59 + 8 is not older than a window yet, the next second is.
    assert [(second_of(row[0]), *row[1:]) for row in rows["alerts"]] == [(68, "no_data", "", "3", "PT-1; TT-1")]
    assert {second_of(row[0]): row[1] for row in rows["scores"]}[68] == ""


def test_one_silent_sensor_among_others_is_named_and_its_return_too(site: Site, tmp_path: Path) -> None:
    log = write_log(tmp_path / "log.csv", [(0, 2000)], only_second=(50, 1050))
    with site.device(input_file=log, speed=100.0) as port:
        found = wait_for(port, 62)
        assert (found.state, [item.name for item in found.silent]) == (Verdict.NO_DATA, ["TT-1"])
        again = wait_for(port, 1075)
        rows = pulled_rows(port, tmp_path / "out")
    assert again.state == Verdict.SCORED
    told = [(second_of(row[0]), row[1], row[4]) for row in rows["alerts"]]
    assert told == [(58, "no_data", "TT-1"), (1050, "data", "TT-1")]


def test_an_alert_does_not_go_on_without_data_and_is_not_said_to_be_over(site: Site, tmp_path: Path) -> None:
    log = write_log(tmp_path / "log.csv", [(0, 60)], level=3.0)
    with site.device(input_file=log, speed=1000.0) as port:
        found = wait_for(port, 80)
        rows = pulled_rows(port, tmp_path / "out")
    assert (found.state, found.is_alert) == (Verdict.NO_DATA, False)
    # Held for 5 s after 59 s: the window that ends at 68 s is the first without a score.
    assert [(second_of(row[0]), row[1]) for row in rows["alerts"]] == [(8, "on"), (68, "no_score"), (68, "no_data")]


def test_the_laptop_finds_in_the_pulled_log_what_the_device_said_across_the_silence(site: Site, tmp_path: Path) -> None:
    log = write_log(tmp_path / "log.csv", [(0, 61), (131, 190), (197, 230), (400, 433)], level=1.0, only_second=(205, 222))
    with site.device(input_file=log, speed=60.0) as port:
        wait_for(port, 500)
        rows = pulled_rows(port, tmp_path / "out")
    (raw,) = (tmp_path / "out").glob("raw-*.csv")
    samples, until_ns = read_csv(raw), START_NS + 500 * NS_PER_S
    compare_scores(samples, until_ns, rows["scores"])
    told = [(parse_utc(row[0]), row[1], row[4]) for row in rows["alerts"] if row[1] in ("no_data", "data")]
    assert told == expected_silences(samples, until_ns)
    # Beginning and end of 61…131, of TT-1's 205…222, of 230…400, and the beginning of what follows 432: both at once, TT-1 alone.
    assert [word for _, word, _ in told] == ["no_data", "data", "no_data", "data", "no_data", "data", "no_data"]
    # The file says nothing of the time behind its last row, so the command has no window there.
    heard = [row for row in rows["scores"] if parse_utc(row[0]) <= samples.times_ns[-1]]
    compare_command(site.old, raw, heard, tmp_path / "laptop")


def compare_scores(samples: Samples, until_ns: int, device: list[list[str]]) -> None:
    """Each window that the device scored or could not score, with its score and alarm."""
    windows = windows_of(samples.times_ns, samples.values, SPEC, until_ns=until_ns)
    found = ScoringSession(fixtures.make_model()).score(windows).score
    alarms = alarms_of(found, windows.end_ns, SPEC)
    assert [parse_utc(row[0]) for row in device] == windows.end_ns.tolist()
    assert [row[1] for row in device] == ["" if np.isnan(value) else f"{value:.6g}" for value in found]
    assert [row[3] for row in device] == [str(int(on)) for on in alarms]
    assert {row[1] == "" for row in device} == {True, False}


def expected_silences(samples: Samples, until_ns: int) -> list[tuple[int, str, str]]:
    together: dict[tuple[int, str], list[str]] = {}
    for change in silences_of(samples.times_ns, samples.values, SPEC, until_ns=until_ns):
        key = (change.at_ns, "no_data" if change.is_silent else "data")
        together.setdefault(key, []).append(SPEC.channels[change.channel].name)
    return [(at_ns, word, "; ".join(names)) for (at_ns, word), names in together.items()]


def compare_command(bundle: Path, raw: Path, device: list[list[str]], out: Path) -> None:
    """`workbench score` of the pulled log: the same scored windows, and no score on rows for which the device had none."""
    request = ScoreRequest(model=str(bundle), paths=(str(raw),), out=str(out), windows_out=str(out), zone="UTC")
    (scored,) = score(request, Job()).logs
    assert scored.windows is not None
    listed = Path(scored.windows).with_name(Path(scored.windows).name.replace(".npy", ".csv"))
    windows = list(csv.DictReader(listed.read_text(encoding="utf-8").splitlines()))
    mine = [(parse_utc(row["end_utc"]), f"{float(row['score']):.6g}", row["alarm"]) for row in windows]
    assert mine == [(parse_utc(row[0]), row[1], row[3]) for row in device if row[1]]
    lines = Path(scored.scores).read_text(encoding="utf-8").splitlines()
    by_row = {parse_utc(row["time_utc"]): row["score"] for row in csv.DictReader(lines)}
    device_says = {parse_utc(row[0]): row[1] for row in device}
    both = by_row.keys() & device_says.keys()
    assert len(both) > 30
    assert {at_ns for at_ns in both if not by_row[at_ns]} == {at_ns for at_ns in both if not device_says[at_ns]}


def states_at(folder: Path, log: Path, seconds: list[int], *, install: bool = True) -> dict[int, LiveState]:
    """What a device says at these seconds of its replay, with a clock of ours."""
    from tests.unit.edge_fixtures import Bench, make_agent

    now = [0.0]
    agent = make_agent(folder, replay=Replay(read_csv(log), clock=lambda: now[0]))
    if install:
        Bench(agent).install(fixtures.make_bundle())
    said = {}
    for second in seconds:
        now[0] = float(second)
        agent.tick()
        said[second] = agent.live
    return said


def test_from_a_score_to_no_score_to_no_data_and_back_at_the_second(tmp_path: Path) -> None:
    log = write_log(tmp_path / "log.csv", [(0, 21), (40, 60)])
    said = states_at(tmp_path / "device", log, [0, 7, 8, 20, 27, 28, 29, 39, 40, 47, 48])
    # Windows end every 4 s and hold 8; the last sample before the silence is of 20 s and is held for 5 s. The window that
    # ends at 28 s has no score, and then 20 + 8 is not older than a window yet; the next second is.
    assert {second: live.state for second, live in said.items()} == {
        0: "no_score", 7: "no_score", 8: "scored", 20: "scored", 27: "scored", 28: "no_score",
        29: "no_data", 39: "no_data", 40: "no_score", 47: "no_score", 48: "scored",
    }  # fmt: skip
    assert all((live.score is not None) == (live.state == Verdict.SCORED) for live in said.values())
    assert [second_of(item.since_utc) for item in said[39].silent] == [20, 20]


def test_a_gateway_that_starts_among_silent_sensors_says_so_after_a_window(tmp_path: Path) -> None:
    log = write_log(tmp_path / "log.csv", [(0, 30)])
    states_at(tmp_path / "device", log, [0, 60])
    said = states_at(tmp_path / "device", log, [0, 8, 9], install=False)  # a new start: its time goes on after the last row
    assert [live.state for live in said.values()] == ["no_score", "no_score", "no_data"]
    assert (said[9].n_silent, said[9].silent[0].since_utc) == (2, "")


def test_a_gateway_without_sensors_has_no_data(tmp_path: Path) -> None:
    from tests.unit.edge_fixtures import Bench, make_agent

    now = [START_NS]
    agent = make_agent(tmp_path / "device", clock=lambda: now[0])
    assert agent.live.state == Verdict.NO_MODEL
    Bench(agent).install(fixtures.make_bundle())
    agent.tick()
    assert agent.live.state == Verdict.NO_SCORE
    now[0] += 10 * NS_PER_S
    agent.tick()
    assert (agent.live.state, agent.live.n_silent) == (Verdict.NO_DATA, 2)


def test_a_score_whose_successor_is_overdue_is_not_shown_as_new(tmp_path: Path) -> None:
    """With windows far apart no window may fall into a silence at all; the old score must not outlive its time."""
    import msgspec

    from tests.unit.edge_fixtures import Bench, make_agent

    sparse = msgspec.structs.replace(SPEC, stride_samples=100, hold_limit_s=30.0)
    model = {**fixtures.make_contents().members, "model.onnx": fixtures.make_model(sparse)}
    now = [0.0]
    log = write_log(tmp_path / "log.csv", [(0, 101)])
    agent = make_agent(tmp_path / "device", replay=Replay(read_csv(log), clock=lambda: now[0]))
    Bench(agent).install(fixtures.make_bundle(spec=sparse, members=model))
    states = {}
    for second in (0, 100, 120, 130, 131, 201):
        now[0] = float(second)
        agent.tick()
        states[second] = agent.live.state
    # START is a multiple of 100 s, so a window ends at 100 s; its sensors are silent once older than the 30 s of the hold limit.
    assert states == {0: "no_score", 100: "scored", 120: "scored", 130: "scored", 131: "no_data", 201: "no_data"}


def test_a_minute_is_told_when_it_is_over_also_without_a_further_sample(site: Site, tmp_path: Path) -> None:
    log = write_log(tmp_path / "log.csv", [(0, 30)])
    with site.device(input_file=log, speed=1000.0) as port:
        wait_for(port, 70)
        rows = pulled_rows(port, tmp_path / "out")
    assert [row[0] for row in rows["minutes"]] == [START]
