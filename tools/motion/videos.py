"""Labelled clips on disk: list files in HMDB-51's form, decoded with the ffmpeg command."""

from __future__ import annotations

import subprocess
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor
from torch.utils.data import Dataset

from .checkpoint import Manifest


@dataclass(frozen=True)
class ClipList:
    """Paths with class numbers, and the classes' names if the list gives names."""

    entries: list[tuple[Path, int]]
    labels: list[str]


def read_list(path: Path, labels: list[str] | None = None) -> ClipList:
    """Lines `path label`: the label is what follows the last white space, a number from 0 or a name.

    Relative paths start at the list file's folder. Empty lines and lines that begin with # do not count. With
    `labels`, names must be among them; without, the names found, in alphabetical order, become the classes.
    """
    rows: list[tuple[Path, str, int]] = []
    for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), 1):
        if not line.strip() or line.startswith("#"):
            continue
        parts = line.strip().rsplit(maxsplit=1)
        if len(parts) != 2:
            raise ValueError(f"{path}:{number}: needs a path and a label, and has only {line.strip()!r}")
        rows.append((path.parent / parts[0], parts[1], number))
    if not rows:
        raise ValueError(f"{path}: lists no clip")
    if all(label.isdecimal() for _, label, _ in rows):
        indices = [int(label) for _, label, _ in rows]
        names = labels or [str(i) for i in range(max(indices) + 1)]
    else:
        names = labels or sorted({label for _, label, _ in rows})
        position = {name: i for i, name in enumerate(names)}
        indices = [position.get(label, len(names)) for _, label, _ in rows]
    for (_, label, number), index in zip(rows, indices):
        if index >= len(names):
            raise ValueError(f"{path}:{number}: label {label!r} is none of the {len(names)} classes")
    return ClipList([(file, index) for (file, _, _), index in zip(rows, indices)], names)


def decode(path: Path, manifest: Manifest, longest: int = 4096) -> NDArray[np.uint8]:
    """A video as [T, S, S, 3] RGB at the manifest's frame rate: short side S = `shortSide`, cropped to its centre."""
    side = manifest.shortSide
    filters = (
        f"fps={manifest.framesPerSecond},"
        f"scale='if(lt(iw,ih),{side},-2)':'if(lt(iw,ih),-2,{side})':flags=bilinear,crop={side}:{side}"
    )
    command = ["ffmpeg", "-v", "error", "-nostdin", "-protocol_whitelist", "file", "-i", f"file:{path}", "-an"]
    command += ["-vf", filters, "-frames:v", str(longest), "-f", "rawvideo", "-pix_fmt", "rgb24", "pipe:1"]
    # The output protocol is checked against its own list.
    result = subprocess.run(command, capture_output=True, check=False)
    frames = np.frombuffer(result.stdout, np.uint8)
    size = side * side * 3
    if len(frames) < size:
        reason = result.stderr.decode(errors="replace").strip().splitlines()
        raise ValueError(f"{path}: no frame could be decoded" + (f": {reason[-1]}" if reason else ""))
    return frames[: len(frames) // size * size].reshape(-1, side, side, 3)


def cut(frames: NDArray[np.uint8], manifest: Manifest, rng: np.random.Generator | None) -> NDArray[np.uint8]:
    """One window [clipLength, pictureSize, pictureSize, 3]: at random, or without `rng` from the middle.

    What is shorter than a window is padded by repeating its last frame.
    """
    length, size = manifest.clipLength, manifest.pictureSize
    if len(frames) < length:
        frames = np.concatenate([frames, np.repeat(frames[-1:], length - len(frames), axis=0)])
    spare = (len(frames) - length, frames.shape[1] - size, frames.shape[2] - size)
    t, y, x = (int(rng.integers(n + 1)) if rng else n // 2 for n in spare)
    return np.ascontiguousarray(frames[t : t + length, y : y + size, x : x + size])


@dataclass(frozen=True)
class Windows(Dataset[tuple[Tensor, int]]):
    """One window of each listed clip; with a seed, a random one, the same for the same (seed, epoch, clip)."""

    clips: ClipList
    manifest: Manifest
    seed: int | None = None
    epoch: int = 0
    flip: bool = False

    def __len__(self) -> int:
        return len(self.clips.entries)

    def __getitem__(self, index: int) -> tuple[Tensor, int]:
        path, label = self.clips.entries[index]
        rng = None if self.seed is None else np.random.default_rng((self.seed, self.epoch, index))
        window = cut(decode(path, self.manifest), self.manifest, rng)
        if rng is not None and self.flip and rng.random() < 0.5:
            window = np.ascontiguousarray(window[:, :, ::-1])
        return torch.from_numpy(window), label
