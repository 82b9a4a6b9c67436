"""Fits any I3D checkpoint to a list of labelled clips."""

from __future__ import annotations

from dataclasses import dataclass, replace
from pathlib import Path

import torch
import torch.nn.functional as F
from torch import nn
from torch.utils.data import DataLoader

from . import checkpoint
from .checkpoint import Manifest
from .network import InceptionI3D
from .videos import ClipList, Windows


@dataclass(frozen=True)
class Options:
    epochs: int = 10
    batch: int = 8
    head_rate: float = 1e-3
    trunk_rate: float = 1e-4
    """0 leaves everything but the head as it is."""
    weight_decay: float = 0.01
    flip: bool = False
    seed: int = 1
    device: str = "cpu"
    workers: int = 1


def load(path: Path, labels: list[str], out: Path) -> tuple[InceptionI3D, Manifest]:
    """The network in `path` with a head for `labels`: its own where the labels are the same, a new one elsewhere.

    The manifest's name is that of the file to write, `out`, and never the name of the network to begin with.
    """
    variables, manifest = checkpoint.load(path)
    if manifest.inputChannels != 3:
        raise ValueError(f"{path} expects {manifest.inputChannels} channels, where clips of images have 3")
    fresh = manifest.labels != labels
    model = InceptionI3D.from_canonical(variables, len(labels) if fresh else None)
    name = out.stem if out.stem != manifest.name else f"{out.stem}-finetuned"
    return model, replace(manifest, name=name, classCount=len(labels), labels=labels)


def finetune(
    model: InceptionI3D, manifest: Manifest, train: ClipList, held_out: ClipList | None, options: Options
) -> InceptionI3D:
    """Trains in place. Batch-norm statistics stay as they are: batches are too small to take new ones from."""
    torch.manual_seed(options.seed)
    model.to(options.device)
    trunk = [p for name, p in model.named_parameters() if not name.startswith("head.") and p.requires_grad]
    for parameter in trunk:
        parameter.requires_grad_(options.trunk_rate > 0)
    groups = [{"params": list(model.head.parameters()), "lr": options.head_rate}]
    if options.trunk_rate > 0:
        groups.append({"params": trunk, "lr": options.trunk_rate})
    optimizer = torch.optim.AdamW(groups, weight_decay=options.weight_decay)
    schedule = torch.optim.lr_scheduler.CosineAnnealingLR(optimizer, options.epochs)
    for epoch in range(options.epochs):
        windows = Windows(train, manifest, options.seed, epoch, options.flip)
        order = torch.Generator().manual_seed(options.seed * 1_000_003 + epoch)
        loader = DataLoader(windows, options.batch, shuffle=True, generator=order, num_workers=options.workers)
        model.eval()
        total, right = 0.0, 0
        for frames, labels in loader:
            labels = labels.to(options.device)
            logits = model(_normalized(frames.to(options.device), manifest))
            loss = F.cross_entropy(logits, labels)
            optimizer.zero_grad(set_to_none=True)
            loss.backward()
            nn.utils.clip_grad_norm_(model.parameters(), 5.0)
            optimizer.step()
            total += loss.item() * len(labels)
            right += int((logits.argmax(1) == labels).sum())
        schedule.step()
        line = f"epoch {epoch + 1}/{options.epochs} loss {total / len(windows):.3f} top-1 {right / len(windows):.1%}"
        if held_out:
            line += f", held out {accuracy(model, manifest, held_out, options):.1%}"
        print(line, flush=True)
    return model


@torch.no_grad()
def accuracy(model: InceptionI3D, manifest: Manifest, clips: ClipList, options: Options) -> float:
    """Top-1 on the middle window of each clip."""
    model.eval()
    right = 0
    for frames, labels in DataLoader(Windows(clips, manifest), options.batch, num_workers=options.workers):
        logits = model(_normalized(frames.to(options.device), manifest))
        right += int((logits.argmax(1).cpu() == labels).sum())
    return right / len(clips.entries)


def _normalized(frames: torch.Tensor, manifest: Manifest) -> torch.Tensor:
    """uint8 [N, T, H, W, C] -> [N, C, T, H, W] in the manifest's range, channels last in memory."""
    return (frames.float() * manifest.inputScale + manifest.inputOffset).permute(0, 4, 1, 2, 3)
