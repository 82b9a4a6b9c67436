"""Synthetic clips are what their label says, and the same for the same seed."""

import numpy as np
import pytest
from motion.classes import HEADINGS, LABELS, LOCALISED, PAN, STILL, ZOOM
from motion.compression import jpeg, predictive
from motion.dataset import HELD_OUT, TRAIN, ClipShape, ClipStream
from motion.difficulty import CALM, HARD, PLAIN
from motion.render import make_clip
from motion.scene import DURATION, sample_scene
from motion.unrest import Screen, Water, Wind

TIMES = np.arange(DURATION, dtype=float)


@pytest.mark.parametrize("label", range(len(LABELS)), ids=LABELS)
def test_clips_have_masks_where_something_moves(label: int) -> None:
    for seed in range(4):
        clip = make_clip(np.random.default_rng(seed), label)
        assert clip.frames.shape == (32, 112, 112, 3) and clip.frames.dtype == np.uint8
        assert clip.mask.shape == (32, 112, 112)
        assert clip.mask.any() == (label in LOCALISED)
        assert clip.frames.std() > 1


def test_same_seed_same_clip() -> None:
    stream = ClipStream(5, TRAIN, ClipShape(16, 64), 20)
    first, again = stream.clip(7), ClipStream(5, TRAIN, ClipShape(16, 64), 4, first=5).clip(2)
    assert np.array_equal(first.frames, again.frames) and np.array_equal(first.mask, again.mask)
    other = ClipStream(5, HELD_OUT, ClipShape(16, 64), 20).clip(7)
    assert other.label == first.label and not np.array_equal(first.frames, other.frames)


@pytest.mark.parametrize("label", HEADINGS, ids=[LABELS[i] for i in HEADINGS])
def test_translations_go_where_they_say(label: int) -> None:
    heading = np.radians(HEADINGS[label])
    for seed in range(30):
        for mover in sample_scene(np.random.default_rng(seed), label, TIMES, HARD).movers:
            way = np.array([mover.x[-1] - mover.x[0], mover.y[-1] - mover.y[0]])
            along = way @ (np.cos(heading), np.sin(heading))
            assert along > 8 and along / np.linalg.norm(way) > np.cos(np.radians(28.01))


def test_scale_and_opacity_go_the_right_way() -> None:
    for seed in range(30):
        movers = {
            name: sample_scene(np.random.default_rng(seed), LABELS.index(name), TIMES, HARD).movers[0]
            for name in ("approaching", "receding", "appearing", "vanishing")
        }
        assert movers["approaching"].scale[-1] / movers["approaching"].scale[0] >= 1.49
        assert movers["receding"].scale[0] / movers["receding"].scale[-1] >= 1.49
        assert (movers["appearing"].opacity[0], movers["appearing"].opacity[-1]) == (0, 1)
        assert (movers["vanishing"].opacity[0], movers["vanishing"].opacity[-1]) == (1, 0)


def test_only_pans_and_zooms_have_a_moving_camera() -> None:
    for seed in range(30):
        for label in range(len(LABELS)):
            camera = sample_scene(np.random.default_rng(seed), label, TIMES, HARD).camera
            drift = np.hypot(camera.x[-1] - camera.x[0], camera.y[-1] - camera.y[0])
            assert (drift > 8) == (label == PAN)
            assert (camera.scale.max() / camera.scale.min() > 1.15) == (label == ZOOM)


def test_motion_shows_in_the_masked_pixels() -> None:
    """What is marked changes more than what is not."""
    inside, outside = [], []
    for seed in range(12):
        clip = make_clip(np.random.default_rng(seed), LABELS.index("moving left"), difficulty=CALM)
        change = np.abs(np.diff(clip.frames.astype(float), axis=0)).mean(3)
        inside.append(change[clip.mask[1:]].mean())
        outside.append(change[~clip.mask[1:]].mean())
    assert np.mean(inside) > 1.5 * np.mean(outside)


def test_compression_loses_a_little_and_more_with_coarser_steps() -> None:
    frames = make_clip(np.random.default_rng(2), STILL).frames

    def error(coded: np.ndarray) -> float:
        return float(np.abs(coded.astype(float) - frames).mean())

    assert 0 < error(jpeg(frames, 90)) < error(jpeg(frames, 20)) < 30
    assert 0 < error(predictive(frames, 4, 12)) < error(predictive(frames, 40, 12)) < 30
    assert error(predictive(frames, 0.01, 12)) < 1


def test_held_out_clips_are_plain_and_training_clips_hard() -> None:
    shape = ClipShape(8, 64)
    for split, difficulty in ((TRAIN, HARD), (HELD_OUT, PLAIN)):
        clip = ClipStream(3, split, shape, 20).clip(4)
        expected = make_clip(np.random.default_rng((3, split, 4)), 4, 8, 64, difficulty)
        assert np.array_equal(clip.frames, expected.frames)


def test_rounds_of_the_classes_take_difficulties_in_turn() -> None:
    stream = ClipStream(3, TRAIN, ClipShape(8, 64), 60, first=2, difficulties=("hard", "plain"))
    for number, difficulty in ((12, HARD), (13, PLAIN), (25, PLAIN), (26, HARD)):
        expected = make_clip(np.random.default_rng((3, TRAIN, number)), number % 13, 8, 64, difficulty)
        assert np.array_equal(stream.clip(number - 2).frames, expected.frames)


def test_wind_sways_what_it_blows_through_and_nothing_else() -> None:
    rng = np.random.default_rng(5)
    picture = (255 * rng.random((64, 64, 3))).astype(np.float32)
    wind = Wind.sample(rng, 64, 2.5)
    assert 0 <= wind.reach.min() and wind.reach.max() <= 2.5
    still = wind.reach == 0
    moments = [wind.blow(picture, time) for time in (0.0, 3.0)]
    assert all(np.array_equal(moment[still], picture[still]) for moment in moments)
    assert np.abs(moments[0] - moments[1])[~still].mean() > 1


def test_water_never_rests_within_its_shape() -> None:
    water = Water.sample(np.random.default_rng(6), 12, DURATION, (8, 80))
    first, last = water.patch(0), water.patch(DURATION + 1.9)
    assert np.array_equal(first[..., 3], last[..., 3]) and first[..., 3].max() == 1
    inside = first[..., 3] > 0
    assert np.abs(first - last)[inside].mean() > 1 and not first[~inside].any()


@pytest.mark.parametrize("seed", range(8))
def test_screens_change_all_at_once_again_and_again(seed: int) -> None:
    screen = Screen.sample(np.random.default_rng(seed), 12, DURATION)
    times = np.arange(0, DURATION + 2, 0.25)
    pictures = screen.patches()
    patches = [pictures[screen.shown(time)] for time in times]
    inside = patches[0][..., 3] > 0.5
    steps = [np.abs(b - a)[inside].mean() for a, b in zip(patches, patches[1:])]
    changes = [time for time, step in zip(times[1:], steps) if step > 0]
    assert (DURATION + 2) / 3 - 2 <= len(changes) <= DURATION + 2
    assert min(step for step in steps if step > 0) > 5
    assert all(np.array_equal(patch[..., 3], patches[0][..., 3]) for patch in patches)


def test_between_screens_most_change_is_no_movers() -> None:
    away, near = 0.0, 0.0
    for index in range(26):
        clip = ClipStream(1, HELD_OUT, ClipShape(16, 64), 26, difficulties=("lit",)).clip(index)
        if clip.label in LOCALISED:
            change = np.abs(np.diff(clip.frames.astype(float), axis=0)).sum(-1)
            near += change[clip.mask[1:]].sum()
            away += change[~clip.mask[1:]].sum()
    assert away > 2 * near
