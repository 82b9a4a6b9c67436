#!/usr/bin/env bash
# Builds the release command: .build/release/saliencyd. Swift's runtime is linked statically, so that it needs only
# libraries that Debian has, and the tested command is the packaged one.
set -euo pipefail
cd "$(dirname "$0")/.."

# Libraries that are loaded later do not use symbols of the command.
swift build -c release --product saliencyd --static-swift-stdlib -Xlinker --no-export-dynamic

if readelf -d .build/release/saliencyd | grep -E 'NEEDED.*\[lib(swift|Foundation|dispatch|BlocksRuntime|_Foundation)'; then
    echo "the Swift runtime was not linked statically" >&2
    exit 1
fi
# A class of Foundation: what has it has all of it, with ICU, as soon as one file imports more than FoundationEssentials.
# shellcheck disable=SC2016
if readelf -sW .build/release/saliencyd | grep -F '$s10Foundation8NSObjectCN' >&2; then
    echo "Foundation is linked, 14 MB or more: docs/decisions/0005-foundation-essentials.md" >&2
    exit 1
fi
