#!/usr/bin/env python3
"""Makes Tests/Golden/network: a tiny seeded I3D and what PyTorch, in double precision, says about a small clip.

    python3 -m venv venv && venv/bin/pip install torch numpy safetensors
    venv/bin/python tools/golden/make_golden.py

Double precision, so that the engine is held to the truth and not to another program's rounding. A ReLU's mask bit and a
pool's winner are steps: seeds are tried until every one of them is decided by more than fp32 rounding can move.
"""
from __future__ import annotations

import argparse
import pathlib

import numpy as np
import torch
import torch.nn.functional as F
from safetensors.numpy import save_file

EPSILON = 1e-3  # batch-norm, as published; there is no gamma
WIDTH = 1 / 40
CLASSES = 6
CLIP = (4, 34, 33, 3)  # odd and even sizes, so that SAME padding differs
MARGIN = 4e-5  # least distance of a pre-activation from 0, and of a pool's winner from the next

# Output channels of branch 0, (reduce, 3x3x3) of branches 1 and 2, branch 3.
BLOCKS = {
    "3b": (64, (96, 128), (16, 32), 32),
    "3c": (128, (128, 192), (32, 96), 64),
    "4b": (192, (96, 208), (16, 48), 64),
    "4c": (160, (112, 224), (24, 64), 64),
    "4d": (128, (128, 256), (24, 64), 64),
    "4e": (112, (144, 288), (32, 64), 64),
    "4f": (256, (160, 320), (32, 128), 128),
    "5b": (256, (160, 320), (32, 128), 128),
    "5c": (384, (192, 384), (48, 128), 128),
}


def channels(published: int) -> int:
    return max(1, round(published * WIDTH))


class Guided(torch.autograd.Function):
    """A ReLU whose gradient passes only where output and gradient are positive (arXiv 1412.6806)."""

    @staticmethod
    def forward(ctx, x):
        ctx.save_for_backward(x)
        return torch.relu(x)

    @staticmethod
    def backward(ctx, gradient):
        (x,) = ctx.saved_tensors
        return torch.where((x > 0) & (gradient > 0), gradient, torch.zeros_like(gradient))


class Network:
    """Builds its variables while the clip runs through it: batch-norm statistics are those of the clip.

    Variances get the layer's mean square on top: a channel that hardly varies would otherwise be blown up, rounding
    errors with it, until nothing could be compared.
    """

    def __init__(self, seed: int):
        self.random = np.random.Generator(np.random.PCG64(seed))
        self.variables: dict[str, np.ndarray] = {}
        self.endpoints: dict[str, torch.Tensor] = {}
        self.relu = torch.relu
        self.margin = np.inf

    def variable(self, name: str, make) -> torch.Tensor:
        if name not in self.variables:
            self.variables[name] = np.ascontiguousarray(make(), dtype=np.float32)
        return torch.from_numpy(self.variables[name]).double()

    @staticmethod
    def padded(x, kernel, stride, value):
        """TensorFlow SAME: the odd element goes after."""
        pads = []
        for size, k, s in zip(x.shape[2:], kernel, stride):
            total = max((-(-size // s) - 1) * s + k - size, 0)
            pads = [total // 2, total - total // 2] + pads
        return F.pad(x, pads, value=value)

    def unit(self, x, name, out, kernel=1, stride=1):
        cin, shape = x.shape[1], (1, 1, 1, 1, out)
        std = np.sqrt(2 / (kernel**3 * cin))
        w = self.variable(f"{name}/conv_3d/w", lambda: self.random.normal(0, std, (kernel,) * 3 + (cin, out)))
        x = F.conv3d(self.padded(x, (kernel,) * 3, (stride,) * 3, 0), w.permute(4, 3, 0, 1, 2), stride=stride)
        flat = x.detach().transpose(0, 1).reshape(out, -1)
        mean = self.variable(f"{name}/batch_norm/moving_mean", lambda: flat.mean(1).reshape(shape).numpy())
        variance = self.variable(
            f"{name}/batch_norm/moving_variance", lambda: (flat.var(1, unbiased=False) + flat.square().mean()).reshape(shape).numpy())
        beta = self.variable(f"{name}/batch_norm/beta", lambda: self.random.normal(0.1, 0.3, shape))
        vector = (1, out, 1, 1, 1)
        x = (x - mean.reshape(vector)) / torch.sqrt(variance.reshape(vector) + EPSILON) + beta.reshape(vector)
        self.margin = min(self.margin, x.detach().abs().min().item())
        return self.relu(x)

    def pool(self, x, kernel, stride):
        padded = self.padded(x, kernel, stride, -np.inf)
        windows = padded.detach()
        for axis, (k, s) in enumerate(zip(kernel, stride)):
            windows = windows.unfold(2 + axis, k, s)
        windows = windows.flatten(5)
        if windows.shape[-1] > 1:
            top = windows.topk(2, dim=-1).values
            gaps = top[..., 0] - top[..., 1]
            # Ties at zero pass no mask; others are one element that several windows before took: exact everywhere.
            gaps = gaps[(top[..., 0] > 0) & (gaps > 0)]
            if gaps.numel():
                self.margin = min(self.margin, gaps.min().item())
        return F.max_pool3d(padded, kernel, stride)

    def block(self, x, tag):
        b0, (r1, b1), (r2, b2), b3 = BLOCKS[tag]
        name = f"Mixed_{tag}"
        last = "Conv3d_0a_3x3" if tag == "5b" else "Conv3d_0b_3x3"  # the published graph misnames this one
        branch0 = self.unit(x, f"{name}/Branch_0/Conv3d_0a_1x1", channels(b0))
        reduced1 = self.unit(x, f"{name}/Branch_1/Conv3d_0a_1x1", channels(r1))
        branch1 = self.unit(reduced1, f"{name}/Branch_1/Conv3d_0b_3x3", channels(b1), 3)
        reduced2 = self.unit(x, f"{name}/Branch_2/Conv3d_0a_1x1", channels(r2))
        branch2 = self.unit(reduced2, f"{name}/Branch_2/{last}", channels(b2), 3)
        pooled = self.pool(x, (3, 3, 3), (1, 1, 1))
        branch3 = self.unit(pooled, f"{name}/Branch_3/Conv3d_0b_1x1", channels(b3))
        return torch.cat([branch0, branch1, branch2, branch3], 1)

    def logits(self, clip: torch.Tensor) -> torch.Tensor:
        """clip [T, H, W, C], already scaled."""
        x = clip.permute(3, 0, 1, 2)[None]
        x = self.unit(x, "Conv3d_1a_7x7", channels(64), 7, 2)
        x = self.pool(x, (1, 3, 3), (1, 2, 2))
        x = self.unit(x, "Conv3d_2b_1x1", channels(64))
        x = self.unit(x, "Conv3d_2c_3x3", channels(192), 3)
        x = self.pool(x, (1, 3, 3), (1, 2, 2))
        for tag in BLOCKS:
            if tag == "4b":
                x = self.pool(x, (3, 3, 3), (2, 2, 2))
            if tag == "5b":
                x = self.pool(x, (2, 2, 2), (2, 2, 2))
            x = self.block(x, tag)
            if tag in ("3b", "5c"):
                self.endpoints[f"Mixed_{tag}"] = x.detach()
        window = [min(size, most) for size, most in zip(x.shape[2:], (2, 7, 7))]
        x = F.avg_pool3d(x, window, stride=1)
        w = self.variable(
            "Logits/Conv3d_0c_1x1/conv_3d/w",
            lambda: self.random.normal(0, 1 / np.sqrt(x.shape[1]), (1, 1, 1, x.shape[1], CLASSES)))
        b = self.variable("Logits/Conv3d_0c_1x1/conv_3d/b", lambda: self.random.normal(0, 0.1, CLASSES))
        return F.conv3d(x, w.permute(4, 3, 0, 1, 2), b).mean((0, 2, 3, 4))

    def gradient(self, clip, target, relu):
        self.relu = relu
        x = clip.clone().requires_grad_(True)
        (gradient,) = torch.autograd.grad(self.logits(x)[target], x)
        self.relu = torch.relu
        return np.ascontiguousarray(gradient.numpy())


def moving_clip(seed: int) -> np.ndarray:
    """Coloured waves that drift, and noise: uint8 [T, H, W, C]."""
    random = np.random.Generator(np.random.PCG64(seed))
    t, y, x, c = np.meshgrid(*(np.arange(n) for n in CLIP), indexing="ij")
    wave = np.sin(0.31 * x + 0.9 * t + c) + np.sin(0.23 * y - 0.7 * t + 2 * c)
    return np.clip(128 + 45 * wave + random.normal(0, 12, CLIP), 0, 255).astype(np.uint8)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    root = pathlib.Path(__file__).resolve().parents[2]
    parser.add_argument("--out", type=pathlib.Path, default=root / "Tests/Golden/network")
    out = parser.parse_args().out
    for seed in range(1, 500):
        frames = moving_clip(seed)
        clip = torch.from_numpy(frames).double() * (2 / 255) - 1
        network = Network(seed)
        with torch.no_grad():
            network.logits(clip)
            network.margin = np.inf  # now with the variables as they are stored
            logits = network.logits(clip).numpy()
        if network.margin > MARGIN:
            break
    else:
        raise SystemExit("no seed keeps every mask bit and winner clear of rounding")
    target = int(logits.argmax())
    golden = {
        "clip": frames,
        "logits": logits.astype(np.float32),
        "target": np.array([target], np.int32),
        "gradient": network.gradient(clip, target, torch.relu).astype(np.float32),
        "guided": network.gradient(clip, target, Guided.apply).astype(np.float32),
    }
    for name, x in network.endpoints.items():
        golden[f"endpoint/{name}"] = np.ascontiguousarray(x[0].permute(1, 2, 3, 0).numpy().astype(np.float32))
    out.mkdir(parents=True, exist_ok=True)
    save_file(network.variables, out / "model.safetensors")
    save_file(golden, out / "golden.safetensors")
    print(f"seed {seed}, margin {network.margin:.2g}, target {target}, logits {logits}")


if __name__ == "__main__":
    main()
