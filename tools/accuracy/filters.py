"""Bilinear filters of one axis, and how exactly a fixed-point scaler can follow them. Needs only Python.

Sample i of an axis covers i to i + 1, so pixel centres are at halves. A filter is a triangle around the centre of the
resized sample; beyond the edges the outermost sample continues.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

# libswscale drops outer coefficients of a filter while they add up to at most SWS_MAX_REDUCE_CUTOFF of the largest one (here
# with a margin for positions that are rounded), on either side, and then divides by the sum of the rest.
CUTOFF = 0.0021
# Positions are multiples of 2^-16 of a source sample; the step from one resized sample to the next is rounded.
POSITION = 2.0**-16
# Coefficients along rows have 14 bits, along columns 12.
ROW_ONE, COLUMN_ONE = 1 << 14, 1 << 12


@dataclass(frozen=True)
class Axis:
    """`source` samples of an axis and the `resized` ones made of them.

    `span` is the length of the axis in source samples: less than `source` if chroma samples stand for a pixel that does
    not exist. `centre` is where in the first sample its centre lies: 0.25 for chroma at the left luma sample's position.
    """

    source: int
    resized: int
    span: float
    centre: float = 0.5

    @property
    def step(self) -> float:
        """Source samples from one resized sample to the next."""
        return self.span / self.resized

    @property
    def is_identity(self) -> bool:
        return self.step == 1 and self.centre == 0.5

    def radius(self, widened: bool) -> float:
        return max(1.0, self.step) if widened else 1.0

    def taps(self, first: int, count: int, widened: bool) -> tuple[list[list[int]], list[list[float]]]:
        """Of `count` resized samples from `first` on, the source samples and their weights, which add up to 1.

        `widened`: the triangle is as wide as the distance of resized samples when the axis shrinks, so that every source
        sample counts; otherwise it always reaches one source sample, as in OpenCV's INTER_LINEAR. Neighbours of weight 0
        are listed too: a shifted filter may reach them.
        """
        indices, weights = [], []
        for j in range(first, first + count):
            near, heights = self._heights(j, widened)
            total = sum(heights)
            indices.append([min(max(i, 0), self.source - 1) for i in near])
            weights.append([height / total for height in heights])
        return indices, weights

    def _heights(self, j: int, widened: bool) -> tuple[range, list[float]]:
        """The source samples near resized sample `j`, also beyond the edges, and the triangle's height at each."""
        radius = self.radius(widened)
        reach = math.ceil(radius) + 1
        position = (j + 0.5) * self.step - self.centre
        near = range(math.floor(position) - reach + 1, math.floor(position) + reach + 1)
        return near, [max(0.0, 1 - abs(i - position) / radius) for i in near]

    def inexactness(self, first: int, count: int, one: int) -> list[float]:
        """Of `count` resized samples how far a fixed-point filter may be off, as a fraction of the range of the source
        samples that it covers.

        Two filters whose coefficients each add up to 1 differ by at most half of the sum of the coefficients' differences,
        times that range. In this sense, dropping coefficients changes a filter by their sum; shifting a triangle of radius
        r by d by d / r; and rounding n coefficients to multiples of 1 / `one` by n / 2 / `one`.
        """
        if self.is_identity:
            return [0.0] * count
        radius = self.radius(True)
        # The step's error adds up along the axis.
        shift = (self.resized / 2 + 1) * POSITION
        rounding = (2 * math.ceil(radius) + 1) / 2 / one
        fractions = []
        for j in range(first, first + count):
            _, heights = self._heights(j, True)
            dropped = _small(heights) + _small(heights[::-1])
            fractions.append(dropped / sum(heights) + shift / radius + rounding)
        return fractions


def _small(heights: list[float]) -> float:
    """The sum of the first heights that together do not exceed the cutoff."""
    total = 0.0
    for height in heights:
        if total + height > CUTOFF:
            break
        total += height
    return total
