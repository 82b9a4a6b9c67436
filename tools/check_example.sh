#!/usr/bin/env bash
# Builds Examples/ExplainWindow as a separate package, runs it, and compares its output with the content of its clip: a square
# that moves to the right, in rows 42 to 69.
#
# It uses the program's .build folder, whose objects have the same names and flags, so that nothing is compiled twice.
set -euo pipefail
cd "$(dirname "$0")/.."

# A plan that is kept there is the whole program's, and would be used for the example too.
swift build --package-path Examples/ExplainWindow --scratch-path .build --disable-build-manifest-caching
printed=$(.build/debug/ExplainWindow)
echo "$printed"
for pattern in '^moving right: [0-9]+ %$' '^peak: frame [0-9]+, row (4[2-9]|5[0-9]|6[0-9]), column [0-9]+$'; do
    if ! grep -qE "$pattern" <<<"$printed"; then
        echo "Examples/ExplainWindow does not print a line like $pattern" >&2
        exit 1
    fi
done
