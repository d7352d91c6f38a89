"""The demo's report: one HTML page that needs no network, with the pictures of the real window beside it."""

from __future__ import annotations

import html
from collections.abc import Iterable, Sequence
from pathlib import Path

from workbench.core.clock import format_utc, now_ns
from workbench.core.codec import write_atomic
from workbench.core.provenance import version
from workbench.services.demo import Story
from workbench.services.training import RunSummary

_STYLE = """
body{font:15px/1.5 "IBM Plex Sans",Inter,"Segoe UI","Noto Sans",sans-serif;color:#16222B;background:#F4F6F7;margin:0}
main{max-width:1080px;margin:0 auto;padding:32px 24px}h1{font-size:28px;margin:0 0 4px}h2{font-size:18px;margin:32px 0 8px}
p.lead{color:#43515D;margin:0 0 24px}table{border-collapse:collapse;width:100%;background:#fff;border:1px solid #D5DBE0}
th,td{text-align:left;padding:6px 12px;border-top:1px solid #D5DBE0;vertical-align:top}th{font-size:12px;color:#5A6874}
td.short{white-space:nowrap;font-variant-numeric:tabular-nums}
code{overflow-wrap:anywhere;font:12px "IBM Plex Mono",Consolas,monospace;color:#43515D}
.verdict{border:1px solid #2B8048;border-left:6px solid #2B8048;background:#E7F3EA;padding:12px 20px;margin:16px 0}
.verdict.bad{border-color:#C4221C;background:#FCEBE9}.verdict b{font-size:22px;display:block}
figure{margin:16px 0}figure img{width:100%;border:1px solid #D5DBE0}figcaption{color:#5A6874;font-size:13px}
"""
_SHORT = 12
_VERDICTS = {"verified": "✓ Verified", "failed": "✕ Failed", "unknown": "? Unknown"}


def write_report(story: Story, path: Path) -> None:
    """Write the page; every text from elsewhere is escaped."""
    parts = [_head(story), _verdict(story), _stages(story), _leaderboard(story), _slices(story), _variants(story)]
    parts += [_steps(story), _drift(story), _pictures(story, path.parent)]
    body = "\n".join(part for part in parts if part)
    page = (
        '<!doctype html><html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width">'
        f"<title>Pump Workbench: the whole loop</title><style>{_STYLE}</style></head><body><main>{body}</main></body></html>\n"
    )
    write_atomic(path, page.encode())


def _head(story: Story) -> str:
    asked = story.request
    return (
        "<h1>The whole loop</h1>"
        f'<p class="lead">{asked.pumps} sample pumps, {asked.days:g} days, seed {asked.seed}; Pump Workbench {_text(version())}, '
        f"{_text(format_utc(now_ns()))}. The pumps and the device are made up; every step is the real one. The key was made "
        "for this demo and protects nothing.</p>"
    )


def _verdict(story: Story) -> str:
    if story.update is None:
        return '<div class="verdict bad"><b>✕ Not finished</b>The loop stopped before a device was updated; see below.</div>'
    found = story.update
    kind = "" if found.verdict == "verified" else " bad"
    text = found.message or found.next_action or found.reason
    return f'<div class="verdict{kind}"><b>{_VERDICTS[found.verdict]}</b>{_text(text)}</div>'


def _stages(story: Story) -> str:
    rows = [
        ["✓" if stage.ok else "✕", stage.name, f"{stage.seconds:.1f} s", stage.what, _Code(stage.command)]
        for stage in story.stages
    ]
    return "<h2>Stations</h2>" + _table(["", "Station", "Time", "What came out", "Same act as a command"], rows)


def _leaderboard(story: Story) -> str:
    if story.trained is None:
        return ""
    rows = [_run_row(run, is_champion=run.id == story.trained.champion) for run in story.trained.runs]
    head = ["", "Run", "Family", "Events caught", "Delay, median", "False alarms a pump-week", "95 %", "ROC AUC"]
    return "<h2>Runs on one hold-out</h2>" + _table(head, rows)


def _run_row(run: RunSummary, *, is_champion: bool) -> list[str]:
    figures = run.metrics
    low, high = figures.get("false_alarms_low"), figures.get("false_alarms_high")
    return [
        "♛" if is_champion else "", "baseline" if run.is_baseline else run.id[:8], run.title,
        f"{figures.get('n_caught') or 0:.0f} of {figures.get('n_events') or 0:.0f}", _duration(figures.get("median_delay_s")),
        _number(figures.get("false_alarms_per_week")), "–" if low is None or high is None else f"{low:.1f} to {high:.1f}",
        _number(figures.get("roc_auc")),
    ]  # fmt: skip


def _slices(story: Story) -> str:
    if story.timeline is None or not story.timeline.slices:
        return ""
    rows = [
        [_cell(part.get("name")), f"{part.get('n_caught')} of {part.get('n_events')}", _cell(part.get("false_alarms_per_week"))]
        for part in story.timeline.slices
    ]
    return "<h2>Worst slice first</h2>" + _table(["Slice", "Events caught", "False alarms a pump-week"], rows)


def _variants(story: Story) -> str:
    if story.quantized is None:
        return ""
    rows = [
        [
            ("→ " if variant.is_recommended else "") + variant.name, f"{variant.size_bytes / 1000:.0f} kB",
            f"{variant.latency_ms:.2f} ms", f"{variant.parity.largest_error:.2g}",
            f"{variant.parity.n_alarms_changed} of {variant.parity.n_alarms}",
        ]
        for variant in story.quantized.variants
    ]  # fmt: skip
    title = "Forms of the champion" if story.quantized.run == story.champion else "Forms of the best run that has smaller ones"
    return f"<h2>{title}</h2>" + _table(["Form", "Size", "Latency", "Largest error", "Alarms changed"], rows)


def _steps(story: Story) -> str:
    if story.update is None or not story.update.steps:
        return ""
    rows = [[step.at_utc, step.step, step.text] for step in story.update.steps if step.state != "running"]
    return "<h2>The update, as read from the device</h2>" + _table(["Time, UTC", "Step", "What happened"], rows)


def _drift(story: Story) -> str:
    if story.drift is None or not story.drift.channels:
        return ""
    rows = [
        [channel.channel, _number(channel.effect), _number(channel.effect_limit), "over" if channel.is_over else "within"]
        for channel in story.drift.channels
    ]
    return "<h2>Drift since the reference period</h2>" + _table(["Channel", "Effect size", "Limit", ""], rows)


def _pictures(story: Story, folder: Path) -> str:
    figures = [
        f'<figure><img src="{_text(path.relative_to(folder).as_posix())}" alt="{_text(path.stem)}" loading="lazy">'
        f"<figcaption>{_text(path.stem.replace('-', ' '))}</figcaption></figure>"
        for path in story.pictures
    ]
    return "<h2>The window on this project</h2>" + "".join(figures) if figures else ""


class _Code(str):
    __slots__ = ()


def _table(head: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    cells = "".join(f"<tr>{''.join(_table_cell(cell) for cell in row)}</tr>" for row in rows)
    return f"<table><tr>{''.join(f'<th>{_text(name)}</th>' for name in head)}</tr>{cells}</table>"


def _table_cell(cell: str) -> str:
    text = f"<code>{_text(cell)}</code>" if isinstance(cell, _Code) and cell else _text(cell)
    return f"<td class=short>{text}</td>" if len(cell) <= _SHORT else f"<td>{text}</td>"


def _cell(value: object) -> str:
    return _number(value) if isinstance(value, float) else "–" if value is None else str(value)


def _duration(seconds: float | None) -> str:
    if seconds is None:
        return "–"
    hours, minutes = divmod(round(seconds / 60), 60)
    return f"{hours} h {minutes} min" if hours else f"{minutes} min"


def _number(value: float | None) -> str:
    return "–" if value is None else f"{value:.4g}"


def _text(value: str) -> str:
    return html.escape(value, quote=True)
