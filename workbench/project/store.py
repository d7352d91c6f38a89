"""A project: a folder of immutable objects, one hash-chained journal a writer, and an index that can be made anew.

    with Project.open(folder) as project:
        sha = project.objects.put_bytes("recipe", data)
        project.record(Act(act="recipe", what="Recipe 3", item=Item(kind="recipe", id=sha)))

An act is acknowledged when `record` returns: its objects and its line are then on the disk.
"""

from __future__ import annotations

import tomllib
import uuid
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from types import TracebackType

import msgspec

from workbench.bundle.signing import SigningKey
from workbench.core.clock import Clock, format_utc, now_ns
from workbench.core.codec import Record, decode_strict, encode_canonical, translate_os_error, write_atomic
from workbench.core.errors import InputError, ProjectError, ProjectTooNew
from workbench.core.paths import PROJECT_FILE, is_project, user_home
from workbench.core.settings import load_settings, operator_name
from workbench.project.acts import MAX_AT_NS, Act, Item, ItemKey, Line, SignedLine, check_act
from workbench.project.catalog import Catalog
from workbench.project.journal import NO_HEAD, SUFFIX, ChainReport, Head, append_line, head_of, verify_chain, writers_in
from workbench.project.lock import write_lock
from workbench.project.objects import ObjectStore

SCHEMA_VERSION = 1
_OBJECT_ID_CHARS = 64


class ProjectMeta(msgspec.Struct, frozen=True, kw_only=True):
    """`project.toml`: hand-editable; fields of a later minor version are left alone."""

    schema_version: int
    id: str
    name: str
    created_utc: str = ""
    sites: tuple[str, ...] = ()
    assets: dict[str, dict[str, str]] = msgspec.field(default_factory=dict)
    """Equipment tag → {"site", "kind", "maker" …}."""
    tags: dict[str, dict[str, str]] = msgspec.field(default_factory=dict)
    """Signal tag as logs print it → {"asset", "channel", "quantity", "unit", "site"}; what is absent stays as it is printed."""


class WitnessedHeads(Record, frozen=True, kw_only=True):
    """Per project and user: the newest line seen of each writer, so that a cut-off journal is noticed."""

    heads: dict[str, tuple[int, str]]


class Project:
    """An open project. Open one per call: opening is cheap, and nothing is held between writes."""

    def __init__(self, root: Path, meta: ProjectMeta, *, who: str, home: Path, clock: Clock) -> None:
        self.root = root
        self.meta = meta
        self.objects = ObjectStore(root / "objects")
        self._journal_folder = root / "journal"
        self._catalog = Catalog(root / "catalog.sqlite", self._journal_folder)
        self._who = who
        self._home = home
        self._clock = clock
        self._key: SigningKey | None = None
        self._is_exclusive = False
        self._catalog.follow()

    @classmethod
    def open(cls, root: Path, *, who: str | None = None, home: Path | None = None, clock: Clock = now_ns) -> Project:
        """Open the project in `root`, made if absent. Raises ProjectError, ProjectTooNew, DiskFull."""
        home = home or user_home()
        if not is_project(root):
            _create(root, clock)
        meta = load_meta(root)
        try:
            (root / "journal").mkdir(exist_ok=True)
        except OSError as error:
            raise translate_os_error(error, root / "journal") from error
        return cls(root, meta, who=who or operator_name(load_settings(home)), home=home, clock=clock)

    @classmethod
    def open_existing(cls, root: Path) -> Project:
        """Open the project in `root`; raises ProjectError where there is none, so that a slip of the pen makes no new one."""
        if not is_project(root) and not (root / "journal").is_dir():
            raise ProjectError(f"There is no project in {root}.", "Check the path, or make one: workbench project new DIR.")
        return cls.open(root)

    def close(self) -> None:
        """Close the index."""
        self._catalog.close()

    def __enter__(self) -> Project:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        self.close()

    def record(self, act: Act) -> SignedLine:
        """Number, chain, sign and append an act; it is acknowledged when this returns."""
        check_act(act)
        key = self._signing_key()
        with self.exclusive():
            head = head_of(self._journal_folder / f"{key.key_id}{SUFFIX}")
            self._catalog.follow()
            at_ns = max(0, self._clock())
            order_ns = min(max(at_ns, self._catalog.newest_ns() + 1), MAX_AT_NS)
            if act.item is not None and not act.item.created_utc:
                act = msgspec.structs.replace(act, item=msgspec.structs.replace(act.item, created_utc=format_utc(at_ns)))
            line = Line(
                project=self.meta.id, writer=key.key_id, number=head.number + 1, at_utc=format_utc(at_ns), at_ns=order_ns,
                who=self._who, previous=head.hash, act=act,
            )  # fmt: skip
            signed = append_line(self._journal_folder, line, key)
            self._catalog.follow()
            self._witness(key.key_id, Head(number=line.number, hash=signed.hash))
        return signed

    @contextmanager
    def exclusive(self) -> Iterator[None]:
        """Keep other writers out from a read to the acts that depend on it; raises ProjectLocked. May be nested."""
        if self._is_exclusive:
            yield
            return
        with write_lock(self.root):
            self._is_exclusive = True
            try:
                self._catalog.follow()
                yield
            finally:
                self._is_exclusive = False

    def set_value(self, key: str, value: str, act: Act) -> SignedLine:
        """Set a small project-wide value, journalled."""
        return self.record(msgspec.structs.replace(act, values={**act.values, key: value}))

    def value(self, key: str) -> str | None:
        """A small project-wide value, or None."""
        return self._catalog.value(key)

    @property
    def champion(self) -> str | None:
        """The id of the champion run, or None."""
        return self._catalog.value("champion")

    def items(self, kind: str | None = None, asset: str | None = None) -> list[Item]:
        """Items in the index, newest first."""
        return self._catalog.items(kind, asset)

    def item(self, kind: str, prefix: str) -> Item:
        """The item whose id begins with `prefix`; raises InputError when there is none or more than one."""
        found = self._catalog.find(kind, prefix) if prefix else []
        if len(found) == 1:
            return found[0]
        if not found:
            command = f"workbench project items --project {self.root.name} --kind {kind}"
            hint = f"{len(self.items(kind))} of that kind are there: {command}."
            raise InputError(f"There is no {kind} '{prefix}' in {self.root.name}.", hint)
        raise InputError(f"'{prefix}' fits {len(found)} {kind}s.", "Give more of its id.")

    def remove(self, kind: str, prefix: str, *, command: str = "") -> Item:
        """Remove an item and its object; refused while something else was made from it. The journal keeps the fact."""
        item = self.item(kind, prefix)
        users = [other for other in self.items() if item.id in other.refs]
        if users:
            names = ", ".join(f"{other.kind} {other.name or other.id[:12]}" for other in users[:3])
            raise ProjectError(f"{kind} {item.name or item.id[:12]} is used by {names}.", "Remove that first.")
        gone = ItemKey(kind=kind, id=item.id)
        what = f"Removed {kind} {item.name or item.id[:12]}"
        values = {"champion": ""} if self.champion == item.id else {}
        self.record(Act(act="remove", on=item.asset, what=what, removed=gone, values=values, command=command))
        self._remove_object(gone)
        return item

    def change_meta(self, change: Callable[[ProjectMeta], ProjectMeta], act: Act) -> None:
        """Change `project.toml` and journal it; fields of a later version and edits by hand meanwhile are kept."""
        with self.exclusive():
            path = self.root / PROJECT_FILE
            new = change(load_meta(self.root))
            values = {**tomllib.loads(path.read_text(encoding="utf-8")), **msgspec.to_builtins(new)}
            _write_toml(self.root, values)
            self.meta = new
            self.record(act)

    def lines(self, limit: int = 1000) -> list[SignedLine]:
        """Journal lines of all writers, newest first."""
        return self._catalog.lines(limit)

    def n_lines(self) -> int:
        """How many lines the journals hold."""
        return self._catalog.n_lines()

    def verify_journal(self) -> list[ChainReport]:
        """One report a writer, against the heads that this user has seen."""
        seen = self._witnessed().heads
        writers = sorted(set(writers_in(self._journal_folder)) | set(seen))
        return [self._verify_writer(writer, seen.get(writer)) for writer in writers]

    def check(self) -> list[str]:
        """Every object against its hash, every chain, and unreadable lines; sentences, empty when all is well."""
        problems = [problem for report in self.verify_journal() for problem in report.problems]
        for item in self.items():
            problem = self.objects.check(item.kind, item.id) if len(item.id) == _OBJECT_ID_CHARS else None
            if problem is not None:
                problems.append(problem)
        return problems

    def rebuild(self) -> None:
        """Make the index anew from the journals, and sweep what killed programs left."""
        with self.exclusive():
            self._catalog.rebuild()
            self.objects.sweep()
            for signed in self._catalog.lines(self._catalog.n_lines()):
                gone = signed.line.act.removed
                if gone is not None and not self._catalog.find(gone.kind, gone.id):
                    # Removed while a page had it open, or by a program that was killed before it came to the bytes.
                    self._remove_object(gone)

    def _remove_object(self, gone: ItemKey) -> None:
        if len(gone.id) == _OBJECT_ID_CHARS:
            self.objects.remove(gone.kind, gone.id)

    def _verify_writer(self, writer: str, seen: tuple[int, str] | None) -> ChainReport:
        witnessed = Head(number=seen[0], hash=seen[1]) if seen else NO_HEAD
        if not (self._journal_folder / f"{writer}{SUFFIX}").is_file():
            problem = f"The journal of writer {writer} is missing; {witnessed.number} lines of it were seen before."
            return ChainReport(writer=writer, head=NO_HEAD, problems=(problem,))
        return verify_chain(self._journal_folder, writer, witnessed, project=self.meta.id)

    def _signing_key(self) -> SigningKey:
        if self._key is None:
            from workbench.bundle.keys import load_installation_key

            self._key = load_installation_key(self._home)
        return self._key

    def _heads_file(self) -> Path:
        return self._home / "heads" / f"{self.meta.id}.json"

    def _witnessed(self) -> WitnessedHeads:
        path = self._heads_file()
        if not path.is_file():
            return WitnessedHeads(heads={})
        return decode_strict(path.read_bytes(), WitnessedHeads, what=str(path))

    def _witness(self, writer: str, head: Head) -> None:
        heads = {**self._witnessed().heads, writer: (head.number, head.hash)}
        write_atomic(self._heads_file(), encode_canonical(WitnessedHeads(heads=heads)))


def load_meta(root: Path) -> ProjectMeta:
    """Read `project.toml`; raises ProjectTooNew or ProjectError naming the file."""
    path = root / PROJECT_FILE
    try:
        values = tomllib.loads(path.read_text(encoding="utf-8"))
        version = values.get("schema_version")
        if isinstance(version, int) and version > SCHEMA_VERSION:
            raise ProjectTooNew(
                f"{root} was written by a newer version (schema {version}, this program knows {SCHEMA_VERSION}).",
                "Open it with the newer version; nothing was changed.",
            )
        return msgspec.convert(values, ProjectMeta)
    except (OSError, tomllib.TOMLDecodeError, UnicodeDecodeError, msgspec.ValidationError, RecursionError) as error:
        raise ProjectError(
            f"{path} can't be read: {error}.", "Restore it from a copy; the logs and models beside it are whole."
        ) from error


def save_meta(root: Path, meta: ProjectMeta) -> None:
    """Write `project.toml` atomically."""
    _write_toml(root, msgspec.to_builtins(meta))


def _write_toml(root: Path, values: dict[str, object]) -> None:
    import tomli_w

    write_atomic(root / PROJECT_FILE, tomli_w.dumps(values).encode())


def _create(root: Path, clock: Clock) -> None:
    if (root / "journal").is_dir() and any((root / "journal").iterdir()):
        raise ProjectError(f"{root} has a journal but no {PROJECT_FILE}.", "Restore that file from a copy of the project.")
    try:
        root.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise translate_os_error(error, root) from error
    name = root.resolve().name or "project"
    meta = ProjectMeta(schema_version=SCHEMA_VERSION, id=uuid.uuid4().hex, name=name, created_utc=format_utc(clock()))
    with write_lock(root):
        if not is_project(root):  # another program may have made it meanwhile; a project has one id
            save_meta(root, meta)
