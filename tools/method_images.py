#!/usr/bin/env python3
"""Makes docs/images/methods: what each method says of the sample clip, by the model inside.

    tools/method_images.py .build/release/saliencyd

Needs Python alone and ffmpeg. The same build gives the same images.
"""
from __future__ import annotations

import json
import pathlib
import subprocess
import sys
import tempfile

OUT = pathlib.Path(__file__).resolve().parent.parent / "docs/images/methods"
MOMENTS = [4, 12, 20, 27]
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


def tiles(folder: pathlib.Path, name: str, is_heat: bool) -> bytes:
    """The moments of one kind of image, side by side: raw RGB, TILE rows."""
    inputs = [part for moment in MOMENTS for part in ("-i", str(folder / f"{name}_{moment:04}.jpg"))]
    colour = "format=gray,format=gbrp,pseudocolor=preset=inferno," if is_heat else ""
    chains = [f"[{n}]{colour}scale={TILE}:{TILE},format=rgb24[t{n}]" for n in range(len(MOMENTS))]
    joined = "".join(f"[t{n}]" for n in range(len(MOMENTS))) + f"hstack={len(MOMENTS)}"
    return subprocess.run(
        ["ffmpeg", "-v", "error", *inputs, "-filter_complex", ";".join([*chains, joined]), "-f", "rawvideo",
         "-pix_fmt", "rgb24", "-"], check=True, capture_output=True).stdout


def bars(values: list[float]) -> bytes:
    """A bar a value, the largest as high as a tile: raw RGB, TILE rows."""
    width, most = TILE * len(MOMENTS), max(values)
    rows = []
    for row in range(TILE):
        for x in range(width):
            value = values[x * len(values) // width] / most
            is_gap = x * len(values) % width < len(values)
            is_bar = not is_gap and (TILE - row) <= value * (TILE - 6)
            rows.append(b"\xe6\x8a\x2e" if is_bar else b"\x18\x18\x18")
    return b"".join(rows)


def write(rows: list[bytes], path: pathlib.Path) -> None:
    subprocess.run(
        ["ffmpeg", "-v", "error", "-y", "-f", "rawvideo", "-pix_fmt", "rgb24", "-s",
         f"{TILE * len(MOMENTS)}x{TILE * len(rows)}", "-i", "-", "-bitexact", "-pix_fmt", "yuvj420p", "-q:v", "4",
         str(path)], input=b"".join(rows), check=True)
    print(f"{path.relative_to(OUT.parent.parent.parent)}  {path.stat().st_size / 1000:.0f} kB")


def main() -> None:
    saliencyd = pathlib.Path(sys.argv[1]).resolve()
    OUT.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory() as work:
        clip, out = f"{work}/sample.mp4", pathlib.Path(work) / "out"

        def explain(options: list[str]) -> dict:
            subprocess.run(
                [saliencyd, "explain", clip, "--model", "builtin:motion", "-o", out, "--force", "--quiet", "--start", "0.6", *options], check=True)
            return json.loads((out / "result.json").read_text())

        subprocess.run([saliencyd, "sample", clip], check=True, capture_output=True)
        for page, shown in PAGES.items():
            rows = []
            for options, has_signs in shown:
                explain([*options, *(["--sign", "signed"] if has_signs else [])])
                rows = rows or [tiles(out, "orig", False)]
                rows.append(tiles(out, "maps", not has_signs))
            write(rows, OUT / f"{page}.jpg")
        result = explain(["--method", "integrated-gradients", "--steps", "50", "--baseline", "mean"])
        write([tiles(out, "orig", False), tiles(out, "maps", True), bars(result["frame_means"])], OUT / "temporal.jpg")


if __name__ == "__main__":
    main()
