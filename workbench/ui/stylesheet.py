"""The style sheet: only what a palette can't say. Widgets are addressed by dynamic properties (`kind`, `tone`, `type`)."""

from __future__ import annotations

from string import Template

from workbench.ui.tokens import Tokens

_SHEET = Template("""
* { font-family: "$family"; font-size: 13px; }
QToolTip { background: $bg2; color: $text1; border: 1px solid $border_mid; padding: 4px 6px; }
QMainWindow, QWidget[surface="page"] { background: $bg1; }
QWidget[surface="rail"] { background: $bg0; }
QWidget[surface="panel"] { background: $bg2; }
QWidget[surface="inset"] { background: $bg3; }
QWidget[surface="plot"] { background: $plot; }

QLabel { background: transparent; font-weight: $body; }
QLabel[type="caption"] { font-size: 11px; }
QLabel[type="small"] { font-size: 12px; }
QLabel[type="strong"] { font-weight: 500; }
QLabel[type="label"] { font-weight: 600; }
QLabel[type="value"] { font-size: 15px; font-weight: 600; }
QLabel[type="lead"] { font-size: 15px; }
QLabel[type="title"] { font-size: 18px; font-weight: 600; }
QLabel[type="display"] { font-size: 28px; font-weight: 600; }
QLabel[type="group"] { font-size: 11px; font-weight: 600; }
QLabel[mono="true"] { font-family: "$mono"; font-size: 12px; }
$tones

QFrame[frame="card"] { background: $bg2; border: 1px solid $border; border-radius: 6px; }
QFrame[frame="popup"] { background: $bg2; border: 1px solid $border_strong; border-radius: 6px; }
QFrame[frame="popup"] QLineEdit { min-height: 38px; max-height: 38px; }
QFrame[frame="inset"] { background: $bg3; border: $inset_border; border-radius: 4px; }
QFrame[frame="dashed"] { background: transparent; border: 1px dashed $border_mid; border-radius: 6px; }
QFrame[frame="line"] { background: $border; border: none; }
QLabel[cap="true"] { background: $bg3; border: 1px solid $border; border-radius: 3px; padding: 0 4px; }
QFrame[frame="key"] { background: $bg3; border: 1px solid $border; border-radius: 3px; }

QPushButton { min-height: 26px; max-height: 26px; padding: 0 12px; border-radius: 4px; font-weight: 500; outline: none; }
QPushButton[fit="compact"] { min-height: 22px; max-height: 22px; padding: 0 8px; }
QPushButton[fit="tight"] { min-height: 22px; max-height: 22px; padding: 0 5px; font-size: 12px; }
QPushButton[fit="flush"] { padding: 0 8px 0 0; border-left: none; }
QPushButton[fit="icon"] { min-width: 26px; max-width: 26px; padding: 0; }
QPushButton[fit="tiny"] { min-height: 16px; max-height: 16px; min-width: 16px; max-width: 16px; padding: 0; }
QPushButton[kind="segment"] { background: $bg2; color: $text2; border: 1px solid $border_mid; border-right: none;
  border-radius: 0; font-weight: $body; }
QPushButton[kind="segment"]:hover { background: $bg3; }
QPushButton[kind="segment"][place="first"] { border-top-left-radius: 4px; border-bottom-left-radius: 4px; }
QPushButton[kind="segment"][place="last"] { border-top-right-radius: 4px; border-bottom-right-radius: 4px;
  border-right: 1px solid $border_mid; }
QPushButton[kind="segment"][place="only"] { border-radius: 4px; border-right: 1px solid $border_mid; }
QPushButton[kind="secondary"][filter="on"] { background: $selection; border-color: $accent; border-bottom: 2px solid $accent; }
QPushButton[kind="segment"]:checked { background: $selection; color: $text1; font-weight: 600; border-bottom: 2px solid $accent; }
QTabBar { background: transparent; outline: none; }
QTabBar::tab { background: transparent; color: $text2; border: none; border-bottom: 2px solid transparent;
  padding: 5px 12px 4px 12px; font-weight: $body; }
QTabBar::tab:hover { background: $bg3; color: $text1; }
QTabBar::tab:selected { color: $text1; border-bottom: 2px solid $accent; }
QTabBar::tab:focus { background: $selection; }
QTabBar QToolButton { background: $bg2; border: 1px solid $border_mid; }
QTabBar::scroller { width: 44px; }
QPushButton[kind="primary"] { background: $ink; color: $on_ink; border: 1px solid $ink; }
QPushButton[kind="primary"]:hover { background: $ink_hover; border-color: $ink_hover; }
QPushButton[kind="secondary"] { background: $bg2; color: $text1; border: 1px solid $border_mid; }
QPushButton[kind="secondary"]:hover { background: $bg3; border-color: $border_strong; }
QPushButton[kind="flat"] { background: transparent; color: $text2; border: 1px solid transparent; }
QPushButton[kind="flat"]:hover { background: $bg3; color: $text1; }
QPushButton[kind="danger"] { background: $bg2; color: $failure_text; border: 1px solid $failure_text; }
QPushButton[kind="danger"]:hover { background: $failure_tint; }
QPushButton:disabled { background: $bg2; color: $text_disabled; border: 1px solid $border; }
QPushButton[kind="flat"]:disabled { background: transparent; border-color: transparent; }
QPushButton[kind="segment"]:disabled { border-right: none; }
QPushButton[kind="segment"][place="last"]:disabled, QPushButton[kind="segment"][place="only"]:disabled {
  border-right: 1px solid $border; }

QLineEdit, QSpinBox, QDoubleSpinBox, QComboBox, QPlainTextEdit, QTextEdit {
  background: $bg2; color: $text1; border: 1px solid $border_strong; border-radius: 4px;
  selection-background-color: $selection; selection-color: $text1; font-weight: $body; }
QLineEdit, QSpinBox, QDoubleSpinBox { min-height: 26px; max-height: 26px; padding: 0 8px; }
QComboBox { min-height: 26px; max-height: 26px; padding: 0 8px; }
QLineEdit[invalid="true"], QComboBox[invalid="true"] { border-color: $failure_text; }
QLineEdit:disabled, QComboBox:disabled { color: $text_disabled; border-color: $border; }
QLineEdit[plain="true"] { border: none; background: transparent; }
QPlainTextEdit[mono="true"], QLabel[code="true"] { font-family: "$mono"; font-size: 12px; background: $bg3; border: $inset_border;
  border-radius: 4px; padding: 8px 12px; }
QComboBox::drop-down { border: none; width: 24px; }
QComboBox::down-arrow { image: none; }
QComboBox QAbstractItemView { background: $bg2; border: 1px solid $border_mid; selection-background-color: $selection;
  selection-color: $text1; outline: none; padding: 4px 0; }
QCheckBox, QRadioButton { spacing: 8px; color: $text1; background: transparent; font-weight: $body; outline: none; }

QMenu { background: $bg2; border: 1px solid $border_mid; padding: 4px 0; }
QMenu::item { padding: 5px 28px 5px 8px; }
QMenu::icon { padding-left: 10px; }
QMenu::item:selected { background: $selection; color: $text1; }
QMenu::item:disabled { color: $text_disabled; }
QMenu::separator { height: 1px; background: $border; margin: 4px 0; }

QScrollArea, QAbstractScrollArea { background: transparent; border: none; }
QScrollArea > QWidget > QWidget { background: transparent; }
QAbstractItemView { background: $bg2; border: none; outline: none; selection-background-color: $selection;
  selection-color: $text1; }
QTreeView::item { min-height: 24px; }
QHeaderView { background: $bg2; border: none; }
QHeaderView::section { background: $bg2; color: $text3; border: none; border-bottom: 1px solid $border; font-size: 11px;
  font-weight: 600; padding: 0 8px; }
QSlider { background: transparent; min-height: 24px; }
QSlider::groove:horizontal { height: 4px; background: $border_mid; border-radius: 2px; }
QSlider::sub-page:horizontal { background: $accent; border-radius: 2px; }
QSlider::handle:horizontal { background: $bg2; border: 2px solid $accent; width: 7px; margin: -8px 0; border-radius: 4px; }
QSlider::sub-page:horizontal:disabled { background: $border_strong; }
QSlider::handle:horizontal:disabled { border-color: $border_strong; }
QScrollBar:vertical { background: transparent; width: 10px; margin: 0; }
QScrollBar:horizontal { background: transparent; height: 10px; margin: 0; }
QScrollBar::handle { background: $border_mid; border-radius: 3px; margin: 2px; min-height: 24px; min-width: 24px; }
QScrollBar::handle:hover { background: $border_strong; }
QScrollBar::handle:disabled { background: transparent; }
QScrollBar::add-line, QScrollBar::sub-line { width: 0; height: 0; }
QScrollBar::add-page, QScrollBar::sub-page { background: transparent; }
QAbstractScrollArea::corner { background: transparent; }
QSplitter::handle { background: $border; }
QSplitter::handle:horizontal { width: 1px; }
QSplitter::handle:vertical { height: 1px; }
""")

_TONES = (
    "text1", "text2", "text3", "text_disabled", "accent", "on_ink", "failure_text", "function_check_text",
    "out_of_specification_text", "maintenance_required_text", "good_text", "not_checked_text",
)  # fmt: skip


def build_style_sheet(tokens: Tokens, family: str, mono: str) -> str:
    """The whole sheet of a theme for the given families."""
    tones = "\n".join(f'QLabel[tone="{tone}"] {{ color: {tokens[tone]}; }}' for tone in _TONES)
    inset_border = f"1px solid {tokens['border']}" if tokens["bg3"] == tokens["bg2"] else "none"
    return _SHEET.substitute(
        tokens.colours, family=family, mono=mono, body=tokens.body_weight, tones=tones, inset_border=inset_border
    )
