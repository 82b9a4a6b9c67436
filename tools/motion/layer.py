"""Patches laid over frames."""

from __future__ import annotations

from dataclasses import dataclass
from math import ceil, floor

import cv2
import numpy as np
from numpy.typing import NDArray

# A mover counts as present in a pixel it covers by more than this.
COVERAGE = 0.35


def placement(edge: int, scale: float, angle: float, x: float, y: float) -> NDArray[np.float64]:
    """The affine map [2, 3] that puts the centre of a square of `edge` pixels at (x, y), scaled and turned."""
    c, s = scale * np.cos(angle), scale * np.sin(angle)
    center = (edge - 1) / 2
    return np.array([[c, -s, x - 0.5 - (c - s) * center], [s, c, y - 0.5 - (s + c) * center]])


@dataclass(frozen=True)
class Layer:
    """A patch as it comes to lie in an image: the box [H, W] that it touches, and what lies there."""

    rows: slice
    columns: slice
    colors: NDArray[np.float32]
    """[H, W, 3], times coverage."""
    coverage: NDArray[np.float32]
    """[H, W, 3]: the same in each channel, which spares loops over three channels."""

    def lay(self, image: NDArray[np.float32], opacity: float = 1) -> None:
        """Over `image`, in place."""
        area = image[self.rows, self.columns]
        over = self.colors - area * self.coverage
        if opacity != 1:
            over *= np.float32(opacity)
        area += over

    def mark(self, mask: NDArray[np.bool_]) -> None:
        mask[self.rows, self.columns] |= self.coverage[..., 0] > COVERAGE

    @staticmethod
    def warped(patch: NDArray[np.float32], size: int, *places: NDArray[np.float64]) -> Layer | None:
        """`patch` in an image of `size` pixels an edge; with several places, their mean, as an open shutter does.

        None where it lies outside.
        """
        edge = patch.shape[0]
        low_x = low_y = float("inf")
        high_x = high_y = -low_x
        for (a, b, x), (c, d, y) in (place.tolist() for place in places):  # the corners (0, 0) to (edge, edge)
            a, b, c, d = a * edge, b * edge, c * edge, d * edge
            low_x, high_x = min(low_x, x + min(a, 0) + min(b, 0)), max(high_x, x + max(a, 0) + max(b, 0))
            low_y, high_y = min(low_y, y + min(c, 0) + min(d, 0)), max(high_y, y + max(c, 0) + max(d, 0))
        x0, y0 = max(floor(low_x) - 1, 0), max(floor(low_y) - 1, 0)
        x1, y1 = min(ceil(high_x) + 2, size), min(ceil(high_y) + 2, size)
        if x0 >= x1 or y0 >= y1:
            return None
        shift = np.array(((0, 0, x0), (0, 0, y0)))
        extent = (x1 - x0, y1 - y0)
        shown = [np.asarray(cv2.warpAffine(patch, place - shift, extent), np.float32) for place in places]
        pixels = shown[0]
        if len(shown) > 1:
            pixels = sum(shown[1:], pixels) / np.float32(len(shown))
        *colors, coverage = cv2.split(pixels)
        thrice = np.asarray(cv2.merge([coverage] * 3), np.float32)
        return Layer(slice(y0, y1), slice(x0, x1), np.asarray(cv2.merge(colors), np.float32), thrice)
