"""Inception-I3D (arXiv 1705.07750) for training, with the names and layouts of the published TensorFlow checkpoints.

Padding is TensorFlow's SAME, max-pool pads with -inf, batch-norm has epsilon 1e-3 and no gamma. `canonical()` and
`load_canonical()` are a renaming and a transposition: filters `[kt, kh, kw, cin, cout]`, batch-norm vectors `[cout]`.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping

import numpy as np
import torch
import torch.nn.functional as F
from torch import Tensor, nn

BN_EPSILON = 1e-3
BN_MOMENTUM = 0.05

# name: (branch 0, branch 1 reduce, branch 1, branch 2 reduce, branch 2, branch 3), channels at width 1
MIXED: dict[str, tuple[int, int, int, int, int, int]] = {
    "Mixed_3b": (64, 96, 128, 16, 32, 32),
    "Mixed_3c": (128, 128, 192, 32, 96, 64),
    "Mixed_4b": (192, 96, 208, 16, 48, 64),
    "Mixed_4c": (160, 112, 224, 24, 64, 64),
    "Mixed_4d": (128, 128, 256, 24, 64, 64),
    "Mixed_4e": (112, 144, 288, 32, 64, 64),
    "Mixed_4f": (256, 160, 320, 32, 128, 128),
    "Mixed_5b": (256, 160, 320, 32, 128, 128),
    "Mixed_5c": (384, 192, 384, 48, 128, 128),
}
HEAD = "Logits/Conv3d_0c_1x1/conv_3d"


class GuidedReLU(torch.autograd.Function):
    """Passes a gradient only where output and gradient are both positive (arXiv 1412.6806)."""

    @staticmethod
    def forward(ctx, x: Tensor) -> Tensor:
        y = x.clamp_min(0)
        ctx.save_for_backward(y)
        return y

    @staticmethod
    def backward(ctx, grad: Tensor) -> Tensor:
        (y,) = ctx.saved_tensors
        return grad * (y > 0) * (grad > 0)


def same_pads(size: int, kernel: int, stride: int) -> tuple[int, int]:
    """TensorFlow's SAME padding of one axis, (before, after): the odd element goes after."""
    total = max((-(-size // stride) - 1) * stride + kernel - size, 0)
    return total // 2, total - total // 2


def max_pool(x: Tensor, kernel: tuple[int, int, int], stride: tuple[int, int, int]) -> Tensor:
    pads = [same_pads(n, k, s) for n, k, s in zip(x.shape[2:], kernel, stride)]
    if all(before == after for before, after in pads):
        return F.max_pool3d(x, kernel, stride, padding=[before for before, _ in pads])
    if all(before == 0 for before, _ in pads):
        return F.max_pool3d(x, kernel, stride, ceil_mode=True)
    flat = [pad for before_after in reversed(pads) for pad in before_after]
    return F.max_pool3d(F.pad(x, flat, value=float("-inf")), kernel, stride)


class Unit(nn.Module):
    """Convolution, batch-norm without gamma, ReLU."""

    def __init__(self, kernel: int, in_channels: int, out_channels: int) -> None:
        super().__init__()
        self.conv = nn.Conv3d(in_channels, out_channels, kernel, padding=kernel // 2, bias=False)
        self.norm = nn.BatchNorm3d(out_channels, eps=BN_EPSILON, momentum=BN_MOMENTUM)
        self.norm.weight.requires_grad_(False)
        nn.init.kaiming_normal_(self.conv.weight, mode="fan_in", nonlinearity="relu")
        self.guided = False

    def forward(self, x: Tensor) -> Tensor:
        x = self.norm(self.convolve(x))
        return GuidedReLU.apply(x) if self.guided else F.relu(x, inplace=self.training)

    def convolve(self, x: Tensor) -> Tensor:
        return F.conv3d(x, self.conv.weight.to(x.dtype), padding=self.conv.padding)


class Stem(Unit):
    """7x7x7 with stride 2, computed as 4x4x4 with stride 1 over 2x2x2 cells of the input.

    The same products in another order; with 3 input channels the direct form leaves most of a CPU idle.
    """

    def __init__(self, in_channels: int, out_channels: int) -> None:
        super().__init__(7, in_channels, out_channels)

    def convolve(self, x: Tensor) -> Tensor:
        pads = []
        for size in reversed(x.shape[2:]):
            before, after = same_pads(size, 7, 2)
            # An eighth tap of zero makes the kernel even; an odd padded size needs one element more to fill its cell.
            pads += [before, after + 1 + (size + before + after + 1) % 2]
        weight = F.pad(self.conv.weight.to(x.dtype), (0, 1) * 3)
        return F.conv3d(_cells(F.pad(x, pads)), _cells(weight))


def _cells(x: Tensor) -> Tensor:
    """[N, C, T, H, W] -> [N, 8C, T/2, H/2, W/2], channels last in memory."""
    n, c, t, h, w = x.shape
    x = x.reshape(n, c, t // 2, 2, h // 2, 2, w // 2, 2)
    x = x.permute(0, 2, 4, 6, 3, 5, 7, 1).reshape(n, t // 2, h // 2, w // 2, 8 * c)
    return x.permute(0, 4, 1, 2, 3)


class Mixed(nn.Module):
    """Four branches over one input, joined along the channels."""

    def __init__(self, in_channels: int, channels: tuple[int, ...]) -> None:
        super().__init__()
        b0, r1, b1, r2, b2, b3 = channels
        self.branch0 = Unit(1, in_channels, b0)
        self.branch1_reduce = Unit(1, in_channels, r1)
        self.branch1 = Unit(3, r1, b1)
        self.branch2_reduce = Unit(1, in_channels, r2)
        self.branch2 = Unit(3, r2, b2)
        self.branch3 = Unit(1, in_channels, b3)
        self.out_channels = b0 + b1 + b2 + b3

    def forward(self, x: Tensor) -> Tensor:
        return torch.cat(
            [
                self.branch0(x),
                self.branch1(self.branch1_reduce(x)),
                self.branch2(self.branch2_reduce(x)),
                self.branch3(max_pool(x, (3, 3, 3), (1, 1, 1))),
            ],
            1,
        )

    def units(self, name: str) -> Iterator[tuple[str, Unit]]:
        yield f"{name}/Branch_0/Conv3d_0a_1x1", self.branch0
        yield f"{name}/Branch_1/Conv3d_0a_1x1", self.branch1_reduce
        yield f"{name}/Branch_1/Conv3d_0b_3x3", self.branch1
        yield f"{name}/Branch_2/Conv3d_0a_1x1", self.branch2_reduce
        # The published graph misnames this one unit.
        yield f"{name}/Branch_2/Conv3d_{'0a' if name == 'Mixed_5b' else '0b'}_3x3", self.branch2
        yield f"{name}/Branch_3/Conv3d_0b_1x1", self.branch3


class InceptionI3D(nn.Module):
    """Clips `[N, C, T, H, W]`, values in [-1, 1], to logits `[N, classes]`.

    `width` multiplies every channel count of the published network.
    """

    def __init__(self, classes: int, width: float = 1.0, in_channels: int = 3) -> None:
        super().__init__()
        self.classes, self.width, self.in_channels = classes, width, in_channels

        def scaled(channels: int) -> int:
            return max(1, round(channels * width))

        self.stem = Stem(in_channels, scaled(64))
        self.conv2b = Unit(1, scaled(64), scaled(64))
        self.conv2c = Unit(3, scaled(64), scaled(192))
        self.mixed = nn.ModuleDict()
        channels = scaled(192)
        for name, widths in MIXED.items():
            block = Mixed(channels, tuple(scaled(w) for w in widths))
            self.mixed[name] = block
            channels = block.out_channels
        self.head = nn.Conv3d(channels, classes, 1)
        nn.init.normal_(self.head.weight, std=0.01)
        nn.init.zeros_(_present(self.head.bias))
        self.to(memory_format=torch.channels_last_3d)

    def forward(self, x: Tensor) -> Tensor:
        return self.head_logits(self.features(x)["Mixed_5c"])

    def features(self, x: Tensor) -> dict[str, Tensor]:
        """Endpoints by name: the stem's, the last before each change of scale, and the last."""
        keep: dict[str, Tensor] = {}
        x = keep["Conv3d_1a_7x7"] = self.stem(x)
        x = max_pool(x, (1, 3, 3), (1, 2, 2))
        x = keep["Conv3d_2c_3x3"] = self.conv2c(self.conv2b(x))
        x = max_pool(x, (1, 3, 3), (1, 2, 2))
        for name, block in self.mixed.items():
            if name == "Mixed_4b":
                keep["Mixed_3c"] = x
                x = max_pool(x, (3, 3, 3), (2, 2, 2))
            if name == "Mixed_5b":
                keep["Mixed_4f"] = x
                x = max_pool(x, (2, 2, 2), (2, 2, 2))
            x = block(x)
        keep["Mixed_5c"] = x
        return keep

    def head_logits(self, x: Tensor) -> Tensor:
        """Average pool [2, 7, 7] with stride 1 (the whole extent where that is smaller), 1x1x1, mean."""
        t, h, w = x.shape[2:]
        x = F.avg_pool3d(x.to(self.head.weight.dtype), (min(2, t), min(7, h), min(7, w)), stride=1)
        return self.head(x).mean((2, 3, 4))

    def set_guided(self, guided: bool) -> None:
        for _, unit in self.units():
            unit.guided = guided

    def units(self) -> Iterator[tuple[str, Unit]]:
        """Every unit with its name in the published checkpoints, in the order of the forward pass."""
        yield "Conv3d_1a_7x7", self.stem
        yield "Conv3d_2b_1x1", self.conv2b
        yield "Conv3d_2c_3x3", self.conv2c
        for name, block in self.mixed.items():
            assert isinstance(block, Mixed)
            yield from block.units(name)

    def canonical(self) -> dict[str, np.ndarray]:
        """Variables by their published names and in their published layouts, float32."""
        out: dict[str, np.ndarray] = {}
        for name, unit in self.units():
            out[f"{name}/conv_3d/w"] = _filters(unit.conv.weight)
            out[f"{name}/batch_norm/beta"] = _vector(unit.norm.bias)
            out[f"{name}/batch_norm/moving_mean"] = _vector(unit.norm.running_mean)
            out[f"{name}/batch_norm/moving_variance"] = _vector(unit.norm.running_var)
        out[f"{HEAD}/w"] = _filters(self.head.weight)
        out[f"{HEAD}/b"] = _vector(self.head.bias)
        return out

    @torch.no_grad()
    def load_canonical(self, variables: Mapping[str, np.ndarray], head: bool = True) -> None:
        """The reverse of `canonical`; without `head`, the head keeps its values (other classes)."""

        def fill(variable: Tensor | None, name: str, is_filter: bool) -> None:
            target = _present(variable)
            values = torch.from_numpy(np.array(variables[name], dtype=np.float32))
            values = values.permute(4, 3, 0, 1, 2) if is_filter else values.reshape(-1)
            if values.shape != target.shape:
                raise ValueError(f"{name} has shape {tuple(values.shape)}, where {tuple(target.shape)} is needed")
            target.copy_(values)

        for name, unit in self.units():
            fill(unit.conv.weight, f"{name}/conv_3d/w", True)
            fill(unit.norm.bias, f"{name}/batch_norm/beta", False)
            fill(unit.norm.running_mean, f"{name}/batch_norm/moving_mean", False)
            fill(unit.norm.running_var, f"{name}/batch_norm/moving_variance", False)
        if head:
            fill(self.head.weight, f"{HEAD}/w", True)
            fill(self.head.bias, f"{HEAD}/b", False)

    @classmethod
    def from_canonical(cls, variables: Mapping[str, np.ndarray], classes: int | None = None) -> InceptionI3D:
        """A network of the variables' own width; with `classes`, one with a new head of so many."""
        stem = variables["Conv3d_1a_7x7/conv_3d/w"]
        own = variables[f"{HEAD}/w"].shape[-1]
        model = cls(classes or own, width=stem.shape[-1] / 64, in_channels=stem.shape[3])
        model.load_canonical(variables, head=classes is None)
        return model


def _present(tensor: Tensor | None) -> Tensor:
    """PyTorch's types allow a layer without bias or statistics; this network has none such."""
    assert tensor is not None
    return tensor


def _filters(weight: Tensor) -> np.ndarray:
    return np.ascontiguousarray(weight.detach().float().permute(2, 3, 4, 1, 0).numpy())


def _vector(values: Tensor | None) -> np.ndarray:
    return _present(values).detach().float().numpy().copy()
