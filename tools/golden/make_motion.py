#!/usr/bin/env python3
"""Makes Tests/Golden/motion: what PyTorch, in double precision, says about a held-out clip with the built-in model.

    PYTHONPATH=tools out/python/bin/python tools/golden/make_motion.py     # the environment of docs/train.md

The clip is small (the network is fully convolutional) so that the file is. Its mask bits lie where they lie: a few within
fp32 rounding of zero may fall the other way in an engine, which is why the design's bounds apply and no tighter ones.
"""

from __future__ import annotations

import json
import struct
from pathlib import Path

import numpy as np
import torch
from motion import checkpoint
from motion.dataset import HELD_OUT, ClipShape, ClipStream, normalized
from motion.network import InceptionI3D
from motion.saliency import guided_maps

ROOT = Path(__file__).resolve().parents[2]
MODEL = ROOT / "Sources/Engine/Builtin/motion.safetensors"
SEED, CLIP = 2, 7  # of class "rotating"
SHAPE = ClipShape(16, 64)


def save(path: Path, tensors: dict[str, np.ndarray]) -> None:
    """A safetensors file."""
    names = {"float32": "F32", "uint8": "U8", "int32": "I32"}
    header, data = {}, b""
    for name, value in tensors.items():
        start = len(data)
        data += np.ascontiguousarray(value).tobytes()
        header[name] = {"dtype": names[str(value.dtype)], "shape": list(value.shape), "data_offsets": [start, len(data)]}
    text = json.dumps(header).encode()
    text += b" " * (-len(text) % 8)
    path.write_bytes(struct.pack("<Q", len(text)) + text + data)


def main() -> None:
    variables, _ = checkpoint.load(MODEL)
    model = InceptionI3D.from_canonical(variables).double().eval()
    frames, _, _ = ClipStream(SEED, HELD_OUT, SHAPE, CLIP + 1)[CLIP]
    clip = normalized(frames[None]).double()
    guided, logits = guided_maps(model, clip)
    x = clip.detach().requires_grad_(True)
    model(x).max().backward()
    folder = ROOT / "Tests/Golden/motion"
    folder.mkdir(parents=True, exist_ok=True)
    save(
        folder / "golden.safetensors",
        {
            "clip": frames.numpy(),
            "logits": logits[0].float().numpy(),
            "target": np.array([int(logits.argmax())], np.int32),
            "guided": guided[0].float().numpy(),
            "gradient": x.grad.abs().sum(1)[0].float().numpy(),
        },
    )


if __name__ == "__main__":
    main()
