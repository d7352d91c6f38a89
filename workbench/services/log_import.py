"""How `logs import` works: big files stream to disk, plain or with care, others are parsed in memory; no halves are stored.

A recording is written into a staging folder, moved into the store as a whole, and only then journalled. Cancelling or a
full disk leaves the project as it was.
"""

from __future__ import annotations

import shlex
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

import msgspec

from workbench.core.codec import encode_canonical, sha256_hex
from workbench.core.errors import LogFormatError, QuestionOpen
from workbench.core.jobs import Job
from workbench.core.provenance import version
from workbench.core.requests import to_arguments
from workbench.services import log_continue, log_memory, log_parts, log_streams
from workbench.services.common import answer_words, open_or_make_project
from workbench.services.log_summaries import summary_of, utc_of
from workbench.services.logs import ImportRequest, ImportResult, RecordingSummary

if TYPE_CHECKING:
    from workbench.logs.parse import ParsedLogs, ParsedRecording, ParseOptions
    from workbench.logs.recordings.recording import Recording
    from workbench.logs.summary import Question, RecordingFacts
    from workbench.project.acts import Item
    from workbench.project.store import Project
    from workbench.services.log_continue import Continued
    from workbench.services.log_parts import PumpPart

MAX_NAMES = 400
MAX_DAYS = 1500
_READ_SHARE = 0.75
"""Of the time that a log takes, what is over when it is to be written."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Stored:
    """One recording in the project; `size_bytes` is 0 when it was there already."""

    summary: RecordingSummary
    size_bytes: int
    is_known: bool = False
    replaced: tuple[str, ...] = ()


Imported = tuple[list[Stored], list["Question"]]
Way = Callable[["_Ask", list[Path], Job], Imported]
Parsed = tuple["ParsedLogs", "Path | None"]


@dataclass(frozen=True, slots=True)
class _Ask:
    """What one import is about."""

    project: Project
    request: ImportRequest
    job: Job
    read_key: str = ""
    """What a file that is read by itself was, and how it is read: it need not be read again."""


def run_import(request: ImportRequest, job: Job) -> ImportResult:
    """Import every log of the request; see `services.logs.import_logs`."""
    with open_or_make_project(request.project) as project:
        project.objects.sweep()
        known, replayed = log_memory.with_memory(project, request)
        stored, questions = _import_all(_Ask(project, known, job))
        log_memory.remember(project, known)
    job.progress(1.0, "stored")
    return ImportResult(
        nothing_new=tuple(_nothing_new(one.summary) for one in stored if one.is_known),
        recordings=tuple(one.summary for one in stored), questions=tuple(questions),
        bytes_stored=sum(one.size_bytes for one in stored), replayed=replayed,
        replaced=tuple(words for one in stored for words in one.replaced),
    )  # fmt: skip


def _nothing_new(known: RecordingSummary) -> str:
    return f"Nothing new for {known.asset}: all rows are there already (see {known.source})."


def _import_all(ask: _Ask) -> Imported:
    """What is big one after the other, each stored when it is read; else everything at once."""
    paths = [Path(path) for path in ask.request.paths]
    units = log_streams.units_of(paths, ask.request.join)
    ways = [_way_of(unit, ask.request) for unit in units]
    if all(way is None for way in ways):
        return _import_parsed(ask, paths, ask.job)
    stored: list[Stored] = []
    questions: list[Question] = []
    sizes = [max(sum(log_streams.size_of(path) for path in unit), 1) for unit in units]
    for number, (unit, way) in enumerate(zip(units, ways, strict=True)):
        done, end = sum(sizes[:number]) / sum(sizes), sum(sizes[: number + 1]) / sum(sizes)
        part = ask.job.part(done, end, unit[0].name if len(units) > 1 else "")
        mine = replace(ask, read_key=_read_key(ask, unit))
        found = _stored_before(mine) or (_import_parsed(mine, unit, part) if way is None else way(mine, unit, part))
        stored.extend(found[0])
        questions.extend(found[1])
    return stored, list({(one.code, one.channel, one.text): one for one in questions}.values())


def _read_key(ask: _Ask, unit: list[Path]) -> str:
    """The same for the same bytes (by name, size and time of change) read in the same way; '' for several files."""
    if len(unit) != 1 or not unit[0].is_file():
        return ""
    facts, request = unit[0].stat(), ask.request
    said = [
        unit[0].name, facts.st_size, facts.st_mtime_ns, request.zone, request.answer, request.asset, request.site,
        ask.project.meta.tags, version(),
    ]  # fmt: skip
    return sha256_hex(encode_canonical(said))


def _stored_before(ask: _Ask) -> Imported | None:
    """What an earlier import, that was perhaps killed before its last file, stored of this file; None where it did not."""
    from workbench.logs.recordings.recording import open_recording

    for item in ask.project.items("recording") if ask.read_key else ():
        if item.details.get("read_key") == ask.read_key and ask.project.objects.has("recording", item.id):
            facts = open_recording(ask.project.objects.tree_path("recording", item.id)).summary
            stored = Stored(summary=summary_of(facts, asset=item.asset, recording_id=item.id), size_bytes=0, is_known=True)
            return [stored], list(facts.questions)
    return None


def _way_of(paths: list[Path], request: ImportRequest) -> Way | None:
    """How files are read that are big; None for all others."""
    if log_streams.find_plain(paths, request.zone, request.answer) is not None:
        return _import_plain
    return _import_careful if log_streams.find_careful(paths) is not None else None


def _import_plain(ask: _Ask, paths: list[Path], job: Job) -> Imported:
    """One log in blocks; the careful reader takes over where it turns out not to be plain."""
    from workbench.logs.plain_import import import_plain
    from workbench.logs.readers.csv_stream import NotPlain

    log = log_streams.find_plain(paths, ask.request.zone, ask.request.answer)
    assert log is not None
    try:
        with ask.project.objects.staging("recording") as folder:
            facts = import_plain(log, folder, job.progress)
            return _store(ask, folder, facts, log.paths[0]), list(facts.questions)
    except NotPlain:
        return _import_careful(ask, list(log.paths), job)


def _import_careful(ask: _Ask, paths: list[Path], job: Job) -> Imported:
    """Read in blocks with bounded memory, then store: an open question stops the import before anything is stored."""
    from workbench.logs.careful.careful_import import read_carefully

    sources = log_streams.find_careful(paths)
    if sources is None:
        return _import_parsed(ask, paths, job)
    options = _options_of(ask.request)
    stored = []
    objects = ask.project.objects
    reading = job.part(0.0, _READ_SHARE).progress
    with objects.staging("reading") as work, read_carefully(sources, options, work, reading) as found:
        check_questions(list(found.questions))
        done = 0.0 if found.is_unread else _READ_SHARE
        mine = ask if len(found.logs) == 1 else replace(ask, read_key="")
        for number, log in enumerate(found.logs):
            rest = (1.0 - done) / len(found.logs)
            share = job.part(done + rest * number, done + rest * (number + 1))
            with objects.staging("recording") as folder:
                facts = log.write(folder, share.progress)
                stored.extend(_store(mine, folder, facts, paths[0] if len(paths) == 1 else None))
    return stored, list(found.questions)


def _import_parsed(ask: _Ask, paths: list[Path], job: Job) -> Imported:
    """Parse everything, then store everything: an open question stops the import before anything is stored."""
    parsed = _parse_each(ask.request, paths, job.part(0.0, 0.6)) or _parse_together(ask.request, paths, job.part(0.0, 0.6))
    questions = list({(one.code, one.channel, one.text): one for logs, _ in parsed for one in logs.questions}.values())
    check_questions(questions)
    found = [(recording, path) for logs, path in parsed for recording in logs.recordings]
    ask = ask if len(found) == 1 else replace(ask, read_key="")
    stored = []
    for number, (recording, path) in enumerate(found):
        job.progress(0.6 + 0.4 * number / len(found), recording.facts.source)
        stored.extend(_store_parsed(ask, recording, path))
    return stored, questions


def _parse_together(request: ImportRequest, paths: list[Path], job: Job) -> list[Parsed]:
    from workbench.logs.parse import parse_logs

    options = _options_of(request)
    return [(parse_logs(paths, options, job.progress), paths[0] if len(paths) == 1 else None)]


def _options_of(request: ImportRequest) -> ParseOptions:
    """Files that are kept apart may be read one by one: none of them knows of the others."""
    from workbench.logs.parse import ParseOptions

    one_start = request.join is not False or len(request.paths) < 2
    return ParseOptions(zone=request.zone, answers=request.answer, join=request.join, one_start=one_start)


def _parse_each(request: ImportRequest, paths: list[Path], job: Job) -> list[Parsed]:
    """Each file by itself, so that it is known which folder it lay in; empty where files belong together."""
    if request.join is not False or len(paths) < 2 or not all(path.is_file() for path in paths):
        return []
    parts = [(path, job.part(k / len(paths), (k + 1) / len(paths))) for k, path in enumerate(paths)]
    try:
        return [parsed for path, part in parts for parsed in _parse_together(request, [path], part)]
    except LogFormatError:  # such as a file of events that goes with one of the logs
        return []


def check_questions(questions: list[Question]) -> None:
    """Raises QuestionOpen when one of them must be answered before anything is stored."""
    open_ = list({(question.code, question.channel): question for question in questions if question.blocks}.values())
    if open_:
        first = open_[0]
        where = f"@{first.channel}" if first.channel else ""
        raise QuestionOpen(
            " ".join(question.text for question in open_), f"Answer with {answer_words(first.code, where, first.choices)}.",
            questions=tuple(question.code for question in open_),
        )  # fmt: skip


def _store_parsed(ask: _Ask, recording: ParsedRecording, path: Path | None) -> list[Stored]:
    from workbench.logs.recordings.recording import write_recording

    with ask.project.objects.staging("recording") as folder:
        write_recording(folder, recording.facts, recording.times_ns, recording.columns, recording.labels)
        return _store(ask, folder, recording.facts, path)


def _store(ask: _Ask, folder: Path, facts: RecordingFacts, path: Path | None) -> list[Stored]:
    """Part a finished recording by pump as the tag map says, leave out what is known, store and journal the rest."""
    from workbench.logs.equipment import asset_of_machine, default_asset

    ask.job.checkpoint()
    source = str(path) if path is not None and path.name == facts.source else facts.source
    asset = ask.request.asset or default_asset(source, [channel.name for channel in facts.channels])
    if facts.named_machine and not ask.request.asset:
        asset = asset_of_machine(facts.named_machine, asset, is_given=False)
    if facts.machine:  # two pumps of one file must not become one
        asset = asset_of_machine(facts.machine, asset, is_given=bool(ask.request.asset))
    with ExitStack() as stack:
        parts = log_parts.part_by_pump(ask.project, folder, asset, ask.request.site or "", stack)
        known = [log_continue.without_known_rows(ask.project, part.asset, part.folder, stack) for part in parts]
        mine = ask if len(parts) == 1 else replace(ask, read_key="")
        return [_store_part(mine, part, found) for part, found in zip(parts, known, strict=True)]


def _store_part(ask: _Ask, part: PumpPart, found: Continued) -> Stored:
    """Move a recording into the store and journal it, unless it is there already."""
    from workbench.logs.recordings.recording import open_recording
    from workbench.project.acts import Act, Item

    if found.known_id:
        known = open_recording(ask.project.objects.tree_path("recording", found.known_id))
        summary = summary_of(known.summary, asset=part.asset, recording_id=found.known_id)
        return Stored(summary=summary, size_bytes=0, is_known=True)
    size_bytes = sum(path.stat().st_size for path in found.folder.iterdir())
    tree = ask.project.objects.put_tree("recording", found.folder)
    recording = open_recording(ask.project.objects.tree_path("recording", tree))
    facts = recording.summary
    summary = summary_of(facts, asset=part.asset, recording_id=tree)
    summary = msgspec.structs.replace(summary, n_known_rows=found.n_known, continues=found.continues or None)
    details = {
        **index_details(recording, size_bytes, part.site), "continues": found.continues, "n_known_rows": found.n_known,
        "moved_s": found.moved_s, "read_key": ask.read_key,
    }  # fmt: skip
    item = Item(kind="recording", id=tree, name=facts.source, asset=part.asset, details=details)
    what = f"{facts.source}: {facts.rows:,} rows, {len(facts.channels)} channels"
    command = shlex.join(to_arguments(("logs", "import"), ask.request))
    with ask.project.exclusive():  # another import may store the same at this moment
        if any(known.id == tree for known in ask.project.items("recording", part.asset)):
            return Stored(summary=summary, size_bytes=0, is_known=True)
        before = [] if found.n_known else log_continue.read_otherwise(ask.project, part.asset, recording)
        ask.project.record(Act(act="import", on=part.asset, what=what, item=item, refs=(tree,), command=command))
    replaced = tuple(_take_out(ask.project, one, how) for one, how in before)
    return Stored(summary=summary, size_bytes=size_bytes, replaced=replaced)


def _take_out(project: Project, before: Item, how: str) -> str:
    """The same samples must not count twice because a question was answered later."""
    from workbench.core.errors import ProjectError

    said = f"{before.name} was read before, {how}"
    try:
        project.remove("recording", before.id)
    except ProjectError as error:
        return f"{said}; that stays as well. {error.message}"
    return f"{said}; this takes its place."


def index_details(recording: Recording, size_bytes: int, site: str | None) -> dict[str, object]:
    """What lists, the availability map and other services show without opening the recording; bounded in size."""
    from workbench.services.recordings import availability

    facts = recording.summary
    return {
        "source": facts.source, "sources": list(facts.sources[:MAX_NAMES]), "rows": facts.rows, "size_bytes": size_bytes,
        "first_utc": utc_of(facts.first_ns), "last_utc": utc_of(facts.last_ns), "sample_period_s": facts.sample_period_s,
        "channels": [channel.name for channel in facts.channels[:MAX_NAMES]], "n_channels": len(facts.channels),
        "labels": list(facts.labels[:MAX_NAMES]), "n_gaps": facts.n_gaps, "n_findings": len(facts.findings),
        "days": [list(pair) for pair in availability(recording)[-MAX_DAYS:]], "site": site or "",
        "group": facts.group, "rate_hz": facts.rate_hz, "is_dated": facts.is_dated,
    }  # fmt: skip


def read_quality(project: Project, asset: str | None, job: Job, *, again: bool) -> Iterator[RecordingSummary]:
    """The facts of a project's recordings, oldest first; with `again`, findings on what corrections make of them.

    What checks of before found is looked for again, once (`findings`).
    """
    from workbench.services.findings import facts_of_today, look_again
    from workbench.services.log_summaries import answered
    from workbench.services.recordings import corrections_of, open_corrected, open_project_recordings

    pairs = open_project_recordings(project, (asset,) if asset else (), group=None, is_corrected=False)
    for number, (item, recording) in enumerate(pairs):
        job.progress(number / len(pairs), item.name)
        facts, layer = recording.summary, corrections_of(project, item.asset)[1]
        if again:
            facts = msgspec.structs.replace(facts, findings=look_again(open_corrected(project, item.id, layer)))
        else:
            facts = facts_of_today(recording)
        found = summary_of(facts, asset=item.asset, recording_id=item.id)
        yield msgspec.structs.replace(found, findings=answered(found.findings, layer))
