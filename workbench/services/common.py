"""What many services share: fields of requests, declared once, and the way into a project."""

from __future__ import annotations

import re
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

from workbench.core.requests import parameter

if TYPE_CHECKING:
    from workbench.project.store import Project

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
Port = Annotated[str, parameter("COM3, /dev/ttyUSB0 or on this machine socket://host:port.")]


def open_project(folder: str) -> Project:
    """The project of a folder. Raises ProjectError where there is none, or one that a newer program wrote."""
    from workbench.project.store import Project

    return Project.open_existing(Path(folder))


def open_or_make_project(folder: str) -> Project:
    """The same, and an empty one where there is none."""
    from workbench.project.store import Project

    return Project.open(Path(folder))


def answer_words(code: str, channel: str, choices: Sequence[object]) -> str:
    """What answers a question on the command line, a choice after the other, so that any of them may be pasted into a shell."""
    answers = [f"{code}{channel}={choice}" for choice in choices or ("VALUE",)]
    quoted = (answer if _PLAIN_WORD.fullmatch(answer) else f'"{answer}"' for answer in answers)
    return " or ".join(f"--answer {answer}" for answer in quoted)


def known(value: float) -> float | None:
    """The value; None for NaN, which JSON has no word for."""
    return None if value != value else value
