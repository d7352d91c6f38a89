"""Watching the pump: samples in, scores and alerts out, and all of it into the device's logs.

Windows, scores, alerts and silences come from `workbench.scoring`, so the gateway says what the laptop says. Must not know
where the samples come from.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
from numpy.typing import NDArray

from workbench.bundle.reference import SCORE_CHANNEL
from workbench.core.clock import NS_PER_S, format_utc, parse_utc
from workbench.core.scoring_spec import SCORE_THRESHOLD
from workbench.core.sketch_record import ChannelSketch
from workbench.core.tags import match_channels
from workbench.core.wire import LiveState, SilentChannel, Verdict
from workbench.edge.logger import DeviceLogs, quoted
from workbench.edge.model import RunningModel
from workbench.edge.sensors import Samples
from workbench.scoring.alerts import AlertState
from workbench.scoring.missing import NEVER_NS
from workbench.scoring.silence import SilenceChange, SilenceState
from workbench.scoring.windower import StreamingWindower, Windows, overdue_after_ns

MINUTE_NS = 60 * NS_PER_S
MAX_NAMED_SILENT = 8
"""A status must fit one message of the wire, however many sensors there are."""
Row = tuple[int, Sequence[str]]


class Watch:
    """Scores a stream of samples. `newest_ns` is the last sample that is logged."""

    def __init__(self, model: RunningModel | None, logs: DeviceLogs) -> None:
        self._model = model
        self._logs = logs
        self._windower = StreamingWindower(model.spec) if model else None
        self._alert = AlertState(model.spec) if model else None
        self._silence = SilenceState(model.spec) if model else None
        self._sketches = model.sketches() if model else {}
        self._minute: list[tuple[int, NDArray[np.float64]]] = []
        newest = logs.newest_utc("raw")
        self.newest_ns = parse_utc(newest) if newest else -1
        self._until_ns: int | None = None
        self._score: float | None = None
        self._score_ns: int | None = None

    @property
    def live(self) -> LiveState:
        """What the model says at the instant up to which its sensors were heard."""
        verdict = self._verdict()
        return LiveState(
            score=self._score if verdict is Verdict.SCORED else None,
            score_utc="" if self._score_ns is None else format_utc(self._score_ns),
            is_alert=verdict is Verdict.SCORED and self._alert is not None and self._alert.is_active,
            state=verdict,
            as_of_utc="" if self._until_ns is None else format_utc(self._until_ns),
            n_silent=0 if self._silence is None else int(self._silence.is_silent.sum()),
            silent=self._silent_channels(),
        )

    def _verdict(self) -> Verdict:
        if self._model is None or self._silence is None:
            return Verdict.NO_MODEL
        if self._silence.is_silent.any():
            return Verdict.NO_DATA
        if self._score is None or self._score_ns is None or self._until_ns is None:
            return Verdict.NO_SCORE
        is_overdue = self._until_ns - self._score_ns >= overdue_after_ns(self._model.spec)
        return Verdict.NO_SCORE if is_overdue else Verdict.SCORED

    def _silent_channels(self) -> tuple[SilentChannel, ...]:
        if self._model is None or self._silence is None:
            return ()
        found = np.flatnonzero(self._silence.is_silent)[:MAX_NAMED_SILENT].tolist()
        since = self._silence.last_good_ns
        channels = self._model.spec.channels
        return tuple(SilentChannel(name=channels[at].name, since_utc=_since(int(since[at]))) for at in found)

    @property
    def sketches(self) -> tuple[ChannelSketch, ...]:
        """Counts of inputs and scores since the start, in the bins of the bundle's drift reference."""
        return tuple(writer.sketch for writer in self._sketches.values())

    def take(self, samples: Samples) -> None:
        """Log and score rows, int64 [n] and float64 [n, c], and let time pass to the instant up to which they came."""
        if len(samples.times_ns):
            self._log_raw(samples)
            self._minute.extend(zip(samples.times_ns.tolist(), samples.values, strict=True))
            self.newest_ns = int(samples.times_ns[-1])
        elif samples.until_ns is None:
            return
        self._until_ns = self.newest_ns if samples.until_ns is None else samples.until_ns
        self._log_minutes(samples.names, self._until_ns // MINUTE_NS)
        if self._windower is not None:
            self._watch_model(self._windower, samples, self._until_ns)

    def _watch_model(self, windower: StreamingWindower, samples: Samples, until_ns: int) -> None:
        assert self._silence is not None
        inputs = self._model_inputs(samples)
        if len(inputs):
            self._count({channel.name: inputs[:, column] for column, channel in enumerate(windower.spec.channels)})
        silences = self._silence_rows(self._silence.step(samples.times_ns, inputs, until_ns))
        alerts = self._take_windows(windower.push(samples.times_ns, inputs)) + self._take_windows(windower.advance(until_ns))
        rows = sorted([*alerts, *silences], key=lambda row: row[0])
        self._logs.append("alerts", ("alert", "score", "release", "channels"), rows)

    def _count(self, columns: Mapping[str, NDArray[np.floating]]) -> None:
        for name, values in columns.items():
            if name in self._sketches:
                self._sketches[name].add(values)

    def _model_inputs(self, samples: Samples) -> NDArray[np.float32]:
        assert self._model is not None
        inputs = np.full((len(samples.times_ns), len(self._model.spec.channels)), np.nan, np.float32)
        names = [channel.name for channel in self._model.spec.channels]
        for wanted, present in match_channels(names, samples.names).items():
            with np.errstate(over="ignore"):
                inputs[:, names.index(wanted)] = samples.values[:, samples.names.index(present)]
        return inputs

    def _take_windows(self, windows: Windows) -> list[Row]:
        """Score and log them; returns how the alert changed."""
        if not len(windows) or self._model is None or self._alert is None:
            return []
        scores = self._model.score_windows(np.ascontiguousarray(windows.values))
        rows: list[Row] = []
        alerts: list[Row] = []
        for score, at_ns in zip(scores.tolist(), windows.end_ns.tolist(), strict=True):
            was_active = self._alert.is_active
            is_active = self._alert.step(score, at_ns)
            text = "" if np.isnan(score) else f"{score:.6g}"
            rows.append((at_ns, (text, f"{SCORE_THRESHOLD}", str(int(is_active)))))
            if is_active != was_active:
                word = "on" if is_active else "off" if text else Verdict.NO_SCORE.value
                alerts.append((at_ns, self._alert_cells(word, text)))
        self._logs.append("scores", ("score", "threshold", "alarm"), rows)
        self._count({SCORE_CHANNEL: scores})
        last = float(scores[-1])
        self._score, self._score_ns = None if np.isnan(last) else last, int(windows.end_ns[-1])
        return alerts

    def _silence_rows(self, changes: Sequence[SilenceChange]) -> list[Row]:
        """One row for all channels that fell silent, or spoke again, at one instant."""
        assert self._model is not None
        together: dict[tuple[int, bool], list[str]] = {}
        for change in changes:
            name = self._model.spec.channels[change.channel].name
            together.setdefault((change.at_ns, change.is_silent), []).append(name)
        return [
            (at_ns, self._alert_cells(Verdict.NO_DATA.value if is_silent else "data", "", "; ".join(names)))
            for (at_ns, is_silent), names in together.items()
        ]

    def _alert_cells(self, word: str, score: str, channels: str = "") -> tuple[str, ...]:
        assert self._model is not None
        return word, score, str(self._model.manifest.release), quoted(channels)

    def _log_raw(self, samples: Samples) -> None:
        rows = [(at_ns, _texts(row)) for at_ns, row in zip(samples.times_ns.tolist(), samples.values, strict=True)]
        self._logs.append("raw", samples.names, rows)

    def _log_minutes(self, names: Sequence[str], current: int) -> None:
        """One row a minute that is over: minimum, mean and maximum of each channel."""
        done = [item for item in self._minute if item[0] // MINUTE_NS < current]
        self._minute = self._minute[len(done) :]
        by_minute: dict[int, list[NDArray[np.float64]]] = {}
        for at_ns, row in done:
            by_minute.setdefault(at_ns // MINUTE_NS, []).append(row)
        columns = [f"{name}_{what}" for name in names for what in ("min", "mean", "max")]
        rows = [(minute * MINUTE_NS, _minute_texts(np.stack(values))) for minute, values in by_minute.items()]
        self._logs.append("minutes", columns, rows)


def _since(last_good_ns: int) -> str:
    return "" if last_good_ns == NEVER_NS else format_utc(last_good_ns)


def _minute_texts(values: NDArray[np.float64]) -> list[str]:
    texts = []
    for column in values.T:
        good = column[np.isfinite(column)]
        texts += _texts(np.array([good.min(), good.mean(), good.max()])) if len(good) else ["", "", ""]
    return texts


def _texts(row: NDArray[np.float64]) -> list[str]:
    return [f"{value:.9g}" if np.isfinite(value) else "" for value in row.tolist()]
