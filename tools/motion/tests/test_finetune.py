"""Lists, decoding, and a fit to clips made by ffmpeg."""

import shutil
import subprocess
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import torch
from motion import checkpoint
from motion.__main__ import main
from motion.checkpoint import Manifest
from motion.network import InceptionI3D
from motion.videos import cut, decode, read_list

SMALL = Manifest("small", 3, clipLength=8, pictureSize=32, shortSide=36, labels=["a", "b", "c"])
needs_ffmpeg = pytest.mark.skipif(shutil.which("ffmpeg") is None, reason="ffmpeg is not installed")


def write_list(folder: Path, text: str) -> Path:
    path = folder / "list.txt"
    path.write_text(text, encoding="utf-8")
    return path


def test_lists_with_numbers_and_with_names(tmp_path: Path) -> None:
    for name in ("my clip.avi", "a.avi", "b.avi"):
        (tmp_path / name).touch()
    numbers = read_list(write_list(tmp_path, f"# comment\nmy clip.avi\t1\n\n{tmp_path}/b.avi 0\n"))
    assert numbers.entries == [(tmp_path / "my clip.avi", 1), (tmp_path / "b.avi", 0)]
    assert numbers.labels == ["0", "1"]
    names = read_list(write_list(tmp_path, "a.avi wave\nb.avi climb\n"))
    assert names.labels == ["climb", "wave"] and [i for _, i in names.entries] == [1, 0]


def test_the_list_of_evaluate_is_read(tmp_path: Path) -> None:
    """Labels with spaces, behind a tab or a path without one; spelt as the classes are but for case, _ and -."""
    for name in ("a.avi", "my clip.avi", "c.avi"):
        (tmp_path / name).touch()
    lines = "\ufeff  # comment\na.avi playing cricket\nmy clip.avi\tplaying cricket \nc.avi\tArm_wrestling\n"
    found = read_list(write_list(tmp_path, lines), ["arm wrestling", "playing cricket"])
    assert found.entries == [(tmp_path / "a.avi", 1), (tmp_path / "my clip.avi", 1), (tmp_path / "c.avi", 0)]
    assert found.labels == ["arm wrestling", "playing cricket"]
    assert read_list(write_list(tmp_path, lines)).labels == ["Arm_wrestling", "playing cricket"]
    mixed = read_list(write_list(tmp_path, "a.avi 1\nc.avi arm wrestling\n"), ["arm wrestling", "playing cricket"])
    assert [index for _, index in mixed.entries] == [1, 0]


@pytest.mark.parametrize(
    "text,reason", [("", "lists no clip"), ("a.avi\n", ":1: needs a path"), ("a.avi 2\n", ":1: label")]
)
def test_bad_lists_are_refused(tmp_path: Path, text: str, reason: str) -> None:
    (tmp_path / "a.avi").touch()
    with pytest.raises(ValueError, match=reason):
        read_list(write_list(tmp_path, text), ["x", "y"])


def test_everything_that_is_wrong_with_a_list_is_said(tmp_path: Path) -> None:
    (tmp_path / "a.avi").touch()
    listed = write_list(tmp_path, "a.avi x\nnone.avi x\n\nlabelless\na.avi y\nmissing.avi\tz z\n")
    with pytest.raises(ValueError) as error:
        read_list(listed, ["x", "y"])
    lines = str(error.value).splitlines()
    assert [line.removeprefix(f"{listed}:").split(":")[0] for line in lines] == ["2", "4", "5", "6", "6"]
    assert "there is no clip" in lines[0] and "a second time" in lines[2] and "'z z'" in lines[4]


def make_video(path: Path, source: str, size: str = "64x48") -> None:
    command = [
        "ffmpeg",
        "-v",
        "error",
        "-nostdin",
        "-y",
        "-f",
        "lavfi",
        "-i",
        f"{source}=s={size}:r=25:d=0.6",
        str(path),
    ]
    subprocess.run(command, check=True)


@needs_ffmpeg
@pytest.mark.parametrize("size", ["64x48", "48x64", "52x52"])
def test_decoding_gives_squares_at_the_frame_rate(tmp_path: Path, size: str) -> None:
    make_video(tmp_path / "clip.avi", "testsrc2", size)
    frames = decode(tmp_path / "clip.avi", SMALL)
    assert frames.shape == (15, 36, 36, 3)
    assert len(decode(tmp_path / "clip.avi", replace(SMALL, framesPerSecond=10))) == pytest.approx(6, abs=1)


@needs_ffmpeg
def test_what_is_no_video_is_named(tmp_path: Path) -> None:
    (tmp_path / "clip.avi").write_bytes(b"nothing")
    with pytest.raises(ValueError, match="clip.avi: no frame could be decoded: "):
        decode(tmp_path / "clip.avi", SMALL)


def test_windows_lie_in_the_clip_and_short_clips_are_padded() -> None:
    frames = np.arange(20, dtype=np.uint8)[:, None, None, None] + np.zeros((20, 36, 36, 3), np.uint8)
    assert cut(frames, SMALL, None)[:, 0, 0, 0].tolist() == list(range(6, 14))
    starts = {int(cut(frames, SMALL, np.random.default_rng(s))[0, 0, 0, 0]) for s in range(200)}
    assert starts == set(range(13))
    assert cut(frames[:3], SMALL, None)[:, 0, 0, 0].tolist() == [0, 1, 2, 2, 2, 2, 2, 2]


@needs_ffmpeg
def test_a_fit_to_two_classes(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    for i in range(2):
        make_video(tmp_path / f"bars{i}.avi", "smptebars")
        make_video(tmp_path / f"life{i}.avi", "testsrc2")
    listed = write_list(tmp_path, "".join(f"{kind}{i}.avi {kind}\n" for i in range(2) for kind in ("bars", "life")))
    torch.manual_seed(2)
    model = InceptionI3D(3, 1 / 16)
    source, out = tmp_path / "small.safetensors", tmp_path / "mine.safetensors"
    checkpoint.save(source, model.canonical(), SMALL)
    arguments = ["finetune", str(source), str(listed), "--out", str(out), "--held-out-list", str(listed)]
    arguments += ["--epochs", "20", "--batch", "4", "--workers", "0"]
    arguments += ["--head-rate", "0.05", "--trunk-rate", "0.003"]
    assert main(arguments) == 0
    assert capsys.readouterr().out.splitlines()[-2].endswith("held out 100.0%")
    variables, manifest = checkpoint.load(out)
    assert manifest.labels == ["bars", "life"] and manifest.clipLength == 8 and manifest.name == "mine"
    assert variables["Logits/Conv3d_0c_1x1/conv_3d/w"].shape[-1] == 2
    assert main(["finetune", str(source), str(tmp_path / "none.txt"), "--out", str(out)]) == 1
    assert "none.txt" in capsys.readouterr().err


@needs_ffmpeg
def test_bad_clips_are_named_and_left_out(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    make_video(tmp_path / "bars.avi", "smptebars")
    make_video(tmp_path / "life.avi", "testsrc2")
    (tmp_path / "bad.avi").write_bytes(b"nothing")
    listed = write_list(tmp_path, "bars.avi\tcolour bars\nlife.avi\ttest image\nbad.avi\tcolour bars\n")
    torch.manual_seed(2)
    source, out = tmp_path / "small.safetensors", tmp_path / "other" / "small.safetensors"
    checkpoint.save(source, InceptionI3D(3, 1 / 16).canonical(), SMALL)
    arguments = ["finetune", str(source), str(listed), "--epochs", "1", "--batch", "2", "--workers", "0", "--out"]
    assert main([*arguments, str(out)]) == 0
    said = capsys.readouterr()
    assert "bad.avi: no frame could be decoded" in said.err and "2 of 3 clips" in said.out
    # Never the name of the network that it began with.
    assert checkpoint.load(out)[1].name == "small-finetuned"
    assert checkpoint.load(out)[1].labels == ["colour bars", "test image"]
    (tmp_path / "bars.avi").write_bytes(b"nothing")
    (tmp_path / "life.avi").write_bytes(b"nothing")
    assert main([*arguments, str(out)]) == 1
    assert "no clip can be decoded" in capsys.readouterr().err


def test_the_network_to_begin_with_is_never_replaced(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    source = tmp_path / "small.safetensors"
    checkpoint.save(source, InceptionI3D(3, 1 / 16).canonical(), SMALL)
    before = source.read_bytes()
    (tmp_path / "a.avi").touch()
    listed = write_list(tmp_path, "a.avi x\n")
    assert main(["finetune", str(source), str(listed), "--out", str(tmp_path / "x" / ".." / source.name)]) == 1
    assert "another name" in capsys.readouterr().err
    assert source.read_bytes() == before


def test_missing_clips_are_said_before_anything_is_trained(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    source, out = tmp_path / "small.safetensors", tmp_path / "mine.safetensors"
    checkpoint.save(source, InceptionI3D(3, 1 / 16).canonical(), SMALL)
    listed = write_list(tmp_path, "one.avi\tx\ntwo.avi\ty y\n")
    assert main(["finetune", str(source), str(listed), "--out", str(out)]) == 1
    said = capsys.readouterr()
    assert "one.avi" in said.err and "two.avi" in said.err and not said.out and not out.exists()
