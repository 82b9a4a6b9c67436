#!/usr/bin/env bash
# Builds the release command: .build/release/saliencyd. Swift's runtime is inside, so that what it still needs are libraries
# that Debian has, and so that the command that is tried here is the one that is packaged.
set -euo pipefail
cd "$(dirname "$0")/.."

tools/icu_data.py .build/icu/part.o
# Behind the libraries, as -Xlinker would put it, it would be a second definition beside theirs.
export SALIENCYD_LINK_FIRST=$PWD/.build/icu/part.o
# No library that is loaded later looks for symbols of the command.
swift build -c release --product saliencyd --static-swift-stdlib -Xlinker --no-export-dynamic

if readelf -d .build/release/saliencyd | grep -E 'NEEDED.*\[lib(swift|Foundation|dispatch|BlocksRuntime|_Foundation)'; then
    echo "the Swift runtime was not linked statically" >&2
    exit 1
fi
