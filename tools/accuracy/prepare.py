"""A decoded frame resized and cropped for the network, in double precision."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from .filters import COLUMN_ONE, ROW_ONE, Axis
from .frames import Frame, Plane, gains, rgb
from .sampling import Geometry

SIZE = 224
# The rounding of a fixed-point conversion besides its filters, in levels. Samples between the two filters have 15 bits
# (1/128 level, cut off), those made of RGB 14 (1/64 level); the three largest gains add up to 3.4. The gains have 13 bits
# after the point: 255 / 2^14 for luma and 128 / 2^14 for either chroma.
FIXED_POINT = 3.4 * (1 / 128 + 1 / 64) + (255 + 2 * 128) / 2**14


@dataclass(frozen=True)
class Prepared:
    # `[H, W, 3]`, 0 to 255, not rounded.
    exact: NDArray[np.float32]
    # How far 8-bit samples of a fixed-point scaler may be from it, in levels.
    bound: NDArray[np.float32]


def _axes(frame: Frame, plane: int, to: Geometry) -> tuple[Axis, Axis]:
    """Columns and rows. Chroma of half the width lies at the left luma sample (MPEG-2 and later), of half the height
    between two lines."""
    height, width = frame.planes[0].shape
    rows, columns = frame.planes[plane].shape
    x = Axis(columns, to.width, width / 2, 0.25) if columns < width else Axis(columns, to.width, width)
    return x, Axis(rows, to.height, height / 2 if rows < height else height)


def _gathered(plane: Plane, axis: int, indices: list[list[int]]) -> NDArray[np.float64]:
    """For each tap the plane with the samples at that tap, `[taps, …]`."""
    return np.stack([np.take(plane, column, axis) for column in np.array(indices).T])


def _resized(plane: Plane, x: Axis, y: Axis, window: Geometry, size: tuple[int, int], widened: bool) -> Plane:
    for axis, along, first, count in ((0, y, window.top, size[0]), (1, x, window.left, size[1])):
        indices, weights = along.taps(first, count, widened)
        shape = (-1, 1) if axis == 0 else (1, -1)
        total: Plane = np.zeros(1)
        for column, weight in zip(np.array(indices).T, np.array(weights).T):
            if weight.any():
                total = total + np.take(plane, column, axis) * weight.reshape(shape)
        plane = total
    return plane


def _range(plane: Plane, x: Axis, y: Axis, window: Geometry, size: int) -> Plane:
    """The largest less the smallest of the samples that each resized one is made of."""
    most, least = plane, plane
    for axis, along, first in ((0, y, window.top), (1, x, window.left)):
        indices, _ = along.taps(first, size, True)
        most = _gathered(most, axis, indices).max(0)
        least = _gathered(least, axis, indices).min(0)
    return most - least


def defined(frame: Frame, to: Geometry, size: int = SIZE) -> Prepared:
    """As docs/sources.md defines it: every plane is resized from its own grid with a triangle that is widened when it
    shrinks, then becomes RGB."""
    planes, errors = [], []
    for index, plane in enumerate(frame.planes):
        x, y = _axes(frame, index, to)
        values = plane.astype(np.float64)
        planes.append(_resized(values, x, y, to, (size, size), True))
        fractions = np.add.outer(y.inexactness(to.top, size, COLUMN_ONE), x.inexactness(to.left, size, ROW_ONE))
        errors.append(_range(values, x, y, to, size) * fractions)
    if frame.is_rgb:
        # libswscale resizes RGB as luma and chroma, whose errors come back with gains of at most 1 and 1.772.
        errors = [np.max(errors, 0) * 2.772] * 3
        moved = np.stack(errors, -1)
    else:
        moved = np.einsum("ij,jhw->hwi", np.abs(gains(frame)), np.stack(errors))
    unchanged = frame.is_rgb and (to.width, to.height) == frame.planes[0].shape[::-1]
    bound = moved * 0 if unchanged else 0.5 + FIXED_POINT + moved
    # float32 keeps levels to 2^-17.
    return Prepared(rgb(frame, planes).astype(np.float32), bound.astype(np.float32))


def plain(frame: Frame, to: Geometry) -> NDArray[np.uint8]:
    """As programs with frames in RGB do it: 8-bit RGB of the source's size first, chroma interpolated linearly; then the
    bilinear interpolation of four neighbours, not widened (OpenCV's INTER_LINEAR); `[224, 224, 3]`."""
    height, width = frame.planes[0].shape
    whole = Geometry(width, height, 0, 0)
    full = [
        plane.astype(np.float64) if plane.shape == (height, width)
        else _resized(plane.astype(np.float64), *_axes(frame, index, whole), whole, (height, width), False)
        for index, plane in enumerate(frame.planes)
    ]
    picture = np.floor(rgb(frame, full) + 0.5)
    x, y = Axis(width, to.width, width), Axis(height, to.height, height)
    resized = [_resized(picture[..., c], x, y, to, (SIZE, SIZE), False) for c in range(3)]
    return np.floor(np.clip(np.stack(resized, -1), 0, 255) + 0.5).astype(np.uint8)
