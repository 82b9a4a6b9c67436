"""saliencyd's frames compared with the references', sample by sample."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from . import frames, prepare, sampling
from .prepare import Prepared

RATE = 25.0


@dataclass(frozen=True)
class Reference:
    """The first window of a clip as the references make it."""

    size: str
    resized: str
    # The frame of each sample, and the one nearest to it in time.
    chosen: list[int]
    nearest: list[int]
    # By frame, for the chosen ones: by the definition in docs/sources.md.
    defined: dict[int, Prepared]
    # By frame: of 8-bit RGB with a bilinear filter that is not widened.
    plain: dict[int, NDArray[np.uint8]]

    def clip(self, indices: list[int]) -> NDArray[np.uint8]:
        """The plain frames of these indices, `[T, H, W, 3]`."""
        return np.stack([self.plain[index] for index in indices])

    @property
    def moved(self) -> int:
        """How many samples would show another frame if the nearest were taken."""
        return sum(one != other for one, other in zip(self.chosen, self.nearest))


def reference(path: Path, count: int) -> Reference:
    source = frames.read(path, count / RATE)
    chosen = sampling.last_not_later(source.times, RATE, count, source.tick)
    near = sampling.nearest(source.times, RATE, count)
    to = sampling.geometry(source.width, source.height, source.aspect)
    return Reference(
        f"{source.width}x{source.height}", f"{to.width}x{to.height}", chosen, near,
        {index: prepare.defined(source.frames[index], to) for index in set(chosen)},
        {index: prepare.plain(source.frames[index], to) for index in {*chosen, *near}})


@dataclass(frozen=True)
class Difference:
    """Of 8-bit samples, in levels."""

    equal: float
    largest: int
    mean: float

    @classmethod
    def of(cls, one: NDArray[np.uint8], other: NDArray[np.uint8]) -> Difference:
        levels = np.abs(one.astype(np.int16) - other)
        return cls(float((levels == 0).mean()), int(levels.max()), float(levels.mean()))


@dataclass(frozen=True)
class Compared:
    defined: Difference
    # Samples that are farther from the definition than a fixed-point scaler can be.
    beyond: int
    plain: Difference


def compared(reference: Reference, clip: NDArray[np.uint8]) -> Compared:
    """Compares `clip`, `[T, 224, 224, 3]`, the first window of the reference's file."""
    rounded, beyond = [], 0
    for index, frame in zip(reference.chosen, clip):
        prepared = reference.defined[index]
        rounded.append(np.floor(prepared.exact + 0.5).astype(np.uint8))
        beyond += int((np.abs(frame - prepared.exact) > prepared.bound + 1e-3).sum())
    plain = Difference.of(clip, reference.clip(reference.chosen))
    return Compared(Difference.of(clip, np.stack(rounded)), beyond, plain)
