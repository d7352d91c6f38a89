"""A coverage-guided fuzzer of the log readers, run by hand.

    python -m venv fuzz --system-site-packages && fuzz/bin/pip install atheris
    PYTHONPATH=.:$(python -c "import numpy, pathlib; print(pathlib.Path(numpy.__file__).parents[1])") \
        nice fuzz/bin/python tests/fuzz/fuzz_logs_coverage.py corpus/ -max_total_time=600 -timeout=20 -rss_limit_mb=2000

The corpus is filled with small logs of all kinds (`tests/messy`) where the folder is empty. Inputs change in their structure
(`tests/fuzz/mutations.py`). Anything but an error of ours, 20 s or 2 GB ends the run and leaves the input beside it.
"""

from __future__ import annotations

import contextlib
import importlib
import random
import sys
import tempfile
from pathlib import Path
from typing import Any

from tests.fuzz.mutations import mutate

MAX_SEED_BYTES = 12_000
_atheris: Any = importlib.import_module("atheris")
_PATH = Path(tempfile.mkdtemp(prefix="fuzz-logs-")) / "log.csv"

with _atheris.instrument_imports(include=["workbench.logs"]):
    from workbench.core.errors import WorkbenchError
    from workbench.logs.parse import ParseOptions, parse_logs


def read_one(data: bytes) -> None:
    """What the fuzzer calls."""
    _PATH.write_bytes(data)
    with contextlib.suppress(WorkbenchError):
        parse_logs([_PATH], ParseOptions(zone="Europe/Oslo" if len(data) % 2 else None))


def change(data: bytes, max_size: int, seed: int) -> bytes:
    """Half of the inputs change in their structure, half as bytes."""
    rng = random.Random(seed)
    if data and rng.random() < 0.5:
        return mutate(data, rng)[:max_size]
    return bytes(_atheris.Mutate(data, max_size))


def fill_corpus(folder: Path) -> None:
    """Small logs of all kinds."""
    from tests.unit.test_logs_variants import every_case

    folder.mkdir(parents=True, exist_ok=True)
    for case in every_case():
        data = next(iter(case.files.values()))
        (folder / f"{case.name.replace('/', '-')}").write_bytes(data[:MAX_SEED_BYTES])


def main() -> None:
    """Run until told to stop."""
    folders = [Path(argument) for argument in sys.argv[1:] if not argument.startswith("-")]
    if folders and not (folders[0].is_dir() and any(folders[0].iterdir())):
        fill_corpus(folders[0])
    _atheris.Setup(sys.argv, read_one, custom_mutator=change)
    _atheris.Fuzz()


if __name__ == "__main__":
    main()
