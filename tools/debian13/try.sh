#!/usr/bin/env bash
# Builds the tree, runs the tests of the modules that use FFmpeg (or of the given targets), annotates a clip, and prints the
# version of FFmpeg. For distributions other than the one used for development:  tools/debian13/run.sh tools/debian13/try.sh [TARGET…]
set -euo pipefail
cd "$(dirname "$0")/../.."

targets=("$@")
if [ ${#targets[@]} -eq 0 ]; then
    for target in FilesTests MediaTests DecodeTests EncodeTests; do
        if [ -d "Tests/$target" ]; then targets+=("$target"); fi
    done
fi

echo "== $(. /etc/os-release && echo "$PRETTY_NAME"), $(ffmpeg -version | head -n 1 | cut -d' ' -f1-3)"
TEST_TARGETS="${targets[*]}" tools/test.sh

echo "== annotate a clip"
tools/smoke.sh .build/debug/saliencyd
readelf -d .build/debug/saliencyd | sed -nE 's/.*NEEDED.*\[(lib(av|sw)[^]]*)\]/linked with \1/p'
echo "passed: ${targets[*]}"
