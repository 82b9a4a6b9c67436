#!/usr/bin/env bash
# Installs the Debian packages needed for building and testing, and those given as arguments; quietly, and only missing ones.
set -euo pipefail

packages=(
    libavformat-dev libavcodec-dev libavutil-dev libswscale-dev libswresample-dev
    libsqlite3-dev
    libyaml-dev
    libwebp-dev
    libgnutls28-dev
    libmosquitto-dev
    libopenblas-dev
    mosquitto # the broker that the tests publish to
    openssl # the tests make certificates with it
    ffmpeg # the tests make odd clips with it and compare against it
    "$@"
)

command -v python3 >/dev/null || packages+=(python3) # finds suites by their tags, and runs the generators

missing=()
for package in "${packages[@]}"; do
    dpkg-query -W -f='${Status}' "$package" 2>/dev/null | grep -q 'install ok installed' || missing+=("$package")
done

if [ ${#missing[@]} -gt 0 ]; then
    as_root=()
    if [ "$(id -u)" -ne 0 ]; then
        if sudo -n true 2>/dev/null; then
            as_root=(sudo -n)
        else
            echo "These Debian packages are missing, and there are no rights to install them: ${missing[*]}" >&2
            echo "Run as root: apt-get install ${missing[*]}" >&2
            exit 1
        fi
    fi
    echo "Installing Debian packages: ${missing[*]}"
    "${as_root[@]}" apt-get update -qq
    DEBIAN_FRONTEND=noninteractive "${as_root[@]}" apt-get install -y -qq --no-install-recommends "${missing[@]}" >/dev/null
fi

if ! command -v swift >/dev/null; then
    echo "Swift 6.3 is needed: https://www.swift.org/install/linux/" >&2
    exit 1
fi
