#!/usr/bin/env bash
# Builds the tree, runs all tests (or those of the targets named), and annotates a clip; says with which FFmpeg. For a
# distribution other than the one that is developed on:  tools/debian13/run.sh tools/debian13/try.sh [TARGET…]
set -euo pipefail
cd "$(dirname "$0")/../.."

echo "== $(. /etc/os-release && echo "$PRETTY_NAME"), $(ffmpeg -version | head -n 1 | cut -d' ' -f1-3)"
TEST_TARGETS="$*" tools/test.sh

echo "== annotate a clip"
tools/smoke.sh .build/debug/saliencyd
readelf -d .build/debug/saliencyd | sed -nE 's/.*NEEDED.*\[(lib(av|sw)[^]]*)\]/linked with \1/p'
echo "passed: ${*:-all targets}"
