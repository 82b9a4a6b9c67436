#!/usr/bin/env bash
# Unpacks the headers of Debian 13's FFmpeg, and prints the folder they are in.  headers.sh
#
# apt checks Debian's signatures and uses separate lists and caches; nothing is installed. CACHE names the folder that keeps
# them (default: ~/.cache/saliencyd), MIRROR a Debian mirror other than the one that apt uses.
set -euo pipefail
cache=${CACHE:-${XDG_CACHE_HOME:-$HOME/.cache}/saliencyd}/ffmpeg7
mirror=$("$(dirname "$0")/../deb/mirror.sh")
keyring=/usr/share/keyrings/debian-archive-keyring.gpg

include=$cache/usr/include/x86_64-linux-gnu
if [ ! -e "$cache/complete" ]; then
    [ -e "$keyring" ] || { echo "$keyring is missing: apt-get install debian-archive-keyring" >&2; exit 1; }
    rm -rf "$cache"
    mkdir -p "$cache"/{lists/partial,archives/partial,packages}
    echo "deb [signed-by=$keyring] $mirror trixie main" >"$cache/sources.list"
    options=(
        -o "Dir::Etc::SourceList=$cache/sources.list" -o Dir::Etc::SourceParts=- -o "Dir::State::Lists=$cache/lists"
        -o "Dir::Cache=$cache" -o "Dir::State::Status=/dev/null" -o APT::Sandbox::User=
        -o APT::Architecture=amd64 -o Acquire::Languages=none
    )
    apt-get "${options[@]}" update -qq >&2
    (
        cd "$cache/packages"
        apt-get "${options[@]}" download -qq \
            libavcodec-dev libavformat-dev libavutil-dev libswresample-dev libswscale-dev >&2
    )
    for package in "$cache"/packages/*.deb; do dpkg-deb -x "$package" "$cache"; done
    rm -rf "$cache"/{lists,archives,packages} "$cache"/*.bin
    touch "$cache/complete"
fi
echo "$include"
