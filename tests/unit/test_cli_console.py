from __future__ import annotations

import pytest

from workbench.cli.console import Console
from workbench.core.errors import InputError

HOSTILE = "P-1\x1b]0;owned\x07 \u202egnp.exe"


def test_a_terminal_obeys_nothing_that_came_with_a_name(capsys: pytest.CaptureFixture[str]) -> None:
    console = Console(wants_json=False)
    console.result({"name": HOSTILE, "rows": [{"asset": HOSTILE}], HOSTILE: 1, "card": "first\nsecond"})
    console.say(HOSTILE)
    console.error(InputError(f"There is no {HOSTILE}.", ""))
    shown = capsys.readouterr()
    for text in (shown.out, shown.err):
        assert not set("\x1b\x07\u202e") & set(text)
        assert "P-1 ]0;owned" in text
    assert "first\nsecond" in shown.out
