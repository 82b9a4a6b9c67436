"""What changes in a scene without anything moving through it: foliage in the wind, water, a screen.

A network that is to point at movers has to tell them from this; without it, whatever changes is a mover, and a network
with random weights points at movers too.
"""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np
from numpy.random import Generator
from numpy.typing import NDArray

from . import textures

Field = NDArray[np.float32]
"""[H, W]."""

IMAGES = 4
"""Images among which a screen changes."""
CONTRASTS = (8.0, 110.0)
"""Of a screen's images: from a mover's to a sign's."""


def _smooth(rng: Generator, cells: int, size: int, spread: float) -> Field:
    grid = spread * rng.standard_normal((cells, cells), dtype=np.float32)
    return np.asarray(cv2.resize(grid, (size, size), interpolation=cv2.INTER_CUBIC), np.float32)


@dataclass(frozen=True)
class Wind:
    """Parts of the image sway to and fro about their place, each in its own phase."""

    reach: Field
    """How far, in pixels; zero where nothing sways."""
    phase: Field
    phase_across: Field
    period: float
    """In source frames."""

    @staticmethod
    def sample(rng: Generator, size: int, strongest: float) -> Wind:
        """`strongest`: the most pixels that anything sways to each side."""
        where = np.clip(_smooth(rng, 4, size, 2) + 0.5, 0, 1)
        reach = where * np.float32(rng.uniform(0.25, 1) * strongest)
        return Wind(reach, _smooth(rng, 8, size, 6), _smooth(rng, 8, size, 6), rng.uniform(4, 16))

    def blow(self, image: textures.Image, time: float) -> textures.Image:
        size = len(image)
        y, x = textures.axes(size)
        turn = np.float32(2 * np.pi * time / self.period)
        x = x + self.reach * np.sin(self.phase + turn)
        y = y + self.reach * np.sin(self.phase_across + np.float32(0.8) * turn)
        blown = cv2.remap(image, x, y, cv2.INTER_LINEAR, borderMode=cv2.BORDER_REFLECT_101)
        return np.asarray(blown, np.float32)


@dataclass(frozen=True)
class Water:
    """A shape whose surface never rests and goes nowhere."""

    coverage: Field
    color: NDArray[np.float32]
    tint: NDArray[np.float32]
    keys: NDArray[np.float32]
    """Coarse surfaces [K, cells, cells], one after another."""
    speed: float
    """Keys a source frame."""

    @staticmethod
    def sample(rng: Generator, radius: float, duration: int, ripple: tuple[float, float]) -> Water:
        """`radius` in pixels; `duration` in source frames; `ripple`, the range of the surface's deviation, of 255."""
        size = max(8, int(np.ceil(2 * radius / 0.8)))
        speed = rng.uniform(0.15, 1)
        cells = int(rng.integers(3, 8))
        return Water(
            coverage=textures.silhouette(rng, size),
            color=textures.color(rng),
            tint=rng.uniform(0.4, 1.0, 3).astype(np.float32) * np.float32(rng.uniform(*ripple)),
            # The last frame lies before a key, too.
            keys=rng.standard_normal((int(duration * speed) + 2, cells, cells), dtype=np.float32),
            speed=speed,
        )

    def patch(self, time: float) -> NDArray[np.float32]:
        """[P, P, 4]: colours times coverage, and coverage."""
        key = int(time * self.speed)
        between = np.float32(time * self.speed - key)
        surface = self.keys[key] * (1 - between) + self.keys[key + 1] * between
        size = len(self.coverage)
        value = cv2.resize(surface, (size, size), interpolation=cv2.INTER_CUBIC)
        return textures.cut_out(textures.tinted(value, self.color, self.tint), self.coverage)


@dataclass(frozen=True)
class Screen:
    """A shape whose image gives way to another with every source frame: a screen that flickers, water in the sun."""

    coverage: Field
    images: list[textures.Image]
    order: NDArray[np.int64]
    """Which image each source frame shows; never the same twice in a row."""

    @staticmethod
    def sample(rng: Generator, radius: float, duration: int) -> Screen:
        """`radius` in pixels; `duration` in source frames."""
        size = max(8, int(np.ceil(2 * radius / 0.8)))
        images = [textures.pattern(rng, size, textures.color(rng), CONTRASTS) for _ in range(IMAGES)]
        turns = rng.integers(1, IMAGES, duration)
        return Screen(textures.silhouette(rng, size), images, np.cumsum(turns) % IMAGES)

    def shown(self, time: float) -> int:
        """Number of the image at `time`."""
        return int(self.order[int(time)])

    def patches(self) -> list[NDArray[np.float32]]:
        """[P, P, 4] of each image: colours times coverage, and coverage."""
        return [textures.cut_out(image, self.coverage) for image in self.images]
