"""What happens in a clip: camera, movers and their motion, as curves over time.

Lengths are in units of which the image's edge has 112, whatever its resolution; times are source frames of 1/25 s,
of which a clip spans 32.
"""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np
from numpy.random import Generator
from numpy.typing import NDArray

from .classes import HEADINGS, LABELS, PAN, STILL, ZOOM
from .difficulty import Difficulty

EDGE = 112.0
DURATION = 32
FRAMES_PER_SECOND = 25

Curve = NDArray[np.float64]
"""One value for each source time."""


@dataclass(frozen=True)
class Camera:
    """Where the scene's centre lies in the image, and how large: a static camera has zero, zero and one."""

    x: Curve
    y: Curve
    scale: Curve


@dataclass(frozen=True)
class Mover:
    """An object of radius `radius` at scale 1, before the camera moves it."""

    radius: float
    x: Curve
    y: Curve
    scale: Curve
    angle: Curve
    """Radians."""
    opacity: Curve


@dataclass(frozen=True)
class Scene:
    label: int
    times: NDArray[np.float64]
    camera: Camera
    movers: list[Mover] = field(default_factory=list)


def log_uniform(rng: Generator, low: float, high: float) -> float:
    return float(np.exp(rng.uniform(np.log(low), np.log(high))))


def smooth_step(times: Curve, start: float, duration: float) -> Curve:
    """0 before `start`, 1 after `duration` more frames."""
    u = np.clip((times - start) / max(duration, 1e-6), 0, 1)
    return u * u * (3 - 2 * u)


def progress(rng: Generator, times: Curve) -> Curve:
    """From 0 to 1 over the clip: steady, speeding up or slowing down; sometimes late to start or early to end."""
    start, end = 0.0, DURATION - 1.0
    if rng.random() < 0.25:
        start, end = rng.uniform(0, 0.25) * DURATION, rng.uniform(0.75, 1) * DURATION
    u = np.clip((times - start) / (end - start), 0, 1)
    return u + rng.uniform(-0.35, 0.35) * np.sin(np.pi * u) ** 2 * (2 / np.pi)


def shake(rng: Generator, times: Curve, difficulty: Difficulty) -> tuple[Curve, Curve]:
    """A camera on a pole in the wind, or in a hand."""
    x, y = np.zeros_like(times), np.zeros_like(times)
    if rng.random() < difficulty.steady:
        return x, y
    amplitude = rng.uniform(*difficulty.shake)
    for period in (rng.uniform(3, 8), rng.uniform(8, 30)):
        for axis in (x, y):
            axis += rng.uniform(0, amplitude) * np.sin(2 * np.pi * (times / period + rng.random()))
    return x, y


def sample_scene(rng: Generator, label: int, times: NDArray[np.float64], difficulty: Difficulty) -> Scene:
    """A scene of class `label`, seen at `times`."""
    x, y = shake(rng, times, difficulty)
    scale = np.ones_like(times)
    if label == PAN:
        distance, heading = log_uniform(rng, 14, 60), rng.uniform(0, 2 * np.pi)
        along = distance * (progress(rng, times) - 0.5)
        x, y = x + along * np.cos(heading), y + along * np.sin(heading)
    elif label == ZOOM:
        scale = log_uniform(rng, 1.18, 1.9) ** (rng.choice((-1, 1)) * (progress(rng, times) - 0.5))
    movers = []
    if label not in (STILL, PAN, ZOOM):
        movers = [_mover(rng, label, times, difficulty) for _ in range(int(rng.choice((1, 2, 3), p=(0.7, 0.22, 0.08))))]
    return Scene(label, times, Camera(x, y, scale), movers)


def _mover(rng: Generator, label: int, times: Curve, difficulty: Difficulty) -> Mover:
    name = LABELS[label]
    radius = log_uniform(rng, *difficulty.radius)
    x, y = (np.full_like(times, rng.uniform(min(0.7 * radius, 40), EDGE - min(0.7 * radius, 40))) for _ in range(2))
    scale, opacity = np.ones_like(times), np.ones_like(times)
    angle = np.full_like(times, rng.uniform(-0.4, 0.4))
    if rng.random() < 0.4:  # what moves also sways a little
        angle += np.radians(rng.uniform(1, 7)) * np.sin(2 * np.pi * (times / rng.uniform(10, 24) + rng.random()))
    if label in HEADINGS:
        heading = np.radians(HEADINGS[label] + rng.uniform(-28, 28))
        along = log_uniform(rng, *difficulty.distance) * (progress(rng, times) - 0.5)
        x, y = x + along * np.cos(heading), y + along * np.sin(heading)
    elif name in ("approaching", "receding"):
        sign = 1 if name == "approaching" else -1
        scale = log_uniform(rng, *difficulty.growth) ** (sign * (progress(rng, times) - 0.5))
    elif name == "rotating":
        radius = max(radius, 10.0)
        angle = angle + np.radians(log_uniform(rng, *difficulty.turn)) * rng.choice((-1, 1)) * progress(rng, times)
    elif name == "oscillating":
        swing = np.sin(2 * np.pi * (times * rng.uniform(*difficulty.beats) / DURATION + rng.random()))
        if rng.random() < 0.35:  # about a pivot, as an arm waves
            radius = max(radius, 10.0)
            pivot = rng.uniform(0, 2 * np.pi)
            reach, tilt = radius * rng.uniform(0.6, 1.2), np.radians(rng.uniform(*difficulty.tilt)) * swing
            angle = angle + tilt
            x, y = x + reach * np.cos(pivot + tilt), y + reach * np.sin(pivot + tilt)
            x, y = x - reach * np.cos(pivot), y - reach * np.sin(pivot)
        else:
            heading, amplitude = rng.uniform(0, 2 * np.pi), log_uniform(rng, *difficulty.swing)
            x, y = x + amplitude * swing * np.cos(heading), y + amplitude * swing * np.sin(heading)
    elif name in ("appearing", "vanishing"):
        opacity = smooth_step(times, rng.uniform(0.2, 0.7) * DURATION, rng.uniform(0, 8))
        if name == "vanishing":
            opacity = 1 - opacity
        # What is there stirs. The change alone would not tell coming from going: each is the other with its sign
        # turned, and which of two textures is the thing and which the ground behind it is anyone's guess.
        beat = 2 * np.pi * (times / rng.uniform(8, 16) + rng.random())
        angle = angle + np.radians(rng.uniform(*difficulty.stir_angle)) * np.sin(beat)
        heading, reach = rng.uniform(0, 2 * np.pi), rng.uniform(*difficulty.stir_reach)
        x, y = x + reach * np.cos(heading) * np.sin(beat), y + reach * np.sin(heading) * np.sin(beat)
    return Mover(radius, x, y, scale, angle, opacity)
