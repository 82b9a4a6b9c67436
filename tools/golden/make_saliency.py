#!/usr/bin/env python3
"""Makes Tests/Golden/saliency: what Captum, PAIR's `saliency` and scikit-image say where the engine has the same methods.

    python3 -m venv venv && venv/bin/pip install torch numpy scipy safetensors captum saliency scikit-image
    venv/bin/python tools/golden/make_saliency.py

The network and the clip are those of Tests/Golden/network, in double precision.
"""
from __future__ import annotations

import argparse
import pathlib

import numpy as np
import torch
import torch.nn.functional as F
from captum.attr import GuidedBackprop, LayerGradCam, LayerGradientXActivation, Occlusion
from safetensors.numpy import load_file, save_file
from saliency.core.xrai import XRAI
from scipy.ndimage import gaussian_filter
from skimage.morphology import dilation, disk
from skimage.segmentation import felzenszwalb

from make_golden import Guided, Network

ENDPOINTS = ("Conv3d_2b_1x1", "Mixed_3c", "Mixed_4f", "Mixed_5c")
# Every window up to an endpoint whose stride or kernel moves positions: (kernel, stride) in time and in space.
STEM, POOL = (7, 2), (3, 2)
WINDOWS = {
    "Conv3d_2b_1x1": ([STEM], [STEM, POOL]),
    "Mixed_3c": ([STEM], [STEM, POOL, POOL]),
    "Mixed_4f": ([STEM, POOL], [STEM, POOL, POOL, POOL]),
    "Mixed_5c": ([STEM, POOL, (2, 2)], [STEM, POOL, POOL, POOL, (2, 2)]),
}


class Tapped(Network):
    """The network with a module at every endpoint and every ReLU, for Captum to hang its hooks on."""

    def __init__(self, variables, taps, relus):
        super().__init__(0)
        self.variables, self.taps, self.relus, self.kept = dict(variables), taps, relus, {}

    def tap(self, name, x):
        if name in self.taps:
            x = self.kept[name] = self.taps[name](x)
        return x

    def unit(self, x, name, out, kernel=1, stride=1):
        if self.relus is not None:
            if name not in self.relus:
                self.relus[name] = torch.nn.ReLU()
            self.relu = self.relus[name]
        return self.tap(name, super().unit(x, name, out, kernel, stride))

    def block(self, x, tag):
        return self.tap(f"Mixed_{tag}", super().block(x, tag))


class Explained(torch.nn.Module):
    """[N, T, H, W, C] to logits [N, classes]."""

    def __init__(self, variables):
        super().__init__()
        self.taps = torch.nn.ModuleDict({name: torch.nn.Identity() for name in ENDPOINTS})
        self.relus = torch.nn.ModuleDict()
        self.network = Tapped(variables, self.taps, self.relus)

    def forward(self, clips):
        return torch.stack([self.network.logits(clip) for clip in clips])


def channels_last(x):
    """[1, C, T, H, W] to [T, H, W, C]."""
    return np.ascontiguousarray(x[0].permute(1, 2, 3, 0).detach().numpy().astype(np.float32))


def centres(size, windows):
    """Where each position lies: the mean of the coordinates that its window covers, padding counted on."""
    x = np.arange(size, dtype=float)
    for kernel, stride in windows:
        stops = -(-len(x) // stride)
        before = max((stops - 1) * stride + kernel - len(x), 0) // 2
        step = x[1] - x[0] if len(x) > 1 else 1.0
        place = np.arange(stops)[:, None] * stride - before + np.arange(kernel)
        x = (x[0] + step * place).mean(1)
    return x


def check_centres():
    """The field of a position in the middle, as the gradient of a network of positive averages has it."""
    for size in (1023, 1024):
        for name, (_, windows) in WINDOWS.items():
            x = torch.rand(1, 1, size, dtype=torch.double, requires_grad=True)
            y = x
            for kernel, stride in windows:
                total = max((-(-y.shape[2] // stride) - 1) * stride + kernel - y.shape[2], 0)
                y = F.avg_pool1d(F.pad(y, (total // 2, total - total // 2)), kernel, stride)
                y = F.avg_pool1d(F.pad(y, (1, 1)), 3, 1)  # a unit with stride 1
            middle = y.shape[2] // 2
            (field,) = torch.autograd.grad(y[0, 0, middle], x)
            seen = field[0, 0].nonzero()
            assert (seen[0] + seen[-1]).item() / 2 == centres(size, windows)[middle], (size, name)


def upsampled(cam, name, shape):
    for axis, size in enumerate(shape):
        places = centres(size, WINDOWS[name][0 if axis == 0 else 1])
        cam = np.apply_along_axis(lambda line: np.interp(np.arange(size), places, line), axis, cam)
    return cam.astype(np.float32)


def activation_maps(model, variables, clip, target, golden):
    batch = clip[None]
    for name in ENDPOINTS:
        cam = LayerGradCam(model, model.taps[name]).attribute(batch, target, relu_attributions=True)[0, 0]
        golden[f"grad_cam/{name}"] = upsampled(cam.detach().numpy(), name, clip.shape[:3])
        products = LayerGradientXActivation(model, model.taps[name]).attribute(batch, target)
        hires = products[0].sum(0).clamp_min(0).detach().numpy()
        golden[f"hires_cam/{name}"] = upsampled(hires, name, clip.shape[:3])
    guided = GuidedBackprop(model).attribute(batch.clone().requires_grad_(True), target)[0]
    golden["guided_grad_cam"] = guided.abs().sum(3).numpy().astype(np.float32) * golden["grad_cam/Mixed_5c"]
    for rule, relu in (("gradient", torch.relu), ("guided", Guided.apply)):
        network = Tapped(variables, model.taps, None)
        network.relu = relu
        logits = network.logits(clip.clone().requires_grad_(True))
        gradients = torch.autograd.grad(logits[target], [network.kept[name] for name in ENDPOINTS])
        for name, gradient in zip(ENDPOINTS, gradients):
            golden[f"{rule}/{name}"] = channels_last(gradient)


def occlusions(model, clip, target, golden):
    means = clip.mean((0, 1, 2)).expand_as(clip)
    sigma = 0.1 * min(clip.shape[1:3])
    blurred = torch.from_numpy(gaussian_filter(clip.numpy(), (0, sigma, sigma, 0)))
    for name, baseline in (("black", torch.full_like(clip, -1)), ("mean", means), ("blurred", blurred)):
        with torch.no_grad():
            falls = Occlusion(model).attribute(
                clip[None], sliding_window_shapes=(2, 12, 10, 3), strides=(1, 8, 7, 3), baselines=baseline[None],
                target=target)
        golden[f"occlusion/{name}"] = np.ascontiguousarray(falls[0, ..., 0].numpy().astype(np.float32))


def space_time_regions(samples, scale, least):
    """Felzenszwalb and Huttenlocher's regions over the six neighbours of every position of [T, H, W, C]."""
    shape = samples.shape[:3]
    number = np.arange(np.prod(shape)).reshape(shape)
    edges = []
    for axis in range(3):
        cost = np.sqrt((np.diff(samples, axis=axis) ** 2).sum(-1))
        a = np.delete(number, -1, axis)
        b = np.delete(number, 0, axis)
        edges += zip(cost.ravel(), a.ravel(), b.ravel())
    edges.sort()
    region = [[n] for n in number.ravel()]
    inner = [0.0] * number.size

    def join(a, b):
        region[a].extend(region[b])
        for n in region[b]:
            region[n] = region[a]

    for cost, a, b in edges:
        one, other = region[a], region[b]
        if one is not other and cost < min(inner[one[0]] + scale / len(one), inner[other[0]] + scale / len(other)):
            inner[one[0]] = cost
            join(a, b)
    for _, a, b in edges:
        if region[a] is not region[b] and min(len(region[a]), len(region[b])) < least:
            join(a, b)
    _, labels = np.unique([min(r) for r in region], return_inverse=True)
    return labels.reshape(shape).astype(np.uint8)


def regions(golden):
    random = np.random.Generator(np.random.PCG64(4))
    shape = (3, 20, 24)
    t, y, x = np.meshgrid(*(np.arange(n) for n in shape), indexing="ij")
    samples = np.stack([
        np.where((y - 8) ** 2 + (x - 7 - 2 * t) ** 2 < 25, 0.8, -0.4), np.where(x + y > 26, 0.5, -0.2),
        np.sin(0.4 * y)], -1)
    samples = (samples + random.normal(0, 0.05, samples.shape)).astype(np.float32)
    golden["regions/samples"] = samples
    labels = []
    for scale in (0.5, 2.0, 8.0):
        labels.append(space_time_regions(samples.astype(float), scale, 30))
    golden["regions/labels"] = np.stack(labels)
    # A line has the same neighbours in scikit-image's graph, which in an image has eight.
    line = (np.repeat(random.normal(0, 1, (1, 12, 3)), 10, 1) + random.normal(0, 0.1, (1, 120, 3))).astype(np.float32)
    golden["regions/line"] = line
    golden["regions/line_labels"] = felzenszwalb(
        line.astype(float), scale=2 * 255, sigma=0, min_size=4, channel_axis=-1).astype(np.uint8)

    attribution = gaussian_filter(random.gamma(0.5, 1, shape), (0.5, 1.5, 1.5)).astype(np.float32)
    golden["regions/attribution"] = attribution
    radius = 2
    masks = [
        np.stack([dilation(plane, footprint=disk(radius)) for plane in scale == label])
        for scale in labels for label in np.unique(scale)]
    for name, grow in (("full", XRAI._xrai), ("fast", XRAI._xrai_fast)):
        values, ranks = grow(attr=attribution.astype(float), segs=masks, min_pixel_diff=20)
        golden[f"regions/{name}"] = values.astype(np.float32)
        golden[f"regions/{name}_ranks"] = ranks.astype(np.uint8)
    values, ranks = XRAI._xrai(attr=attribution.astype(float), segs=masks, min_pixel_diff=20, area_perc_th=0.4)
    golden["regions/part"] = values.astype(np.float32)
    golden["regions/part_ranks"] = ranks.astype(np.uint8)
    print(f"{[len(np.unique(s)) for s in labels]} regions, {len(np.unique(golden['regions/line_labels']))} of the line, "
          f"ranks {golden['regions/full_ranks'].max()} and {golden['regions/fast_ranks'].max()}")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    root = pathlib.Path(__file__).resolve().parents[2]
    parser.add_argument("--out", type=pathlib.Path, default=root / "Tests/Golden/saliency")
    out = parser.parse_args().out
    check_centres()
    variables = load_file(root / "Tests/Golden/network/model.safetensors")
    given = load_file(root / "Tests/Golden/network/golden.safetensors")
    clip = torch.from_numpy(given["clip"]).double() * (2 / 255) - 1
    target = int(given["target"][0])
    model = Explained(variables).double()
    with torch.no_grad():
        assert np.allclose(model(clip[None])[0].numpy(), given["logits"], atol=1e-5)
    golden: dict[str, np.ndarray] = {}
    activation_maps(model, variables, clip, target, golden)
    occlusions(model, clip, target, golden)
    regions(golden)
    out.mkdir(parents=True, exist_ok=True)
    save_file({name: np.ascontiguousarray(value) for name, value in golden.items()}, out / "golden.safetensors")
    for name, value in golden.items():
        print(name, value.shape, float(np.abs(value).max()))


if __name__ == "__main__":
    main()
