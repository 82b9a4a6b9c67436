"""Scenes to clips: images [T, H, W, 3] and the movers' masks [T, H, W]."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache

import cv2
import numpy as np
from numpy.random import Generator
from numpy.typing import NDArray

from . import textures
from .classes import LABELS
from .compression import compress
from .difficulty import HARD, Difficulty
from .ground import GROUND, color_around, paint, standing_out, turned
from .layer import Layer, placement
from .scene import DURATION, EDGE, Mover, Scene, log_uniform, sample_scene
from .unrest import Screen, Water, Wind

cv2.setNumThreads(1)


@dataclass(frozen=True)
class Clip:
    frames: NDArray[np.uint8]
    """[T, H, W, 3], RGB."""
    mask: NDArray[np.bool_]
    """[T, H, W]: the movers; of what appears or vanishes, its place in all frames."""
    label: int


def make_clip(
    rng: Generator,
    label: int | None = None,
    frames: int = DURATION,
    size: int = int(EDGE),
    difficulty: Difficulty = HARD,
    ground: textures.Image | None = None,
) -> Clip:
    """A random clip of `frames` images over 32/25 s, and of `size` pixels an edge (a multiple of 8).

    It takes place before `ground`, as `paint` makes it for the size, turned and mirrored; before one of its own if
    there is none.
    """
    if label is None:
        label = int(rng.integers(len(LABELS)))
    # A slow source repeats its images until the next one is due. It does so for whole frames of the clip, so that
    # what flickers does it alike at every rate: a network that begins with slow clips would else see it in fast ones
    # for the first time.
    hold = rng.choice((1, 2, 3), p=(0.7, 0.2, 0.1))
    shown = np.minimum(np.floor((np.arange(frames) + rng.uniform(0, hold)) / hold) * hold, frames - 1)
    distinct, repeat = np.unique(shown * (DURATION / frames), return_inverse=True)
    scene = sample_scene(rng, label, distinct, difficulty)
    behind = turned(rng, paint(rng, size) if ground is None else ground)
    light, mask = _render(rng, scene, behind, size, difficulty)
    images = compress(rng, _sense(rng, light, difficulty))
    return Clip(np.ascontiguousarray(images[repeat]), mask[repeat], label)


def _render(
    rng: Generator, scene: Scene, ground: textures.Image, size: int, difficulty: Difficulty
) -> tuple[NDArray[np.float32], NDArray[np.bool_]]:
    unit = size / EDGE
    edge = len(ground)
    camera = scene.camera
    count = len(scene.times)
    out = np.empty((count, size, size, 3), np.float32)
    mask = np.zeros((count, size, size), bool)
    shutter = (-0.33, 0.0, 0.33) if rng.random() < 0.3 else (0.0,)
    patches = []
    for m in scene.movers:
        middle, offset = len(m.x) // 2, (GROUND - EDGE) / 2
        behind = color_around(ground, (m.x[middle] + offset) * unit, (m.y[middle] + offset) * unit, m.radius * unit)
        patches.append(standing_out(rng, m.radius * m.scale.max() * unit, behind))
    wind = Wind.sample(rng, size, difficulty.sway * unit) if rng.random() < difficulty.wind else None
    waters: list[tuple[Water, NDArray[np.float64]]] = []
    for _ in range(int(rng.integers(*difficulty.waters, endpoint=True))):
        water = Water.sample(rng, log_uniform(rng, *difficulty.radius) * unit, DURATION, difficulty.ripple)
        waters.append((water, placement(len(water.coverage), 1, 0, *rng.uniform(0, size, 2))))
    screens: list[tuple[Screen, list[Layer | None]]] = []
    for _ in range(int(rng.integers(*difficulty.screens, endpoint=True))):
        screen = Screen.sample(rng, log_uniform(rng, *difficulty.radius) * unit, DURATION)
        place = placement(len(screen.coverage), 1, 0, *rng.uniform(0, size, 2))
        screens.append((screen, [Layer.warped(patch, size, place) for patch in screen.patches()]))

    paths = [_path(mover, scene, shutter, unit) for mover in scene.movers]
    still: tuple[NDArray[np.float64], NDArray[np.float32]] | None = None
    for i in range(count):
        view = placement(edge, camera.scale[i], 0, *(size / 2 + unit * np.array((camera.x[i], camera.y[i]))))
        if still is None or not np.array_equal(view, still[0]):
            seen = cv2.warpAffine(ground, view, (size, size), flags=cv2.INTER_LINEAR, borderMode=cv2.BORDER_REFLECT_101)
            still = view, np.asarray(seen, np.float32)
        out[i] = wind.blow(still[1], scene.times[i]) if wind else still[1]
        layers = [Layer.warped(water.patch(scene.times[i]), size, place) for water, place in waters]
        layers += [images[screen.shown(scene.times[i])] for screen, images in screens]
        for layer in layers:
            if layer:
                layer.lay(out[i])
        for mover, patch, path in zip(scene.movers, patches, paths):
            places = (placement(patch.shape[0], *at) for at in path[i])
            layer = Layer.warped(patch, size, *places)
            if layer:
                layer.lay(out[i], mover.opacity[i])
                layer.mark(mask[i])
    return out, mask


def _path(mover: Mover, scene: Scene, shutter: tuple[float, ...], unit: float) -> NDArray[np.float64]:
    """(scale of the patch, angle, x, y) [T, instants, 4] in pixels, at each instant for which the shutter is open."""
    at = scene.times[:, None] + np.array(shutter) * (scene.times[1] - scene.times[0])
    scale, angle, x, y, camera_x, camera_y = (
        np.interp(at, scene.times, curve)
        for curve in (mover.scale, mover.angle, mover.x, mover.y, scene.camera.x, scene.camera.y)
    )
    return np.stack([scale / mover.scale.max(), angle, (x + camera_x) * unit, (y + camera_y) * unit], axis=-1)


@cache
def _grain() -> NDArray[np.float32]:
    """Gaussian noise from which all clips take pieces: drawing it anew would cost more than all else."""
    return np.random.default_rng(0).standard_normal(1 << 21, dtype=np.float32)


def _sense(rng: Generator, images: NDArray[np.float32], difficulty: Difficulty) -> NDArray[np.uint8]:
    """Light, lens and sensor: uneven and changing light, gamma, blur, noise; in place."""
    count, size = images.shape[:2]
    if rng.random() < 0.6:
        images *= textures.lighting(rng, size)
    if rng.random() < 0.4:
        drift = rng.uniform(-0.12, 0.12) * np.linspace(-0.5, 0.5, count)
        flicker = rng.uniform(0, 0.012) * rng.standard_normal(count)
        images *= (1 + drift + flicker).astype(np.float32)[:, None, None, None]
    if rng.random() < 0.5:
        sigma = rng.uniform(0.3, 1.0) * size / EDGE
        for image in images:
            cv2.GaussianBlur(image, (0, 0), sigma, dst=image)
    images *= np.float32(rng.uniform(0.75, 1.15))
    images += np.float32(rng.uniform(-12, 12))
    sigma, grain = np.float32(log_uniform(rng, *difficulty.noise)), _grain()
    for image in images:
        start = int(rng.integers(len(grain) - image.size))
        image += sigma * grain[start : start + image.size].reshape(image.shape)
    return np.clip(images, 0, 255, out=images).astype(np.uint8)
