"""python3 -m accuracy SALIENCYD CLIP…: compares the first window of each clip with references in Python.

- The frames that saliencyd feeds to its network (`explain --clip`), with the definition in docs/sources.md, computed in
  double precision from PyAV's frames, and with 8-bit RGB resized by a bilinear filter that is not widened.
- saliencyd's logits, with PyTorch's on the same frames; and PyTorch's answers for the references' frames.

docs/evaluate.md has the results. Needs PYTHONPATH=tools; the packages of requirements.txt are installed into
out/accuracy. Exit status 1 if a sample is farther from the definition than a fixed-point conversion can be, if logits
differ by more than 1e-4 of their norm, or if an answer differs.
"""

from __future__ import annotations

import argparse
import os
import subprocess
import sys
import venv
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
FOLDER = ROOT / "out/accuracy"
# Of the norm of the logits, as in docs/engine.md.
LOGIT_BOUND = 1e-4


def run_with_packages() -> None:
    """Starts again in a virtual environment with the packages, unless this is it."""
    if Path(sys.prefix) == FOLDER / "python":
        return
    requirements = Path(__file__).with_name("requirements.txt")
    python, note = FOLDER / "python/bin/python", FOLDER / "python/requirements.txt"
    if not note.exists() or note.read_text() != requirements.read_text():
        print("Installing the packages of tools/accuracy/requirements.txt into out/accuracy.", flush=True)
        venv.create(FOLDER / "python", with_pip=True, clear=True)
        subprocess.run([python, "-m", "pip", "install", "--quiet", "--requirement", requirements], check=True)
        note.write_text(requirements.read_text())
    os.execv(python, [python, "-m", "accuracy", *sys.argv[1:]])


def main() -> None:
    parser = argparse.ArgumentParser(prog="python3 -m accuracy")
    parser.add_argument("saliencyd", type=Path, help="the command")
    parser.add_argument("clips", type=Path, nargs="+", metavar="CLIP", help="a video file")
    parser.add_argument("--model", default="kinetics-rgb", help="an RGB network for 224x224 (kinetics-rgb)")
    options = parser.parse_args()
    missing = [str(path) for path in (options.saliencyd, *options.clips) if not path.is_file()]
    if missing:
        parser.error(f"not a file: {', '.join(missing)}")
    run_with_packages()
    from .report import measure

    sys.exit(measure(options.saliencyd.resolve(), options.clips, options.model, FOLDER, LOGIT_BOUND))


main()
