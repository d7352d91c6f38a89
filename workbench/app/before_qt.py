"""What the window needs that isn't Qt, imported before Qt.

PySide6 reads the source file of every module that is imported after it, to see whether its name stands in it
(`shibokensupport.feature`): a third of a millisecond each, 30 of the 130 ms that the window's imports took. Modules that were
there before are not looked at.
"""

from __future__ import annotations

import html
import shutil
import uuid
import zoneinfo
from collections.abc import Sequence
from types import ModuleType

import msgspec
import platformdirs

from workbench.core import runner, settings
from workbench.services import capture, overview, projects

LOADED: Sequence[ModuleType] = (
    html, shutil, uuid, zoneinfo, msgspec, platformdirs, runner, settings, capture, overview, projects,
)  # fmt: skip
"""Named so that no linter takes an import away."""
