#!/usr/bin/env bash
# Prints the Debian mirror: $MIRROR, or the first one that apt uses on this machine.
set -euo pipefail
mirror=${MIRROR:-$(apt-get indextargets --format '$(SITE)' 'Created-By: Packages' | grep -m 1 -E '/debian/?$' || true)}
if [ -z "$mirror" ]; then
    echo "apt has no Debian mirror on this machine: set MIRROR to the address of one" >&2
    exit 1
fi
echo "$mirror"
