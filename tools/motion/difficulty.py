"""How hard clips are to tell: the ranges that decide whether a motion is seen at all, and what else stirs around it."""

from __future__ import annotations

from dataclasses import dataclass, replace

Range = tuple[float, float]


@dataclass(frozen=True)
class Difficulty:
    """Lengths in units of which the picture's edge has 112, angles in degrees."""

    radius: Range
    """Of objects, moving or not."""
    distance: Range
    """That what moves left, right, up or down covers."""
    growth: Range
    """Of what approaches, as a factor; of what recedes, its inverse."""
    turn: Range
    swing: Range
    """To each side, of what moves to and fro."""
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
    """Fewest and most shapes whose picture changes again and again."""
    noise: Range
    """Deviation of the sensor's noise, of 255."""


PLAIN = Difficulty(
    radius=(9, 26), distance=(14, 95), growth=(1.7, 3.4), turn=(100, 320), swing=(6, 16), stir_angle=(10, 20),
    stir_reach=(2, 4), steady=0.4, shake=(0.1, 1.2), wind=0.6, sway=1.8, waters=(0, 4), ripple=(8, 55),
    screens=(0, 0), noise=(0.4, 6),
)  # fmt: skip
"""What a network is measured on: motions that can be told."""

BUSY = replace(PLAIN, steady=0, shake=(2, 4), wind=1, sway=3, waters=(4, 8), ripple=(30, 80))
"""The same where everything else stirs as well.

Where the movers are nearly all that changes, the map of a network with random weights finds them more often than chance:
max-pools pass the gradient to what changes. Here it does so less.
"""

LIT = replace(PLAIN, wind=0.5, waters=(0, 2), screens=(5, 9))
"""Between screens and lamps whose pictures change as much as a mover changes what is behind it.

Nothing points at movers here but what knows motion: the map of a network with random weights finds them as often as
chance does.
"""

HARD = Difficulty(
    radius=(7, 26), distance=(10, 95), growth=(1.5, 3.2), turn=(50, 320), swing=(4, 15), stir_angle=(5, 18),
    stir_reach=(1, 3.5), steady=0.2, shake=(0.1, 4), wind=0.8, sway=3, waters=(0, 8), ripple=(8, 80),
    screens=(0, 0), noise=(0.4, 9),
)  # fmt: skip
"""What it is trained on: also what is small, slow and faint, up to where nobody could tell."""

CALM = replace(PLAIN, steady=1, wind=0, waters=(0, 0))
"""A camera that stands firm, before a scene at rest."""

DIFFICULTIES = {"plain": PLAIN, "hard": HARD, "calm": CALM, "busy": BUSY, "lit": LIT}
