"""Per-user settings in one hand-editable file, `settings.toml`, in the user's home folder."""

from __future__ import annotations

import getpass
import tomllib
from pathlib import Path
from typing import Literal

import msgspec

from workbench.core.codec import write_atomic
from workbench.core.errors import InputError

Theme = Literal["light", "dark", "sunlight"]
SCHEMA = 1
MAX_RECENT = 8


class Settings(msgspec.Struct, frozen=True, kw_only=True):
    """What a person chose once. Unknown fields of a newer version are kept out, not refused."""

    schema: int = SCHEMA
    operator: str = ""
    zone: str = ""
    """IANA zone for display, '' = UTC."""
    theme: Theme = "light"
    projects_folder: str = ""
    recent_projects: tuple[str, ...] = ()
    import_choices: dict[str, str] = msgspec.field(default_factory=dict)
    """Answers remembered per source, keyed by the fingerprint of a file's header."""
    scale_percent: int = 100

    def with_recent(self, project: Path) -> Settings:
        """The settings with this project first among the recent ones."""
        text = str(project)
        rest = tuple(item for item in self.recent_projects if item != text)
        return msgspec.structs.replace(self, recent_projects=(text, *rest)[:MAX_RECENT])


def operator_name(settings: Settings) -> str:
    """The name that is written into the journal: the person's own choice, else the login."""
    return settings.operator or getpass.getuser()


def load_settings(home: Path) -> Settings:
    """Read the settings; defaults when there is no file. A damaged file raises InputError naming it."""
    path = home / "settings.toml"
    if not path.is_file():
        return Settings()
    try:
        return msgspec.convert(tomllib.loads(path.read_text(encoding="utf-8")), Settings)
    except (tomllib.TOMLDecodeError, msgspec.ValidationError, UnicodeDecodeError) as error:
        raise InputError(f"{path} can't be read: {error}.", "Correct it or delete it; defaults are used then.") from error


def save_settings(home: Path, settings: Settings) -> None:
    """Write the settings atomically."""
    import tomli_w

    write_atomic(home / "settings.toml", tomli_w.dumps(msgspec.to_builtins(settings)).encode())
