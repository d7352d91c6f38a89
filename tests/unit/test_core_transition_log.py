"""Lines that survive the program that wrote them."""

from __future__ import annotations

from pathlib import Path

import pytest

from workbench.core.errors import InputError
from workbench.core.transition_log import TransitionLog


def test_lines_are_read_back_in_order(tmp_path: Path) -> None:
    log = TransitionLog(tmp_path / "a.jsonl", clock=lambda: 0)
    log.append("update", "open", {"port": "COM3"})
    log.append("transfer", "begin")
    again = TransitionLog(tmp_path / "a.jsonl")
    assert again.lines == log.lines
    assert [line.number for line in again.lines] == [1, 2]
    first = again.find_last("open")
    assert first is not None and first.details == {"port": "COM3"}


def test_a_torn_last_line_is_ignored_and_overwritten(tmp_path: Path) -> None:
    path = tmp_path / "a.jsonl"
    TransitionLog(path).append("update", "open")
    path.write_bytes(path.read_bytes() + b'{"number":2,"at_u')
    log = TransitionLog(path)
    assert len(log.lines) == 1
    log.append("update", "close")
    assert [line.phase for line in TransitionLog(path).lines] == ["open", "close"]
    assert TransitionLog(path).is_closed


def test_a_damaged_line_in_the_middle_is_an_error_that_names_it(tmp_path: Path) -> None:
    path = tmp_path / "a.jsonl"
    log = TransitionLog(path)
    log.append("update", "open")
    log.append("update", "close")
    path.write_bytes(path.read_bytes().replace(b'"open"', b'"opxn"'))
    with pytest.raises(InputError, match="line 1"):
        TransitionLog(path)
