"""Fitting on one thread: on a busy laptop threads that wait for each other are slower than one, and sums stay reproducible."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager


@contextmanager
def one_thread() -> Iterator[None]:
    """Within it, BLAS and OpenMP use one thread."""
    from threadpoolctl import threadpool_limits  # type: ignore[import-untyped]  # ships no types; comes with sklearn

    with threadpool_limits(1):
        yield
