"""Names that come with a bundle, a root or a key file are shown to people: none may carry what a screen obeys or hides."""

from __future__ import annotations

import re
from collections.abc import Iterable

from workbench.core.errors import InputError

# C0 and C1 controls, zero-width and direction marks, line and paragraph separators.
HIDDEN = re.compile("[\x00-\x1f\x7f-\x9f\u200b-\u200f\u2028-\u202e\u2060-\u2069\ufeff]+")


def check_words(texts: Iterable[str], *, what: str) -> None:
    """Raises InputError when a text holds a control character or an invisible one."""
    for text in texts:
        if HIDDEN.search(text):
            raise InputError(f"{what} holds control or invisible characters in {text!a}.", "Take another name.")
