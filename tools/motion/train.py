"""Trains the motion network on synthetic clips: small images first, the real size last."""

from __future__ import annotations

import json
import os
import time
from collections.abc import Iterable
from copy import deepcopy
from dataclasses import asdict, dataclass, replace
from pathlib import Path

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from .classes import LABELS
from .dataset import CALIBRATION, TRAIN, ClipShape, ClipStream, batches, normalized
from .network import InceptionI3D

# Endpoints whose activity on the background is charged.
WATCHED = ("Conv3d_1a_7x7", "Conv3d_2c_3x3", "Mixed_3c", "Mixed_4f")


@dataclass(frozen=True)
class Stage:
    """Images and frame intervals shrink by about the same factor, so that speeds in pixels a frame stay the same."""

    shape: ClipShape
    steps: int
    batch: int
    difficulties: tuple[str, ...] = ("hard",)
    """Of the clips, round by round in turn."""
    focus: float = 0.15
    """Weight of the share of activity that falls on the background, at each monitored endpoint."""


@dataclass(frozen=True)
class Recipe:
    seed: int = 1
    width: float = 0.25
    stages: tuple[Stage, ...] = (
        Stage(ClipShape(16, 64), 3900, 32, ("plain", "hard")),
        Stage(ClipShape(24, 80), 400, 24, ("plain", "clear", "plain")),
        Stage(ClipShape(32, 112), 400, 16, ("plain", "clear", "plain", "plain")),
        Stage(ClipShape(32, 112), 900, 16, ("plain", "clear", "plain", "plain"), focus=0.05),
    )
    learning_rate: float = 3e-3
    weight_decay: float = 0.02
    hand_over: float = 0.44
    """Share of the learning rate that is left when the images begin to grow."""
    span: int = 1500
    """Steps over which that share would fall to zero. The last stage takes what it finds, and all its steps to zero."""
    warm_up: int = 60
    average: float = 0.99
    """Decay of the running mean of the weights, which is what is kept."""
    calibration: int = 20
    """Batches of the last stage from which the batch-norm statistics of the mean weights are taken."""

    @property
    def steps(self) -> int:
        return sum(stage.steps for stage in self.stages)

    def rate(self, step: int) -> float:
        """Linear warm-up, then straight falls: over the first stage, over those between, and to zero over the last."""
        first, last = self.stages[0].steps, self.steps - self.stages[-1].steps
        if step < first:
            fall = 1 - (1 - self.hand_over) * step / first
        else:
            fall = self.hand_over * max(0, first + self.span - min(step, last)) / self.span
        if step > last:
            fall *= (self.steps - step) / (self.steps - last)
        return self.learning_rate * min((step + 1) / self.warm_up, fall)

    def scaled(self, factor: float) -> Recipe:
        """The same with `factor` times the steps."""
        stages = tuple(replace(s, steps=max(1, round(s.steps * factor))) for s in self.stages)
        warm_up, span = (max(1, round(steps * factor)) for steps in (self.warm_up, self.span))
        return replace(self, stages=stages, warm_up=warm_up, span=span)


def background_share(endpoints: dict[str, Tensor], masks: Tensor) -> Tensor:
    """For each monitored endpoint, the share of the batch's activity that lies away from what moves: [endpoints].

    `masks` [N, T, H, W] is true where something moves, everywhere in clips of a moving camera. The gradient of a ReLU
    that is silent is zero, so a network that is silent on the background is not explained by it.
    """
    shares = []
    near: Tensor | None = None
    for name in WATCHED:
        x = endpoints[name]
        if near is None:  # at the stem's resolution: 3 cells, about 7 pixels, and 2 cells, 4 frames, around the mover
            near = F.adaptive_max_pool3d(masks[:, None].float(), x.shape[2:])
            for kernel in ((5, 1, 1), (1, 7, 1), (1, 1, 7)):
                near = F.max_pool3d(near, kernel, stride=1, padding=[k // 2 for k in kernel])
        activity = x.float().sum(1, keepdim=True)
        away = 1 - F.adaptive_max_pool3d(near, x.shape[2:])
        shares.append((activity * away).sum() / (activity.sum() + 1e-6))
    return torch.stack(shares)


@torch.no_grad()
def see_only_change(model: InceptionI3D) -> None:
    """Projects the stem's filters onto those whose sum over time is zero: what does not change gives no response."""
    weight = model.stem.conv.weight
    weight -= weight.mean(2, keepdim=True)


@torch.no_grad()
def calibrate(model: nn.Module, clips: Iterable[Tensor]) -> None:
    """Sets batch-norm statistics to those over `clips`."""
    norms = [m for m in model.modules() if isinstance(m, nn.BatchNorm3d)]
    momenta = [norm.momentum for norm in norms]
    for norm in norms:
        norm.reset_running_stats()
        norm.momentum = None  # the plain mean over batches
    model.train()
    for clip in clips:
        model(clip)
    model.eval()
    for norm, momentum in zip(norms, momenta):
        norm.momentum = momentum


class Trainer:
    """Everything that a checkpoint holds, and the loop over it."""

    def __init__(self, recipe: Recipe, folder: Path, device: str = "cpu") -> None:
        torch.manual_seed(recipe.seed)
        self.recipe, self.folder, self.device = recipe, folder, device
        self.model = InceptionI3D(len(LABELS), recipe.width).to(device)
        see_only_change(self.model)
        self.mean = deepcopy(self.model)
        decayed = [p for p in self.model.parameters() if p.requires_grad and p.ndim > 1]
        plain = [p for p in self.model.parameters() if p.requires_grad and p.ndim == 1]
        self.optimizer = torch.optim.AdamW(
            [{"params": decayed, "weight_decay": recipe.weight_decay}, {"params": plain, "weight_decay": 0.0}],
            lr=recipe.learning_rate,
        )
        self.step = 0

    @property
    def checkpoint(self) -> Path:
        return self.folder / "checkpoint.pt"

    def resume(self) -> bool:
        if not self.checkpoint.exists():
            return False
        state = torch.load(self.checkpoint, weights_only=True, map_location=self.device)
        if state["recipe"] != json.dumps(asdict(self.recipe)):
            raise ValueError(f"{self.checkpoint} belongs to a run of another recipe; name another folder or remove it")
        self.model.load_state_dict(state["model"])
        self.mean.load_state_dict(state["mean"])
        self.optimizer.load_state_dict(state["optimizer"])
        self.step = state["step"]
        return True

    def save(self) -> None:
        self.folder.mkdir(parents=True, exist_ok=True)
        state = {
            "model": self.model.state_dict(),
            "mean": self.mean.state_dict(),
            "optimizer": self.optimizer.state_dict(),
            "step": self.step,
            "recipe": json.dumps(asdict(self.recipe)),
        }
        part = self.checkpoint.with_suffix(".part")
        torch.save(state, part)
        os.replace(part, self.checkpoint)

    def run(self, workers: int = 1, every: int = 25) -> InceptionI3D:
        """Trains from the current step to the end; returns the calibrated mean network."""
        begin = 0
        for number, stage in enumerate(self.recipe.stages):
            if self.step < begin + stage.steps:
                self._run_stage(number, stage, self.step - begin, workers, every)
            begin += stage.steps
        return self.finished(workers)

    def finished(self, workers: int = 1) -> InceptionI3D:
        last = self.recipe.stages[-1]
        count = self.recipe.calibration * last.batch
        stream = ClipStream(self.recipe.seed, CALIBRATION, last.shape, count, difficulties=last.difficulties)
        frames_only = (frames for frames, _, _ in batches(stream, last.batch, workers))
        calibrate(self.mean, (normalized(frames.to(self.device)) for frames in frames_only))
        return self.mean

    def _run_stage(self, number: int, stage: Stage, done: int, workers: int, every: int) -> None:
        # Splits of training streams are numbered by stage, beyond the named ones.
        split = TRAIN if number == 0 else 100 + number
        first, end = done * stage.batch, stage.steps * stage.batch
        stream = ClipStream(self.recipe.seed, split, stage.shape, end - first, first, stage.difficulties)
        tally, clips, start = torch.zeros(2 + len(WATCHED)), 0, time.monotonic()
        for frames, masks, labels in batches(stream, stage.batch, workers):
            tensors = (tensor.to(self.device) for tensor in (frames, masks, labels))
            tally += self._train_step(stage.focus, *tensors).cpu()
            clips += len(labels)
            self.step += 1
            if self.step % every == 0:
                loss, right, *shares = (tally / (clips / stage.batch)).tolist()
                print(
                    f"step {self.step}/{self.recipe.steps} {stage.shape.frames}x{stage.shape.size} loss {loss:.3f} "
                    f"top-1 {right:.3f} background {' '.join(f'{s:.2f}' for s in shares)} "
                    f"{clips / (time.monotonic() - start):.1f} clips/s",
                    flush=True,
                )
                self.save()
                tally.zero_()
                clips, start = 0, time.monotonic()
        self.save()

    def _train_step(self, focus: float, frames: Tensor, masks: Tensor, labels: Tensor) -> Tensor:
        recipe, model = self.recipe, self.model.train()
        rate = recipe.rate(self.step)
        for group in self.optimizer.param_groups:
            group["lr"] = rate
        camera = (labels >= LABELS.index("camera panning"))[:, None, None, None]
        endpoints = model.features(normalized(frames))
        logits = model.head_logits(endpoints["Mixed_5c"])
        entropy = F.cross_entropy(logits, labels)
        shares = background_share(endpoints, masks | camera)
        ramp = min(1.0, self.step / recipe.warm_up)
        self.optimizer.zero_grad(set_to_none=True)
        (entropy + focus * ramp * shares.sum()).backward()
        nn.utils.clip_grad_norm_(model.parameters(), 5.0)
        self.optimizer.step()
        see_only_change(model)
        decay = min(recipe.average, (1 + self.step) / (10 + self.step))
        with torch.no_grad():
            for mean, now in zip(self.mean.parameters(), model.parameters()):
                mean.lerp_(now, 1 - decay)
        right = (logits.argmax(1) == labels).float().mean()
        return torch.stack([entropy.detach(), right, *shares.detach()])
