"""A few steps, an interruption, the files at the end: small enough to run in seconds."""

import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from motion import checkpoint, export
from motion.classes import LABELS
from motion.dataset import ClipShape
from motion.evaluate import evaluate, randomised
from motion.network import InceptionI3D
from motion.train import Recipe, Stage, Trainer, background_share

TINY = Recipe(
    width=1 / 16,
    stages=(Stage(ClipShape(8, 32), 4, 4), Stage(ClipShape(8, 40), 2, 2)),
    warm_up=2,
    calibration=2,
)


@pytest.fixture(scope="module")
def trained(tmp_path_factory: pytest.TempPathFactory) -> tuple[Trainer, InceptionI3D]:
    trainer = Trainer(TINY, tmp_path_factory.mktemp("run"))
    return trainer, trainer.run(workers=0, every=3)


def test_resuming_gives_the_same_network(trained: tuple[Trainer, InceptionI3D], tmp_path: Path) -> None:
    broken = Trainer(TINY, tmp_path)

    class Interruption(Exception):
        pass

    step, taken = broken._train_step, 0

    def interrupted(*given: Any) -> torch.Tensor:
        nonlocal taken
        taken += 1
        if taken == 4:
            raise Interruption
        return step(*given)

    broken._train_step = interrupted  # type: ignore[assignment,method-assign]
    with pytest.raises(Interruption):
        broken.run(workers=0, every=3)
    again = Trainer(TINY, tmp_path)
    assert again.resume() and again.step == 3
    resumed = again.run(workers=0, every=3).canonical()
    assert all(np.array_equal(resumed[name], values) for name, values in trained[1].canonical().items())


def test_the_stem_sees_only_change(trained: tuple[Trainer, InceptionI3D]) -> None:
    weight = trained[1].stem.conv.weight.detach()
    assert float(weight.sum(2).abs().max()) < 1e-5
    assert float(weight.abs().max()) > 1e-2


def test_a_finished_run_only_exports(trained: tuple[Trainer, InceptionI3D]) -> None:
    again = Trainer(TINY, trained[0].folder)
    assert again.resume() and again.step == TINY.steps


def test_the_exported_file(trained: tuple[Trainer, InceptionI3D], tmp_path: Path) -> None:
    path = tmp_path / "motion.safetensors"
    export.export(trained[1], TINY, path)
    variables, manifest = checkpoint.load(path)
    assert manifest.labels == list(LABELS) and manifest.clipLength == 8 and manifest.pictureSize == 40
    assert path.read_bytes()[8:9] == b"{" and (path.stat().st_size - 8) % 2 == 0
    want = checkpoint.rounded(trained[1].canonical())
    assert all(np.array_equal(variables[name], values) for name, values in want.items())
    model = InceptionI3D.from_canonical(variables)
    quality = evaluate([model], seed=9, count=13, shape=ClipShape(8, 40), workers=0)
    assert quality.clips == 13 and 0 <= quality.pointing <= 1 and 0 < quality.energy < 1
    assert "camera zooming" in quality.report()
    control = evaluate(randomised(model, 9, ClipShape(8, 40)), 9, 13, ClipShape(8, 40), workers=0)
    text = json.loads(export.card(path, TINY, 9, quality, control))
    assert text["network"]["sha256"] == checkpoint.network_hash(want)
    assert text["quality"]["model"]["clips"] == 13


def test_a_run_of_another_recipe_is_not_resumed(trained: tuple[Trainer, InceptionI3D]) -> None:
    with pytest.raises(ValueError, match="another recipe"):
        Trainer(replace(TINY, seed=2), trained[0].folder).resume()


def test_learning_rate_rises_and_falls() -> None:
    recipe = Recipe()
    rates = [recipe.rate(step) for step in range(recipe.steps)]
    peak = int(np.argmax(rates))
    assert recipe.warm_up // 2 < peak <= recipe.warm_up and rates[0] > 0
    falls = -np.diff(rates[peak:])
    assert min(falls) > 0 and rates[-1] < 1e-5
    # Nowhere does it leap: not where images grow, and not where the last stage begins.
    assert max(falls) < 2e-6


def test_the_background_is_charged_as_the_stage_says(tmp_path: Path) -> None:
    stages = (TINY.stages[0], replace(TINY.stages[1], focus=0.05))
    trainer = Trainer(replace(TINY, stages=stages), tmp_path)
    step, charged = trainer._train_step, []

    def recorded(*given: Any) -> torch.Tensor:
        charged.append(given[0])
        return step(*given)

    trainer._train_step = recorded  # type: ignore[assignment,method-assign]
    trainer.run(workers=0)
    assert charged == [0.15] * 4 + [0.05] * 2


def test_background_share_counts_what_is_far_from_the_mover() -> None:
    names = ("Conv3d_1a_7x7", "Conv3d_2c_3x3", "Mixed_3c", "Mixed_4f")
    sizes = ((8, 32, 32), (8, 16, 16), (8, 8, 8), (4, 4, 4))
    mask = torch.zeros(1, 16, 64, 64, dtype=torch.bool)
    uniform = {name: torch.ones(1, 2, *size) for name, size in zip(names, sizes)}
    torch.testing.assert_close(background_share(uniform, mask), torch.ones(4))
    torch.testing.assert_close(background_share(uniform, ~mask), torch.zeros(4))
    mask[:, :, :, :32] = True
    near = {name: torch.zeros(1, 2, *size) for name, size in zip(names, sizes)}
    for x in near.values():
        x[..., 0] = 1
    torch.testing.assert_close(background_share(near, mask), torch.zeros(4))
