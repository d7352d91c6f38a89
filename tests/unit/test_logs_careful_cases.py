"""Every fifteenth of the made messy logs, through the careful reader on disk in tiny blocks: as in memory."""

from __future__ import annotations

import importlib
import inspect
import pkgutil
from collections.abc import Iterator
from pathlib import Path

import pytest

import tests.messy
from tests.messy.plant import Case
from tests.unit.test_logs_careful_stream import check_same, tiny
from workbench.core.errors import WorkbenchError
from workbench.logs.careful.careful_import import find_sources
from workbench.logs.parse import ParseOptions, parse_logs

_EVERY = 15
__all__ = ["tiny"]  # used by every test here


def _cases() -> Iterator[Case]:
    for found in pkgutil.iter_modules(tests.messy.__path__):
        if found.name.endswith("_cases"):
            module = importlib.import_module(f"tests.messy.{found.name}")
            for name, make in inspect.getmembers(module, inspect.isfunction):
                is_here = make.__module__ == module.__name__ and not name.startswith("_")
                if is_here and not inspect.signature(make).parameters:
                    yield from make()


CASES = list(_cases())[::_EVERY]


@pytest.mark.slow
@pytest.mark.parametrize("case", CASES, ids=[case.name for case in CASES])
def test_a_made_log_comes_from_the_disk_as_from_memory(case: Case, tmp_path: Path) -> None:
    paths = []
    for name, data in case.files.items():
        path = tmp_path / "files" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(data)
        paths.append(path)
    options = ParseOptions(zone=case.zone)
    try:
        parse_logs(paths, options)
        if find_sources(paths) is None:
            pytest.skip("a workbook or an archive in an archive is read in memory only")
    except WorkbenchError:
        pytest.skip("refused in memory too; the words are compared elsewhere")
    check_same(paths, options, tmp_path)
