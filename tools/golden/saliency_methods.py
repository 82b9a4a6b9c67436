#!/usr/bin/env python3
"""Makes Tests/Golden/methods: what Captum and the PAIR package say about the clip of Tests/Golden/network.

    python3 -m venv venv && venv/bin/pip install torch "numpy<2.4" safetensors captum saliency
    venv/bin/python tools/golden/saliency_methods.py

The network is that of make_golden.py, read from its file, in double precision. Captum and the PAIR package's own functions
do the methods; only the noise is made here, number by number as the engine makes it, so that both see the same copies.
"""
from __future__ import annotations

import math
import pathlib
import sys

import captum.attr as attr
import numpy as np
import torch
from safetensors.numpy import load_file, save_file
from saliency.core import BlurIG, GuidedIG, IntegratedGradients
from scipy import ndimage

sys.path.insert(0, str(pathlib.Path(__file__).parent))
from make_golden import CLIP, Network  # noqa: E402

GOLDEN = pathlib.Path(__file__).resolve().parents[2] / "Tests/Golden"
MASK = (1 << 64) - 1
COPIES, NOISE, SEED = 4, 0.15, 7


def mixed(z: int) -> int:
    z = ((z ^ (z >> 30)) * 0xBF58476D1CE4E5B9) & MASK
    z = ((z ^ (z >> 27)) * 0x94D049BB133111EB) & MASK
    return z ^ (z >> 31)


def normals(seed: int, copy: int, frame: int, count: int) -> np.ndarray:
    """SplitMix64 and Box-Muller, a stream for every frame of every copy."""
    state = mixed((seed + 0x9E3779B97F4A7C15) & MASK)
    state = mixed(state ^ (copy * 0xD6E8FEB86659FD93 & MASK))
    state = mixed(state ^ (frame * 0xA0761D6478BD642F & MASK))
    values = []
    while len(values) < count:
        uniform = []
        for _ in range(2):
            state = (state + 0x9E3779B97F4A7C15) & MASK
            uniform.append((mixed(state) >> 11) * 2.0**-53)
        radius, angle = math.sqrt(-2 * math.log(1 - uniform[0])), 2 * math.pi * uniform[1]
        values += [radius * math.cos(angle), radius * math.sin(angle)]
    return np.array(values[:count])


def main() -> None:
    network = Network(0)
    network.variables = load_file(GOLDEN / "network/model.safetensors")
    stored = load_file(GOLDEN / "network/golden.safetensors")
    clip = stored["clip"].astype(np.float64) * (2 / 255) - 1
    target = int(stored["target"][0])
    x = torch.from_numpy(clip)
    logits = network.logits(x).detach().numpy()
    assert np.abs(logits - stored["logits"]).max() < 1e-5
    second = int(np.argsort(logits)[-2])

    def forward(batch: torch.Tensor) -> torch.Tensor:
        return torch.stack([network.logits(sample) for sample in batch])

    def gradients(batch, call_model_args=None, expected_keys=None):
        """The PAIR package's way to ask a model."""
        batch = torch.from_numpy(np.asarray(batch, dtype=np.float64)).requires_grad_(True)
        (found,) = torch.autograd.grad(forward(batch)[:, target].sum(), batch)
        return {"INPUT_OUTPUT_GRADIENTS": found.numpy()}

    def scalar_gradient(value) -> np.ndarray:
        leaf = x.clone().requires_grad_(True)
        (found,) = torch.autograd.grad(value(network.logits(leaf)), leaf)
        return found.numpy()

    black = np.full(CLIP, -1.0)
    spread = clip.max() - clip.min()
    noise = np.stack([
        np.stack([normals(SEED, copy, t, clip[t].size).reshape(clip[t].shape) for t in range(CLIP[0])])
        for copy in range(COPIES)])
    copies = clip + noise * NOISE * spread
    noisy = gradients(copies)["INPUT_OUTPUT_GRADIENTS"]

    sigma = 0.1 * min(CLIP[1:3])
    blurred = np.stack([ndimage.gaussian_filter(f, [sigma, sigma, 0], mode="reflect") for f in clip])
    batch, torch_black = x[None], torch.from_numpy(black)[None]
    ig, steps = IntegratedGradients(), 5

    # Captum's left Riemann sum over n - 1 steps and the gradient at the clip make the PAIR package's n points.
    left = attr.IntegratedGradients(forward).attribute(
        batch, torch_black, target=target, n_steps=steps - 1, method="riemann_left")[0].numpy()
    difference = clip - black
    captum_ig = ((steps - 1) * left + difference * gradients(clip[None])["INPUT_OUTPUT_GRADIENTS"][0]) / steps
    pair_ig = ig.GetMask(clip, gradients, x_baseline=black, x_steps=steps)
    assert np.abs(captum_ig - pair_ig).max() < 1e-6 * np.abs(pair_ig).max()  # the package sums in float32

    def blur_ig(**options):
        """Frame by frame the package knows images only: the same function, blurring every frame."""
        from saliency.core import blur_ig as module
        module.gaussian_blur = options.pop("blur")
        return BlurIG().GetMask(clip, gradients, **options)

    def in_space(clip, sigma):
        return clip if sigma == 0 else ndimage.gaussian_filter(clip, [0, sigma, sigma, 0], mode="constant")

    def in_time(clip, sigma):
        return clip if sigma == 0 else ndimage.gaussian_filter(clip, [sigma, 0, 0, 0], mode="reflect")

    def guided(steps, baseline, **options):
        return GuidedIG().GetMask(clip, gradients, x_baseline=baseline, x_steps=steps, **options)

    values = {
        "gradient-x-input": attr.InputXGradient(forward).attribute(batch, target=target)[0].detach().numpy(),
        "contrast": scalar_gradient(lambda z: z[target] - z[second]),
        "log-probability": scalar_gradient(lambda z: torch.log_softmax(z, 0)[target]),
        "integrated-gradients": captum_ig,
        "integrated-gradients/blurred": ig.GetMask(clip, gradients, x_baseline=blurred, x_steps=3),
        "smooth/mean": noisy.mean(0),
        "smooth/squares": (noisy**2).mean(0),
        "smooth/variance": noisy.var(0),
        "guided-ig": guided(4, black, fraction=0.25, max_dist=0.1),
        "blur-ig": blur_ig(blur=in_space, max_sigma=4, steps=4),
        "blur-ig/sqrt": blur_ig(blur=in_space, max_sigma=4, steps=2, sqrt=True),
        "blur-ig-time": blur_ig(blur=in_time, max_sigma=2, steps=3),
    }
    golden = {name: value.sum(-1).astype(np.float32) for name, value in values.items()}
    for name in ("integrated-gradients", "guided-ig"):
        golden[f"{name}/absolute"] = np.abs(values[name]).sum(-1).astype(np.float32)
    golden["first-noise"] = noise[1, 2].reshape(-1)[:16].astype(np.float32)
    golden["second"] = np.array([second], np.int32)
    golden["contrast/value"] = np.array([logits[target] - logits[second]], np.float32)
    golden["log-probability/value"] = np.array(
        [torch.log_softmax(torch.from_numpy(logits), 0)[target].item()], np.float32)
    out = GOLDEN / "methods"
    out.mkdir(parents=True, exist_ok=True)
    save_file(golden, out / "golden.safetensors")
    end = network.logits(torch.from_numpy(black)).detach().numpy()
    print(f"IG: sum {captum_ig.sum():.6g}, difference {logits[target] - end[target]:.6g}")
    for name, value in values.items():
        print(f"{name}: sum {value.sum():.4g}, size {np.linalg.norm(value):.4g}")


if __name__ == "__main__":
    main()
