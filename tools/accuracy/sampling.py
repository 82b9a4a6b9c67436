"""Which frame a sample shows, and where the network's frame lies in the resized one. Needs only Python.

The published text (https://github.com/google-deepmind/kinetics-i3d): 25 frames per second, the smallest dimension
resized to 256 pixels with the aspect ratio preserved, and the centre 224x224 cut out.
"""

from __future__ import annotations

import bisect
import math
from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction


def in_order(stamps: Sequence[tuple[int | None, int | None]]) -> list[int] | None:
    """When frames are shown, from their (presentation, decoding) stamps, in the order in which a decoder outputs them.

    A decoder outputs frames in the order of presentation, so the stamps increase. AVI holds only the order of decoding,
    from which FFmpeg derives presentation stamps that do not increase if there are B-frames; then the frames are one
    decoding stamp apart. None if neither increases.
    """
    for kind in zip(*stamps):
        if None not in kind and all(a < b for a, b in zip(kind, kind[1:])):
            return list(kind)
    return None


def last_not_later(times: Sequence[float], rate: float, count: int, tick: float) -> list[int]:
    """The frames that samples 0, 1/rate, … seconds show: the last that is not later, or later by a rounding of its stamp.

    `times` are seconds since the first frame, increasing; `tick` is the unit of the stamps in seconds, of which one
    counts, but at most 1 ms. Samples after the last frame show it again.
    """
    tolerance = min(tick, 0.001) + 1e-9
    return [max(bisect.bisect_right(times, k / rate + tolerance) - 1, 0) for k in range(count)]


def nearest(times: Sequence[float], rate: float, count: int) -> list[int]:
    """The frames nearest to the samples' times, the later one in a tie, as MediaPipe's PacketResamplerCalculator chooses.

    MediaPipe's graph tvl1_flow_and_rgb_from_file.pbtxt is the preparation that the authors published later.
    """
    chosen = []
    for k in range(count):
        after = min(bisect.bisect_left(times, k / rate), len(times) - 1)
        before = max(after - 1, 0)
        is_after = times[after] - k / rate <= k / rate - times[before] + 1e-9
        chosen.append(after if is_after else before)
    return chosen


@dataclass(frozen=True)
class Geometry:
    """The size of the resized frame, and the origin of the network's frame in it, in pixels."""

    width: int
    height: int
    left: int
    top: int


def geometry(width: int, height: int, aspect: Fraction, short_side: int = 256, size: int = 224) -> Geometry:
    """For a source of `width` x `height` pixels, each `aspect` times as wide as high. A source that is already what the
    network takes is not resized."""
    if (width, height, aspect) == (size, size, 1):
        return Geometry(width, height, 0, 0)
    shown = width * aspect
    scale = Fraction(short_side) / min(shown, height)
    resized = [math.floor(side * scale + Fraction(1, 2)) for side in (shown, height)]
    return Geometry(*resized, *((side - size) // 2 for side in resized))
