"""How hard clips are to tell: the ranges that decide whether a motion is seen at all."""

from __future__ import annotations

from dataclasses import dataclass

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
    unrest: float
    """Share of clips with wind, and of those with water."""
    sway: float
    """The most that the wind sways what it blows through, to each side."""
    noise: Range
    """Deviation of the sensor's noise, of 255."""


PLAIN = Difficulty(
    radius=(9, 26), distance=(14, 95), growth=(1.7, 3.4), turn=(100, 320), swing=(6, 16), stir_angle=(6, 12),
    stir_reach=(1.2, 2.5), unrest=0.6, sway=1.8, noise=(0.4, 6),
)  # fmt: skip
"""What a network is measured on."""

HARD = Difficulty(
    radius=(7, 26), distance=(10, 95), growth=(1.5, 3.2), turn=(50, 320), swing=(4, 15), stir_angle=(4, 10),
    stir_reach=(0.7, 2), unrest=0.7, sway=2.5, noise=(0.4, 9),
)  # fmt: skip
"""What it is trained on: also what is small, slow and faint, up to where nobody could tell."""
