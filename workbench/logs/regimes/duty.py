"""How far from its usual duty a pump works, told from head and load alone: what fits, how surely, and what would fit as well.

Which flow a head and a load mean depends on the pump. So a log is held against many curves at once: head rising to 1.05 to 1.5 of
its usual at no flow while the load falls for radial wheels, up to twice with a level load for mixed flow, two to three times with
a rising load for axial ones (Gülich 2014, Centrifugal Pumps, ch. 4). The curves that fit the whole log best weigh most, and what
they say about each sample adds up to the chance of each state. Speed and density move head and load alike: that is kept apart.
Must not import anything but numpy and this domain.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from itertools import product

import numpy as np

from workbench.logs.recordings.time_axis import Int64s
from workbench.logs.regimes.signals import Bools, Floats64

STEADY, THROTTLED, MINIMUM, NO_FLOW, ALIKE, OTHER = range(6)
"""Columns of the chances: by flow, head and load both moved alike, fits no curve."""
_COMMON = (0.85, 0.1, 0.05)
"""Radial, mixed-flow and axial pumps among those that have logs."""
_LIMITS = (0.6, 0.3, 0.05)
_PRIOR = (0.72, 0.12, 0.09, 0.07)
_HEAD_STEP, _LOAD_STEP = 0.012, 0.018
_HEAD_ERROR, _LOAD_ERROR = 0.014, 0.022
"""A hundredth or two: what instruments drift and a real curve differs from the family here (log ratio)."""
_RISES = (0.06, 0.085, 0.11, 0.14, 0.17, 0.205, 0.25, 0.3, 0.35, 0.41, 0.48)
_LOADS = (0.4, 0.45, 0.5, 0.55, 0.6, 0.65, 0.7, 0.75, 0.8, 0.9)
"""Rises of the head and loads at no flow of radial pumps."""
_ALIKE_SPREAD = 0.3
_ALIKE_SHARE, _ALIKE_SHARE_DRIVE = 0.03, 0.5
_MOVES_ALIKE = 0.04
"""In an hour."""
_OUTLIER = 1e-4
_MOST_BINS = 500
_LOWEST = 1e-3
_COUNTS_FULL = 40
_TRUST = 0.15
"""Bins of one log are not independent: a seventh of their evidence counts."""


@dataclass(frozen=True, slots=True, kw_only=True)
class _Family:
    """Curves × flows: logs of head and load in shares of the usual."""

    head: Floats64
    load: Floats64
    prior: Floats64
    """[flows], sums to one."""
    kind: Int64s
    """[flows], 0 to 3."""
    common: Floats64
    """[curves], log of how common such a pump is."""


def chances_of_duty(head: Floats64, load: Floats64, is_told: Bools, *, rows_an_hour: int, is_speed_known: bool) -> Floats64:
    """Chance of each state [n, 6], all 0 where `is_told` is False.

    Parameters
    ----------
    head, load : float [n]
        Shares of the usual of the running pump; speeds that are known are taken out.
    is_told : bool [n]
        Rows that count: the pump runs.
    """
    chances = np.zeros((len(head), 6))
    x, y = np.log(np.maximum(head[is_told], _LOWEST)), np.log(np.maximum(load[is_told], _LOWEST))
    if not len(x):
        return chances
    bins, inverse, counts = _bins(x, y)
    is_on_drive = not is_speed_known and _moves_alike(x, y, rows_an_hour)
    by_bin = _judge(bins, counts, is_on_drive=is_on_drive)
    chances[is_told] = by_bin[inverse]
    return chances


def _moves_alike(x: Floats64, y: Floats64, rows: int) -> bool:
    """Behind a drive whose speed nobody logs, head and load go up and down together all day; another density comes and stays."""
    if len(x) < 2 * rows:
        return False
    rise, work = x[rows:] - x[:-rows], y[rows:] - y[:-rows]
    together, apart = float(np.median(np.abs(rise + work))), float(np.median(np.abs(rise - work)))
    return together > max(_MOVES_ALIKE, 2 * apart)


def _bins(x: Floats64, y: Floats64) -> tuple[Floats64, Int64s, Int64s]:
    """(centres [bins, 2], bin of each sample, samples in each); as coarse as it takes to keep them few."""
    coarse = 1.0
    while True:
        steps = np.array([_HEAD_STEP, _LOAD_STEP]) * coarse
        keys = np.stack([np.rint(x / steps[0]), np.rint(y / steps[1])]).astype(np.int64)
        code = keys[0] * (1 << 20) + keys[1]
        _, first, inverse, counts = np.unique(code, return_index=True, return_inverse=True, return_counts=True)
        if len(counts) <= _MOST_BINS or coarse > 8:
            return np.asarray(keys[:, first].T * steps), np.asarray(inverse, np.int64), np.asarray(counts, np.int64)
        coarse *= 1.5


def _judge(bins: Floats64, counts: Int64s, *, is_on_drive: bool) -> Floats64:
    """Chances of each bin [bins, 6], every curve weighed by how well it fits all bins."""
    family = _family()
    alike_share = _ALIKE_SHARE_DRIVE if is_on_drive else _ALIKE_SHARE
    weights = _TRUST * np.minimum(counts / _COUNTS_FULL, 1.0)
    n_curves = len(family.head)
    fit, parts = np.zeros(n_curves), np.zeros((n_curves, len(bins), 6))
    of_kind = np.eye(4)[family.kind]
    for number in range(n_curves):
        over, beyond = bins[:, :1] - family.head[number], bins[:, 1:] - family.load[number]
        on_curve = np.exp(-0.5 * ((over / _HEAD_ERROR) ** 2 + (beyond / _LOAD_ERROR) ** 2)) / (_HEAD_ERROR * _LOAD_ERROR)
        across = np.hypot(_HEAD_ERROR, _LOAD_ERROR)
        along = np.exp(-0.5 * (((over - beyond) / across) ** 2 + ((over + beyond) / 2 / _ALIKE_SPREAD) ** 2))
        on_curve *= (1 - alike_share) * family.prior
        parts[number, :, :4] = on_curve @ of_kind
        along *= alike_share * family.prior / (across * _ALIKE_SPREAD)
        if is_on_drive:
            parts[number, :, :4] += along @ of_kind  # another speed is no other duty
        else:
            parts[number, :, ALIKE] = along.sum(axis=1)
        parts[number, :, OTHER] = _OUTLIER
        total = parts[number].sum(axis=1)
        fit[number] = float(np.sum(weights * np.log(total)))
        parts[number] /= total[:, None]
    fit += family.common
    chance = np.exp(fit - fit.max())
    return np.asarray(np.tensordot(chance / chance.sum(), parts, axes=1))


@cache
def _family() -> _Family:
    flow = np.concatenate(
        [np.linspace(0, 0.045, 3), np.linspace(0.06, 0.29, 9), np.linspace(0.31, 0.59, 11), np.linspace(0.61, 1.5, 31)]
    )
    kind = np.searchsorted(-np.array(_LIMITS), -flow, side="right")
    usual = 0.8 * np.exp(-0.5 * ((flow - 1) / 0.08) ** 2) + 0.12 * np.exp(-0.5 * ((flow - 1) / 0.3) ** 2)
    prior = np.zeros(len(flow))
    for number, share in enumerate(_PRIOR):
        here = usual[kind == number] if number == 0 else np.ones(int(np.count_nonzero(kind == number)))
        prior[kind == number] = share * here / here.sum()
    # Rise of the head at no flow, the straight part of that rise, load at no flow, and how early the load rises.
    # As fine as what errs: a pump between two curves would have no point without flow.
    radial = product(_RISES, (0.0, 0.4), _LOADS, (0.7, 1.0, 1.3))
    mixed = product((0.5, 0.58, 0.67, 0.77, 0.88, 1.0), (0.3, 0.7), (0.75, 0.85, 0.95, 1.05), (1.0,))
    axial = product((1.1, 1.3, 1.5, 1.75, 2.0), (0.4, 0.8), (1.15, 1.4, 1.7, 2.0), (1.0,))
    heads, loads, common = [], [], []
    families = zip(map(tuple, (radial, mixed, axial)), _COMMON, strict=True)
    for (rise, bend, at_none, early), share in ((one, share / len(family)) for family, share in families for one in family):
        common.append(share)
        heads.append(1 + rise * (1 - bend * flow - (1 - bend) * flow**2))
        loads.append(at_none + (1 - at_none) * flow * (early + (1 - early) * flow))
    head, load = np.maximum(np.array(heads), _LOWEST), np.maximum(np.array(loads), 0.05)
    return _Family(head=np.log(head), load=np.log(load), prior=prior, kind=np.asarray(kind, np.int64), common=np.log(common))
