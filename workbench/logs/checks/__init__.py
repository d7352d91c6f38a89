"""Checks of a log beyond gaps and flat lines; each module knows one kind of fault. See help/quality.md."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from workbench.logs.checks.clock import find_clock_faults
from workbench.logs.checks.loops import find_loop_failures
from workbench.logs.checks.noise import find_plugged_lines, find_redundant
from workbench.logs.checks.physics import find_impossible
from workbench.logs.checks.resolution import find_resolution
from workbench.logs.checks.spikes import find_spikes
from workbench.logs.checks.steps import find_steps
from workbench.logs.flat_runs import Samples
from workbench.logs.summary import Finding
from workbench.logs.survey import take_survey
from workbench.logs.time_axis import Instants

__all__ = ["run_checks"]


def run_checks(
    times_ns: Instants,
    columns: Mapping[str, Samples],
    units: Mapping[str, str | None],
    step_ns: float | None,
    gaps: np.ndarray,
    *,
    is_on_change: bool,
) -> list[Finding]:
    """Findings of all checks, in the order of the checks; a log on change is only held against physics and its loops."""
    survey = take_survey(times_ns, columns, units)
    findings = [*find_loop_failures(survey), *find_impossible(survey)]
    if is_on_change:
        return findings
    findings += find_clock_faults(times_ns, step_ns, gaps)
    findings += [*find_spikes(survey), *find_steps(survey), *find_plugged_lines(survey), *find_redundant(survey)]
    return [*findings, *find_resolution(survey)]
