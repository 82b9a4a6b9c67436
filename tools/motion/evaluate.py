"""Quality on held-out synthetic clips: is the answer right, and does its map lie on what moved?"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import torch
from numpy.typing import NDArray

from .classes import LABELS, LOCALISED
from .dataset import CALIBRATION, HELD_OUT, ClipShape, ClipStream, batches, normalized
from .network import InceptionI3D
from .saliency import Localisation, guided_maps, localisation
from .train import calibrate

BATCH = 8


@dataclass(frozen=True)
class Quality:
    clips: int
    top1: float
    pointing: float
    energy: float
    area: float
    pointing_elsewhere: float
    """Of the same maps against the mask of the clip before: what movers' places, sizes and times alone are worth."""
    energy_elsewhere: float
    confusion: NDArray[np.int64]
    """[class shown, class answered]."""

    def summary(self) -> dict[str, float | int]:
        """As a model card states it."""
        shares = {
            "top1": self.top1,
            "pointing": self.pointing,
            "energyInMask": self.energy,
            "maskArea": self.area,
            "pointingElsewhere": self.pointing_elsewhere,
            "energyElsewhere": self.energy_elsewhere,
        }
        return {"clips": self.clips} | {name: round(float(value), 4) for name, value in shares.items()}

    def report(self) -> str:
        lines = [f"{'shown':16} right   most often mistaken for"]
        for shown, label in enumerate(LABELS):
            row = self.confusion[shown]
            wrong = np.where(np.arange(len(LABELS)) == shown, 0, row)
            mistaken = f"{LABELS[wrong.argmax()]} ({wrong.max()})" if wrong.any() else ""
            lines.append(f"{label:16} {row[shown] / max(row.sum(), 1):5.1%}   {mistaken}")
        lines.append(f"top-1 {self.top1:.1%} of {self.clips} clips")
        lines.append(
            f"pointing game {self.pointing:.1%}; energy in the mask {self.energy:.1%}, its area {self.area:.1%}"
        )
        lines.append(
            f"against another clip's mask: pointing {self.pointing_elsewhere:.1%}, energy {self.energy_elsewhere:.1%}"
        )
        return "\n".join(lines)


def evaluate(
    models: Sequence[InceptionI3D],
    seed: int,
    count: int,
    shape: ClipShape,
    workers: int = 1,
    difficulty: str = "plain",
) -> Quality:
    """Over the first `count` held-out clips of `seed`; localisation over those with a mover that is ever in view.

    Several models take batches in turn: the figures are those of their kind.
    """
    device = next(models[0].parameters()).device
    confusion = np.zeros((len(LABELS), len(LABELS)), np.int64)
    found: list[Localisation] = []
    elsewhere: list[Localisation] = []
    other: NDArray[np.bool_] | None = None
    stream = ClipStream(seed, HELD_OUT, shape, count, difficulties=(difficulty,))
    for turn, (frames, masks, labels) in enumerate(batches(stream, BATCH, workers)):
        maps, logits = guided_maps(models[turn % len(models)], normalized(frames.to(device)))
        np.add.at(confusion, (labels.numpy(), logits.argmax(1).cpu().numpy()), 1)
        for saliency, mask, label in zip(maps.cpu().numpy(), masks.numpy(), labels.tolist()):
            if label in LOCALISED and mask.any():
                found.append(localisation(saliency, mask))
                if other is not None:
                    elsewhere.append(localisation(saliency, other))
                other = mask
    return Quality(
        clips=int(confusion.sum()),
        top1=float(confusion.trace() / confusion.sum()),
        pointing=float(np.mean([f.points_at_mover for f in found])),
        energy=float(np.mean([f.energy for f in found])),
        area=float(np.mean([f.area for f in found])),
        pointing_elsewhere=float(np.mean([f.points_at_mover for f in elsewhere])),
        energy_elsewhere=float(np.mean([f.energy for f in elsewhere])),
        confusion=confusion,
    )


CONTROLS = 5
"""Random networks in the control. One alone may point at movers in a third more or fewer clips than another."""


def randomised(model: InceptionI3D, seed: int, shape: ClipShape, difficulty: str = "plain") -> list[InceptionI3D]:
    """The control: the same network with random weights, its batch-norm statistics taken from clips as in training."""
    return [_randomised(model, seed + number, shape, difficulty) for number in range(CONTROLS)]


def _randomised(model: InceptionI3D, seed: int, shape: ClipShape, difficulty: str) -> InceptionI3D:
    torch.manual_seed(seed)
    control = InceptionI3D(model.classes, model.width, model.in_channels).to(next(model.parameters()).device)
    torch.nn.init.normal_(control.head.weight, std=0.1)
    stream = ClipStream(seed, CALIBRATION, shape, 4 * BATCH, difficulties=(difficulty,))
    device = next(control.parameters()).device
    calibrate(control, (normalized(frames.to(device)) for frames, _, _ in batches(stream, BATCH)))
    return control
