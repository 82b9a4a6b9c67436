"""The built-in model's files: the network in float16 with its manifest, and the card that people read."""

from __future__ import annotations

import json
from dataclasses import asdict
from pathlib import Path

import torch

from . import checkpoint
from .checkpoint import Manifest
from .classes import LABELS, LOCALISED
from .evaluate import Quality
from .network import InceptionI3D
from .scene import FRAMES_PER_SECOND
from .train import Recipe

NAME = "motion"
LICENSE = "Apache-2.0"


def manifest(recipe: Recipe) -> Manifest:
    shape = recipe.stages[-1].shape
    return Manifest(
        name=NAME,
        classCount=len(LABELS),
        clipLength=shape.frames,
        pictureSize=shape.size,
        shortSide=shape.size,
        framesPerSecond=FRAMES_PER_SECOND,
        labels=list(LABELS),
        license=LICENSE,
    )


def export(model: InceptionI3D, recipe: Recipe, path: Path) -> None:
    checkpoint.save(path, model.canonical(), manifest(recipe))


def card(path: Path, recipe: Recipe, seed: int, quality: Quality, control: Quality) -> str:
    """The card of the model in `path`, JSON; `quality` and `control` were measured on held-out clips of `seed`."""
    variables, expects = checkpoint.load(path)
    content = {
        "name": expects.name,
        "description": "What moved here, and how: a small Inception-I3D that names the motion in a clip of 1.28 s.",
        "license": expects.license,
        "classes": expects.labels,
        "network": {
            "architecture": f"Inception-I3D (arXiv 1705.07750) at width {recipe.width:g}",
            "parameters": sum(v.size for v in variables.values()),
            "sha256": checkpoint.network_hash(variables),
            "bytes": path.stat().st_size,
        },
        "input": {
            "frames": expects.clipLength,
            "framesPerSecond": expects.framesPerSecond,
            "image": f"RGB, short side {expects.shortSide}, centre crop {expects.pictureSize}x{expects.pictureSize}",
            "values": "2 x / 255 - 1",
        },
        "training": {
            "data": "Synthetic clips made on the fly: procedural textured objects before procedural grounds full of "
            "objects like them at rest, with wind, water and changing screens around them, camera shake, uneven light, "
            "blur, noise, JPEG-like and predictive compression, and repeated frames. "
            "No photograph or film was used.",
            "clips": sum(stage.steps * stage.batch for stage in recipe.stages),
            "recipe": asdict(recipe),
            "madeWith": f"PyTorch {torch.__version__.split('+')[0]}",
        },
        "quality": {
            "measuredOn": f"held-out synthetic clips of seed {seed}",
            "method": "guided backpropagation for the top class, masks dilated by 7 pixels; localisation over the "
            "classes with a mover: " + ", ".join(LABELS[i] for i in LOCALISED),
            "model": quality.summary(),
            "randomWeights": control.summary(),
        },
        "limits": [
            "Trained on synthetic clips only. On film its answers are mostly worthless, and its probabilities do not show it: "
            "on 13 of 15 clips it named the camera's motion, or another class in every second or third window.",
            "Knows one motion a clip. With several different ones it names one of them.",
            "Motion of less than about a tenth of the image's edge in 1.28 s may be called a still scene.",
            "Headings are right, left, up and down within 28 degrees; diagonal motion gets the nearer of two.",
            "It does not know what moves: no people, faces or things are recognised.",
        ],
    }
    return json.dumps(content, indent=2, ensure_ascii=False) + "\n"
