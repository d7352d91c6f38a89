"""Logs of 27 kinds of mess in other vendors' shapes and other languages: exact, or the right question; never silently wrong.

The variants and their truth are made in `tests/messy`, which no code of the program takes part in.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from tests.messy import long_cases, quality_cases, words_cases
from tests.messy.judge import differences
from tests.messy.plant import Case
from workbench.core.errors import WorkbenchError
from workbench.logs.parse import ParseOptions, parse_logs

GROUPS: dict[str, Callable[[], Iterator[Case]]] = {
    "1 state words": words_cases.states,
    "2 spreadsheet errors": words_cases.spreadsheet_errors,
    "3 keywords": words_cases.keywords,
    "4 gated zeros": words_cases.gated_zeros,
    "5 quality beside": quality_cases.beside,
    "5 quality for all": quality_cases.one_for_all,
    "6 bad holds last": quality_cases.holds_last,
    "12 long tables": long_cases.long_tables,
}


def judged(case: Case, folder: Path) -> list[str]:
    """What is wrong with the reading of a case."""
    home = folder / case.name
    for name, data in case.files.items():
        path = home / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(data)
    try:
        parsed = parse_logs([home / name for name in case.given or case.files], ParseOptions(zone=case.zone))
    except WorkbenchError as error:
        if case.truth["expect"] != "error":
            return [f"refused: {error}"]
        return [] if any(Path(name).name in str(error) for name in case.files) else [f"no file is named: {error}"]
    return ["accepted, but it is no log"] if case.truth["expect"] == "error" else differences(case, parsed)


@pytest.mark.parametrize("group", sorted(GROUPS))
def test_variants_of_a_kind_are_read_exactly_or_asked_about(group: str, tmp_path: Path) -> None:
    wrong = {case.name: found for case in GROUPS[group]() if (found := judged(case, tmp_path))}
    assert wrong == {}
