#!/usr/bin/env python3
"""Builds the documentation of the engine's public interface, out/docs, from Sources/Engine and its catalogue Engine.docc.

    tools/docs.py
    python3 -m http.server -d out/docs      # and then open /documentation/engine/ there

The exit status is 1 if docc warns, if a public type or function has no comment, if the code of an article does not compile, or
if the article about the example differs from the example.
"""

import json
import pathlib
import re
import shutil
import subprocess
import sys
import tempfile

ROOT = pathlib.Path(__file__).resolve().parent.parent
CATALOGUE = ROOT / "Sources/Engine/Engine.docc"
OUT = ROOT / "out/docs"
# Properties, cases and initialisers may be self-explanatory.
COMMENTED = {
    "swift.class", "swift.enum", "swift.func", "swift.method", "swift.protocol", "swift.struct", "swift.type.method",
    "swift.typealias",
}


def uncommented(graph):
    """The public types and functions of a symbol graph without a comment, as Type.member."""
    # Members that a conformance provides have the protocol's comment and no location.
    return sorted(
        ".".join(symbol["pathComponents"])
        for symbol in graph["symbols"]
        if symbol["kind"]["identifier"] in COMMENTED and "docComment" not in symbol and "location" in symbol)


def snippets(article):
    """The code of an article as one source: its types, and a function for each block with the declarations that blocks assume."""
    types, functions = [], []
    for number, block in enumerate(re.findall(r"^```swift\n(.*?)^```$", article, re.MULTILINE | re.DOTALL)):
        block = re.sub(r"^import Engine\n", "", block, flags=re.MULTILINE)
        for declared in re.findall(r"^struct .*?^}\n", block, re.MULTILINE | re.DOTALL):
            types.append(declared)
            block = block.replace(declared, "")
        functions.append(
            f"func block{number}(session: EngineSession, shape: ClipShape, next: [[UInt8]]) throws {{\n{block}}}\n")
    return "\n".join(["import Engine\n", *types, *functions])


def compiles(source):
    with tempfile.TemporaryDirectory() as folder:
        path = pathlib.Path(folder) / "Article.swift"
        path.write_text(source, encoding="utf-8")
        # Blocks may have unused values.
        checked = subprocess.run(["swiftc", "-typecheck", "-swift-version", "6", "-suppress-warnings", *imports(), path])
        return checked.returncode == 0


def imports():
    """The compiler options to find the module and its C modules in .build."""
    built = ROOT / ".build/debug"
    maps = [
        argument
        for name in ("CKernels", "CModels")
        for argument in ("-Xcc", f"-fmodule-map-file={built / f'{name}.build/module.modulemap'}")
    ]
    return ["-I", built / "Modules", *maps]


def symbol_graph(folder):
    """Builds the module in .build like `swift build`, and writes its public symbol graph."""
    subprocess.run(["swift", "build", "--target", "Engine"], cwd=ROOT, check=True)
    target = json.loads(subprocess.run(["swift", "-print-target-info"], stdout=subprocess.PIPE, check=True).stdout)
    subprocess.run(
        [
            "swift", "symbolgraph-extract", "-module-name", "Engine", *imports(), "-target",
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
    for name in ("LoadModel", "ExplainWindow", "AddMethod"):
        if not compiles(snippets((CATALOGUE / f"{name}.md").read_text(encoding="utf-8"))):
            problems.append(f"the code of {name}.md does not compile")
    for problem in problems:
        print(problem, file=sys.stderr)
    # The toolchain's tool, which reads the compiler's symbol graph format.
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
