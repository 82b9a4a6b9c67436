#!/usr/bin/env python3
"""Measures the tables of docs/trust.md: `trust_figures.py SALIENCYD FOLDER [--methods A,B] CLIP[@SECONDS]...`

Runs `saliencyd trust` on each window (a folder that already holds a report is read instead) and prints, for each
method, the smallest and the largest figure of every check, and the number of windows with each verdict; then every
window's own figures and, for the first window, the cascade and the areas.
"""

import argparse
import json
import subprocess
from pathlib import Path

CHECKS = ("weights", "place", "classes", "pixels", "parts", "noise")
LEVELS = ("supported", "doubtful", "contradicted")
# Without the stem and the two units after it there is nothing left in any map: docs/trust.md.
LEFT_OUT = ("Conv3d_1a_7x7", "Conv3d_2b_1x1", "Conv3d_2c_3x3")


def report(args: argparse.Namespace, window: str) -> dict:
    clip, _, start = window.partition("@")
    folder = args.folder / f"{Path(clip).stem}{'-' + start if start else ''}"
    if not (folder / "trust.json").exists():
        command = [args.saliencyd, "trust", clip, "--output", folder, "--methods", args.methods, "--full", "--force", "-q"]
        command += ["--start", start] if start else []
        command += ["--model", args.model] if args.model else []
        subprocess.run(command, check=True)
    return json.loads((folder / "trust.json").read_text(encoding="utf-8"))


def area(curves: list[dict], direction: str, scope: str = "clip") -> float:
    return next(c["area"] for c in curves if (c["direction"], c["scope"]) == (direction, scope))


def mean(values: list[float]) -> float:
    return sum(values) / len(values)


def sameness(cascade: list[dict]) -> float:
    return mean([s["similarity"]["structural_similarity"] for s in cascade if s["stage"] not in LEFT_OUT])


def place(result: dict, similarity: float) -> float | None:
    """Between the gradient (0) and guided backpropagation (1)."""
    references = result.get("weight_references")
    if references is None:
        # A report of an earlier version has them only among its methods.
        cascades = {method["name"]: method["cascade"] for method in result["methods"]}
        references = {"gradient": cascades.get("gradient"), "guided": cascades.get("guided-backprop")}
    if references["gradient"] is None or references["guided"] is None:
        return None
    low, high = sameness(references["gradient"]), sameness(references["guided"])
    return (similarity - low) / (high - low)


def figures(result: dict, method: dict) -> dict[str, float | None]:
    """According to the table of verdicts in docs/trust.md."""
    similarity = sameness(method["cascade"])
    gain = area(method["curves"], "insertion") - area(method["curves"], "deletion")
    chance = area(result["random"], "insertion") - area(result["random"], "deletion")
    return {
        "weights": similarity,
        "place": place(result, similarity),
        "classes": mean([c["similarity"]["structural_similarity"] for c in method["classes"]]),
        "pixels": gain - chance,
        "parts": method["infidelity"]["unexplained"] / result["random_infidelity"]["unexplained"],
        "noise": method.get("max_sensitivity"),
    }


def row(*cells: object) -> str:
    return "| " + " | ".join(str(cell) for cell in cells) + " |"


def two(value: float | None, absent: str = "") -> str:
    """Two decimals, without the sign of a zero."""
    return absent if value is None else f"{round(value, 2) + 0:.2f}"


def bounds(results: dict[str, dict], names: list[str]) -> None:
    print(row("", *names), row(*["---"] * (len(names) + 1)), sep="\n")
    measured = {name: [] for name in names}
    for result in results.values():
        for method in result["methods"]:
            measured[method["name"]].append((figures(result, method), method["verdict"]["level"]))
    for check in CHECKS:
        ranges = []
        for name in names:
            values = [f[check] for f, _ in measured[name] if f[check] is not None]
            ranges.append(f"{two(min(values))} – {two(max(values))}" if values else "")
        print(row(f"`{check}`", *ranges))
    counts = [[[level for _, level in measured[name]].count(level) for level in LEVELS] for name in names]
    print(row(", ".join(LEVELS), *[", ".join(map(str, count)) for count in counts]))


def windows(results: dict[str, dict]) -> None:
    print("\n" + row("window", "answer", "method", *CHECKS, "verdict"), row(*["---"] * 10), sep="\n")
    for window, result in results.items():
        target = result["target"]
        for method in result["methods"]:
            values = [two(v) for v in figures(result, method).values()]
            answer = f"{target['label']} {target['probability']:.2f}"
            print(row(Path(window).name, answer, method["name"], *values, method["verdict"]["level"]))


def first(result: dict, names: list[str]) -> None:
    methods = [m for name in names for m in result["methods"] if m["name"] == name]
    print("\n" + row("forgotten down to", *[f"{m['name']}: similarity | rank" for m in methods]))
    for step, stage in enumerate(s["stage"] for s in methods[0]["cascade"]):
        cells = []
        for method in methods:
            alike = method["cascade"][step]["similarity"]
            cells += [two(alike["structural_similarity"]), two(alike.get("rank_correlation"), "–")]
        print(row(stage, *cells))
    print("\n" + row("", *names, "random order"))
    curves = [m["curves"] for m in methods] + [result["random"]]
    for direction in ("deletion", "insertion"):
        areas = [", ".join(f"{area(c, direction, scope):.3f}" for scope in ("clip", "frame")) for c in curves]
        print(row(f"{direction} (clip, frame)", *areas))
    information = [m.get("information", {}) for m in methods] + [result.get("random_information", {})]
    print(row("information", *[f"{i['softmax_area']:.3f}" if "softmax_area" in i else "" for i in information]))
    unexplained = [m["infidelity"]["unexplained"] for m in methods] + [result["random_infidelity"]["unexplained"]]
    print(row("unexplained", *[two(u) for u in unexplained]))
    print(row("max-sensitivity", *[two(m.get("max_sensitivity")) for m in methods], ""))
    alike = [mean([c["similarity"]["structural_similarity"] for c in m["classes"]]) for m in methods]
    print(row("other classes: similarity", *[two(a) for a in alike], ""))
    print(row("edges: rank correlation", *[two(m["edges"].get("rank_correlation"), "–") for m in methods], ""))
    print(row("verdict", *[m["verdict"]["level"] for m in methods], ""))


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("saliencyd")
    parser.add_argument("folder", type=Path)
    parser.add_argument("windows", nargs="+", metavar="CLIP[@SECONDS]")
    parser.add_argument("--methods", default="gradient,gradient-x-input,grad-cam,guided-backprop")
    parser.add_argument("--model")
    args = parser.parse_args()
    args.folder.mkdir(parents=True, exist_ok=True)
    results = {window: report(args, window) for window in args.windows}
    names = args.methods.split(",")
    bounds(results, names)
    windows(results)
    first(results[args.windows[0]], names)


if __name__ == "__main__":
    main()
