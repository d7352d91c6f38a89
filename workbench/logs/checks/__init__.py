"""Checks of a log beyond gaps and flat lines; each module knows one kind of fault. See help/quality.md."""

from __future__ import annotations

import numpy as np

from workbench.logs.checks.clock import find_clock_faults
from workbench.logs.checks.loops import find_loop_failures
from workbench.logs.checks.noise import find_plugged_lines, find_redundant
from workbench.logs.checks.physics import find_below_possible, find_impossible
from workbench.logs.checks.repeats import find_repeats
from workbench.logs.checks.resolution import find_resolution
from workbench.logs.checks.spikes import find_spikes
from workbench.logs.checks.steps import find_steps
from workbench.logs.checks.survey import Survey
from workbench.logs.checks.twins import find_twin_bias
from workbench.logs.recordings.pyramid import Floats
from workbench.logs.summary import Finding

__all__ = ["check_channel", "check_survey"]


def check_channel(name: str, survey: Survey, extremes: Floats, *, is_on_change: bool) -> list[Finding]:
    """What every sample of a channel is asked for; `extremes` are its buckets' as `flat_runs.bucket_extremes` gives them."""
    findings = [*find_loop_failures(name, survey, extremes), *find_below_possible(name, survey, extremes)]
    if is_on_change:
        return findings
    return [*findings, *find_spikes(name, survey, extremes), *find_repeats(name, survey, extremes)]


def check_survey(survey: Survey, step_ns: float | None, gaps: np.ndarray, *, is_on_change: bool) -> list[Finding]:
    """What the stretches and the time axis tell; a log on change is only held against physics."""
    findings = find_impossible(survey)
    if is_on_change:
        return findings
    findings += find_clock_faults(survey.times_ns, step_ns, gaps)
    findings += [*find_steps(survey), *find_plugged_lines(survey), *find_redundant(survey), *find_twin_bias(survey)]
    return [*findings, *find_resolution(survey)]
