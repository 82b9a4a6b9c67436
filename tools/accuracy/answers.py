"""The network's answers in PyTorch, with the network of tools/motion."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import numpy as np
import torch
from motion import checkpoint
from motion.network import InceptionI3D
from numpy.typing import NDArray


@dataclass(frozen=True)
class Answer:
    logits: NDArray[np.float32]
    labels: list[str]

    @property
    def best(self) -> NDArray[np.intp]:
        """Classes, the largest logit first."""
        return np.argsort(-self.logits, kind="stable")

    @property
    def probability(self) -> float:
        """That of the best class."""
        exponentials = np.exp(self.logits.astype(np.float64) - self.logits.max())
        return float(exponentials.max() / exponentials.sum())

    @property
    def text(self) -> str:
        index = int(self.best[0])
        name = self.labels[index] if self.labels else f"class {index}"
        return f"{name} {100 * self.probability:.1f} %"

    def error(self, other: Answer) -> float:
        """The norm of the difference of the logits, relative to the norm of `other`'s."""
        difference = self.logits.astype(np.float64) - other.logits
        return float(np.linalg.norm(difference) / np.linalg.norm(other.logits.astype(np.float64)))


class Network:
    """A network in single precision."""

    def __init__(self, path: Path) -> None:
        variables, self.manifest = checkpoint.load(path)
        self.network = InceptionI3D.from_canonical(variables).eval()

    def labelled(self, logits: NDArray[np.float32]) -> Answer:
        return Answer(logits, self.manifest.labels)

    def answer(self, clip: NDArray[np.uint8]) -> Answer:
        """For `[T, H, W, 3]`, 0 to 255."""
        values = clip.astype(np.float32) * np.float32(self.manifest.inputScale) + np.float32(self.manifest.inputOffset)
        with torch.no_grad():
            logits = self.network(torch.from_numpy(values).permute(3, 0, 1, 2)[None])
        return self.labelled(logits[0].numpy())
