"""Decides the decimal mark of each column: the column's own clear cells, else the file's, else the delimiter, else a question."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from workbench.logs import questions
from workbench.logs.summary import Question
from workbench.logs.tables.cells import Cells, Decimal, MarkEvidence, weigh_marks

_MAX_TEXTS = 20_000
_MIN_SPACED = 3


@dataclass(frozen=True, slots=True, kw_only=True)
class Marks:
    """The mark of each column, in order, what is open, and how sure the file's mark is (0..1)."""

    marks: tuple[Decimal, ...]
    file_mark: Decimal
    confidence: float
    questions: tuple[Question, ...] = ()


def decide_marks(names: Sequence[str], columns: Sequence[Cells | None], delimiter: str, answers: questions.AnswerBook) -> Marks:
    """Marks of columns; None is one of numbers, which have none."""
    evidence = [weigh_marks(column.texts[:_MAX_TEXTS]) if column else MarkEvidence() for column in columns]
    pooled = MarkEvidence()
    for item in evidence:
        pooled += item
    file_mark = _file_mark(pooled, delimiter)
    marks: list[Decimal] = []
    doubtful: list[int] = []
    for index, item in enumerate(evidence):
        if columns[index] is None:
            marks.append(".")
            continue
        answer = answers.find("DECIMAL_AMBIGUOUS", names[index])
        if answer in (".", ","):
            marks.append("," if answer == "," else ".")
            continue
        mark, is_open = _column_mark(item, pooled, file_mark, delimiter)
        marks.append(mark)
        if is_open:
            doubtful.append(index)
    asked = (_question(names, columns, doubtful),) if doubtful else ()
    n_clear = pooled.n_comma + pooled.n_dot
    confidence = 0.5 if doubtful else (max(pooled.n_comma, pooled.n_dot) / n_clear if n_clear else 0.9)
    return Marks(marks=tuple(marks), file_mark=file_mark or ".", confidence=confidence, questions=asked)


def _file_mark(pooled: MarkEvidence, delimiter: str) -> Decimal | None:
    """The mark of the whole file; where only one mark ever occurs between digits and commas separate cells, it is the dot."""
    if pooled.decided:
        return pooled.decided
    if pooled.n_comma or pooled.n_dot:
        return None
    return "." if delimiter == "," and not pooled.n_either_comma else None


def _column_mark(item: MarkEvidence, pooled: MarkEvidence, file_mark: Decimal | None, delimiter: str) -> tuple[Decimal, bool]:
    """(mark, whether a person has to say)."""
    if item.n_comma or item.n_dot:
        return ("," if item.n_comma > item.n_dot else "."), False
    if file_mark:
        return file_mark, False
    if not item.n_either:
        return ".", False
    if delimiter == "," and not item.n_either_comma and not pooled.n_comma:
        return ".", False
    # where blanks part thousands in another column, the only mark of this one is that of decimals
    is_told = pooled.n_spaced >= _MIN_SPACED and not (pooled.n_either_comma and pooled.n_either_dot)
    return ("," if item.n_either_comma > item.n_either_dot else "."), not is_told


def _question(names: Sequence[str], columns: Sequence[Cells | None], doubtful: list[int]) -> Question:
    column = columns[doubtful[0]]
    example = next((text for text in (column.texts if column else ()) if "," in text or "." in text), "")
    return questions.decimal_ambiguous([names[index] for index in doubtful], example.strip())
