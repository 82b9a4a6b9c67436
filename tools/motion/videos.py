"""Labelled clips on disk: the list files that `saliencyd evaluate` reads, decoded with the ffmpeg command."""

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


def split_line(line: str) -> tuple[str, str]:
    """Path and label of a list's line, either of them empty where the line has none.

    The path ends at the first tab, or where there is none at the first space; the label may hold spaces.
    """
    end = next((i for c in "\t " if (i := line.find(c)) >= 0), len(line))
    return line[:end], line[end:].strip()


def read_list(path: Path, labels: list[str] | None = None) -> ClipList:
    """The list that `saliencyd evaluate` reads: lines `path<tab>label`, or `path label` where the path has no space.

    A label is a number from 0 or a name. Relative paths start at the list file's folder. Empty lines and lines that
    begin with # do not count. With `labels`, names must be among them, where case, `_`, `-` and surrounding space make no
    difference; without, the names found, in alphabetical order, become the classes. Everything that is wrong with the
    list is said at once: lines without a label, clips that are named twice or are not there, labels that are no class's.
    """
    rows: list[tuple[Path, str, int]] = []
    wrong: list[str] = []
    seen: set[str] = set()
    text = path.read_text(encoding="utf-8-sig")
    for number, line in enumerate(text.splitlines(), 1):
        if not line.strip() or line.lstrip().startswith("#"):
            continue
        name, label = split_line(line)
        if not name or not label:
            wrong.append(f"{path}:{number}: needs a path and a label, and has only {line.strip()!r}")
            continue
        if name in seen:
            wrong.append(f"{path}:{number}: names {name} a second time")
            continue
        seen.add(name)
        file = path.parent / name
        if not file.is_file():
            wrong.append(f"{path}:{number}: there is no clip {file}")
        rows.append((file, label, number))
    if not rows and not wrong:
        raise ValueError(f"{path}: lists no clip")
    names, indices = _classes([label for _, label, _ in rows], labels)
    for (_, label, number), index in zip(rows, indices):
        if index is None or index >= len(names):
            wrong.append(f"{path}:{number}: label {label!r} is none of the {len(names)} classes")
    if wrong:
        raise ValueError("\n".join(wrong))
    return ClipList([(file, index) for (file, _, _), index in zip(rows, indices) if index is not None], names)


def _classes(found: list[str], labels: list[str] | None) -> tuple[list[str], list[int | None]]:
    """The classes, and which of them each label found is; None for one that is none of them."""
    if all(label.isdecimal() for label in found):
        numbers = [int(label) for label in found]
        return labels or [str(i) for i in range(max(numbers, default=-1) + 1)], list(numbers)
    names = labels or sorted(set(found))
    exact = {name: i for i, name in reversed(list(enumerate(names)))}
    plain = {_plain(name): i for i, name in reversed(list(enumerate(names)))}

    def index(label: str) -> int | None:
        if label in exact:
            return exact[label]
        return int(label) if label.isdecimal() else plain.get(_plain(label))

    return names, [index(label) for label in found]


def _plain(name: str) -> str:
    return " ".join(name.lower().replace("_", " ").replace("-", " ").split())


def readable(clips: ClipList, manifest: Manifest) -> tuple[ClipList, list[str]]:
    """The clips of which a frame can be decoded, and for each of the others a sentence that names it."""
    entries, bad = [], []
    for file, label in clips.entries:
        try:
            decode(file, manifest, longest=1)
        except ValueError as error:
            bad.append(str(error))
        else:
            entries.append((file, label))
    return ClipList(entries, clips.labels), bad


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
