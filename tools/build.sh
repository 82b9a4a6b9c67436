#!/usr/bin/env bash
# Builds the release command: .build/release/saliencyd. Swift's runtime is linked statically, so that it needs only
# libraries that Debian has, and the tested command is the packaged one.
set -euo pipefail
cd "$(dirname "$0")/.."

tools/icu_data.py .build/icu/part.o
# After the libraries, where -Xlinker would place it, it would be a duplicate definition.
export SALIENCYD_LINK_FIRST=$PWD/.build/icu/part.o
# Libraries that are loaded later do not use symbols of the command.
swift build -c release --product saliencyd --static-swift-stdlib -Xlinker --no-export-dynamic

if readelf -d .build/release/saliencyd | grep -E 'NEEDED.*\[lib(swift|Foundation|dispatch|BlocksRuntime|_Foundation)'; then
    echo "the Swift runtime was not linked statically" >&2
    exit 1
fi
