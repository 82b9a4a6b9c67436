#!/usr/bin/env bash
# Builds Examples/ExplainWindow as a package of its own, runs it, and compares what it prints with what its clip shows: a square
# that moves to the right, in rows 42 to 69.
#
# The folder .build is the program's, whose objects have the same names and flags: what `swift build` has built is not built again.
set -euo pipefail
cd "$(dirname "$0")/.."

swift build --package-path Examples/ExplainWindow --scratch-path .build
printed=$(.build/debug/ExplainWindow)
echo "$printed"
for pattern in '^moving right: [0-9]+ %$' '^peak: frame [0-9]+, row (4[2-9]|5[0-9]|6[0-9]), column [0-9]+$'; do
    if ! grep -qE "$pattern" <<<"$printed"; then
        echo "Examples/ExplainWindow does not print a line like $pattern" >&2
        exit 1
    fi
done
