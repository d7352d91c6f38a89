"""The list of channels: what a row says where there is little room."""

from __future__ import annotations

import pytest
from PySide6.QtGui import QFontMetrics

from workbench.services.log_views import ChannelView
from workbench.ui.theme import ThemeSource
from workbench.ui.widgets.channel_list import ChannelList, ChannelPainter

FLOW = ChannelView(name="Volume Flow RateRMS", unit="L/min", quantity="flow", low=0.0, high=33.0)
PRESSURE = ChannelView(name="PI-1", unit="bar", quantity="pressure", low=0.0, high=6.0)


@pytest.fixture
def painter(app: object, theme: ThemeSource) -> ChannelPainter:
    shown = ChannelList(theme)
    shown.set_channels((FLOW, PRESSURE), ())
    painter = shown.itemDelegate()
    assert isinstance(painter, ChannelPainter)
    return painter


def taken_px(painter: ChannelPainter, theme: ThemeSource, channel: ChannelView, width_px: int) -> int:
    row = painter.fitted(channel, "32", width_px)
    parts = ((row.font, channel.name), (theme.font("small"), row.words), (theme.font("strong"), row.value))
    return sum(QFontMetrics(font).horizontalAdvance(text) for font, text in parts)


def test_with_room_a_row_says_what_it_measures_its_unit_and_its_value(painter: ChannelPainter) -> None:
    row = painter.fitted(PRESSURE, "5.1", 190)
    assert (row.words, row.value) == ("Pressure, bar", "5.1")


def test_a_long_name_gets_smaller_before_its_unit_goes(painter: ChannelPainter, theme: ThemeSource) -> None:
    full_px = QFontMetrics(theme.font("body")).horizontalAdvance(FLOW.name)
    width_px = full_px + 46
    row = painter.fitted(FLOW, "32", width_px)
    assert (row.words, row.value) == ("L/min", "32")
    assert row.font.pixelSize() < theme.font("body").pixelSize()
    assert taken_px(painter, theme, FLOW, width_px) < width_px


def test_a_unit_stays_longer_than_the_value_and_nothing_is_cut(painter: ChannelPainter, theme: ThemeSource) -> None:
    full_px = QFontMetrics(theme.font("body")).horizontalAdvance(FLOW.name)
    shown = []
    for width_px in range(full_px + 90, full_px - 40, -1):
        row = painter.fitted(FLOW, "32", width_px)
        shown.append((row.words, row.value))
    assert list(dict.fromkeys(shown))[:2] == [("L/min", "32"), ("L/min", "")]
    assert shown[-1] == ("", "")


def test_without_a_unit_the_word_goes_before_the_value(painter: ChannelPainter, theme: ThemeSource) -> None:
    level = ChannelView(name="L_T1", unit="", quantity="level", low=0.0, high=5.0)
    name_px = QFontMetrics(theme.font("body")).horizontalAdvance(level.name)
    assert (painter.fitted(level, "2.75", 200).words, painter.fitted(level, "2.75", 200).value) == ("Level", "2.75")
    assert (painter.fitted(level, "2.75", name_px + 45).words, painter.fitted(level, "2.75", name_px + 45).value) == ("", "2.75")
