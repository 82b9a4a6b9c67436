"""What saliencyd itself says about the first window of a clip: its frames, their times and the network's logits."""

from __future__ import annotations

import json
import subprocess
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray


@dataclass(frozen=True)
class Explained:
    # `[T, H, W, C]`
    clip: NDArray[np.uint8]
    times: list[float]
    logits: NDArray[np.float32]


def converted(saliencyd: Path, model: str, folder: Path) -> Path:
    """The network's variables as safetensors."""
    path = folder / "model.safetensors"
    subprocess.run([saliencyd, "model", "convert", model, path, "--force"], check=True, stdout=subprocess.DEVNULL)
    return path


def explained(saliencyd: Path, clip: Path, model: str, folder: Path) -> Explained:
    array, output = folder / "clip.npy", folder / "explained"
    subprocess.run(
        [saliencyd, "explain", clip, "--model", model, "--method", "gradient", "--clip", array, "--output", output,
         "--force", "--quiet"],
        check=True)
    result = json.loads((output / "result.json").read_text(encoding="utf-8"))
    return Explained(np.load(array), result["input"]["times"], np.array(result["logits"], np.float32))
