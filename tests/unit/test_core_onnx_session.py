"""Opening models: nothing leaves the machine, and nothing is left in the person's folders."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

from onnx import TensorProto, helper

OPEN_A_MODEL = """
import os, sys
from pathlib import Path
from workbench.core.onnx_session import open_session
open_session(Path(sys.argv[1]))
print(os.environ["ORT_DISABLE_TELEMETRY"])
"""


def test_loading_onnxruntime_starts_no_telemetry_and_leaves_no_identifier(tmp_path: Path) -> None:
    model = tmp_path / "model.onnx"
    model.write_bytes(identity_model())
    home = tmp_path / "home"
    home.mkdir()
    hidden = ("ORT_", "XDG_", "APPDATA", "LOCALAPPDATA")
    environment = {name: value for name, value in os.environ.items() if not name.startswith(hidden)}
    places = {"HOME": str(home), "USERPROFILE": str(home), "APPDATA": str(home), "LOCALAPPDATA": str(home)}

    told = subprocess.run(
        [sys.executable, "-c", OPEN_A_MODEL, str(model)],
        env={**environment, **places}, capture_output=True, text=True, encoding="utf-8", check=True,
    )  # fmt: skip

    assert told.stdout.strip() == "1"
    assert list(home.rglob("*")) == []


def identity_model() -> bytes:
    """A graph that gives its input back."""
    ends = [helper.make_tensor_value_info(name, TensorProto.FLOAT, [1]) for name in ("a", "b")]
    graph = helper.make_graph([helper.make_node("Identity", ["a"], ["b"])], "identity", ends[:1], ends[1:])
    return bytes(helper.make_model(graph, opset_imports=[helper.make_opsetid("", 20)], ir_version=10).SerializeToString())
