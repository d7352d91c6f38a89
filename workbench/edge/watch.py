"""Watching the pump: samples in, scores and alerts out, and all of it into the device's logs.

Windows, scores and alerts come from `workbench.scoring`, so the gateway says what the laptop says. Must not know where the
samples come from.
"""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
from numpy.typing import NDArray

from workbench.bundle.reference import SCORE_CHANNEL
from workbench.core.clock import NS_PER_S, format_utc, parse_utc
from workbench.core.scoring_spec import SCORE_THRESHOLD
from workbench.core.sketch_record import ChannelSketch
from workbench.core.tags import match_channels
from workbench.core.wire import LiveState
from workbench.edge.logger import DeviceLogs
from workbench.edge.model import RunningModel
from workbench.edge.sensors import Samples
from workbench.scoring.alerts import AlertState
from workbench.scoring.windower import StreamingWindower, Windows

MINUTE_NS = 60 * NS_PER_S


class Watch:
    """Scores a stream of samples. `live` is what the model says now; `newest_ns` the last sample that is logged."""

    def __init__(self, model: RunningModel | None, logs: DeviceLogs) -> None:
        self._model = model
        self._logs = logs
        self._windower = StreamingWindower(model.spec) if model else None
        self._alert = AlertState(model.spec) if model else None
        self._sketches = model.sketches() if model else {}
        self._minute: list[tuple[int, NDArray[np.float64]]] = []
        newest = logs.newest_utc("raw")
        self.newest_ns = parse_utc(newest) if newest else -1
        self.live = LiveState()

    @property
    def sketches(self) -> tuple[ChannelSketch, ...]:
        """Counts of inputs and scores since the start, in the bins of the bundle's drift reference."""
        return tuple(writer.sketch for writer in self._sketches.values())

    def take(self, samples: Samples) -> None:
        """Log and score rows, int64 [n] and float64 [n, c]."""
        if not len(samples.times_ns):
            return
        self._log_raw(samples)
        self._log_minutes(samples)
        self.newest_ns = int(samples.times_ns[-1])
        if self._windower is not None:
            inputs = self._model_inputs(samples)
            self._count({channel.name: inputs[:, column] for column, channel in enumerate(self._windower.spec.channels)})
            self._score(self._windower.push(samples.times_ns, inputs))

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

    def _score(self, windows: Windows) -> None:
        if not len(windows) or self._model is None or self._alert is None:
            return
        scores = self._model.score_windows(np.ascontiguousarray(windows.values))
        rows, alerts = [], []
        for score, at_ns in zip(scores.tolist(), windows.end_ns.tolist(), strict=True):
            was_active = self._alert.is_active
            is_active = self._alert.step(score, at_ns)
            text = "" if np.isnan(score) else f"{score:.6g}"
            rows.append((at_ns, (text, f"{SCORE_THRESHOLD}", str(int(is_active)))))
            if is_active != was_active:
                alerts.append((at_ns, ("on" if is_active else "off", text, str(self._model.manifest.release))))
        self._logs.append("scores", ("score", "threshold", "alarm"), rows)
        self._logs.append("alerts", ("alert", "score", "release"), alerts)
        self._count({SCORE_CHANNEL: scores})
        last = float(scores[-1])
        self.live = LiveState(
            score=None if np.isnan(last) else last,
            score_utc=format_utc(int(windows.end_ns[-1])),
            is_alert=self._alert.is_active,
        )

    def _log_raw(self, samples: Samples) -> None:
        rows = [(at_ns, _texts(row)) for at_ns, row in zip(samples.times_ns.tolist(), samples.values, strict=True)]
        self._logs.append("raw", samples.names, rows)

    def _log_minutes(self, samples: Samples) -> None:
        """One row a finished minute: minimum, mean and maximum of each channel."""
        self._minute.extend(zip(samples.times_ns.tolist(), samples.values, strict=True))
        current = self._minute[-1][0] // MINUTE_NS
        done = [item for item in self._minute if item[0] // MINUTE_NS < current]
        self._minute = self._minute[len(done) :]
        by_minute: dict[int, list[NDArray[np.float64]]] = {}
        for at_ns, row in done:
            by_minute.setdefault(at_ns // MINUTE_NS, []).append(row)
        columns = [f"{name}_{what}" for name in samples.names for what in ("min", "mean", "max")]
        rows = [(minute * MINUTE_NS, _minute_texts(np.stack(values))) for minute, values in by_minute.items()]
        self._logs.append("minutes", columns, rows)


def _minute_texts(values: NDArray[np.float64]) -> list[str]:
    texts = []
    for column in values.T:
        good = column[np.isfinite(column)]
        texts += _texts(np.array([good.min(), good.mean(), good.max()])) if len(good) else ["", "", ""]
    return texts


def _texts(row: NDArray[np.float64]) -> list[str]:
    return [f"{value:.9g}" if np.isfinite(value) else "" for value in row.tolist()]
