#!/usr/bin/env python3
"""Makes Tests/Golden/evidence: what scikit-image, SciPy and Captum say about two small maps and a small function.

    python3 -m venv venv && venv/bin/pip install numpy scipy scikit-image torch captum
    venv/bin/python tools/golden/make_evidence.py
"""
from __future__ import annotations

import json
import pathlib

import numpy as np
import torch
from captum.metrics import infidelity
from scipy.stats import spearmanr
from skimage.metrics import structural_similarity

FRAMES, HEIGHT, WIDTH = 2, 11, 9
PARTS = 24


def maps() -> dict:
    random = np.random.default_rng(5)
    # Rounded, so that values are equal to one another and the same in float32 and in the file.
    x = np.round(random.random((FRAMES, HEIGHT, WIDTH)), 1)
    y = np.round(np.clip(0.6 * x + 0.4 * random.random(x.shape), 0, 1), 2)
    return {
        "shape": list(x.shape),
        "x": x.ravel().tolist(),
        "y": y.ravel().tolist(),
        "spearman": float(spearmanr(x.ravel(), y.ravel()).statistic),
        "ssim": float(np.mean([structural_similarity(a, b, data_range=1.0) for a, b in zip(x, y)])),
    }


def parts() -> dict:
    """Infidelity, scaled as best it can be, of an attribution of a quadratic function under removal of random parts."""
    torch.manual_seed(3)
    x = torch.randn(1, 12, dtype=torch.float64)
    weights = torch.randn(12, dtype=torch.float64)
    attribution = torch.rand(1, 12, dtype=torch.float64)
    products: list[float] = []
    losses: list[float] = []

    def function(inputs: torch.Tensor) -> torch.Tensor:
        return (inputs * weights).sum(1) + 0.3 * (inputs ** 2).sum(1)

    def remove(inputs: torch.Tensor):
        removed = (torch.rand_like(inputs) < 0.4).to(inputs.dtype)
        left = inputs * (1 - removed)
        products.extend((attribution * removed).sum(1).tolist())
        losses.extend((function(inputs) - function(left)).tolist())
        return removed, left

    value = infidelity(function, remove, x, attribution, n_perturb_samples=PARTS, normalize=True)
    assert len(products) == PARTS
    return {"products": products, "losses": losses, "infidelity": float(value)}


def main() -> None:
    folder = pathlib.Path(__file__).resolve().parents[2] / "Tests/Golden/evidence"
    folder.mkdir(exist_ok=True)
    (folder / "golden.json").write_text(json.dumps({"maps": maps(), "parts": parts()}) + "\n")


if __name__ == "__main__":
    main()
