"""Synthetic clips are what their label says, and the same for the same seed."""

import numpy as np
import pytest
from motion.classes import HEADINGS, LABELS, LOCALISED, PAN, STILL, ZOOM
from motion.compression import jpeg, predictive
from motion.dataset import GROUNDS, HELD_OUT, TRAIN, ClipShape, ClipStream
from motion.difficulty import CALM, HARD, PLAIN, Difficulty
from motion.ground import paint, turned
from motion.render import Clip, make_clip
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


def expected_clip(split: int, number: int, difficulty: Difficulty) -> Clip:
    """Of a stream of seed 3, within the first rounds that share grounds."""
    ground = paint(np.random.default_rng((3, split, number % GROUNDS, 1)), 64)
    return make_clip(np.random.default_rng((3, split, number)), number % 13, 8, 64, difficulty, ground)


def test_held_out_clips_are_plain_and_training_clips_hard() -> None:
    for split, difficulty in ((TRAIN, HARD), (HELD_OUT, PLAIN)):
        clip = ClipStream(3, split, ClipShape(8, 64), 20).clip(4)
        assert np.array_equal(clip.frames, expected_clip(split, 4, difficulty).frames)


def test_rounds_of_the_classes_take_difficulties_in_turn() -> None:
    stream = ClipStream(3, TRAIN, ClipShape(8, 64), 60, first=2, difficulties=("hard", "plain"))
    for number, difficulty in ((12, HARD), (13, PLAIN), (25, PLAIN), (26, HARD)):
        assert np.array_equal(stream.clip(number - 2).frames, expected_clip(TRAIN, number, difficulty).frames)


def test_every_class_takes_place_before_every_ground_and_later_rounds_before_others() -> None:
    rounds = GROUNDS * len(LABELS)
    meetings = {(number % GROUNDS, number % len(LABELS)) for number in range(rounds)}
    assert len(meetings) == rounds
    first, later = (paint(np.random.default_rng((3, TRAIN, ground, 1)), 64) for ground in (0, GROUNDS))
    assert not np.array_equal(first, later)
    clip = ClipStream(3, TRAIN, ClipShape(8, 64), rounds + 1).clip(rounds)
    rng = np.random.default_rng((3, TRAIN, rounds))
    assert np.array_equal(clip.frames, make_clip(rng, 0, 8, 64, HARD, later).frames)


def test_a_ground_is_turned_and_mirrored_and_keeps_its_pixels() -> None:
    ground = np.arange(8 * 8 * 3, dtype=np.float32).reshape(8, 8, 3)
    seen = [turned(np.random.default_rng(seed), ground) for seed in range(200)]
    assert all(np.array_equal(np.sort(image, axis=None), ground.ravel()) for image in seen)
    # Channels differ by 1, columns by 3, rows by 24.
    positions = {tuple(np.diff(image[:2, :2, 0].ravel()).tolist()) for image in seen}
    orders = {tuple(np.argsort(image[0, 0]).tolist()) for image in seen}
    assert len(positions) == 8 and len(orders) == 6


def test_wind_sways_what_it_blows_through_and_nothing_else() -> None:
    rng = np.random.default_rng(5)
    image = (255 * rng.random((64, 64, 3))).astype(np.float32)
    wind = Wind.sample(rng, 64, 2.5)
    assert 0 <= wind.reach.min() and wind.reach.max() <= 2.5
    still = wind.reach == 0
    moments = [wind.blow(image, time) for time in (0.0, 3.0)]
    assert all(np.array_equal(moment[still], image[still]) for moment in moments)
    assert np.abs(moments[0] - moments[1])[~still].mean() > 1


def test_water_never_rests_within_its_shape() -> None:
    water = Water.sample(np.random.default_rng(6), 12, DURATION, (8, 80))
    first, last = water.patch(0), water.patch(DURATION - 0.1)
    assert np.array_equal(first[..., 3], last[..., 3]) and first[..., 3].max() == 1
    inside = first[..., 3] > 0
    assert np.abs(first - last)[inside].mean() > 1 and not first[~inside].any()


@pytest.mark.parametrize("seed", range(8))
def test_screens_change_with_every_frame_of_the_source(seed: int) -> None:
    screen = Screen.sample(np.random.default_rng(seed), 12, DURATION)
    images = screen.patches()
    patches = [images[screen.shown(time)] for time in TIMES]
    inside = patches[0][..., 3] > 0.5
    assert min(np.abs(b - a)[inside].mean() for a, b in zip(patches, patches[1:])) > 5
    assert all(np.array_equal(patch[..., 3], patches[0][..., 3]) for patch in patches)
    assert all(screen.shown(time) == screen.shown(time + 0.9) for time in TIMES)


def test_a_slow_source_repeats_its_frames_for_whole_frames_of_the_clip() -> None:
    """At every rate alike: as often within 16 frames as within 32."""
    for frames in (16, 32):
        kinds = set()
        for seed in range(24):
            clip = make_clip(np.random.default_rng(seed), LABELS.index("moving left"), frames, 64)
            same = [np.array_equal(a, b) for a, b in zip(clip.frames, clip.frames[1:])]
            kinds.add(round(frames / (frames - sum(same))))
        assert kinds == {1, 2, 3}


@pytest.mark.parametrize("difficulty", (PLAIN, HARD), ids=("plain", "hard"))
def test_what_oscillates_does_so_as_far_and_as_often_as_it_says(difficulty: Difficulty) -> None:
    label, times = LABELS.index("oscillating"), np.linspace(0, DURATION, 3200)
    pivots = 0
    for seed in range(60):
        for mover in sample_scene(np.random.default_rng(seed), label, times, difficulty).movers:
            tilt = np.degrees(np.ptp(mover.angle)) / 2
            if tilt > 7:  # as far as anything that moves may sway
                pivots += 1
                assert difficulty.tilt[0] - 7 <= tilt <= difficulty.tilt[1] + 7
            else:
                reach = np.hypot(np.ptp(mover.x), np.ptp(mover.y)) / 2
                assert 0.99 * difficulty.swing[0] <= reach <= difficulty.swing[1]
                turns = np.count_nonzero(np.diff(np.sign(np.diff(mover.x + mover.y))))
                # A period has two turns, of which one more or less lies within the clip.
                assert 2 * difficulty.beats[0] - 1 <= turns <= 2 * difficulty.beats[1] + 1
    assert pivots > 10


def test_between_screens_most_change_is_no_movers() -> None:
    away, near = 0.0, 0.0
    for index in range(26):
        clip = ClipStream(1, HELD_OUT, ClipShape(16, 64), 26, difficulties=("plain",)).clip(index)
        if clip.label in LOCALISED:
            change = np.abs(np.diff(clip.frames.astype(float), axis=0)).sum(-1)
            near += change[clip.mask[1:]].sum()
            away += change[~clip.mask[1:]].sum()
    assert away > 2 * near
