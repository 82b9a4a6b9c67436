#!/usr/bin/env python3
"""Makes the documentation of the engine's public interface, out/docs, from Sources/Engine and its catalogue Engine.docc.

    tools/docs.py
    python3 -m http.server -d out/docs      # and then open /documentation/engine/ there

Exit status 1 if docc warns of anything, if a public type or function has no comment, or if the article about the example is not
the example.
"""

import json
import pathlib
import shutil
import subprocess
import sys

ROOT = pathlib.Path(__file__).resolve().parent.parent
CATALOGUE = ROOT / "Sources/Engine/Engine.docc"
OUT = ROOT / "out/docs"
# Properties, cases and initialisers may be understood from their names.
COMMENTED = {
    "swift.class", "swift.enum", "swift.func", "swift.method", "swift.protocol", "swift.struct", "swift.type.method",
    "swift.typealias",
}


def uncommented(graph):
    """The public types and functions of a symbol graph that no comment describes, as Type.member."""
    # Members that a conformance gives have the protocol's comment, and no place of their own.
    return sorted(
        ".".join(symbol["pathComponents"])
        for symbol in graph["symbols"]
        if symbol["kind"]["identifier"] in COMMENTED and "docComment" not in symbol and "location" in symbol)


def symbol_graph(folder):
    """Builds the module in .build, as `swift build` does, and writes what is public in it."""
    subprocess.run(["swift", "build", "--target", "Engine"], cwd=ROOT, check=True)
    built = ROOT / ".build/debug"
    maps = [
        argument
        for name in ("CKernels", "CModels")
        for argument in ("-Xcc", f"-fmodule-map-file={built / f'{name}.build/module.modulemap'}")
    ]
    target = json.loads(subprocess.run(["swift", "-print-target-info"], stdout=subprocess.PIPE, check=True).stdout)
    subprocess.run(
        [
            "swift", "symbolgraph-extract", "-module-name", "Engine", "-I", built / "Modules", *maps, "-target",
            target["target"]["triple"], "-minimum-access-level", "public", "-skip-synthesized-members", "-output-dir", folder,
        ],
        cwd=ROOT, check=True)
    return json.loads((folder / "Engine.symbols.json").read_text(encoding="utf-8"))


def main():
    graphs = ROOT / "out/symbols"
    for folder in (graphs, OUT):
        shutil.rmtree(folder, ignore_errors=True)
    graphs.mkdir(parents=True)
    problems = [f"{name} has no comment" for name in uncommented(symbol_graph(graphs))]
    example = (ROOT / "Examples/ExplainWindow/Sources/main.swift").read_text(encoding="utf-8")
    if f"```swift\n{example}```\n" not in (CATALOGUE / "ExplainWindow.md").read_text(encoding="utf-8"):
        problems.append("ExplainWindow.md does not show Examples/ExplainWindow/Sources/main.swift as it is")
    for problem in problems:
        print(problem, file=sys.stderr)
    # The toolchain's, whose format of symbol graphs is the compiler's.
    docc = pathlib.Path(shutil.which("swift")).resolve().parent / "docc"
    converted = subprocess.run(
        [
            docc, "convert", CATALOGUE, "--additional-symbol-graph-dir", graphs, "--output-path", OUT,
            "--fallback-display-name", "Engine", "--fallback-bundle-identifier", "saliencyd.Engine",
            "--transform-for-static-hosting", "--hosting-base-path", "/", "--warnings-as-errors",
        ])
    sys.exit(1 if problems or converted.returncode != 0 else 0)


if __name__ == "__main__":
    main()
