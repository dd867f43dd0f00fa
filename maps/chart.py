"""A chart of gain against money: never falling steps, a mark for each, on any canvas."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np

from .canvas import Canvas, ring
from .style import DARK_GREY, GREEN, INK, VERMILION, WHITE
from .text import say_number

_LEFT_MM: Final = 17.0
_BOTTOM_MM: Final = 13.0
_TOP_MM: Final = 8.0
_GRID: Final = "#E1E5E9"


@dataclass(frozen=True)
class Curve:
    """What is gained by what is spent, step by step.

    Attributes
    ----------
    spent, gain : sequence of float
        After each step; both begin at 0 and never fall.
    labels : sequence of str
        Of the steps; empty for none.
    bound : float, optional
        What no plan for all the money can exceed.
    phases : sequence of (str, float)
        Name of each phase and the money spent when it ends.
    money, gained, bound_word : str
        What the axes and the line of the bound are called.
    """

    spent: Sequence[float]
    gain: Sequence[float]
    labels: Sequence[str]
    money: str
    gained: str
    bound: float | None = None
    bound_word: str = ""
    phases: Sequence[tuple[str, float]] = ()


def draw_curve(canvas: Canvas, curve: Curve, *, width: float, height: float, lang: str) -> None:
    """Draw a curve with its axes.

    Parameters
    ----------
    canvas : Canvas
    curve : Curve
    width, height : float
        Millimetres.
    lang : str
        Of the numbers.
    """
    money, gain = np.asarray(curve.spent, dtype=float), np.asarray(curve.gain, dtype=float)
    across, upward = width - _LEFT_MM - 6, height - _TOP_MM - _BOTTOM_MM
    across_ticks = nice_ticks(max(float(money.max(initial=0.0)), 1.0), 6)
    highest = max(float(gain.max(initial=0.0)), curve.bound or 0.0, 1e-6)
    up_ticks = nice_ticks(highest, 5)
    x = _LEFT_MM + money / across_ticks[-1] * across
    floor = _TOP_MM + upward
    y = floor - gain / up_ticks[-1] * upward
    for tick in up_ticks:
        at = floor - tick / up_ticks[-1] * upward
        canvas.lines([ring([(_LEFT_MM, at), (_LEFT_MM + across, at)])], _GRID, 0.2)
        canvas.text(_LEFT_MM - 1.5, at + 0.9, _tick(tick, lang), size=7, color=DARK_GREY, anchor="end")
    for tick in across_ticks:
        at = _LEFT_MM + tick / across_ticks[-1] * across
        canvas.lines([ring([(at, floor), (at, floor + 1)])], DARK_GREY, 0.2)
        canvas.text(at, floor + 4, _tick(tick, lang), size=7, color=DARK_GREY, anchor="middle")
    canvas.text(_LEFT_MM + across, floor + 8.5, curve.money, size=7.5, anchor="end")
    canvas.text(1, 4, curve.gained, size=7.5)
    for name, spent in curve.phases:
        at = _LEFT_MM + spent / across_ticks[-1] * across
        canvas.lines([ring([(at, _TOP_MM), (at, floor)])], DARK_GREY, 0.25, dash=(1.2, 1.0))
        canvas.text(at - 0.8, floor - 1.2, name, size=7, color=DARK_GREY, anchor="end", halo=True)
    if curve.bound is not None:
        at = floor - curve.bound / up_ticks[-1] * upward
        canvas.lines([ring([(_LEFT_MM, at), (_LEFT_MM + across, at)])], VERMILION, 0.35, dash=(2.0, 1.2))
        canvas.text(_LEFT_MM + 1.5, at - 1.0, curve.bound_word, size=7, color=VERMILION, halo=True)
    if len(money) > 1:
        # bought at once, not bit by bit: the gain rises only when the money is spent
        stairs = np.repeat(np.column_stack([x, y]), 2, axis=0)[:-1]
        stairs[1::2, 0] = x[1:]
        canvas.lines([stairs], GREEN, 0.7)
    few = len(money) <= 40
    for place, label in enumerate(curve.labels):
        if few:
            canvas.circle(float(x[place]), float(y[place]), 0.9, WHITE if place == 0 else GREEN, edge=GREEN)
        if few and label and len(money) <= 25:
            canvas.text(
                float(x[place]), float(y[place]) - 1.6, label, size=6.5, anchor="middle", color=INK, halo=True
            )


def nice_ticks(highest: float, most: int) -> list[float]:
    """Return evenly spaced round numbers from 0 to at least `highest`, `most` steps at most."""
    rough = highest / most
    power = 10.0 ** math.floor(math.log10(rough))
    step = next(factor * power for factor in (1, 2, 2.5, 5, 10) if factor * power >= rough * (1 - 1e-9))
    return [step * place for place in range(math.ceil(highest / step - 1e-9) + 1)]


def _tick(value: float, lang: str) -> str:
    return say_number(value, lang, digits=0 if value >= 10 or value == int(value) else 2)
