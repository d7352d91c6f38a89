"""Fields that many requests share, declared once."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Annotated

from workbench.core.requests import parameter

ProjectFolder = Annotated[str, parameter("Project folder.", path=True)]
NewProjectFolder = Annotated[str, parameter("Project folder; made if absent.", path=True)]
LogPaths = Annotated[tuple[str, ...], parameter("Log files or folders.", positional=True, path=True, file=True)]
ZoneName = Annotated[str | None, parameter("IANA zone of naive time stamps, such as Europe/Oslo.")]
_PLAIN_WORD = re.compile(r"[\w@=.,:/+-]+")
"""What a shell leaves as it is."""
Answers = Annotated[tuple[str, ...], parameter("Answer to an importer's question: CODE[@CHANNEL]=VALUE.", flag="--answer")]
Join = Annotated[
    bool | None,
    parameter("Join files of equal header into one recording, or keep each separate.", flag="--join", negative_flag="--separate"),
]
OutFolder = Annotated[str, parameter("Folder for the results; made if absent.", path=True, flag="--out", label="Output folder")]
RunId = Annotated[str, parameter("Run id (or its first characters).", positional=True)]
BoardName = Annotated[str, parameter("Board profile.", flag="--board")]
Port = Annotated[str, parameter("COM3, /dev/ttyUSB0 or socket://host:port.")]


def answer_words(code: str, channel: str, choices: Sequence[object]) -> str:
    """What answers a question on the command line, a choice after the other, so that any of them may be pasted into a shell."""
    answers = [f"{code}{channel}={choice}" for choice in choices or ("VALUE",)]
    quoted = (answer if _PLAIN_WORD.fullmatch(answer) else f'"{answer}"' for answer in answers)
    return " or ".join(f"--answer {answer}" for answer in quoted)
