"""What a person answered about a source is remembered by the fingerprint of its header, in the per-user settings."""

from __future__ import annotations

import hashlib
import json

from workbench.core.settings import Settings
from workbench.services.logs import PreviewResult

_MOST = 200


def fingerprint(preview: PreviewResult) -> str:
    """The same for all files with these columns."""
    names = json.dumps([[column.name, column.role] for column in preview.columns])
    return hashlib.sha256(names.encode()).hexdigest()[:16]


def recall(settings: Settings, key: str) -> tuple[str, dict[str, str]]:
    """Zone and answers given before; nothing where there are none or the file was edited by hand."""
    try:
        found = json.loads(settings.import_choices.get(key, "{}"))
        answers = {str(name): str(value) for name, value in found.get("answers", {}).items()}
        return str(found.get("zone", "")), answers
    except (ValueError, AttributeError):
        return "", {}


def remember(settings: Settings, key: str, zone: str, answers: dict[str, str]) -> dict[str, str]:
    """The settings' choices with this source added; the oldest are forgotten."""
    kept = {name: value for name, value in settings.import_choices.items() if name != key}
    kept[key] = json.dumps({"zone": zone, "answers": answers}, sort_keys=True)
    return dict(list(kept.items())[-_MOST:])
