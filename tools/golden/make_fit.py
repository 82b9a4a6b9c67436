#!/usr/bin/env python3
"""Makes Tests/Golden/fit: the optimum that scikit-learn finds for small classification problems, and its report on them.

    python3 -m venv venv && venv/bin/pip install numpy scikit-learn
    venv/bin/python tools/golden/make_fit.py
"""
from __future__ import annotations

import json
import pathlib

import numpy as np
import sklearn
from scipy.special import log_softmax
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import classification_report

CLIPS, FEATURES = 40, 12
STRENGTHS = [3.0, 0.1, 0.001]


def problem(classes: int, seed: int) -> tuple[np.ndarray, np.ndarray]:
    """Features like those of a network: not negative, of different sizes, some of them silent for most clips."""
    random = np.random.default_rng(seed)
    labels = np.arange(CLIPS) % classes
    centres = random.normal(0, 0.8, (classes, FEATURES))
    sizes = np.exp(random.normal(-1, 1, FEATURES))
    features = np.maximum(centres[labels] + random.normal(0, 0.7, (CLIPS, FEATURES)), 0) * sizes
    return np.round(features, 4), labels


def scaled(features: np.ndarray) -> np.ndarray:
    centred = features - features.mean(0)
    return centred / np.sqrt((centred ** 2).sum(1).mean())


def optimum(features: np.ndarray, labels: np.ndarray, classes: int, strength: float) -> dict:
    # With two classes scikit-learn has one vector of weights w for the difference of the logits; two opposite ones,
    # -w/2 and w/2, have half its square norm.
    inverse = (2 if classes == 2 else 1) / strength
    model = LogisticRegression(C=inverse, solver="newton-cholesky", tol=1e-14, max_iter=1000)
    model.fit(features, labels)
    weights, bias = model.coef_.T, model.intercept_
    if classes == 2:
        weights, bias = np.hstack([-weights / 2, weights / 2]), np.array([-bias[0] / 2, bias[0] / 2])
    bias = bias - bias.mean()
    logits = log_softmax(features @ weights + bias, axis=1)
    residual = np.exp(logits)
    residual[np.arange(len(labels)), labels] -= 1
    gradient = features.T @ residual + strength * weights
    assert max(np.abs(gradient).max(), np.abs(residual.sum(0)).max()) < 1e-9, "not the optimum"
    objective = -logits[np.arange(len(labels)), labels].sum() + 0.5 * strength * (weights ** 2).sum()
    return {
        "strength": strength, "weights": weights.ravel().tolist(), "bias": bias.tolist(),
        "objective": float(objective / len(labels)), "log_probabilities": logits.ravel().tolist(),
    }  # fmt: skip


def case(classes: int, seed: int) -> dict:
    features, labels = problem(classes, seed)
    inputs = scaled(features)
    return {
        "classes": classes, "clips": CLIPS, "features": FEATURES, "values": features.ravel().tolist(),
        "scaled": inputs.ravel().tolist(), "labels": labels.tolist(),
        "optima": [optimum(inputs, labels, classes, strength) for strength in STRENGTHS],
    }  # fmt: skip


def report() -> dict:
    """One class is never predicted, another has no clip."""
    labels = [0, 0, 0, 1, 1, 2, 2, 2, 2, 3]
    predicted = [0, 0, 1, 1, 4, 2, 2, 0, 2, 0]
    found = classification_report(labels, predicted, labels=range(5), output_dict=True, zero_division=0)
    return {
        "labels": labels, "predicted": predicted,
        "classes": [[found[str(c)][key] for key in ("precision", "recall", "f1-score")] for c in range(5)],
        "mean": [found["macro avg"][key] for key in ("precision", "recall", "f1-score")],
        "accuracy": sum(a == b for a, b in zip(labels, predicted)) / len(labels),
    }  # fmt: skip


def main() -> None:
    folder = pathlib.Path(__file__).resolve().parents[2] / "Tests/Golden/fit"
    folder.mkdir(parents=True, exist_ok=True)
    values = {
        "versions": {"numpy": np.__version__, "scikit-learn": sklearn.__version__},
        "cases": [case(4, 11), case(2, 12)], "report": report(),
    }  # fmt: skip
    (folder / "golden.json").write_text(json.dumps(values, indent=None, separators=(",", ":")) + "\n")


if __name__ == "__main__":
    main()
