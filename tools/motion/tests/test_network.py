"""The network against a plain writing of TensorFlow's, and its names and layouts."""

import numpy as np
import pytest
import torch
import torch.nn.functional as F
from motion.network import InceptionI3D, max_pool, same_pads

WIDTH = 1 / 32


@pytest.fixture(scope="module")
def model() -> InceptionI3D:
    torch.manual_seed(3)
    model = InceptionI3D(5, WIDTH)
    generator = np.random.default_rng(3)
    variables = model.canonical()
    for name, values in variables.items():
        if name.endswith("moving_variance"):
            values[:] = generator.uniform(0.5, 2, values.shape)
        elif not name.endswith("conv_3d/w"):
            values[:] = generator.normal(0.05, 0.2, values.shape)
    variables["Logits/Conv3d_0c_1x1/conv_3d/w"] *= 100
    return InceptionI3D.from_canonical(variables).eval()


def padded(x: torch.Tensor, kernel, stride, value: float = 0.0) -> torch.Tensor:
    pads = [p for n, k, s in reversed(list(zip(x.shape[2:], kernel, stride))) for p in same_pads(n, k, s)]
    return F.pad(x, pads, value=value)


def plain_logits(v: dict[str, np.ndarray], x: torch.Tensor) -> torch.Tensor:
    """Straight from the published description: pad, convolve, normalise, one unit after the other."""

    def unit(x: torch.Tensor, name: str, kernel: int, stride: int = 1) -> torch.Tensor:
        w = torch.from_numpy(v[f"{name}/conv_3d/w"]).permute(4, 3, 0, 1, 2)
        x = F.conv3d(padded(x, (kernel,) * 3, (stride,) * 3), w, stride=stride)
        mean, var, beta = (
            torch.from_numpy(v[f"{name}/batch_norm/{key}"]).reshape(1, -1, 1, 1, 1)
            for key in ("moving_mean", "moving_variance", "beta")
        )
        return F.relu((x - mean) / torch.sqrt(var + 1e-3) + beta)

    def pool(x: torch.Tensor, kernel, stride) -> torch.Tensor:
        return F.max_pool3d(padded(x, kernel, stride, float("-inf")), kernel, stride)

    x = pool(unit(x, "Conv3d_1a_7x7", 7, 2), (1, 3, 3), (1, 2, 2))
    x = pool(unit(unit(x, "Conv3d_2b_1x1", 1), "Conv3d_2c_3x3", 3), (1, 3, 3), (1, 2, 2))
    for name in ("3b", "3c", "4b", "4c", "4d", "4e", "4f", "5b", "5c"):
        if name == "4b":
            x = pool(x, (3, 3, 3), (2, 2, 2))
        if name == "5b":
            x = pool(x, (2, 2, 2), (2, 2, 2))
        p = f"Mixed_{name}/Branch_"
        last = "Conv3d_0a_3x3" if name == "5b" else "Conv3d_0b_3x3"
        branches = [
            unit(x, f"{p}0/Conv3d_0a_1x1", 1),
            unit(unit(x, f"{p}1/Conv3d_0a_1x1", 1), f"{p}1/Conv3d_0b_3x3", 3),
            unit(unit(x, f"{p}2/Conv3d_0a_1x1", 1), f"{p}2/{last}", 3),
            unit(pool(x, (3, 3, 3), (1, 1, 1)), f"{p}3/Conv3d_0b_1x1", 1),
        ]
        x = torch.cat(branches, 1)
    t, h, w = x.shape[2:]
    x = F.avg_pool3d(x, (min(2, t), min(7, h), min(7, w)), stride=1)
    head = torch.from_numpy(v["Logits/Conv3d_0c_1x1/conv_3d/w"]).permute(4, 3, 0, 1, 2)
    return F.conv3d(x, head, torch.from_numpy(v["Logits/Conv3d_0c_1x1/conv_3d/b"])).mean((2, 3, 4))


@pytest.mark.parametrize("shape", [(32, 112, 112), (16, 64, 64), (24, 80, 80), (15, 63, 71), (9, 33, 40)])
def test_agrees_with_the_plain_form(model: InceptionI3D, shape: tuple[int, int, int]) -> None:
    x = torch.rand(1, 3, *shape, generator=torch.Generator().manual_seed(1)) * 2 - 1
    with torch.no_grad():
        got, want = model(x), plain_logits(model.canonical(), x)
    # Both are fp32 sums in another order; 1e-4 of the norm is the engine's own bound.
    assert float((got - want).norm() / want.norm()) < 1e-4


@pytest.mark.parametrize("size", [7, 8, 14, 15])
@pytest.mark.parametrize("kernel,stride", [((1, 3, 3), (1, 2, 2)), ((3, 3, 3), (2, 2, 2)), ((2, 2, 2), (2, 2, 2))])
def test_pool_pads_with_minus_infinity(size: int, kernel, stride) -> None:
    x = -torch.rand(1, 2, size, size, size + 1) - 1
    want = F.max_pool3d(padded(x, kernel, stride, float("-inf")), kernel, stride)
    assert torch.equal(max_pool(x, kernel, stride), want)


def test_names_and_layouts(model: InceptionI3D) -> None:
    variables = model.canonical()
    assert len(variables) == 57 * 4 + 2
    assert variables["Conv3d_1a_7x7/conv_3d/w"].shape == (7, 7, 7, 3, 2)
    assert "Mixed_5b/Branch_2/Conv3d_0a_3x3/conv_3d/w" in variables
    assert variables["Mixed_3b/Branch_1/Conv3d_0b_3x3/batch_norm/beta"].shape == (4,)
    again = InceptionI3D.from_canonical(variables)
    assert again.width == WIDTH
    assert all(np.array_equal(values, variables[name]) for name, values in again.canonical().items())


def test_other_classes_get_a_new_head(model: InceptionI3D) -> None:
    other = InceptionI3D.from_canonical(model.canonical(), classes=2)
    assert other.head.weight.shape[0] == 2
    assert torch.equal(other.stem.conv.weight, model.stem.conv.weight)


def test_wrong_shapes_are_refused(model: InceptionI3D) -> None:
    variables = model.canonical()
    variables["Conv3d_2b_1x1/conv_3d/w"] = variables["Conv3d_2b_1x1/conv_3d/w"][..., :1]
    with pytest.raises(ValueError, match="Conv3d_2b_1x1/conv_3d/w has shape"):
        InceptionI3D.from_canonical(variables)
