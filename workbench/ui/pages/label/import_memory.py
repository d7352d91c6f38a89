"""What a person answered about a file of events is remembered by the fingerprint of its header, in the per-user settings.

Choices for logs are kept in the project (`services.log_memory`), where the command line finds them too.
"""

from __future__ import annotations

import json

from workbench.core.settings import Settings

_MOST = 200


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
