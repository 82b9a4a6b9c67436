"""Scenes to clips: pictures [T, H, W, 3] and the movers' masks [T, H, W]."""

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
from .layer import Layer, placement
from .scene import DURATION, EDGE, Mover, Scene, log_uniform, sample_scene
from .unrest import Screen, Water, Wind

# Edge of the painted ground: a pan moves by up to 30 to each side, a zoom shows up to 1.4 times the picture.
GROUND = 184.0
# Share of the objects at rest whose pattern is as bold as a sign's.
SIGNS = 0.2

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
) -> Clip:
    """A random clip of `frames` pictures over 32/25 s, and of `size` pixels an edge (a multiple of 8)."""
    if label is None:
        label = int(rng.integers(len(LABELS)))
    times = np.arange(frames) * (DURATION / frames)
    # A slow source repeats its pictures until the next one is due.
    hold = rng.choice((1, 2, 3), p=(0.7, 0.2, 0.1))
    times = np.maximum(np.floor((times + rng.uniform(0, hold)) / hold) * hold, 0.0)
    distinct, repeat = np.unique(times, return_inverse=True)
    scene = sample_scene(rng, label, distinct, difficulty)
    light, mask = _render(rng, scene, size, difficulty)
    pictures = compress(rng, _sense(rng, light, difficulty))
    return Clip(np.ascontiguousarray(pictures[repeat]), mask[repeat], label)


def _render(
    rng: Generator, scene: Scene, size: int, difficulty: Difficulty
) -> tuple[NDArray[np.float32], NDArray[np.bool_]]:
    unit = size / EDGE
    edge = int(GROUND * unit)
    ground = _ground(rng, edge, unit, difficulty)
    camera = scene.camera
    count = len(scene.times)
    out = np.empty((count, size, size, 3), np.float32)
    mask = np.zeros((count, size, size), bool)
    shutter = (-0.33, 0.0, 0.33) if rng.random() < 0.3 else (0.0,)
    patches = []
    for m in scene.movers:
        middle, offset = len(m.x) // 2, (GROUND - EDGE) / 2
        behind = _color_behind(ground, (m.x[middle] + offset) * unit, (m.y[middle] + offset) * unit, m.radius * unit)
        patches.append(_object(rng, m.radius * m.scale.max() * unit, behind))
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
        layers += [pictures[screen.shown(scene.times[i])] for screen, pictures in screens]
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


def _ground(rng: Generator, edge: int, unit: float, difficulty: Difficulty) -> NDArray[np.float32]:
    """A cluttered ground full of objects that look like movers and stay where they are."""
    ground = textures.background(rng, edge)
    for _ in range(int(rng.integers(30, 61))):
        radius = log_uniform(rng, *difficulty.radius) * unit
        x, y = rng.uniform(0, edge, 2)
        patch = _object(rng, radius, _color_behind(ground, x, y, radius), is_sign=rng.random() < SIGNS)
        layer = Layer.warped(patch, edge, placement(patch.shape[0], 1, rng.uniform(-0.4, 0.4), x, y))
        if layer:
            layer.lay(ground)
    return ground


def _object(rng: Generator, radius: float, behind: NDArray[np.float32], is_sign: bool = False) -> NDArray[np.float32]:
    """A painted shape [P, P, 4], colours times coverage and coverage, that stands out from the colour behind it."""
    size = max(8, int(np.ceil(2 * radius / 0.8)))
    base = textures.color(rng)
    for _ in range(8):
        if np.abs(base - behind).max() > 40:
            break
        base = textures.color(rng)
    coverage = textures.silhouette(rng, size)
    return textures.cut_out(textures.sign(rng, size) if is_sign else textures.pattern(rng, size, base), coverage)


def _color_behind(ground: NDArray[np.float32], x: float, y: float, radius: float) -> NDArray[np.float32]:
    """Mean colour of the ground around (x, y), all in its pixels."""
    reach = max(2, int(radius))
    x0, y0, x1, y1 = (max(0, int(v)) for v in (x - reach, y - reach, x + reach, y + reach))
    area = ground[y0 : y1 + 1, x0 : x1 + 1]
    return area.mean((0, 1)) if area.size else np.full(3, 128, np.float32)


@cache
def _grain() -> NDArray[np.float32]:
    """Gaussian noise from which all clips take pieces: drawing it anew would cost more than all else."""
    return np.random.default_rng(0).standard_normal(1 << 21, dtype=np.float32)


def _sense(rng: Generator, pictures: NDArray[np.float32], difficulty: Difficulty) -> NDArray[np.uint8]:
    """Light, lens and sensor: uneven and changing light, gamma, blur, noise; in place."""
    count, size = pictures.shape[:2]
    if rng.random() < 0.6:
        pictures *= textures.lighting(rng, size)
    if rng.random() < 0.4:
        drift = rng.uniform(-0.12, 0.12) * np.linspace(-0.5, 0.5, count)
        flicker = rng.uniform(0, 0.012) * rng.standard_normal(count)
        pictures *= (1 + drift + flicker).astype(np.float32)[:, None, None, None]
    if rng.random() < 0.5:
        sigma = rng.uniform(0.3, 1.0) * size / EDGE
        for picture in pictures:
            cv2.GaussianBlur(picture, (0, 0), sigma, dst=picture)
    pictures *= np.float32(rng.uniform(0.75, 1.15))
    pictures += np.float32(rng.uniform(-12, 12))
    sigma, grain = np.float32(log_uniform(rng, *difficulty.noise)), _grain()
    for picture in pictures:
        start = int(rng.integers(len(grain) - picture.size))
        picture += sigma * grain[start : start + picture.size].reshape(picture.shape)
    return np.clip(pictures, 0, 255, out=pictures).astype(np.uint8)
