"""Themes: every ratio that the look promises, one set of names, live switching, icons that draw."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from PySide6.QtGui import QPalette
from PySide6.QtSvg import QSvgRenderer
from PySide6.QtWidgets import QApplication

from workbench.core.paths import resources
from workbench.ui.states import State, state_word
from workbench.ui.theme import TYPE_SCALE, ThemeSource
from workbench.ui.tokens import Tokens, contrast, load_tokens

THEMES = ("light", "dark", "sunlight")
# Least ratios of the look (look.md, "Tokens"), rounded down to what is printed there: light, dark, sunlight.
TEXT_RATIOS = {
    ("text1", "bg0"): (13.6, 15.3, 21.0), ("text1", "bg1"): (14.9, 14.6, 21.0), ("text1", "bg2"): (16.1, 13.4, 21.0),
    ("text1", "bg3"): (14.2, 11.8, 21.0), ("text1", "selection"): (13.3, 10.7, 16.3),
    ("text2", "bg0"): (6.8, 9.6, 16.5), ("text2", "bg1"): (7.5, 9.1, 16.5), ("text2", "bg2"): (8.1, 8.4, 16.5),
    ("text2", "bg3"): (7.1, 7.4, 16.5), ("text2", "selection"): (6.7, 6.7, 12.8),
    ("text3", "bg0"): (4.8, 6.9, 12.1), ("text3", "bg1"): (5.2, 6.5, 12.1), ("text3", "bg2"): (5.7, 6.0, 12.1),
    ("text3", "bg3"): (5.0, 5.3, 12.1), ("text3", "selection"): (4.7, 4.8, 9.4),
    ("on_ink", "ink"): (14.3, 14.0, 21.0), ("accent", "bg2"): (7.0, 7.4, 10.6), ("border_strong", "bg2"): (3.7, 4.0, 21.0),
}  # fmt: skip
STATE_RATIOS = {
    State.FAILURE: (6.4, 6.8, 9.0), State.FUNCTION_CHECK: (6.1, 7.6, 9.7), State.OUT_OF_SPECIFICATION: (6.4, 9.0, 9.1),
    State.MAINTENANCE_REQUIRED: (6.6, 7.3, 10.0), State.GOOD: (6.0, 7.3, 9.0), State.NOT_CHECKED: (6.2, 7.4, 12.1),
}  # fmt: skip
CURVE_RATIOS = (3.4, 4.4, 4.7)
ROUNDING = 0.05  # the figures are printed with one digit


@pytest.fixture(params=range(3), ids=THEMES)
def numbered(request: pytest.FixtureRequest) -> tuple[int, Tokens]:
    return request.param, load_tokens(resources() / "themes" / f"{THEMES[request.param]}.toml")


def test_black_on_white_is_twenty_one_to_one() -> None:
    assert contrast("#000000", "#FFFFFF") == pytest.approx(21.0)


def test_text_has_the_contrast_that_the_look_promises(numbered: tuple[int, Tokens]) -> None:
    number, tokens = numbered
    short = {
        pair: contrast(tokens[pair[0]], tokens[pair[1]])
        for pair, ratios in TEXT_RATIOS.items()
        if contrast(tokens[pair[0]], tokens[pair[1]]) < ratios[number] - ROUNDING
    }
    assert short == {}


def test_the_words_of_states_have_their_contrast_on_their_tint(numbered: tuple[int, Tokens]) -> None:
    number, tokens = numbered
    for state, ratios in STATE_RATIOS.items():
        assert contrast(tokens[f"{state}_text"], tokens[f"{state}_tint"]) >= ratios[number] - ROUNDING


def test_every_curve_stands_out_from_the_plot(numbered: tuple[int, Tokens]) -> None:
    number, tokens = numbered
    assert len(tokens.series.curves) == 8
    assert min(contrast(curve, tokens["plot"]) for curve in tokens.series.curves) >= CURVE_RATIOS[number]


def test_sunlight_keeps_every_text_at_seven_to_one_and_no_grey_surface() -> None:
    tokens = load_tokens(resources() / "themes" / "sunlight.toml")
    assert {tokens[name] for name in ("bg0", "bg1", "bg2", "bg3", "plot")} == {"#FFFFFF"}
    texts = [name for name in tokens.colours if name.startswith("text") or name.endswith("_text")]
    assert min(contrast(tokens[name], "#FFFFFF") for name in texts) >= 7


def test_all_themes_have_the_same_names() -> None:
    names = [set(load_tokens(resources() / "themes" / f"{name}.toml").colours) for name in THEMES]
    assert names[0] == names[1] == names[2]


def test_switching_is_heard_and_changes_palette_and_icons(app: QApplication, theme: ThemeSource) -> None:
    heard: list[Tokens] = []
    theme.changed.connect(heard.append)
    before = theme.pixmap("logs").toImage()
    theme.switch("dark")
    assert [tokens.name for tokens in heard] == ["dark"]
    assert app.palette().color(QPalette.ColorRole.Window).name().upper() == theme.tokens["bg1"]
    assert theme.pixmap("logs").toImage() != before


def test_sunlight_writes_in_500_what_is_400_elsewhere(theme: ThemeSource) -> None:
    assert theme.font("body").weight() == 400
    theme.switch("sunlight")
    assert theme.font("body").weight() == 500


def test_at_most_eight_sizes_of_type() -> None:
    assert {size for size, _weight in TYPE_SCALE.values()} == {11, 12, 13, 15, 18, 28}


def test_every_icon_is_a_drawing_on_our_grid_that_renders(theme: ThemeSource) -> None:
    for name in theme.icons.names():
        text = (resources() / "icons" / f"{name}.svg").read_text(encoding="utf-8")
        assert QSvgRenderer(text.encode()).isValid(), name
        assert 'viewBox="0 0 24 24"' in text, name
        if not name.startswith("state-"):
            assert not theme.pixmap(name, "text1", 20).toImage().allGray() or _has_ink(theme, name), name


def _has_ink(theme: ThemeSource, name: str) -> bool:
    image = theme.pixmap(name, "text1", 20).toImage()
    return any(image.pixelColor(x, y).alpha() > 0 for x in range(20) for y in range(20))


def test_every_icon_that_the_window_names_is_there(theme: ThemeSource) -> None:
    known = set(theme.icons.names())
    named: set[str] = set()
    for file in Path(resources().parent / "workbench" / "ui").rglob("*.py"):
        named |= set(re.findall(r'icon="([a-z-]+)"', file.read_text(encoding="utf-8")))
    assert named - known == set()


def test_every_state_has_a_word_and_a_symbol(theme: ThemeSource) -> None:
    words = [state_word(state) for state in State]
    assert len(set(words)) == len(State)
    for state in State:
        assert not theme.state_pixmap(state).isNull()
        assert not theme.state_pixmap(state, is_filled=True).isNull()
