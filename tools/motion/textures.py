"""Procedural textures, shapes and backgrounds: every pixel comes from the generator's seed."""

from __future__ import annotations

from functools import cache

import cv2
import numpy as np
from numpy.random import Generator
from numpy.typing import NDArray

Image = NDArray[np.float32]
"""[H, W, C], 0...255."""

SATURATIONS = (6, 25, 70)
"""Deviations of a colour's channels from its grey."""


@cache
def axes(size: int) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
    """Pixels' rows [size, 1] and columns [1, size]: what depends on one of them alone is computed `size` times only."""
    pixels = np.arange(size, dtype=np.float32)
    pixels.setflags(write=False)
    return pixels[:, None], pixels[None]


def noise(rng: Generator, size: int, coarsest: int, falloff: float) -> NDArray[np.float32]:
    """Smooth noise [size, size] of mean about 0 and deviation about 1: octaves from `coarsest` cells to pixels."""
    out = np.zeros((size, size), np.float32)
    cells, weight, power = coarsest, 1.0, 0.0
    while cells < size:
        grid = rng.standard_normal((cells, cells), dtype=np.float32)
        out += weight * cv2.resize(grid, (size, size), interpolation=cv2.INTER_CUBIC)
        power += weight**2
        cells, weight = cells * 2, weight * falloff
    out /= np.float32(np.sqrt(power))
    return out


def color(rng: Generator) -> NDArray[np.float32]:
    """An RGB colour: of any brightness, seldom saturated, as things in front of cameras are."""
    grey = rng.uniform(20, 235)
    return np.clip(grey + rng.normal(0, 1, 3) * SATURATIONS[rng.integers(len(SATURATIONS))], 0, 255).astype(np.float32)


def sign(rng: Generator, size: int) -> Image:
    """A surface of high contrast, as signs, windows and railings have."""
    return pattern(rng, size, np.full(3, 128, np.float32), (80, 130))


def pattern(rng: Generator, size: int, base: NDArray[np.float32], contrasts: tuple[float, float] = (8, 55)) -> Image:
    """A textured surface [size, size, 3] around the colour `base`."""
    contrast = np.float32(rng.uniform(*contrasts))
    kind = rng.integers(5)
    y, x = (pixels / size - 0.5 for pixels in axes(size))
    angle, pitch = rng.uniform(0, np.pi), rng.uniform(0.12, 0.5)
    along = x * np.cos(angle) + y * np.sin(angle)
    if kind == 0:  # stripes
        value = np.sin(2 * np.pi * along / pitch)
    elif kind == 1:  # checks
        across = y * np.cos(angle) - x * np.sin(angle)
        value = np.sign(np.sin(2 * np.pi * along / pitch) * np.sin(2 * np.pi * across / pitch))
    elif kind == 2:  # a gradient, nearly flat
        value = 2 * along
    elif kind == 3:  # two tones
        value = np.sign(along + 0.1 * noise(rng, size, 3, 0.6))
    else:
        value = noise(rng, size, int(rng.integers(2, 6)), rng.uniform(0.5, 0.9))
    value = value.astype(np.float32) + np.float32(0.25) * noise(rng, size, 4, 0.8)
    tint = rng.uniform(0.4, 1.0, 3).astype(np.float32) * contrast
    return tinted(value, base, tint)


def tinted(value: NDArray[np.float32], base: NDArray[np.float32], tint: NDArray[np.float32]) -> Image:
    """`base + value * tint` [H, W, 3], kept to 0...255: plane by plane, since loops over three channels are slow."""
    image = np.asarray(cv2.merge([value * tint[c] + base[c] for c in range(3)]), np.float32)
    return np.clip(image, 0, 255, out=image)


def cut_out(image: Image, coverage: NDArray[np.float32]) -> NDArray[np.float32]:
    """[H, W, 4]: colours times coverage, and coverage."""
    planes = [plane * coverage for plane in cv2.split(image)]
    return np.asarray(cv2.merge([*planes, coverage]), np.float32)


def silhouette(rng: Generator, size: int) -> NDArray[np.float32]:
    """Coverage [size, size] in 0...1 of a random shape that fills a circle of 0.8 of the square's half edge."""
    y, x = (((pixels + np.float32(0.5)) / np.float32(size / 2) - 1) / np.float32(0.8) for pixels in axes(size))
    kind = rng.integers(6)
    aspect = np.float32(rng.uniform(0.45, 1))
    if kind == 0:
        distance = _ellipse(x, y, 0, 0, 1, aspect)
    elif kind == 1:  # a box with round corners
        power = rng.uniform(3, 9)
        distance = (np.abs(x / 0.9) ** power + np.abs(y / (0.9 * aspect)) ** power) ** np.float32(1 / power) - 1
    elif kind == 2:  # a blob
        theta, edge = np.arctan2(y, x), np.full((size, size), 0.8, np.float32)
        for k in range(2, 6):
            edge += rng.uniform(-0.22, 0.22) / (k - 1) * np.cos(k * theta + rng.uniform(0, 2 * np.pi))
        distance = np.hypot(x, y) / np.clip(edge, 0.3, 1.0) - 1
    elif kind == 3:  # a star
        points, depth = rng.integers(3, 7), rng.uniform(0.2, 0.5)
        wave = np.abs((np.arctan2(y, x) * points / np.pi + rng.uniform(0, 2)) % 2 - 1)
        distance = np.hypot(x, y) / (1 - depth * wave) - 1
    elif kind == 4:  # an upright figure
        spread = rng.uniform(0.08, 0.3)
        parts = [_ellipse(x, y, 0, -0.75, 0.22, 0.24), _ellipse(x, y, 0, -0.15, rng.uniform(0.25, 0.42), 0.5)]
        parts += [_ellipse(x, y, side * spread, 0.6, 0.14, 0.42) for side in (-1, 1)]
        distance = np.minimum.reduce(parts)
    else:  # a vehicle
        cabin = np.maximum(np.abs(x + rng.uniform(-0.2, 0.2)) / 0.5, np.abs(y + 0.3) / 0.35) - 1
        body = np.maximum(np.abs(x) / 0.95, np.abs(y - 0.15) / 0.28) - 1
        wheels = [_ellipse(x, y, side * 0.55, 0.42, 0.2, 0.2) for side in (-1, 1)]
        distance = np.minimum.reduce([cabin, body, *wheels])
    sharpness = size * rng.uniform(0.15, 0.45)
    return np.clip(0.5 - distance * sharpness, 0, 1).astype(np.float32)


def _ellipse(x, y, cx, cy, a, b) -> NDArray[np.float32]:
    return np.sqrt(((x - cx) / a) ** 2 + ((y - cy) / b) ** 2) - 1


def background(rng: Generator, size: int) -> Image:
    """A cluttered scene [size, size, 3]: a textured ground, edges, boxes, discs and lines."""
    grain = rng.uniform(0.35, 0.85)
    out = color(rng) + noise(rng, size, int(rng.integers(2, 8)), grain)[..., None] * _tint(rng, 5, 45)
    out += noise(rng, size, int(rng.integers(3, 20)), grain)[..., None] * _tint(rng, 0, 25)
    out = np.ascontiguousarray(np.clip(out, 0, 255), np.float32)
    for _ in range(int(rng.integers(0, 14))):
        ink = tuple(float(c) for c in color(rng))
        a, b = (tuple(int(v) for v in rng.integers(0, size, 2)) for _ in range(2))
        reach = max(2, int(size * rng.uniform(0.02, 0.2)))
        match rng.integers(4):
            case 0:
                cv2.rectangle(out, a, (a[0] + reach, a[1] + int(reach * rng.uniform(0.3, 3))), ink, -1)
            case 1:
                cv2.circle(out, a, reach // 2 + 1, ink, -1, cv2.LINE_AA)
            case 2:
                cv2.line(out, a, b, ink, int(rng.integers(1, 4)), cv2.LINE_AA)
            case _:
                cv2.fillConvexPoly(
                    out, rng.integers(-reach, reach, (3, 2)).astype(np.int32) + np.array(a, np.int32), ink
                )
    return np.clip(out + noise(rng, size, 40, 0.9)[..., None] * _tint(rng, 0, 12), 0, 255)


def _tint(rng: Generator, low: float, high: float) -> NDArray[np.float32]:
    return (rng.uniform(low, high) * rng.uniform(0.5, 1, 3)).astype(np.float32)


def lighting(rng: Generator, size: int) -> NDArray[np.float32]:
    """Uneven light: a gain [size, size, 1] around 1, a slope and a lamp or a shadow."""
    y, x = (pixels / size - 0.5 for pixels in axes(size))
    angle = rng.uniform(0, 2 * np.pi)
    gain = 1 + rng.uniform(0, 0.5) * (x * np.cos(angle) + y * np.sin(angle))
    cx, cy = rng.uniform(-0.6, 0.6, 2)
    gain += rng.uniform(-0.35, 0.35) * np.exp(-((x - cx) ** 2 + (y - cy) ** 2) / rng.uniform(0.02, 0.3))
    return gain.astype(np.float32)[..., None]
