#!/usr/bin/env python3
"""Runs the tests in an instrumented build, .build-coverage, and prints the share of executed lines of each module, and the
files with the most lines that were not executed.

    tools/coverage.py                           # all tests
    tools/coverage.py --filter '^FilesTests'    # arguments go to `swift test`

Lines that `saliencyd` executes when the tests start it are counted too, unless it is killed.
"""

import collections
import json
import os
import pathlib
import shutil
import subprocess
import sys

ROOT = pathlib.Path(__file__).resolve().parent.parent
SCRATCH = ROOT / ".build-coverage"


def by_module(report, sources):
    """Executed and total lines of each module, from the output of `llvm-cov export`."""
    modules = collections.defaultdict(lambda: [0, 0])
    for file in report["data"][0]["files"]:
        path = pathlib.Path(file["filename"])
        if path.is_relative_to(sources):
            lines = file["summary"]["lines"]
            counts = modules[path.relative_to(sources).parts[0]]
            counts[0] += lines["covered"]
            counts[1] += lines["count"]
    return dict(modules)


def least_run(report, sources, count=20):
    """The files with the most unexecuted lines: unexecuted lines, total lines, and the path."""
    files = [
        (lines["count"] - lines["covered"], lines["count"], str(path.relative_to(sources)))
        for file in report["data"][0]["files"]
        for path, lines in [(pathlib.Path(file["filename"]), file["summary"]["lines"])]
        if path.is_relative_to(sources) and lines["covered"] < lines["count"]
    ]
    return sorted(files, key=lambda file: (-file[0], file[2]))[:count]


def table(modules):
    """One line per module, the total last."""
    total = [sum(counts[index] for counts in modules.values()) for index in (0, 1)]
    rows = [*sorted(modules.items()), ("total", total)]
    return "\n".join(
        f"{name:<12} {100 * run / lines if lines else 0:5.1f} %  {run:>6} of {lines:>6} lines" for name, (run, lines) in rows)


def tool(name):
    """The toolchain's tool, which reads the compiler's profile format."""
    return pathlib.Path(shutil.which("swift")).resolve().parent / name


def main():
    profiles = SCRATCH / "profiles"
    shutil.rmtree(profiles, ignore_errors=True)
    profiles.mkdir(parents=True)
    tests = subprocess.run(
        [ROOT / "tools/test.sh", *sys.argv[1:]],
        env=os.environ
        | {
            "TEST_BUILD_OPTIONS": f"--scratch-path {SCRATCH}",
            # All processes of a binary merge their profiles into the same four files.
            "TEST_PROFILES": str(profiles / "%4m.profraw"),
        })
    merged = SCRATCH / "tests.profdata"
    subprocess.run([tool("llvm-profdata"), "merge", "-sparse", *profiles.glob("*.profraw"), "-o", merged], check=True)
    built = SCRATCH / "debug"
    exported = subprocess.run(
        [
            tool("llvm-cov"), "export", "-summary-only", f"-instr-profile={merged}",
            built / "saliencydPackageTests.xctest", "-object", built / "saliencyd", ROOT / "Sources",
        ],
        stdout=subprocess.PIPE, check=True)
    report = json.loads(exported.stdout)
    print(table(by_module(report, ROOT / "Sources")))
    print("\nlines not run:")
    for missed, lines, path in least_run(report, ROOT / "Sources"):
        print(f"{missed:>6} of {lines:>5}  {path}")
    sys.exit(tests.returncode)


if __name__ == "__main__":
    main()
