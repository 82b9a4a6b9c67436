"""The localisation figures, on maps whose score is known."""

import numpy as np
import pytest
import torch
from motion.network import InceptionI3D
from motion.saliency import dilated, guided_maps, localisation, smoothed


@pytest.fixture
def mask() -> np.ndarray:
    mask = np.zeros((8, 48, 48), bool)
    mask[:, 20:28, 10:18] = True
    return mask


def test_dilation_is_seven_pixels(mask: np.ndarray) -> None:
    near = dilated(mask)
    assert near[0, 24, 10 - 7] and not near[0, 24, 10 - 8]
    assert near[0, 20 - 7, 14] and not near[0, 20 - 8, 14]


def test_a_map_of_no_knowledge_scores_the_area(mask: np.ndarray) -> None:
    found = localisation(np.ones(mask.shape, np.float32), mask)
    assert found.energy == pytest.approx(found.area)
    assert found.area == pytest.approx(dilated(mask).mean())


@pytest.mark.parametrize("x,hit", [(14, True), (18 + 6, True), (40, False)])
def test_the_maximum_decides_the_pointing_game(mask: np.ndarray, x: int, hit: bool) -> None:
    saliency = np.full(mask.shape, 1e-3, np.float32)
    saliency[4, 24, x] = 1
    assert localisation(saliency, mask).points_at_mover is hit


def test_smoothing_keeps_the_sum() -> None:
    saliency = np.zeros((12, 40, 40), np.float32)
    saliency[6, 20, 20] = 1
    assert smoothed(saliency).sum() == pytest.approx(1, abs=1e-5)


def test_guided_maps_are_those_of_single_clips() -> None:
    torch.manual_seed(1)
    model = InceptionI3D(4, 1 / 32)
    torch.nn.init.normal_(model.head.weight)
    clips = torch.rand(2, 3, 16, 32, 32) * 2 - 1
    maps, logits = guided_maps(model, clips)
    assert maps.shape == (2, 16, 32, 32) and float(maps.max()) > 0
    alone, alone_logits = guided_maps(model, clips[1:])
    torch.testing.assert_close(maps[1:], alone, rtol=1e-3, atol=1e-6)
    torch.testing.assert_close(logits[1:], alone_logits, rtol=1e-4, atol=1e-5)
    assert not any(unit.guided for _, unit in model.units())


def test_guided_gradients_pass_two_masks() -> None:
    """y = -relu(x): the plain gradient is -1, the guided one nothing."""
    from motion.network import GuidedReLU

    x = torch.tensor([1.0, -1.0, 2.0], requires_grad=True)
    (gradient,) = torch.autograd.grad((GuidedReLU.apply(x) * torch.tensor([-1.0, 1.0, 1.0])).sum(), x)
    assert gradient.tolist() == [0, 0, 1]
