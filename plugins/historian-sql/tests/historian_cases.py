"""What the tests of the plugin share: a description, how its cells are read, and a home of their own."""

from __future__ import annotations

import sys
from pathlib import Path

PLUGIN = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(PLUGIN))

from historian_sql import plugin  # noqa: E402 - it lies beside

from workbench.api import SourceAsk  # noqa: E402

SOURCE = plugin.sources[0]
HOUR_NS = 3_600_000_000_000
START_NS = 1_772_323_200 * 1_000_000_000  # 2026-03-01T00:00:00Z
PASSWORD = "only for this test"
LONG = """
name = "Havsule historian"
url = "{url}"
table = "{table}"
time = "ts"
tag = "tagname"
value = "value"
quality = "quality"
tags = ["PI-2041A", "FI-2041"]
{more}
"""


def config_file(tmp_path: Path, text: str) -> Path:
    path = tmp_path / "historian.toml"
    path.write_text(text, encoding="utf-8")
    return path


def cells_of(config: Path, **changes: object) -> list[list[str]]:
    values: dict[str, object] = {"config": config, "start_ns": START_NS, "end_ns": START_NS + HOUR_NS, **changes}
    return [list(row) for piece in SOURCE.read(SourceAsk(**values)) for row in piece.rows]  # type: ignore[arg-type]
