#!/usr/bin/env python3
"""Makes Tests/Golden/evidence: what scikit-image, SciPy and Captum say about two small maps and a small function, and PAIR's
package about a small image.

    python3 -m venv venv && venv/bin/pip install numpy scipy scikit-image torch captum saliency pillow
    venv/bin/python tools/golden/make_evidence.py
"""
from __future__ import annotations

import json
import pathlib

import numpy as np
import torch
from captum.metrics import infidelity
from scipy.stats import spearmanr
from saliency.metrics import pic
from scipy.spatial import Delaunay
from skimage.metrics import structural_similarity

# The package calls NumPy by a name that it had before 2.0.
if not hasattr(np, "trapz"):
    np.trapz = np.trapezoid

FRAMES, HEIGHT, WIDTH = 2, 11, 9
PARTS = 24
IMAGE = (40, 48)
FRACTIONS = [0.005, 0.01, 0.02, 0.03, 0.04, 0.05, 0.07, 0.10, 0.13, 0.21, 0.34, 0.5, 0.75]


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


def image(seed: int) -> np.ndarray:
    """Something with edges, slopes and a little noise."""
    random = np.random.default_rng(seed)
    y, x = np.mgrid[: IMAGE[0], : IMAGE[1]]
    disc = (y - 15) ** 2 + (x - 22) ** 2 < 100
    planes = [2 * x + 40 * disc, 120 + 60 * np.sin(x / 5 + y / 9), 3 * y + 90 * disc]
    noisy = [plane + random.normal(0, 3, IMAGE) for plane in planes]
    return np.clip(np.stack(noisy, axis=2), 0, 255).astype(np.uint8)


def is_general(mask: np.ndarray) -> bool:
    """Whether the triangulation is the only one: no corner beyond an edge lies on the circle of the triangle."""
    full = mask.copy()
    full[[0, 0, -1, -1], [0, -1, 0, -1]] = True
    points = np.argwhere(full)
    mesh = Delaunay(points)
    for corners, beyond in zip(mesh.simplices, mesh.neighbors):
        for edge, other in enumerate(beyond):
            if other < 0:
                continue
            opposite = (set(mesh.simplices[other]) - set(corners)).pop()
            rows = [[*(points[c] - points[opposite]), ((points[c] - points[opposite]) ** 2).sum()] for c in corners]
            if round(float(np.linalg.det(np.array(rows, dtype=float)))) == 0:
                return False
    return True


def general_mask() -> np.ndarray:
    for seed in range(1000):
        mask = np.random.default_rng(seed).random(IMAGE) < 0.012
        if mask.sum() > 15 and is_general(mask):
            return mask
    raise SystemExit("no mask without four pixels on a circle")


def places(mask: np.ndarray) -> list:
    return np.flatnonzero(mask).tolist()


def information() -> dict:
    """PAIR's performance information curves, and what they are made of, of three images and a network of a formula."""
    general = general_mask()
    np.random.seed(4)
    random_mask = pic.generate_random_mask(*IMAGE, fraction=0.1)
    first = image(0)
    measure = pic.estimate_image_entropy
    curves, results = [], []
    for seed in range(3):
        image = image(seed)
        random = np.random.default_rng(10 + seed)
        y, x = np.mgrid[: IMAGE[0], : IMAGE[1]]
        hill = np.exp(-((y - 15) ** 2 + (x - 22 - 8 * seed) ** 2) / 150)
        # Halves of an integer, so that values are equal to one another and the same in float32.
        saliency = np.round(200 * hill + 30 * random.random(IMAGE)) / 2
        weights = np.exp(-((y - 15) ** 2 + (x - 22) ** 2) / 100)
        truth = image.astype(float)

        def predict(images: np.ndarray) -> list:
            errors = [(weights[:, :, None] * np.abs(i - truth)).sum() / weights.sum() for i in images]
            return [float(np.exp(-error / 20)) for error in errors]

        sizes: list[int] = []
        pic.estimate_image_entropy = lambda image: sizes.append(measure(image)) or sizes[-1]
        found = pic.compute_pic_metric(image, saliency, random_mask, predict, FRACTIONS)
        # It asks for the whole image's first.
        ordered = sizes[1:] + sizes[:1]
        free = pic.compute_pic_metric(image, saliency, random_mask, predict, FRACTIONS, keep_monotonous=False)
        accuracy = pic.compute_pic_metric(
            image, saliency, random_mask, lambda images: [float(p > 0.6) for p in predict(images)], FRACTIONS)
        pic.estimate_image_entropy = measure
        results.append(found)
        curves.append({
            "saliency": saliency.ravel().tolist(),
            "revealed": [int((saliency >= np.quantile(saliency, 1 - part)).sum()) for part in FRACTIONS],
            "sizes": ordered,
            "predictions": [float(p) for p in found.predictions],
            "curve": [float(v) for v in found.curve_y[::10]],
            "area": float(found.auc),
            "free_area": float(free.auc),
            "accuracy": [float(p) for p in accuracy.predictions],
            "accuracy_area": float(accuracy.auc),
        })
    return {
        "shape": [*IMAGE, 3],
        "image": first.ravel().tolist(),
        "general": places(general),
        "general_blurred": pic.create_blurred_image(first, general).ravel().tolist(),
        "random": places(random_mask),
        "random_blurred": pic.create_blurred_image(first, random_mask).ravel().tolist(),
        "sizes": [measure(first), measure(pic.create_blurred_image(first, random_mask))],
        "fractions": FRACTIONS,
        "curves": curves,
        "median_area": float(pic.aggregate_individual_pic_results(results, "median").auc),
        "mean_area": float(pic.aggregate_individual_pic_results(results, "mean").auc),
    }


def main() -> None:
    folder = pathlib.Path(__file__).resolve().parents[2] / "Tests/Golden/evidence"
    folder.mkdir(exist_ok=True)
    (folder / "golden.json").write_text(json.dumps({"maps": maps(), "parts": parts()}) + "\n")
    (folder / "information.json").write_text(json.dumps(information(), separators=(",", ":")) + "\n")


if __name__ == "__main__":
    main()
