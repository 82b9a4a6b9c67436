"""The frames of a clip as PyAV's own FFmpeg decodes them: planes of samples, and what they mean."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path

import av
import numpy as np
from numpy.typing import NDArray

from .sampling import in_order

Plane = NDArray[np.float64]

# Weights of red and blue in luma (ITU-T H.273, table 4), by its number of the matrix.
LUMA = {1: (0.2126, 0.0722), 5: (0.299, 0.114), 6: (0.299, 0.114)}


@dataclass(frozen=True)
class Frame:
    """One decoded frame: red, green and blue, or luma and chroma as coded."""

    planes: tuple[NDArray[np.uint8], ...]
    is_rgb: bool
    matrix: int
    is_full_range: bool


@dataclass(frozen=True)
class Decoded:
    frames: list[Frame]
    # Seconds since the first frame.
    times: list[float]
    # The unit of the time stamps in seconds.
    tick: float
    width: int
    height: int
    # Width to height of one pixel.
    aspect: Fraction


class Unsupported(Exception):
    """A clip that the reference does not read."""


def read(path: Path, seconds: float) -> Decoded:
    """The frames of the first video stream up to `seconds` after the first, and one more."""
    frames: list[Frame] = []
    stamps: list[tuple[int | None, int | None]] = []
    with av.open(str(path)) as container:
        stream = container.streams.video[0]
        # Enough frames if their stamps are out of order by half a second.
        enough = (seconds + 0.5) / stream.time_base
        for picture in container.decode(stream):
            if picture.rotation:
                raise Unsupported("frames with a rotation are not read by the reference")
            frames.append(frame(picture))
            stamps.append((picture.pts, picture.dts))
            if None not in (picture.pts, stamps[0][0]) and picture.pts - stamps[0][0] > enough:
                break
        shown = in_order(stamps)
        if shown is None:
            raise Unsupported("frames without time stamps that increase are not read by the reference")
        times = [float((stamp - shown[0]) * stream.time_base) for stamp in shown]
        # One frame after the last second that was asked for.
        count = next((place + 1 for place, time in enumerate(times) if time > seconds), len(times))
        frames, times = frames[:count], times[:count]
        aspect = stream.sample_aspect_ratio
        return Decoded(
            frames, times, float(stream.time_base), stream.width, stream.height,
            Fraction(aspect) if aspect else Fraction(1))


def frame(picture: av.VideoFrame) -> Frame:
    if picture.format.is_rgb or picture.format.name == "pal8":
        rgba = picture.to_ndarray(format="rgba")
        if (rgba[..., 3] != 255).any():
            raise Unsupported("transparent frames are not read by the reference")
        return Frame(tuple(rgba[..., c] for c in range(3)), True, 0, True)
    if picture.format.name not in ("yuv420p", "yuvj420p", "yuv422p", "yuv444p"):
        raise Unsupported(f"frames of format {picture.format.name} are not read by the reference")
    # As mpv guesses: BT.709 for what is at least 1280 wide or more than 576 high.
    guess = 1 if picture.width >= 1280 or picture.height > 576 else 6
    matrix = int(picture.colorspace) if int(picture.colorspace) in LUMA else guess
    is_full = picture.format.name == "yuvj420p" or int(picture.color_range) == 2
    return Frame(tuple(samples(plane) for plane in picture.planes), False, matrix, is_full)


def samples(plane: av.video.plane.VideoPlane) -> NDArray[np.uint8]:
    rows = np.frombuffer(plane, np.uint8).reshape(-1, plane.line_size)
    return rows[: plane.height, : plane.width].copy()


def gains(frame: Frame) -> NDArray[np.float64]:
    """What red, green and blue, 0 to 255, hold of luma and chroma after their offsets (ITU-T H.273, equations 38 to 43):
    rows are red, green and blue."""
    red, blue = LUMA[frame.matrix]
    green = 1 - red - blue
    y, c = (1.0, 1.0) if frame.is_full_range else (255 / 219, 255 / 224)
    u, v = 2 * (1 - blue) * c, 2 * (1 - red) * c
    return np.array([[y, 0, v], [y, -blue / green * u, -red / green * v], [y, u, 0]])


def rgb(frame: Frame, planes: list[Plane]) -> NDArray[np.float64]:
    """`[H, W, 3]`, 0 to 255, of planes of one size."""
    if not frame.is_rgb:
        luma, cb, cr = planes
        offset = 0 if frame.is_full_range else 16
        planes = list(np.einsum("ij,jhw->ihw", gains(frame), np.stack([luma - offset, cb - 128.0, cr - 128.0])))
    return np.clip(np.stack(planes, -1), 0, 255)
