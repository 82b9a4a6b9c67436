#!/usr/bin/env bash
# Builds the release command with the Swift runtime inside: what it still needs are libraries that Debian has.
set -euo pipefail
cd "$(dirname "$0")/.."

swift build -c release --static-swift-stdlib --product saliencyd

if readelf -d .build/release/saliencyd | grep -E 'NEEDED.*\[lib(swift|Foundation|dispatch|BlocksRuntime|_Foundation)'; then
    echo "the Swift runtime was not linked statically" >&2
    exit 1
fi
