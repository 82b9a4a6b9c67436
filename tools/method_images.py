#!/usr/bin/env python3
"""Makes docs/images/methods: what each method says of the sample clip, by the built-in network, and of Big Buck Bunny, by the
published one.

    tools/method_images.py .build/release/saliencyd [--only builtin|kinetics]

Needs ffmpeg; for the published network `make kinetics`, and pip, which downloads the film. The same build gives the same
images. Those of the published network take many minutes.
"""
from __future__ import annotations

import argparse
import json
import pathlib
import subprocess
import tempfile
from dataclasses import dataclass

import default_method
import kinetics

OUT = pathlib.Path(__file__).resolve().parent.parent / "docs/images/methods"
TILE = 128

# Within the noise that the model inside was trained with, which the standard spread is four times as much as.
NOISY = ["--smooth", "25", "--noise-spread", "0.03", "--noise-average"]

# Of each page its rows: options of `explain`, and whether the signs are shown.
PAGES: dict[str, list[tuple[list[str], bool]]] = {
    "gradients": [
        (["--method", "gradient"], False),
        (["--method", "guided-backprop"], False),
        (["--method", "gradient-x-input"], True),
    ],
    "noise": [
        (["--method", "gradient"], False),
        (["--method", "gradient", *NOISY, "mean"], False),
        (["--method", "gradient", *NOISY, "squares"], False),
        (["--method", "gradient", *NOISY, "variance"], False),
        (["--method", "gradient", "--smooth", "25", "--noise-average", "mean"], False),
    ],
    "integrated-gradients": [
        (["--method", "integrated-gradients", "--steps", "50"], True),
        (["--method", "integrated-gradients", "--steps", "50", "--baseline", "blurred"], True),
        (["--method", "integrated-gradients", "--steps", "50", "--baseline", "first-frame"], True),
    ],
    "guided-ig": [
        (["--method", "integrated-gradients", "--steps", "50"], False),
        (["--method", "guided-ig", "--steps", "50"], False),
    ],
    "blur-ig": [
        (["--method", "blur-ig", "--steps", "50"], True),
        (["--method", "blur-ig-time", "--steps", "50"], True),
    ],
    "grad-cam": [
        (["--method", "grad-cam"], False),
        (["--method", "hires-cam", "--endpoint", "Mixed_4f"], False),
        (["--method", "guided-grad-cam"], False),
    ],
    "occlusion": [
        (["--method", "occlusion"], True),
        (["--method", "occlusion", "--box", "8,24,24", "--box-stride", "8,12,12"], True),
    ],
    "xrai": [
        (["--method", "xrai"], False),
        (["--method", "xrai", "--regions", "fast"], False),
    ],
    "targets": [
        (["--method", "gradient-x-input", *NOISY, "mean"], True),
        (["--method", "gradient-x-input", *NOISY, "mean", "--target", "contrast:top1,top1"], True),
    ],
}


# The same for the published network, of whose window every pass takes seconds.
KINETICS_PAGES: dict[str, list[tuple[list[str], bool]]] = {
    **{page: PAGES[page] for page in ("gradients", "guided-ig", "blur-ig", "grad-cam")},
    "occlusion": PAGES["occlusion"][:1],
    "noise": [
        (["--method", "gradient"], False),
        (["--method", "gradient", "--smooth", "25", "--noise-average", "mean"], False),
        (["--method", "gradient", "--smooth", "25", "--noise-average", "squares"], False),
    ],
    "integrated-gradients": PAGES["integrated-gradients"][:2],
    "xrai": [(["--method", "xrai", "--regions", "fast"], False)],
}


@dataclass(frozen=True)
class Scene:
    """What is explained, by which network, and where the images go."""

    clip: pathlib.Path
    model: str
    start: str
    # Numbers of the window's frames, from 0.
    moments: tuple[int, ...]
    pages: dict[str, list[tuple[list[str], bool]]]
    suffix: str = ""


def tiles(folder: pathlib.Path, moments: tuple[int, ...], name: str, is_heat: bool) -> bytes:
    """The moments of one kind of image, side by side: raw RGB, TILE rows."""
    inputs = [part for moment in moments for part in ("-i", str(folder / f"{name}_{moment:04}.jpg"))]
    colour = "format=gray,format=gbrp,pseudocolor=preset=inferno," if is_heat else ""
    chains = [f"[{n}]{colour}scale={TILE}:{TILE},format=rgb24[t{n}]" for n in range(len(moments))]
    joined = "".join(f"[t{n}]" for n in range(len(moments))) + f"hstack={len(moments)}"
    return subprocess.run(
        ["ffmpeg", "-v", "error", *inputs, "-filter_complex", ";".join([*chains, joined]), "-f", "rawvideo",
         "-pix_fmt", "rgb24", "-"], check=True, capture_output=True).stdout


def bars(values: list[float], width: int) -> bytes:
    """A bar a value, the largest as high as a tile: raw RGB, TILE rows."""
    most = max(values)
    rows = []
    for row in range(TILE):
        for x in range(width):
            value = values[x * len(values) // width] / most
            is_gap = x * len(values) % width < len(values)
            is_bar = not is_gap and (TILE - row) <= value * (TILE - 6)
            rows.append(b"\xe6\x8a\x2e" if is_bar else b"\x18\x18\x18")
    return b"".join(rows)


def write(rows: list[bytes], path: pathlib.Path) -> None:
    width = len(rows[0]) // (3 * TILE)
    subprocess.run(
        ["ffmpeg", "-v", "error", "-y", "-f", "rawvideo", "-pix_fmt", "rgb24", "-s", f"{width}x{TILE * len(rows)}",
         "-i", "-", "-bitexact", "-pix_fmt", "yuvj420p", "-q:v", "4", str(path)], input=b"".join(rows), check=True)
    print(f"{path.relative_to(OUT.parent.parent.parent)}  {path.stat().st_size / 1000:.0f} kB", flush=True)


def draw(saliencyd: pathlib.Path, scene: Scene, out: pathlib.Path) -> None:
    def explain(options: list[str]) -> dict:
        subprocess.run(
            [saliencyd, "explain", scene.clip, "--model", scene.model, "-o", out, "--force", "--quiet", "--start",
             scene.start, *options], check=True)
        return json.loads((out / "result.json").read_text())

    for page, shown in scene.pages.items():
        rows = []
        for options, has_signs in shown:
            explain([*options, *(["--sign", "signed"] if has_signs else [])])
            rows = rows or [tiles(out, scene.moments, "orig", False)]
            rows.append(tiles(out, scene.moments, "maps", not has_signs))
        write(rows, OUT / f"{page}{scene.suffix}.jpg")
    if scene.model == "builtin:motion":
        result = explain(["--method", "integrated-gradients", "--steps", "50", "--baseline", "mean"])
        rows = [tiles(out, scene.moments, "orig", False), tiles(out, scene.moments, "maps", True)]
        write([*rows, bars(result["frame_means"], TILE * len(scene.moments))], OUT / "temporal.jpg")


def animate(saliencyd: pathlib.Path, scene: Scene, folder: pathlib.Path) -> None:
    """The README's moving picture: the whole clip as it is annotated by default."""
    annotated, path = folder / "annotated.mp4", OUT.parent / "kinetics.webp"
    subprocess.run(
        [saliencyd, "annotate", scene.clip, "--model", scene.model, "-o", annotated, "--fit", "full", "--legend", "--force",
         "--quiet"], check=True)
    subprocess.run(
        ["ffmpeg", "-v", "error", "-y", "-i", annotated, "-an", "-vf", "fps=12.5,scale=512:-2:flags=lanczos", "-c:v",
         "libwebp_anim", "-quality", "60", "-compression_level", "6", "-loop", "0", "-bitexact", str(path)], check=True)
    print(f"{path.relative_to(OUT.parent.parent.parent)}  {path.stat().st_size / 1000:.0f} kB", flush=True)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("saliencyd", type=pathlib.Path)
    parser.add_argument("--only", choices=("builtin", "kinetics"))
    parser.add_argument("--model", default=kinetics.MODEL, help="the published network (%(default)s)")
    args = parser.parse_args()
    OUT.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory() as work:
        folder = pathlib.Path(work)
        if args.only != "kinetics":
            clip = folder / "sample.mp4"
            subprocess.run([args.saliencyd, "sample", clip], check=True, capture_output=True)
            draw(args.saliencyd, Scene(clip, "builtin:motion", "0.6", (4, 12, 20, 27), PAGES), folder / "out")
        if args.only != "builtin":
            clip = default_method.packaged_clips(folder)[0]
            scene = Scene(clip, args.model, "0", (8, 24, 40, 56), KINETICS_PAGES, "-kinetics")
            animate(args.saliencyd, scene, folder)
            draw(args.saliencyd, scene, folder / "out")


if __name__ == "__main__":
    main()
