"""The small wheel in an environment of its own, with nothing but what it says it needs.

Its dependencies come from a wheelhouse if PUMP_WHEELHOUSE names one; else they are copied, distribution by distribution,
out of the environment that runs this test, so that no network is needed and nothing more than declared can be there.
"""

from __future__ import annotations

import importlib.util
import json
import os
import re
import shutil
import subprocess
import venv
from collections.abc import Iterator
from importlib import metadata
from pathlib import Path
from typing import IO

import pytest

from tests.contracts import bundle_fixtures as made
from workbench.bundle.trust import save_trust

ROOT = Path(__file__).resolve().parents[2]
BOARD = "linux-gateway"
HEAVY = ("PySide6", "pyqtgraph", "pandas", "sklearn", "scipy", "skl2onnx", "onnx", "pyarrow", "keyring", "reportlab", "smpclient")
IMPORT_ALL = """
import importlib, json, pkgutil, sys, workbench
names = [item.name for item in pkgutil.walk_packages(workbench.__path__, "workbench.")]
for name in names:
    if not name.endswith("__main__"):
        importlib.import_module(name)
print(json.dumps({"modules": names, "loaded": sorted({name.split(".")[0] for name in sys.modules})}))
"""
pytestmark = pytest.mark.slow


def load_builder():
    """`installer/build_edge.py` as a module."""
    found = importlib.util.spec_from_file_location("build_edge", ROOT / "installer" / "build_edge.py")
    module = importlib.util.module_from_spec(found)
    found.loader.exec_module(module)
    return module


BUILDER = load_builder()


@pytest.fixture(scope="module")
def scripts(tmp_path_factory) -> Path:
    """The folder of programs of an environment with the wheel and what it declares, nothing else."""
    folder = tmp_path_factory.mktemp("edge")
    wheel = BUILDER.build_wheel(folder / "dist")
    venv.create(folder / "env", with_pip=True, symlinks=os.name != "nt")
    programs = folder / "env" / ("Scripts" if os.name == "nt" else "bin")
    house = os.environ.get("PUMP_WHEELHOUSE")
    install = [programs / "python", "-m", "pip", "--disable-pip-version-check", "install", "--quiet", "--no-index"]
    if house:
        subprocess.run([*install, "--find-links", house, wheel], check=True, timeout=240)
        return programs
    site = subprocess.run(
        [programs / "python", "-c", "import sysconfig; print(sysconfig.get_path('purelib'))"],
        check=True, capture_output=True, text=True,
    ).stdout.strip()  # fmt: skip
    for name in sorted(declared(wheel)):
        copy_distribution(name, Path(site))
    subprocess.run([*install, "--no-deps", wheel], check=True, timeout=240)
    return programs


def declared(wheel: Path) -> set[str]:
    """The distributions that the wheel needs, and what those need in turn."""
    waiting, found = [name_of(line) for line in BUILDER.requirements()], set()
    while waiting:
        name = waiting.pop()
        if name not in found:
            found.add(name)
            waiting += [name_of(line) for line in metadata.requires(name) or () if is_needed(line)]
    return found


def name_of(requirement: str) -> str:
    return re.split(r"[<>=!~ \[;(]", requirement, maxsplit=1)[0].lower()


def is_needed(requirement: str) -> bool:
    """Whether it is installed here and not for an extra; pip has judged the rest of the marker already."""
    if "extra ==" in requirement:
        return False
    try:
        metadata.version(name_of(requirement))
    except metadata.PackageNotFoundError:
        return False
    return True


def copy_distribution(name: str, site: Path) -> None:
    for file in metadata.files(name) or ():
        source = Path(file.locate())
        if ".." in file.parts or file.suffix == ".pyc" or not source.is_file():
            continue
        (site / file).parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(source, site / file)


def bare_environment() -> dict[str, str]:
    """Without anything that could lead Python back to this checkout."""
    return {key: value for key, value in os.environ.items() if not key.startswith(("PYTHON", "VIRTUAL_ENV", "WORKBENCH"))}


def run(scripts: Path, program: str, *words: str, cwd: Path) -> str:
    done = subprocess.run(
        [scripts / program, *words], cwd=cwd, env=bare_environment(), capture_output=True, text=True, timeout=120
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    return done.stdout


def test_the_wheel_is_built_twice_with_the_same_bytes(tmp_path):
    first, second = (BUILDER.build_wheel(tmp_path / name) for name in ("a", "b"))
    assert first.read_bytes() == second.read_bytes()


def test_everything_the_wheel_declares_is_there(scripts, tmp_path):
    assert "No broken requirements" in run(scripts, "python", "-m", "pip", "--disable-pip-version-check", "check", cwd=tmp_path)


def test_every_module_loads_without_the_workbench_libraries(scripts, tmp_path):
    found = json.loads(run(scripts, "python", "-I", "-c", IMPORT_ALL, cwd=tmp_path))
    assert "workbench.edge.agent" in found["modules"]
    assert not any(name.startswith(("workbench.ui", "workbench.learning", "workbench.services")) for name in found["modules"])
    assert not set(HEAVY) & set(found["loaded"])


def test_none_of_the_workbench_libraries_is_installed(scripts, tmp_path):
    code = f"import importlib.util; print([n for n in {HEAVY!r} if importlib.util.find_spec(n)])"
    assert run(scripts, "python", "-I", "-c", code, cwd=tmp_path).strip() == "[]"


def test_the_agent_says_what_it_can_do(scripts, tmp_path):
    assert "provision" in run(scripts, "pump-edge", "--help", cwd=tmp_path)


@pytest.fixture
def gateway(scripts, tmp_path) -> Iterator[str]:
    """A running agent that trusts the fixture's key; its port."""
    save_trust(tmp_path / "trust.json", made.make_root())
    state = ["--state", str(tmp_path / "state")]
    run(scripts, "pump-edge", "provision", *state, "--board", BOARD, "--trust", str(tmp_path / "trust.json"), cwd=tmp_path)
    command = [scripts / "pump-edge", "run", *state, "--port", "socket://127.0.0.1:0"]
    agent = subprocess.Popen(command, cwd=tmp_path, env=bare_environment(), stdout=subprocess.PIPE, text=True)
    try:
        yield str(json.loads(first_line(agent.stdout))["port"])
    finally:
        agent.terminate()
        agent.communicate(timeout=30)


def first_line(stream: IO[str] | None) -> str:
    assert stream is not None
    return stream.readline()


def test_the_installed_agent_is_updated_with_a_bundle(gateway, tmp_path, monkeypatch):
    from workbench.core.jobs import Job
    from workbench.services.devices import UpdateRequest, update_device

    monkeypatch.setenv("WORKBENCH_HOME", str(tmp_path / "home"))
    (tmp_path / "b.pwb").write_bytes(made.make_bundle(boards=(BOARD,)))
    asked = UpdateRequest(port=gateway, bundle=str(tmp_path / "b.pwb"), trust=str(tmp_path / "trust.json"), yes=True)
    result = update_device(asked, Job())
    assert (result.verdict, result.reason) == ("verified", "")
