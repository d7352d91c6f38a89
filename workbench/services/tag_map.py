"""Which tag is which channel of which pump: kept in `project.toml`, made from suggestions, lists and a person's word.

At import a mapped tag gets its channel's name, its unit where none is printed, and its pump: one file with tags of several
pumps comes apart. A unit that is printed is never replaced.
"""

from __future__ import annotations

import csv
import io
import shlex
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Annotated

import msgspec

from workbench.core.codec import Record, read_bounded
from workbench.core.errors import InputError, RequestError
from workbench.core.jobs import Job
from workbench.core.paths import is_project
from workbench.core.requests import Request, Result, parameter, to_arguments
from workbench.services.common import LogPaths, NewProjectFolder, ProjectFolder, open_project

FIELDS = ("asset", "channel", "quantity", "unit", "site")
_HEADERS = {
    "tag": ("tag", "tagname", "signal", "signaltag", "messstelle", "point", "pointname", "name"),
    "asset": ("asset", "pump", "equipment", "equipmenttag", "pumpe", "anlage", "machine", "unitno"),
    "channel": ("channel", "signalname", "kanal", "measurement"), "quantity": ("quantity", "grösse", "größe", "kind"),
    "unit": ("unit", "uom", "einheit", "engunits", "eu"), "site": ("site", "plant", "location", "standort", "anlage/ort"),
}  # fmt: skip
_MAX_BYTES = 16 << 20
_MAX_SHOWN = 5


class TagEntry(Record, frozen=True, kw_only=True):
    """One tag; '' where the log's own word stays."""

    tag: str
    asset: str = ""
    channel: str = ""
    quantity: str = ""
    unit: str = ""
    site: str = ""


class TagRow(Record, frozen=True, kw_only=True):
    """One tag of a log: what the map says, else what is suggested, how sure (0..1) and why; `unit`: the printed one, else so."""

    tag: str
    asset: str
    channel: str
    quantity: str
    unit: str
    confidence: float
    is_doubtful: bool
    is_mapped: bool
    why: str


class TagsRequest(Request, frozen=True, kw_only=True):
    """List the tags of logs with the channel, quantity, unit and pump that the map gives them or that are suggested."""

    paths: LogPaths
    project: Annotated[str | None, parameter("Project whose tag map applies.", path=True)] = None


class TagsResult(Result, frozen=True, kw_only=True):
    """In the order of the files; the doubtful ones are those to ask about."""

    tags: tuple[TagRow, ...]


class AssetsRequest(Request, frozen=True, kw_only=True):
    """List the pumps and the tag map of a project."""

    project: ProjectFolder


class AssetEntry(Record, frozen=True, kw_only=True):
    """One pump of the project file or of its recordings."""

    asset: str
    site: str
    n_tags: int
    n_recordings: int


class AssetsResult(Result, frozen=True, kw_only=True):
    """By name."""

    assets: tuple[AssetEntry, ...]
    tags: tuple[TagEntry, ...]


class AssetsImportRequest(Request, frozen=True, kw_only=True):
    """Take a list of tags (CSV or Excel with the columns asset, tag, channel, quantity, unit, site) into the tag map."""

    path: Annotated[str, parameter("CSV or Excel file.", positional=True, path=True, file=True)]
    project: NewProjectFolder
    replace: Annotated[bool, parameter("Forget all tags that were mapped before.")] = False


class TagSetRequest(Request, frozen=True, kw_only=True):
    """Say what tags are: TAG=asset;channel;quantity;unit;site, with nothing between semicolons for what stays as printed."""

    project: NewProjectFolder
    entries: Annotated[tuple[str, ...], parameter("TAG=asset;channel;quantity;unit;site", positional=True, label="Tag")]


def list_assets(request: AssetsRequest, job: Job) -> AssetsResult:
    """Read `project.toml` and the index."""
    with open_project(request.project) as project:
        return _result_of(project.meta.assets, project.meta.tags, [item.asset for item in project.items("recording")])


def _result_of(
    assets: Mapping[str, Mapping[str, str]], tags: Mapping[str, Mapping[str, str]], recorded: Sequence[str]
) -> AssetsResult:
    entries = tuple(_entry_of(tag, values) for tag, values in sorted(tags.items()))
    names = sorted({*assets, *recorded, *(entry.asset for entry in entries if entry.asset)})
    sites = {entry.asset: entry.site for entry in entries if entry.site}
    return AssetsResult(
        assets=tuple(
            AssetEntry(
                asset=name, site=assets.get(name, {}).get("site", "") or sites.get(name, ""),
                n_tags=sum(entry.asset == name for entry in entries), n_recordings=recorded.count(name),
            )
            for name in names
        ),
        tags=entries,
    )  # fmt: skip


def _entry_of(tag: str, values: Mapping[str, str]) -> TagEntry:
    return TagEntry(tag=tag, **{field: str(values.get(field, "")) for field in FIELDS})


def import_assets(request: AssetsImportRequest, job: Job) -> AssetsResult:
    """Raises InputError naming the file and row for what can't be used; then nothing is changed."""
    entries = _read_list(Path(request.path))
    command = shlex.join(to_arguments(("assets", "import"), request))
    what = f"{len(entries)} tags from {Path(request.path).name}"
    return _change(Path(request.project), entries, what, command, is_whole=request.replace)


def set_tags(request: TagSetRequest, job: Job) -> AssetsResult:
    """Raises RequestError for an entry that is none."""
    entries = [_parse_entry(text) for text in request.entries]
    command = shlex.join(to_arguments(("assets", "tag"), request))
    shown = ", ".join(entry.tag for entry in entries[:_MAX_SHOWN]) + (" …" if len(entries) > _MAX_SHOWN else "")
    return _change(Path(request.project), entries, f"Tags {shown}", command, is_whole=False)


def _parse_entry(text: str) -> TagEntry:
    tag, mark, rest = text.partition("=")
    values = [part.strip() for part in rest.split(";")]
    if not mark or not tag.strip() or len(values) > len(FIELDS) or not any(values):
        raise RequestError(
            f"'{text}' is no tag entry.", "Write TAG=asset;channel;quantity;unit;site, as PT-2041=P-2041;;pressure;bar"
        )
    return _checked(TagEntry(tag=tag.strip(), **dict(zip(FIELDS, values, strict=False))), text)


def entry_text(entry: TagEntry) -> str:
    """The entry as the command line takes it."""
    return f"{entry.tag}={';'.join(getattr(entry, field) for field in FIELDS).rstrip(';')}"


def _checked(entry: TagEntry, where: str) -> TagEntry:
    """Raises InputError for a unit that nobody knows."""
    from workbench.logs.units import find_unit

    if entry.unit and find_unit(entry.unit) is None:
        raise InputError(f"{where}: '{entry.unit}' is no unit that is known here.", "Write it as bar, degC, m3/h, rpm, mm/s …")
    return msgspec.structs.replace(entry, unit=find_unit(entry.unit) or "") if entry.unit else entry


def _change(root: Path, entries: Sequence[TagEntry], what: str, command: str, *, is_whole: bool) -> AssetsResult:
    from workbench.project.acts import Act
    from workbench.project.store import Project, ProjectMeta

    def change(meta: ProjectMeta) -> ProjectMeta:
        tags = {} if is_whole else dict(meta.tags)
        assets = dict(meta.assets)
        for entry in entries:
            tags[entry.tag] = {field: value for field in FIELDS if (value := getattr(entry, field))}
            if entry.asset:
                assets[entry.asset] = {**assets.get(entry.asset, {}), **({"site": entry.site} if entry.site else {})}
        return msgspec.structs.replace(meta, tags=tags, assets=assets)

    with Project.open(root) as project:
        project.change_meta(change, Act(act="tags", what=what, command=command))
        return _result_of(project.meta.assets, project.meta.tags, [item.asset for item in project.items("recording")])


def _read_list(path: Path) -> list[TagEntry]:
    rows = _rows_of(path)
    head = next((row for row in rows if any(cell.strip() for cell in row)), [])
    where = {field: _column_of(head, names) for field, names in _HEADERS.items()}
    if where["tag"] is None:
        raise InputError(
            f"{path.name} has no column 'tag'.", "Its first row must name the columns: asset, tag, channel, quantity, unit, site."
        )
    found = []
    for number, row in enumerate(rows[rows.index(head) + 1 :], rows.index(head) + 2):
        values = {field: row[index].strip() if index is not None and index < len(row) else "" for field, index in where.items()}
        if values["tag"]:
            found.append(_checked(TagEntry(**values), f"{path.name}, row {number}"))
    if not found:
        raise InputError(f"{path.name} lists no tags.", "Give a row for each tag below the names of the columns.")
    return found


def _column_of(head: Sequence[str], names: Sequence[str]) -> int | None:
    folded = ["".join(char for char in cell.casefold() if char.isalnum() or char == "/") for cell in head]
    return next((folded.index(name) for name in names if name in folded), None)


def _rows_of(path: Path) -> list[list[str]]:
    from workbench.logs.tables.sniff import find_delimiter
    from workbench.logs.text.decode import decode_bytes

    data = read_bounded(path, _MAX_BYTES)
    if data.startswith((b"PK", b"\xd0\xcf\x11\xe0")):
        return _sheet_of(path, data)
    text = decode_bytes(data, path.name).text
    delimiter = next((mark for mark in ("\t", ";", ",") if mark in text.partition("\n")[0]), "")
    delimiter = delimiter or find_delimiter(text.splitlines()[:50]).delimiter or ","
    return list(csv.reader(io.StringIO(text), delimiter=delimiter))


def _sheet_of(path: Path, data: bytes) -> list[list[str]]:
    import python_calamine

    try:
        book = python_calamine.CalamineWorkbook.from_filelike(io.BytesIO(data))
        rows = book.get_sheet_by_index(0).to_python(skip_empty_area=True)
    except (python_calamine.CalamineError, OSError, ValueError) as error:
        raise InputError(f"{path.name} can't be read as a workbook: {error}.", "Save it again, or export it as CSV.") from error
    return [[str(cell) for cell in row] for row in rows]


def list_tags(request: TagsRequest, job: Job) -> TagsResult:
    """Look at the head of each file."""
    from workbench.logs.equipment import find_equipment_tag
    from workbench.logs.parse import ParseOptions
    from workbench.logs.readers.sources import files_in
    from workbench.logs.tables.preview import preview_file
    from workbench.logs.tag_names import TagFacts

    files = [file for path in map(Path, request.paths) for file in (files_in(path) if path.is_dir() else [path])]
    facts: dict[str, TagFacts] = {}
    for number, file in enumerate(files):
        job.progress(number / len(files), file.name)
        for column in preview_file(file, ParseOptions()).columns:
            if column.role == "channel":
                facts.setdefault(column.name, TagFacts(tag=column.name, unit=column.unit, values=_numbers(column.sample)))
    asset = find_equipment_tag(files[0].name) if files else None
    return TagsResult(tags=tuple(rows_of(list(facts.values()), _map_of(request.project), asset or "")))


def _numbers(sample: Sequence[str]) -> tuple[float, ...]:
    from workbench.logs.tables.cells import read_cell

    readings = [read_cell(text, "," if "," in text and "." not in text else ".") for text in sample]
    return tuple(reading.value for reading in readings if not reading.reason)


def _map_of(folder: str | None) -> dict[str, dict[str, str]]:
    from workbench.project.store import load_meta

    return load_meta(Path(folder)).tags if folder and is_project(Path(folder)) else {}


def rows_of(facts: Sequence[object], known: Mapping[str, Mapping[str, str]], asset: str) -> list[TagRow]:
    """The map's word for each tag, else the suggestion."""
    from workbench.logs.tag_names import TagFacts, suggest_tags
    from workbench.logs.units import unit_in_name

    rows = []
    for one in suggest_tags([fact for fact in facts if isinstance(fact, TagFacts)], asset):
        entry = known.get(one.tag)
        if entry is not None:
            values = {
                field: entry.get(field, "") or getattr(one, field, "") for field in ("asset", "channel", "quantity", "unit")
            }
            rows.append(TagRow(tag=one.tag, confidence=1.0, is_doubtful=False, is_mapped=True, why="tag map", **values))
        else:
            rows.append(
                TagRow(
                    tag=one.tag, asset=one.asset, channel=one.channel, quantity=one.quantity,
                    unit=one.unit or unit_in_name(one.tag) or "",
                    confidence=one.confidence, is_doubtful=one.is_doubtful, is_mapped=False, why=one.why,
                )
            )  # fmt: skip
    return rows
