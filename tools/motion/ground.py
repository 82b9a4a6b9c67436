"""What scenes take place before: a cluttered ground full of objects that look like movers and stay where they are."""

from __future__ import annotations

import cv2
import numpy as np
from numpy.random import Generator
from numpy.typing import NDArray

from . import textures
from .layer import Layer, placement
from .scene import EDGE, log_uniform

# Edge of the painted ground: a pan moves by up to 30 to each side, a zoom shows up to 1.4 times the image.
GROUND = 184.0
# Of objects at rest, as of movers.
RADIUS = (7.0, 26.0)
# Share of the objects at rest whose pattern is as bold as a sign's.
SIGNS = 0.2


def paint(rng: Generator, size: int) -> textures.Image:
    """A ground [G, G, 3] for images of `size` pixels an edge."""
    unit = size / EDGE
    edge = int(GROUND * unit)
    ground = textures.background(rng, edge)
    for _ in range(int(rng.integers(30, 61))):
        radius = log_uniform(rng, *RADIUS) * unit
        x, y = rng.uniform(0, edge, 2)
        patch = standing_out(rng, radius, color_around(ground, x, y, radius), is_sign=rng.random() < SIGNS)
        layer = Layer.warped(patch, edge, placement(patch.shape[0], 1, rng.uniform(-0.4, 0.4), x, y))
        if layer:
            layer.lay(ground)
    return ground


def turned(rng: Generator, ground: textures.Image) -> textures.Image:
    """The same in one of the square's eight positions, and with its colours' channels in another order."""
    ground = np.rot90(ground, int(rng.integers(4)))
    if rng.random() < 0.5:
        ground = ground[:, ::-1]
    return np.ascontiguousarray(ground[..., rng.permutation(3)])


def standing_out(
    rng: Generator, radius: float, behind: NDArray[np.float32], is_sign: bool = False
) -> NDArray[np.float32]:
    """A painted shape [P, P, 4], colours times coverage and coverage, that stands out from the colour behind it."""
    size = max(8, int(np.ceil(2 * radius / 0.8)))
    base = textures.color(rng)
    for _ in range(8):
        if np.abs(base - behind).max() > 40:
            break
        base = textures.color(rng)
    coverage = textures.silhouette(rng, size)
    return textures.cut_out(textures.sign(rng, size) if is_sign else textures.pattern(rng, size, base), coverage)


def color_around(ground: textures.Image, x: float, y: float, radius: float) -> NDArray[np.float32]:
    """Mean colour of the ground around (x, y), all in its pixels."""
    reach = max(2, int(radius))
    x0, y0, x1, y1 = (max(0, int(v)) for v in (x - reach, y - reach, x + reach, y + reach))
    area = ground[y0 : y1 + 1, x0 : x1 + 1]
    return np.array(cv2.mean(area)[:3], np.float32) if area.size else np.full(3, 128, np.float32)
