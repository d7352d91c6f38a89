"""How the lines of a text log become rows of cells: by a delimiter, between the bars of a drawn table, or as names and values."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field

from workbench.logs.readers.keyed import is_keyed, split_keyed
from workbench.logs.readers.line_marks import free_marks, hold_marks
from workbench.logs.readers.series_lines import SeriesNames, find_series_names
from workbench.logs.tables.bad_words import is_bad_word
from workbench.logs.tables.sniff import WHITESPACE, DelimiterGuess, find_delimiter, split_line

KEYED = "="
_MAX_LINE_CHARS = 20_000
_GAP = re.compile(r"\s{2,}")
_RULE = re.compile(r"[\s|+=_:-]+")
_EXCEL_SEPARATOR = re.compile(r"sep=(.)\s*", re.IGNORECASE)


@dataclass(frozen=True, slots=True, kw_only=True)
class LineGrammar:
    """`guess.delimiter` is '' where there is no table, KEYED for lines of names and values."""

    guess: DelimiterGuess
    is_framed: bool = False
    """Whether each row stands between bars."""
    is_told: bool = False
    """Whether the first line is no row, but says which delimiter the others have (`sep=;`)."""
    series: SeriesNames = field(default_factory=SeriesNames)
    """What names the channels of lines of series."""

    def rows(self, lines: Iterable[str]) -> Iterator[list[str]]:
        """The cells of each line; lines that are drawn (-----) are left out."""
        for number, line in enumerate(lines):
            if (number == 0 and self.is_told) or _is_rule(line):
                continue
            held = hold_marks(line)
            cells = self._cells(held)
            yield list(map(free_marks, cells)) if held is not line else cells

    def _cells(self, line: str) -> list[str]:
        delimiter = self.guess.delimiter
        if delimiter == KEYED:
            return split_keyed(line, self.series) or [""]
        if delimiter == WHITESPACE:
            return _split_at_blanks(line, self.guess.n_cells)
        return split_line(line.strip()[1:-1] if self.is_framed else line, delimiter)


def _split_at_blanks(line: str, n_cells: int) -> list[str]:
    """Cells between blanks; names of several words ('Flow rate   Disch. press') stand two blanks apart."""
    cells = split_line(line, WHITESPACE)
    if len(cells) <= n_cells:
        return cells
    together = _with_words_together(cells)
    if len(together) == n_cells and together[0][:1].isdigit():
        return together
    if "  " not in line.strip():
        return cells
    apart = _GAP.split(line.strip())
    return apart if n_cells - 1 <= len(apart) <= n_cells else cells


def _with_words_together(cells: Sequence[str]) -> list[str]:
    """Cells of which those that say one thing in several words ('No Data', 'Bad Input') are one."""
    found: list[str] = []
    for cell in cells:
        if found and cell.isalpha() and found[-1].replace(" ", "").isalpha() and is_bad_word(f"{found[-1]} {cell}"):
            found[-1] = f"{found[-1]} {cell}"
        else:
            found.append(cell)
    return found


def find_grammar(head: Sequence[str], middle: Sequence[str]) -> LineGrammar:
    """How lines come apart, from the first ones and some from the middle of the file."""
    told = _EXCEL_SEPARATOR.fullmatch(head[0]) if head else None
    if told:
        return LineGrammar(guess=DelimiterGuess(delimiter=told[1], n_cells=0, confidence=1.0), is_told=True)
    sample = [hold_marks(line[:_MAX_LINE_CHARS]) for line in (*head[:100], *middle[:100]) if not _is_rule(line)]
    series = find_series_names(sample)
    if is_keyed(sample, series):
        return LineGrammar(guess=DelimiterGuess(delimiter=KEYED, n_cells=0, confidence=0.9), series=series)
    guess = find_delimiter(sample)
    framed = [line.strip()[:1] == "|" == line.strip()[-1:] for line in sample]
    return LineGrammar(guess=guess, is_framed=guess.delimiter == "|" and all(framed))


def _is_rule(line: str) -> bool:
    """Whether a line is drawn: -----+-----."""
    start = line[:80]
    return start.count("-") + start.count("=") > 5 and _RULE.fullmatch(line) is not None
