"""The look that is on: one ThemeSource object, handed to every widget, with a `changed` signal for live switching.

Values live in `resources/themes/*.toml`; this turns them into a palette, a small style sheet, fonts and coloured icons.
"""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import QObject, Signal
from PySide6.QtGui import QColor, QFont, QFontDatabase, QGuiApplication, QIcon, QPalette, QPixmap
from PySide6.QtWidgets import QApplication, QWidget

from workbench.ui.icons import IconFolder
from workbench.ui.states import State
from workbench.ui.styled_roots import StyledRoots
from workbench.ui.stylesheet import build_style_sheet
from workbench.ui.tokens import Tokens, load_tokens

UI_FAMILIES = ("IBM Plex Sans", "Inter", "Segoe UI", "Noto Sans", "DejaVu Sans")
MONO_FAMILIES = ("IBM Plex Mono", "Cascadia Mono", "Consolas", "Noto Sans Mono", "DejaVu Sans Mono")
TYPE_SCALE = {
    "caption": (11, 400), "small": (12, 400), "body": (13, 400), "strong": (13, 500), "label": (13, 600),
    "lead": (15, 400), "value": (15, 600), "title": (18, 600), "display": (28, 600), "group": (11, 600),
}  # fmt: skip
"""Name → (size in px, weight)."""
_LIGHT_WEIGHT = 400


class ThemeSource(QObject):
    """The current tokens, and everything made from them. Emits `changed(Tokens)` after a switch."""

    changed = Signal(object)

    def __init__(self, resources: Path, name: str = "light", parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._folder = resources / "themes"
        self._icons = IconFolder(resources / "icons")
        self._family = _first_of(UI_FAMILIES)
        self._mono = _first_of(MONO_FAMILIES)
        self._tokens = load_tokens(self._folder / f"{name}.toml")
        self._roots = StyledRoots(self)
        self._fonts: dict[tuple[str, bool, int], QFont] = {}

    @property
    def tokens(self) -> Tokens:
        """The values of the theme that is on."""
        return self._tokens

    @property
    def icons(self) -> IconFolder:
        """The drawings, for names and raw pixmaps."""
        return self._icons

    def switch(self, name: str) -> None:
        """Turn another theme on, live; raises InputError for a file that can't be read."""
        self._tokens = load_tokens(self._folder / f"{name}.toml")
        self.apply()
        self._roots.renew(self.style_sheet())
        self.changed.emit(self._tokens)

    def apply(self) -> None:
        """Give the application the palette and font of the current theme; the sheet is worn by what is dressed in it."""
        application = QGuiApplication.instance()
        if isinstance(application, QApplication):
            application.setFont(self.font("body"))
            application.setPalette(build_palette(self._tokens))

    def dress(self, widget: QWidget) -> None:
        """Let a page, a panel of the window, a menu or a dialog wear the style sheet, of this theme and of all that follow."""
        self._roots.dress(widget, self.style_sheet())

    def style_sheet(self) -> str:
        """The sheet of the theme that is on."""
        return build_style_sheet(self._tokens, self._family, self._mono)

    def colour(self, tone: str, alpha: float = 1.0) -> QColor:
        """A token's colour, made transparent where asked."""
        colour = QColor(self._tokens[tone])
        colour.setAlphaF(alpha)
        return colour

    def font(self, kind: str = "body", *, is_mono: bool = False) -> QFont:
        """A font of the type scale; sunlight makes what is 400 elsewhere 500."""
        key = (kind, is_mono, self._tokens.body_weight)
        if key not in self._fonts:
            self._fonts[key] = self._made_font(kind, self._mono if is_mono else self._family)
        return QFont(self._fonts[key])  # its own: who asks may make it smaller

    def _made_font(self, kind: str, family: str) -> QFont:
        size_px, weight = TYPE_SCALE[kind]
        font = QFont(family)
        font.setPixelSize(size_px)
        font.setWeight(QFont.Weight(max(weight, self._tokens.body_weight) if weight == _LIGHT_WEIGHT else weight))
        font.setHintingPreference(QFont.HintingPreference.PreferNoHinting)
        return font

    def icon(self, name: str, tone: str = "text1", size_px: int = 16) -> QIcon:
        """A plain icon in a token's colour; ask again after `changed`."""
        return self._icons.icon(name, self._tokens[tone], size_px)

    def pixmap(self, name: str, tone: str = "text1", size_px: int = 16, scale: float = 1.0) -> QPixmap:
        """The same as a pixmap."""
        return self._icons.pixmap(name, self._tokens[tone], size_px, scale)

    def state_pixmap(self, state: State, size_px: int = 16, scale: float = 1.0, *, is_filled: bool = False) -> QPixmap:
        """A state's symbol; Good is an outline unless `is_filled` (verdicts only)."""
        name = "good-outline" if state is State.GOOD and not is_filled else state.value
        tokens = self._tokens
        edge = tokens[f"{state}_text"]
        return self._icons.symbol(name, tokens[state.value], edge, tokens[f"on_{state}"], size_px, scale)


def build_palette(tokens: Tokens) -> QPalette:
    """The Qt palette of a theme, so that plain Qt widgets look right without a style sheet."""
    role = QPalette.ColorRole
    palette = QPalette()
    for key, token in {
        role.Window: "bg1", role.WindowText: "text1", role.Base: "bg2", role.AlternateBase: "bg2", role.Text: "text1",
        role.Button: "bg2", role.ButtonText: "text1", role.BrightText: "failure_text", role.Highlight: "selection",
        role.HighlightedText: "text1", role.ToolTipBase: "bg2", role.ToolTipText: "text1", role.PlaceholderText: "text3",
        role.Link: "accent", role.LinkVisited: "accent", role.Light: "bg2", role.Midlight: "border", role.Mid: "border_mid",
        role.Dark: "border_strong", role.Shadow: "border_strong", role.Accent: "accent",
    }.items():  # fmt: skip
        palette.setColor(key, QColor(tokens[token]))
    for key in (role.WindowText, role.Text, role.ButtonText):
        palette.setColor(QPalette.ColorGroup.Disabled, key, QColor(tokens["text_disabled"]))
    return palette


def _first_of(families: tuple[str, ...]) -> str:
    # Asking for one name is quicker than a list of all.
    return next((family for family in families if QFontDatabase.hasFamily(family)), families[-1])
