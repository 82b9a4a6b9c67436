"""Guided backpropagation, and how well a map finds what moved."""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from .network import InceptionI3D

DILATION = 7
"""Pixels by which a mover's mask is widened before a map is held against it."""
SMOOTHING = (1.0, 2.0)
"""Deviation of the Gaussian, in frames and in pixels, under which the pointing game looks for the maximum."""


def guided_maps(model: InceptionI3D, clips: Tensor) -> tuple[Tensor, Tensor]:
    """Clips [N, C, T, H, W] -> (maps [N, T, H, W], logits [N, classes]).

    A map is the sum over channels of |d logit / d input| of the clip's top class, by guided backpropagation.
    """
    model.eval()
    model.set_guided(True)
    try:
        x = clips.detach().requires_grad_(True)
        logits = model(x)
        top = logits.gather(1, logits.argmax(1, keepdim=True))
        (gradient,) = torch.autograd.grad(top.sum(), x)
    finally:
        model.set_guided(False)
    return gradient.abs().sum(1), logits.detach()


def dilated(mask: NDArray[np.bool_], radius: int = DILATION) -> NDArray[np.bool_]:
    """[T, H, W] widened by a disc of `radius` pixels in each frame."""
    disc = cv2.getStructuringElement(cv2.MORPH_ELLIPSE, (2 * radius + 1, 2 * radius + 1))
    return np.stack([cv2.dilate(frame.astype(np.uint8), disc) > 0 for frame in mask])


def smoothed(saliency: NDArray[np.float32]) -> NDArray[np.float32]:
    """[T, H, W] under a Gaussian; beyond the ends, the end frames and edges are repeated or mirrored."""
    over_time, over_space = SMOOTHING
    out = np.stack([cv2.GaussianBlur(frame, (0, 0), over_space) for frame in saliency])
    reach = int(np.ceil(3 * over_time))
    weights = np.exp(-0.5 * (np.arange(-reach, reach + 1) / over_time) ** 2)
    weights /= weights.sum()
    padded = np.pad(out, ((reach, reach), (0, 0), (0, 0)), mode="edge")
    return sum(w * padded[i : i + len(out)] for i, w in enumerate(weights)).astype(np.float32)


@dataclass(frozen=True)
class Localisation:
    points_at_mover: bool
    """The smoothed map's maximum over the whole clip lies in the dilated mask of its frame."""
    energy: float
    """Share of the map's sum that lies in the dilated mask."""
    area: float
    """Share of the clip's pixels that lie in the dilated mask: what a map of no knowledge scores."""


def localisation(saliency: NDArray[np.float32], mask: NDArray[np.bool_]) -> Localisation:
    near = dilated(mask)
    peak = np.unravel_index(int(smoothed(saliency).argmax()), saliency.shape)
    total = float(saliency.sum())
    energy = float(saliency[near].sum()) / total if total > 0 else 0.0
    return Localisation(bool(near[peak]), energy, float(near.mean()))
