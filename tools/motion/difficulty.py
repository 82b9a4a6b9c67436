"""How hard clips are to tell: the ranges that decide whether a motion is seen at all, and what else stirs around it."""

from __future__ import annotations

from dataclasses import dataclass, replace

Range = tuple[float, float]


@dataclass(frozen=True)
class Difficulty:
    """Lengths in units of which the image's edge has 112, angles in degrees."""

    radius: Range
    """Of movers, water and screens."""
    distance: Range
    """That what moves left, right, up or down covers."""
    growth: Range
    """Of what approaches, as a factor; of what recedes, its inverse."""
    turn: Range
    swing: Range
    """To each side, of what oscillates to and fro."""
    tilt: Range
    """To each side, of what oscillates about a pivot."""
    beats: Range
    """Periods in a clip of what oscillates."""
    stir_angle: Range
    stir_reach: Range
    """How what appears or vanishes stirs while it is there."""
    steady: float
    """Share of clips whose camera does not shake."""
    shake: Range
    """The most that a shaking camera is off its place, to each side, by each of two swings."""
    wind: float
    """Share of clips with wind."""
    sway: float
    """The most that the wind sways what it blows through, to each side."""
    waters: tuple[int, int]
    """Fewest and most shapes of water."""
    ripple: Range
    """Deviation of the water's surface, of 255."""
    screens: tuple[int, int]
    """Fewest and most shapes whose image changes with every frame."""
    noise: Range
    """Deviation of the sensor's noise, of 255."""


PLAIN = Difficulty(
    radius=(11, 26), distance=(16, 95), growth=(1.8, 3.4), turn=(120, 320), swing=(8, 16), tilt=(25, 45),
    beats=(1.2, 2.6), stir_angle=(12, 22), stir_reach=(2.5, 4.5), steady=0.4, shake=(0.1, 1.2), wind=0.5, sway=1.8,
    waters=(0, 2), ripple=(8, 55), screens=(3, 6), noise=(0.4, 6),
)  # fmt: skip
"""What a network is measured on: motions that can be told, between screens and lamps that change as much.

Without the screens the movers would be most of what changes, and the map of a network with random weights would find
them more often than chance: max-pools pass the gradient to what changes.
"""

BUSY = replace(PLAIN, steady=0, shake=(2, 4), wind=1, sway=3, waters=(4, 8), ripple=(30, 80))
"""The same where everything else stirs as well."""

HARD = Difficulty(
    radius=(7, 26), distance=(10, 95), growth=(1.5, 3.2), turn=(50, 320), swing=(4, 15), tilt=(15, 45),
    beats=(1.2, 3.6), stir_angle=(5, 20), stir_reach=(1, 4), steady=0.2, shake=(0.1, 4), wind=0.8, sway=3,
    waters=(0, 6), ripple=(8, 80), screens=(0, 6), noise=(0.4, 9),
)  # fmt: skip
"""What its training begins with: also what is small, slow and faint, up to where nobody could tell."""

CLEAR = replace(PLAIN, steady=0.2, shake=(0.1, 2.5), wind=0.8, sway=3, waters=(0, 4), screens=(0, 6), noise=(0.4, 8))
"""Motions that can be told amid more or less than the plain unrest."""

CALM = replace(PLAIN, steady=1, wind=0, waters=(0, 0), screens=(0, 0))
"""A camera that stands firm, before a scene at rest."""

DIFFICULTIES = {"plain": PLAIN, "hard": HARD, "clear": CLEAR, "calm": CALM, "busy": BUSY}
