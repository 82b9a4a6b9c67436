#!/usr/bin/env python3
"""Makes Tests/Golden/preparation: frames of a formula, sampled, resized and cropped in double precision.

    make accuracy     # installs the packages into out/accuracy
    out/accuracy/python/bin/pip install safetensors
    PYTHONPATH=tools out/accuracy/python/bin/python tools/golden/make_preparation.py

The reference is that of tools/accuracy, which holds real clips to the same definition.
"""

from __future__ import annotations

from fractions import Fraction
from pathlib import Path

import numpy as np
from accuracy import prepare, sampling
from accuracy.frames import Frame
from numpy.typing import NDArray
from safetensors.numpy import save_file

ROOT = Path(__file__).resolve().parents[2]
SHORT_SIDE, SIZE = 48, 40
FRAMES, FRAME_RATE = 9, 30  # 9 frames at 30 per second are 8 samples at 25
SAMPLES = 8

# name: width, height, aspect of a pixel
CASES = {"enlarged": (60, 44, Fraction(1)), "reduced": (200, 120, Fraction(1)), "wide-pixels": (48, 80, Fraction(4, 3))}


def source(index: int, width: int, height: int) -> NDArray[np.uint8]:
    """Frame `index`, `[H, W, 3]`: waves of triangles with squares in them, which move. The tests have the same formula."""
    y, x, c = np.ogrid[:height, :width, :3]
    wave = np.abs((3 * x + 2 * y + 5 * index + 40 * c) % 120 - 60)
    square = ((x + 2 * index) // 6 + y // 5 + c) % 2
    return (40 + 2 * wave + 24 * square).astype(np.uint8)


def main() -> None:
    tensors: dict[str, np.ndarray] = {}
    times = [index / FRAME_RATE for index in range(FRAMES)]
    chosen = sampling.last_not_later(times, 25, SAMPLES, 0.001)
    tensors["frames"] = np.array(chosen, np.int32)
    for name, (width, height, aspect) in CASES.items():
        to = sampling.geometry(width, height, aspect, SHORT_SIDE, SIZE)
        # Two frames are enough for the pixels; the numbers above hold the choice of frames.
        for index in (0, chosen[-1]):
            picture = source(index, width, height)
            frame = Frame(tuple(picture[..., c] for c in range(3)), True, 0, True)
            prepared = prepare.defined(frame, to, SIZE)
            tensors[f"{name}/{index}"] = prepared.exact.astype(np.float32)
            # The same for the three channels; in 32nds of a level, rounded up.
            tensors[f"{name}/{index}/bound"] = np.ceil(prepared.bound[..., 0] * 32).astype(np.uint8)
    folder = ROOT / "Tests/Golden/preparation"
    folder.mkdir(exist_ok=True)
    save_file(tensors, folder / "golden.safetensors")


main()
