"""What screening and scoring share: reading logs one by one, finding a model's inputs in them, writing score files."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Literal, Protocol

from workbench.core.codec import write_atomic
from workbench.core.errors import InputError
from workbench.core.jobs import Job
from workbench.logs.text.spreadsheet import csv_cell
from workbench.services.logs import Question
from workbench.services.recordings import in_unit, trends_of

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from workbench.core.scoring_spec import ChannelSpec, ScoringSpec
    from workbench.logs.parse import ParsedLogs, ParsedRecording, ParseOptions
    from workbench.scoring.session import Scores
    from workbench.scoring.windower import Windows

READ_SHARE = 0.7
"""Of the time that a file takes, what reading it is."""
_BLOCK_ROWS = 1 << 16


class ParseChoices(Protocol):
    """The part of a request that says how to read logs."""

    @property
    def zone(self) -> str | None:
        """IANA zone of naive stamps."""
        ...

    @property
    def answer(self) -> tuple[str, ...]:
        """Answers to the importer's questions."""
        ...


class OutNames:
    """Names for result files: the log's own, numbered where two logs share one."""

    def __init__(self) -> None:
        self._taken: set[str] = set()

    def take(self, source: str) -> str:
        """A fresh name for this source."""
        stem = name_of(source)
        number, name = 1, stem
        while name.casefold() in self._taken:
            number += 1
            name = f"{stem}-{number}"
        self._taken.add(name.casefold())
        return name


def name_of(source: str) -> str:
    """A log's file name without folders and endings such as .csv.gz."""
    from workbench.services.log_files import log_suffixes

    name, suffixes = Path(source).name, log_suffixes()
    while Path(name).suffix.lower() in suffixes:
        name = Path(name).stem
    return name or "log"


def parse_each(
    paths: tuple[str, ...], choices: ParseChoices, job: Job, *, join: bool | None
) -> Iterator[tuple[str, list[ParsedRecording], list[Question]]]:
    """Read file by file (or all together to join them): source, recordings, questions. Large ones stay on the disk.

    Raises LogFormatError, EncodingError, QuestionOpen where a guess would decide what the numbers or the times are.
    """
    from workbench.logs.parse import ParseOptions
    from workbench.services.log_import import check_questions
    from workbench.services.stored_logs import read_logs

    options = ParseOptions(zone=choices.zone, answers=choices.answer, join=join)
    parts = (
        _each_file(paths, options, job) if join is False else [(None, read_logs(list(map(Path, paths)), options, job.progress))]
    )
    for path, parsed in parts:
        questions = list(parsed.questions)
        check_questions(questions)
        for recording in trends_of(parsed.recordings):
            inside = recording.facts.source if path is None else str(path / recording.facts.source)
            yield str(path) if path and len(parsed.recordings) == 1 else inside, [recording], questions
            questions = []


def _each_file(paths: tuple[str, ...], options: ParseOptions, job: Job) -> Iterator[tuple[Path | None, ParsedLogs]]:
    """One file in memory at a time; what a folder holds besides logs is passed over, as nobody named it."""
    from workbench.logs.readers.sources import files_in
    from workbench.services.stored_logs import read_logs

    for number, path in enumerate(map(Path, paths)):
        part = job.part(number / len(paths), (number + READ_SHARE) / len(paths))
        if not path.is_dir():
            yield path, read_logs([path], options, part.progress)
            continue
        refused, n_read = None, 0
        for file in files_in(path):
            try:
                parsed = read_logs([file], options, part.progress)
            except InputError as error:
                refused = refused or error
                continue
            n_read += 1
            yield file, parsed
        if not n_read:
            raise refused or InputError(f"The folder {path} holds no log files.", "Give a folder with logs in it.")


def channels_of(recording: ParsedRecording) -> tuple[ChannelSpec, ...]:
    """The input columns of a parsed log with unit and quantity; suspected labels are not among them."""
    from workbench.core.scoring_spec import ChannelSpec
    from workbench.logs.tables.label_like import input_channels

    known = {channel.name: channel for channel in recording.facts.channels}
    offered = set(input_channels(recording.facts))
    return tuple(
        ChannelSpec(name=name, unit=known[name].unit or "", quantity=known[name].quantity)
        if name in known
        else ChannelSpec(name=name)
        for name in recording.columns
        if name in offered or name not in known
    )


def left_out_of(recording: ParsedRecording) -> tuple[dict[str, str], ...]:
    """Columns that the importer kept from being inputs."""
    return tuple({"channel": item.channel, "why": item.why} for item in recording.facts.left_out)


@dataclass(frozen=True, slots=True, kw_only=True)
class LogColumns:
    """The inputs of a log that is in no project, as the finding of operating states takes them."""

    source: str
    times_ns: NDArray[np.int64]
    columns: dict[str, NDArray[np.floating]]
    units: dict[str, str]
    table: NDArray[np.float64]
    """The same samples side by side [n, c]; `columns` are views of it."""


def columns_of(recording: ParsedRecording, source: str) -> LogColumns:
    """The channels of `channels_of` with their samples."""
    import numpy as np

    channels = channels_of(recording)
    table = np.empty((len(recording.times_ns), len(channels)))
    for index, one in enumerate(channels):
        table[:, index] = recording.columns[one.name]
    return LogColumns(
        source=source, times_ns=recording.times_ns, columns={one.name: table[:, k] for k, one in enumerate(channels)},
        units={one.name: one.unit for one in channels}, table=table,
    )  # fmt: skip


def inputs_of(recording: ParsedRecording, spec: ScoringSpec, source: str) -> NDArray[np.float64]:
    """The model's inputs [n, c] from a log: matched by tag, converted to the model's units.

    Raises InputError for a channel that the log lacks, and for a unit that can't be converted.
    """
    import numpy as np

    from workbench.core.tags import match_channels

    wanted = [channel.name for channel in spec.channels]
    found = match_channels(wanted, list(recording.columns))
    missing = [name for name in wanted if name not in found]
    if missing:
        raise InputError(
            f"{source} has no channel for {', '.join(missing)}.", f"The log has: {', '.join(recording.columns) or 'no channel'}."
        )
    units = {channel.name: channel.unit for channel in channels_of(recording)}
    pairs = [(channel, found[channel.name]) for channel in spec.channels]
    columns = [in_unit(recording.columns[name], units[name], channel.unit, what=f"{source}: {name}") for channel, name in pairs]
    return np.column_stack(columns)


def hold_on_rows(times_ns: NDArray[np.int64], end_ns: NDArray[np.int64], spec: ScoringSpec) -> NDArray[np.int64]:
    """For each row [n] the newest window that had ended by then, or -1 once the next one is overdue."""
    import numpy as np

    from workbench.scoring.windower import overdue_after_ns

    window = np.searchsorted(end_ns, times_ns, side="right") - 1
    if not len(end_ns):
        return np.full(len(times_ns), -1, np.int64)
    is_fresh = (window >= 0) & (times_ns - end_ns[np.maximum(window, 0)] < overdue_after_ns(spec))
    return np.where(is_fresh, window, -1)


def told_columns(scores: Scores, spec: ScoringSpec, row: NDArray[np.int64]) -> dict[str, list[str]]:
    """What a task adds to a score file: the class as `label`, or the hours left as `rul_h`; '' where there is no score."""
    import numpy as np

    if scores.rul_h is not None and spec.task == "rul":
        hours = scores.rul_h
        return {"rul_h": [f"{hours[at]:.6g}" if at >= 0 and np.isfinite(hours[at]) else "" for at in row.tolist()]}
    if scores.class_probabilities is not None and spec.task == "classify":
        shares = scores.class_probabilities
        best = np.where(np.isfinite(shares).all(axis=1), np.nan_to_num(shares).argmax(axis=1), -1)
        names = [csv_cell(name) for name in spec.classes]
        return {"label": [names[best[at]] if at >= 0 and best[at] >= 0 else "" for at in row.tolist()]}
    return {}


def write_scores(
    path: Path,
    times_ns: NDArray[np.int64],
    score: NDArray[np.floating],
    threshold: float | NDArray[np.floating],
    is_alarm: NDArray[np.bool_],
    more: dict[str, list[str]] | None = None,
) -> None:
    """Write time_utc,score,threshold,alarm (and what the task adds), one line a row; no score = empty and 0."""
    more = more or {}
    unit = _unit_of(times_ns)

    def lines() -> Iterator[bytes]:
        yield (",".join(["time_utc", "score", "threshold", "alarm", *more]) + "\n").encode()
        for first in range(0, len(times_ns), _BLOCK_ROWS):
            rows = slice(first, first + _BLOCK_ROWS)
            limits = [f"{threshold:.9g}"] * len(times_ns[rows]) if isinstance(threshold, float) else _numbers(threshold[rows])
            columns = [_format(times_ns[rows], unit), _numbers(score[rows]), limits, _flags(is_alarm[rows])]
            block = zip(*columns, *(column[rows] for column in more.values()), strict=True)
            yield "".join(",".join(row) + "\n" for row in block).encode()

    write_atomic(path, lines())


def write_windows(folder: Path, name: str, windows: Windows, score: NDArray[np.float32], is_alarm: NDArray[np.bool_]) -> Path:
    """Write the raw windows that have a score, and beside them end_utc,score,alarm; returns the path of the .npy file."""
    import io

    import numpy as np

    kept = np.isfinite(score)
    stream = io.BytesIO()
    np.save(stream, np.ascontiguousarray(windows.values[kept], dtype="<f4"), allow_pickle=False)
    path = folder / f"{name}.windows.npy"
    write_atomic(path, stream.getvalue())
    rows = zip(format_times(windows.end_ns[kept]), _numbers(score[kept]), _flags(is_alarm[kept]), strict=True)
    text = "\n".join(["end_utc,score,alarm", *(",".join(row) for row in rows)]) + "\n"
    write_atomic(folder / f"{name}.windows.csv", text.encode("utf-8"))
    return path


def format_times(times_ns: NDArray[np.int64]) -> list[str]:
    """ISO 8601 with Z; as many decimals as any of them needs (0, 3, 6 or 9)."""
    return _format(times_ns, _unit_of(times_ns))


def _unit_of(times_ns: NDArray[np.int64]) -> Literal["s", "ms", "us", "ns"]:
    """The coarsest unit in which all of them are whole."""
    steps: tuple[tuple[Literal["s", "ms", "us"], int], ...] = (("s", 10**9), ("ms", 10**6), ("us", 10**3))
    return next((unit for unit, step in steps if not (times_ns % step).any()), "ns")


def _format(times_ns: NDArray[np.int64], unit: Literal["s", "ms", "us", "ns"]) -> list[str]:
    import numpy as np

    return [f"{text}Z" for text in np.datetime_as_string(times_ns.astype("datetime64[ns]"), unit=unit).tolist()]


def _numbers(values: NDArray[np.floating]) -> list[str]:
    return ["" if value != value else f"{value:.9g}" for value in values.tolist()]


def _flags(values: NDArray[np.bool_]) -> list[str]:
    return ["1" if value else "0" for value in values.tolist()]
