"""Streams of synthetic clips: clip number i of a stream depends on (seed, split, i) and nothing else."""

from __future__ import annotations

import os
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache

import numpy as np
import torch
from torch import Tensor
from torch.utils.data import DataLoader, Dataset

from .classes import LABELS
from .difficulty import DIFFICULTIES
from .ground import paint
from .render import Clip, make_clip
from .textures import Image

TRAIN, HELD_OUT, CALIBRATION = 0, 1, 2
"""Splits: their clips have nothing in common but the recipe."""

GROUNDS = 16
"""Painted for so many rounds of all classes, each of which takes place before each of them once.

A ground costs more than all else in a clip. Classes are no multiple of it, so a ground meets every class.
"""


@dataclass(frozen=True)
class ClipShape:
    """Frames over the clip's 32/25 s, and the image's edge."""

    frames: int = 32
    size: int = 112


@dataclass(frozen=True)
class ClipStream(Dataset[tuple[Tensor, Tensor, int]]):
    seed: int
    split: int
    shape: ClipShape
    count: int
    first: int = 0
    difficulties: tuple[str, ...] = ()
    """Names of those that rounds of all classes take in turn; empty: what the split calls for."""

    def __len__(self) -> int:
        return self.count

    def clip(self, index: int) -> Clip:
        """Clips go through the classes in turn."""
        number = self.first + index
        rng = np.random.default_rng((self.seed, self.split, number))
        difficulties = self.difficulties or ("plain" if self.split == HELD_OUT else "hard",)
        turn, label = divmod(number, len(LABELS))
        difficulty = DIFFICULTIES[difficulties[turn % len(difficulties)]]
        block, within = divmod(number, GROUNDS * len(LABELS))
        ground = _ground(self.seed, self.split, block * GROUNDS + within % GROUNDS, self.shape.size)
        return make_clip(rng, label, self.shape.frames, self.shape.size, difficulty, ground)

    def __getitem__(self, index: int) -> tuple[Tensor, Tensor, int]:
        clip = self.clip(index)
        return torch.from_numpy(clip.frames), torch.from_numpy(clip.mask), clip.label


@lru_cache(2 * GROUNDS)
def _ground(seed: int, split: int, number: int, size: int) -> Image:
    ground = paint(np.random.default_rng((seed, split, number, 1)), size)
    ground.setflags(write=False)
    return ground


def batches(stream: ClipStream, size: int, workers: int = 1) -> Iterator[tuple[Tensor, Tensor, Tensor]]:
    """(images uint8 [N, T, H, W, 3], masks bool [N, T, H, W], labels [N]) in the stream's order."""
    loader = DataLoader(
        stream, batch_size=size, num_workers=workers, prefetch_factor=4 if workers else None, worker_init_fn=_give_way
    )  # fmt: skip
    yield from loader


def _give_way(_: int) -> None:
    """What makes clips is batches ahead; the arithmetic goes first, whose threads would have to wait for each other."""
    os.nice(10)


def normalized(frames: Tensor) -> Tensor:
    """uint8 [N, T, H, W, C] -> [N, C, T, H, W] as 2 x / 255 - 1, channels last in memory."""
    return (frames.float() * (2 / 255) - 1).permute(0, 4, 1, 2, 3)
