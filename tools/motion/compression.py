"""What a camera's encoder does to images: block noise, ringing, blocks that stay as they were."""

from __future__ import annotations

import cv2
import numpy as np
from numpy.random import Generator
from numpy.typing import NDArray

BLOCK = 8


def jpeg(frames: NDArray[np.uint8], quality: int) -> NDArray[np.uint8]:
    """Each frame [T, H, W, 3] coded alone, as by a Motion-JPEG camera."""
    out = np.empty_like(frames)
    for i, frame in enumerate(frames):
        _, data = cv2.imencode(".jpg", frame, [cv2.IMWRITE_JPEG_QUALITY, quality])
        out[i] = np.asarray(cv2.imdecode(data, cv2.IMREAD_COLOR))
    return out


def _dct_matrix() -> NDArray[np.float32]:
    k, n = np.mgrid[0:BLOCK, 0:BLOCK]
    matrix = np.sqrt(2 / BLOCK) * np.cos(np.pi * (2 * n + 1) * k / (2 * BLOCK))
    matrix[0] /= np.sqrt(2)
    return matrix.astype(np.float32)


DCT = _dct_matrix()
# Coarser for finer detail, as every quantisation matrix is.
COARSENESS = (1 + 0.25 * np.add.outer(np.arange(BLOCK), np.arange(BLOCK))).astype(np.float32)


def predictive(frames: NDArray[np.uint8], step: float, group: int) -> NDArray[np.uint8]:
    """Frames coded as differences from the frame before, as H.264 does without motion search.

    The difference's 8x8 DCT is quantised with a dead zone, so that quiet blocks freeze and changes arrive in steps;
    every `group` frames a frame is coded whole, which is the pulse seen in surveillance video. Edges must be
    multiples of 8.
    """
    t, h, w, c = frames.shape
    steps = COARSENESS * np.float32(step)
    out = np.empty_like(frames)
    recon = np.full((h, w, c), 128, np.float32)
    for i in range(t):
        whole = i % group == 0
        base = np.full_like(recon, 128) if whole else recon
        blocks = (frames[i] - base).reshape(h // BLOCK, BLOCK, w // BLOCK, BLOCK, c).transpose(0, 2, 4, 1, 3)
        levels = (DCT @ blocks @ DCT.T) / (steps * np.float32(0.7) if whole else steps)
        levels = np.trunc(levels + np.copysign(np.float32(1 / 3), levels))
        blocks = DCT.T @ (levels * (steps * np.float32(0.7) if whole else steps)) @ DCT
        recon = np.clip(base + blocks.transpose(0, 3, 1, 4, 2).reshape(h, w, c), 0, 255)
        out[i] = recon
    return out


def compress(rng: Generator, frames: NDArray[np.uint8]) -> NDArray[np.uint8]:
    """One camera's worth of artefacts: none (a third), JPEG or predictive."""
    match rng.integers(3):
        case 0:
            return frames
        case 1:
            return jpeg(frames, int(rng.integers(25, 92)))
        case _:
            return predictive(frames, float(np.exp(rng.uniform(np.log(4), np.log(28)))), int(rng.integers(8, 40)))
