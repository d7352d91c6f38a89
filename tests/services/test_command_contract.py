"""The command line as programs call it: one JSON object, exit codes, files in the form that was promised."""

from __future__ import annotations

import contextlib
import csv
import io
import json
import os
import signal
import subprocess
import sys
import zipfile
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import onnxruntime
import pytest

from tests.contracts import bundle_fixtures
from workbench.bundle.trust import save_trust
from workbench.bundle.verify import Refusal
from workbench.cli.commands.table import COMMANDS
from workbench.cli.main import is_project, run
from workbench.core.processes import start_own

PASSPHRASE = "a long passphrase"
READY_S = 30.0


@dataclass(frozen=True, slots=True)
class Said:
    """What a command left behind; `value` is the JSON object with --json, else None."""

    code: int
    out: str
    err: str
    value: Any

    @property
    def error(self) -> Any:
        return self.value["error"]


def say(*words: object) -> Said:
    """Run a command in this process; with --json its whole standard output must be one JSON object."""
    out, err = io.StringIO(), io.StringIO()
    with contextlib.redirect_stdout(out), contextlib.redirect_stderr(err):
        code = run([str(word) for word in words])
    value = json.loads(out.getvalue()) if "--json" in words else None
    assert value is None or isinstance(value, dict)
    return Said(code, out.getvalue(), err.getvalue(), value)


def ask(*words: object, code: int = 0) -> Any:
    """The JSON object of a command that must end with this exit code."""
    said = say(*words, "--json")
    assert said.code == code, said.out + said.err
    return said.value


@dataclass(frozen=True, slots=True)
class Station:
    """A project with one champion, its bundle and the logs it came from."""

    root: Path
    run: str

    @property
    def project(self) -> Path:
        return self.root / "project é 1"

    @property
    def bundle(self) -> Path:
        return self.root / "pump.pwb"

    @property
    def trust(self) -> Path:
        return self.root / "trust.json"

    @property
    def log(self) -> Path:
        return self.root / "logs" / "P-2041A.csv"


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Station:
    root = tmp_path_factory.mktemp("contract")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("WORKBENCH_HOME", str(root / "home"))
        patch.setenv("WORKBENCH_PASSPHRASE", PASSPHRASE)
        ask("sample", "--out", root / "logs", "--pumps", 3, "--days", 2, "--period-s", 60)
        project = root / "project é 1"
        logs = sorted((root / "logs").glob("P-*.csv"))
        ask("logs", "import", *logs, "--project", project)
        ask("labels", "import", root / "logs" / "events.csv", "--project", project)
        ask("recipe", "new", "--task", "anomaly", "--out", root / "recipe.toml")
        recipe = (root / "recipe.toml").read_text(encoding="utf-8").replace("families = []", 'families = ["mahalanobis"]')
        (root / "recipe.toml").write_text(recipe, encoding="utf-8")
        trained = ask("train", root / "recipe.toml", "--project", project)
        assert {"id", "family", "metrics", "model_sha256"} <= set(trained["runs"][0])
        key = ask("keys", "new", "ola")["keys"][0]["id"]
        ask("keys", "export", key, "--out", root / "ola.pub")
        ask("trust", "add", root / "ola.pub", f"--file={root / 'trust.json'}")
        build = ("--project", project, "--board", "virtual-gateway", "--line", "pumps", "--key", "ola")
        ask("bundle", "build", trained["champion"], *build, "--release", 2, "--out", root / "pump.pwb")
        ask("bundle", "build", trained["champion"], *build, "--release", 3, "--floor", 3, "--out", root / "next.pwb")
    return Station(root, trained["champion"])


@pytest.fixture
def station(made: Station, monkeypatch: pytest.MonkeyPatch) -> Station:
    monkeypatch.setenv("WORKBENCH_HOME", str(made.root / "home"))
    monkeypatch.setenv("WORKBENCH_PASSPHRASE", PASSPHRASE)
    return made


def read_rows(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8", newline="") as stream:
        return list(csv.DictReader(stream))


# Everywhere


@pytest.mark.parametrize(
    "words", [("nonsense",), ("project", "frob"), ("project",), ("--frob",), ("sample",), ("logs", "inspect")]
)
def test_wrong_usage_ends_with_2_and_says_what_is_known(words: tuple[str, ...]) -> None:
    said = say(*words, "--json")
    assert said.code == 2
    assert said.error["code"] == "REQUEST"
    assert said.error["message"] in said.err
    assert said.error["hint"]


@pytest.mark.parametrize("first", sorted({command.words[0] for command in COMMANDS if len(command.words) == 2}))
def test_help_on_a_group_lists_its_commands(first: str) -> None:
    said = say(first, "--help")
    assert said.code == 0
    assert all(" ".join(command.words) in said.out for command in COMMANDS if command.words[0] == first)


def test_the_module_is_the_same_program() -> None:
    done = subprocess.run([sys.executable, "-m", "workbench", "trian", "x.toml", "--json"], capture_output=True, timeout=60)
    assert done.returncode == 2
    assert "train" in json.loads(done.stdout)["error"]["hint"]
    assert b"Traceback" not in done.stderr


def test_a_mistyped_command_makes_no_project(tmp_path: Path) -> None:
    done = subprocess.run([sys.executable, "-m", "workbench", "screan"], capture_output=True, timeout=60, cwd=tmp_path)
    said = done.stderr.decode()
    assert done.returncode == 2
    assert "no command or project 'screan'" in said
    assert "Did you mean screen" in said
    assert "workbench project new screan" in said
    assert not list(tmp_path.iterdir())
    assert is_project(str(tmp_path))
    assert is_project("new/station")
    assert not is_project("screan")


@pytest.mark.parametrize(
    ("words", "expected"),
    [(("logs",), "'logs' is the beginning of several commands"), (("logs", "imprt"), "Did you mean logs import")],
)
def test_the_beginning_of_commands_and_a_mistyped_end_are_said(
    words: tuple[str, ...], expected: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(words) == 2
    said = capsys.readouterr().err
    assert expected in said
    assert "logs statistics" in said


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="only there does the window need a display variable")
def test_without_a_display_the_window_says_so_and_the_program_does_not_crash(tmp_path: Path) -> None:
    bare = {name: value for name, value in os.environ.items() if name not in ("DISPLAY", "WAYLAND_DISPLAY", "QT_QPA_PLATFORM")}
    done = subprocess.run([sys.executable, "-m", "workbench", str(tmp_path)], capture_output=True, timeout=60, env=bare)
    assert done.returncode == 2
    assert b"display" in done.stderr


@pytest.mark.skipif(os.name == "nt", reason="POSIX signals")
@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_a_polite_kill_ends_a_command_as_cancelled(number: signal.Signals, tmp_path: Path) -> None:
    # A shell that starts the tests in the background has them ignore Ctrl+C, and children inherit that.
    former = signal.signal(signal.SIGINT, signal.default_int_handler)
    words = ["sample", "--out", str(tmp_path / "logs"), "--pumps", "30", "--days", "60", "--json"]
    with start_own(words, stdout=subprocess.PIPE, stderr=subprocess.PIPE) as process:
        signal.signal(signal.SIGINT, former)
        assert process.stderr is not None
        assert process.stderr.readline()  # the first progress: it is at work
        process.send_signal(number)
        out, err = process.communicate(timeout=30)
    assert process.returncode == 130, err
    assert json.loads(out)["error"]["code"] == "CANCELLED"


def test_text_for_people_goes_to_standard_output_and_errors_to_standard_error(tmp_path: Path) -> None:
    shown = say("devices", "boards")
    assert "linux-gateway" in shown.out
    assert not shown.err
    refused = say("project", "show", tmp_path / "nowhere")
    assert refused.code == 2
    assert not refused.out
    assert "nowhere" in refused.err


def test_a_name_that_is_no_text_is_refused_and_not_a_bug(tmp_path: Path) -> None:
    assert say("logs", "inspect", f"{tmp_path}/caf\udce9.csv", "--json").code == 2


def test_a_disk_that_says_no_is_an_input_error(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("x")
    assert ask("recipe", "new", "--out", tmp_path / "file" / "recipe.toml", code=2)["error"]["code"] == "INPUT"


# Projects and logs


def test_looking_at_a_project_that_is_not_there_makes_none(tmp_path: Path) -> None:
    for word in ("show", "check", "rebuild"):
        ask("project", word, tmp_path / "p", code=2)
    assert not (tmp_path / "p").exists()
    ask("project", "new", tmp_path / "p")
    assert ask("project", "check", tmp_path / "p")["problems"] == []


@pytest.mark.parametrize("words", ["runs list", "labels list", "bundle list", "logs quality", "journal show", "project items"])
def test_a_project_that_is_named_with_a_flag_is_made_if_absent(words: str, tmp_path: Path) -> None:
    assert [] in ask(*words.split(), "--project", tmp_path / "p").values()
    assert (tmp_path / "p" / "project.toml").is_file()


def test_a_project_of_a_newer_version_is_left_alone(tmp_path: Path) -> None:
    ask("project", "new", tmp_path / "p")
    path = tmp_path / "p" / "project.toml"
    path.write_text(path.read_text(encoding="utf-8").replace("schema_version = 1", "schema_version = 99"), encoding="utf-8")
    before = path.read_bytes()
    assert ask("project", "show", tmp_path / "p", code=2)["error"]["code"] == "PROJECT_TOO_NEW"
    assert path.read_bytes() == before


def test_inspect_prints_the_promised_fields(station: Station) -> None:
    inspected = ask("logs", "inspect", station.log)
    recording = inspected["recordings"][0]
    promised = "source rows first_utc last_utc sample_period_s channels n_gaps n_duplicates_dropped n_backward_steps findings"
    assert set(promised.split()) <= set(recording)
    assert recording["source"] == "P-2041A.csv"
    assert recording["first_utc"].endswith("Z")
    assert {"name", "unit", "n_good", "bad", "min", "max", "mean"} <= set(recording["channels"][0])


@pytest.mark.parametrize("content", [b"", os.urandom(3000), b"\x00" * 3000, b"Dear pump,\nall is well.\n"])
def test_rubbish_is_refused_by_name(content: bytes, tmp_path: Path) -> None:
    path = tmp_path / "rubbish.csv"
    path.write_bytes(content)
    for words in (("logs", "inspect"), ("logs", "import", "--project", tmp_path / "p"), ("screen", "--reference-rows", 40)):
        assert "rubbish.csv" in ask(*words, path, code=2)["error"]["message"]


def test_an_edited_journal_line_is_found(station: Station, tmp_path: Path) -> None:
    import shutil

    shutil.copytree(station.project / "journal", tmp_path / "p" / "journal")
    shutil.copy(station.project / "project.toml", tmp_path / "p")
    assert ask("journal", "verify", "--project", station.project)["is_whole"] is True
    path = next((tmp_path / "p" / "journal").glob("*.jsonl"))
    path.write_text(path.read_text(encoding="utf-8").replace("rows", "lines", 1), encoding="utf-8")
    verified = ask("journal", "verify", "--project", tmp_path / "p", code=2)
    assert verified["is_whole"] is False
    assert verified["problems"]


# Learning


def test_screen_writes_a_line_a_row_after_the_reference(station: Station, tmp_path: Path) -> None:
    screened = ask("screen", "--reference-rows", 600, "--out", tmp_path / "o", "--ignore=LI-2041A", station.log)["logs"][0]
    rows = read_rows(tmp_path / "o" / "P-2041A.scores.csv")
    assert list(rows[0]) == ["time_utc", "score", "threshold", "alarm"]
    assert len(rows) == screened["rows"] == ask("logs", "inspect", station.log)["recordings"][0]["rows"] - 600
    assert all(row["time_utc"].endswith("Z") for row in rows)
    assert all(row["score"] or row["alarm"] == "0" for row in rows)
    flags = [row["alarm"] == "1" for row in rows]
    assert flags == [bool(row["score"]) and float(row["score"]) >= float(row["threshold"]) for row in rows]
    assert sum(flags) == screened["alarm_rows"]
    assert "LI-2041A" in {item["channel"] for item in screened["left_out"]}


def test_screened_files_of_one_name_keep_their_paths_apart(station: Station, tmp_path: Path) -> None:
    for folder in ("a", "b"):
        (tmp_path / folder).mkdir()
        (tmp_path / folder / "log.csv").write_bytes(station.log.read_bytes())
    logs = ask("screen", tmp_path, "--reference-rows", 600, "--out", tmp_path / "out")["logs"]
    assert [log["source"] for log in logs] == [str(tmp_path / folder / "log.csv") for folder in ("a", "b")]
    assert len({log["scores"] for log in logs}) == 2


def test_a_misspelt_channel_is_not_ignored_in_silence(station: Station) -> None:
    assert "PI-9" in ask("screen", station.log, "--reference-rows", 600, "--ignore", "PI-9", code=2)["error"]["message"]


@pytest.mark.parametrize("with_bundle", [True, False])
def test_bare_onnxruntime_gives_every_score_and_alarm(with_bundle: bool, station: Station, tmp_path: Path) -> None:
    model = (station.bundle,) if with_bundle else (station.run[:12], "--project", station.project)
    out, windows_out = tmp_path / "scores", tmp_path / "windows"
    scored = ask("score", *model, station.log, "--out", out, "--windows-out", windows_out)["logs"][0]
    if with_bundle:
        data = zipfile.ZipFile(station.bundle).read("model.onnx")
    else:
        ask("export", station.run, "--project", station.project, "--board", "linux-gateway", "--out", tmp_path / "m.onnx")
        data = (tmp_path / "m.onnx").read_bytes()
    windows = np.load(windows_out / "P-2041A.windows.npy", allow_pickle=False)
    rows = read_rows(windows_out / "P-2041A.windows.csv")
    session = onnxruntime.InferenceSession(data)
    bare = session.run(["score"], {session.get_inputs()[0].name: windows})[0].ravel()
    assert windows.dtype == np.float32
    assert len(rows) == len(windows) == scored["n_scored"]
    np.testing.assert_allclose(bare, [float(row["score"]) for row in rows], atol=1e-6)
    assert [row["alarm"] == "1" for row in rows] == (bare >= 0.5).tolist()
    assert list(read_rows(out / "P-2041A.scores.csv")[0]) == ["time_utc", "score", "threshold", "alarm"]


def test_a_run_is_made_again_with_the_same_hash(station: Station) -> None:
    assert ask("runs", "reproduce", station.run, "--project", station.project)["is_same_hash"] is True


def test_drift_counts_evaluations_after_the_reference(station: Station) -> None:
    until = ask("logs", "inspect", station.log)["recordings"][0]["first_utc"][:10] + "T20:00:00Z"
    drift = ask("drift", station.log, "--reference-until", until, "--every", 3600)
    assert 27 <= drift["evaluations"] <= 28
    for alarm in drift["alarms"]:
        assert {"at_utc", "channel", "kind", "measure", "value", "limit"} <= set(alarm)
        assert alarm["kind"] in ("sensor", "duty", "machine", None)
        assert alarm["at_utc"] > until


# Bundles


@pytest.mark.parametrize("reason", list(Refusal))
def test_a_refused_bundle_ends_with_3_and_its_reason(reason: Refusal, tmp_path: Path) -> None:
    case = bundle_fixtures.broken_bundle(reason)
    (tmp_path / "b.pwb").write_bytes(case.data)
    save_trust(tmp_path / "t.json", case.trust)
    wanted = case.expectation
    words = [*(("--board", wanted.board) if wanted.board else ()), *(("--line", wanted.model_line) if wanted.model_line else ())]
    words += ["--min-release", wanted.security_floor]
    verified = ask("bundle", "verify", tmp_path / "b.pwb", "--trust", tmp_path / "t.json", *words, code=3)
    assert verified["outcome"] == reason.value


def test_trust_comes_from_the_person_unless_a_file_is_named(station: Station) -> None:
    assert ask("bundle", "verify", station.bundle, code=3)["outcome"] == "key_unknown"
    verified = ask("bundle", "verify", station.bundle, "--trust", station.trust)
    assert verified["outcome"] == "verified"
    assert "model.onnx" in {member["name"] for member in verified["members"]}


def test_a_bundle_that_is_missing_or_no_bundle_has_its_own_code(station: Station, tmp_path: Path) -> None:
    ask("bundle", "verify", tmp_path / "gone.pwb", code=2)
    assert ask("bundle", "verify", station.log, "--trust", station.trust, code=3)["outcome"] == "malformed"


# Devices


@dataclass
class Virtual:
    """A virtual device as the command line starts it."""

    process: subprocess.Popen[bytes]
    port: str

    @classmethod
    def start(cls, station: Station, state: Path, *words: str) -> Virtual:
        arguments = ["devices", "virtual", "--listen", "socket://127.0.0.1:0", "--state", str(state)]
        arguments += ["--trust", str(station.trust), "--line", "pumps", "--tag", "P-2041A", *words]
        process = start_own(arguments, stdout=subprocess.PIPE, stderr=subprocess.PIPE)
        assert process.stdout is not None
        ready = json.loads(process.stdout.readline())
        assert ready["ready"] is True
        assert ready["pid"] == process.pid
        return cls(process, ready["port"])

    def stop(self) -> int:
        self.process.terminate()
        out, err = self.process.communicate(timeout=READY_S)
        assert (out, err) == (b"", b"")
        return self.process.returncode


def update(station: Station, port: str, bundle: Path, *words: str, code: int) -> Any:
    return ask("devices", "update", "--port", port, "--bundle", bundle, "--trust", station.trust, "--yes", *words, code=code)


def test_an_update_is_refused_confirmed_and_rolled_back_with_the_promised_codes(station: Station, tmp_path: Path) -> None:
    device = Virtual.start(station, tmp_path / "device")
    try:
        port = device.port
        ask("devices", "update", "--port", port, "--bundle", station.bundle, "--trust", station.trust, code=2)
        for words, reason in ((("--expect-asset", "P-9"), "wrong_asset"), (("--expect-serial", "x"), "wrong_serial")):
            refused = update(station, port, station.bundle, *words, code=3)
            assert (refused["verdict"], refused["state"], refused["reason"]) == ("failed", "refused", reason)
            assert refused["bytes"] == 0
        assert ask("devices", "preflight", "--port", port)["is_ready"] is True
        first = update(station, port, station.bundle, "--project", str(station.project), code=0)
        assert (first["verdict"], first["after"]["release"]) == ("verified", 2)
        assert ask("receipt", "verify", first["receipt"])["is_valid"] is True
        awaiting = update(station, port, station.root / "next.pwb", "--no-confirm", code=4)
        assert (awaiting["verdict"], awaiting["state"]) == ("unknown", "awaiting_confirm")
        assert awaiting["next_action"]
        for _ in range(2):
            assert ask("devices", "confirm", "--port", port)["verdict"] == "verified"
        assert update(station, port, station.bundle, code=3)["reason"] == "below_floor"
        assert "security floor 3" in ask("devices", "rollback", "--port", port, code=2)["error"]["message"]
        pulled = ask("devices", "pull-logs", "--port", port, "--out", tmp_path / "logs", "--project", station.project)
        assert all(Path(log["path"]).stat().st_size == log["size_bytes"] for log in pulled["logs"])
    finally:
        code = device.stop()
    assert code == 0


def test_a_cut_cable_is_resumed(station: Station, tmp_path: Path) -> None:
    size = station.bundle.stat().st_size
    device = Virtual.start(station, tmp_path / "device", "--fault", f"cut@{size // 2}")
    try:
        verdict = ask_any(
            "devices", "update", "--port", device.port, "--bundle", station.bundle, "--trust", station.trust, "--yes"
        )
        assert verdict["verdict"] in ("verified", "unknown", "failed")
        assert ask("devices", "resume", "--port", device.port)["verdict"] == "verified"
        assert ask("devices", "rollback", "--port", device.port, code=2)["error"]["hint"]
    finally:
        device.stop()


def ask_any(*words: object) -> Any:
    """The JSON object, whatever the exit code."""
    return say(*words, "--json").value


def test_nobody_at_a_port_ends_with_4(station: Station) -> None:
    assert ask("devices", "identify", "--port", "socket://127.0.0.1:9", code=4)["error"]["code"] == "DEVICE_NOT_FOUND"
    ask("devices", "identify", "--port", "socket://192.0.2.1:80", code=2)


@pytest.mark.parametrize(
    "words", [("--fault", "melt"), ("--trust", "gone.json"), ("--board", "toaster"), ("--input", "gone.csv")]
)
def test_a_virtual_device_that_can_t_start_says_why(words: tuple[str, str], tmp_path: Path) -> None:
    assert say("devices", "virtual", "--state", tmp_path / "device", *words, "--json").code == 2


def test_an_altered_receipt_is_found(station: Station, tmp_path: Path) -> None:
    import base64

    device = Virtual.start(station, tmp_path / "device")
    try:
        receipt = Path(update(station, device.port, station.bundle, code=0)["receipt"])
    finally:
        device.stop()
    envelope = json.loads(receipt.read_text(encoding="utf-8"))
    payload = base64.b64decode(envelope["payload"]).replace(b'"verified"', b'"unknown"', 1)
    envelope["payload"] = base64.b64encode(payload).decode()
    altered = tmp_path / "altered.json"
    altered.write_text(json.dumps(envelope, separators=(",", ":"), sort_keys=True), encoding="utf-8")
    assert ask("receipt", "verify", altered, code=3)["is_valid"] is False


def test_a_name_that_two_keys_share_is_not_revoked_by_guess(tmp_path: Path) -> None:
    key = ask("keys", "new", "ola")["keys"][0]["id"]
    ask("keys", "export", key, "--out", tmp_path / "ola.pub")
    ask("trust", "add", tmp_path / "ola.pub")
    ask("keys", "rotate", "ola")
    assert key in ask("keys", "revoke", "ola", code=2)["error"]["hint"]
    states = {item["id"]: item["state"] for item in ask("keys", "revoke", key)["keys"]}
    assert states[key] == "revoked"
    assert sorted(states.values()) == ["active", "revoked"]
