#!/usr/bin/env bash
# Runs a command in Debian 13, in the folder of this tree, with this machine's Swift toolchain:  run.sh COMMAND…
#
# Needs root, debootstrap and a Debian mirror. The first run installs Debian 13 (minutes, 2 GB). The tree is mounted into it, but
# .build and out are separate folders, which are kept so that later runs build only changed files.
#
#   DEBIAN13   the folder for all of this (default: /var/tmp/saliencyd-debian13); remove it to start again
#   MIRROR     a Debian mirror other than the one that apt uses
#   BIND       more paths that are needed inside, mounted read-only at the same path, for example package mirrors
#
#   SALIENCYD_SHARED   reference material for the tests (default: ../shared, where there is one), read-only
#
# The git configuration of the machine and of root holds inside too.
set -euo pipefail
cd "$(dirname "$0")/../.."
tree=$PWD
folder=${DEBIAN13:-/var/tmp/saliencyd-debian13}
root=$folder/root
mirror=$(tools/deb/mirror.sh)

if [ "$(id -u)" -ne 0 ]; then
    echo "run.sh mounts and changes root: run it as root" >&2
    exit 1
fi
# The mounts end with this process.
if [ "${1:-}" != --mounting ]; then exec unshare --mount "$0" --mounting "$@"; fi
shift
mount --make-rprivate /

swift=$(readlink -f "$(command -v swift)")
toolchain=${swift%/usr/bin/*}
[ -x "$toolchain/usr/bin/swift" ] || { echo "$swift is in no toolchain's usr/bin" >&2; exit 1; }

inside() {
    chroot "$root" env -i HOME=/root LC_ALL=C.UTF-8 DEBIAN_FRONTEND=noninteractive \
        PATH="$toolchain/usr/bin:/usr/sbin:/usr/bin:/sbin:/bin" "$@"
}

if [ ! -e "$folder/complete" ]; then
    command -v debootstrap >/dev/null || { echo "debootstrap is missing: apt-get install debootstrap" >&2; exit 1; }
    echo "== a Debian 13 in $root"
    mkdir -p "$folder"
    rm -rf --one-file-system "$root"
    debootstrap --variant=minbase trixie "$root" "$mirror" >"$folder/debootstrap.log" 2>&1 ||
        { tail "$folder/debootstrap.log" >&2; exit 1; }
fi
mount -t proc proc "$root/proc"
mount --rbind /dev "$root/dev"
mount --rbind /sys "$root/sys"
if [ -e /etc/resolv.conf ]; then cat /etc/resolv.conf >"$root/etc/resolv.conf"; fi

if [ ! -e "$folder/complete" ]; then
    # Packages for the toolchain; tools/setup.sh installs those for this tree and its tests.
    inside apt-get update -qq
    inside apt-get install -y -qq --no-install-recommends \
        binutils binutils-gold gcc libc6-dev libstdc++-14-dev zlib1g-dev pkgconf git make ca-certificates tzdata \
        libcurl4 libedit2 libncurses6 libsqlite3-0 libuuid1 libxml2 procps curl >"$folder/install.log" 2>&1 ||
        { tail "$folder/install.log" >&2; exit 1; }
    touch "$folder/complete"
fi

# PATH: mounts it read-only at the same path inside.
bind() {
    if [ -d "$1" ]; then mkdir -p "$root$1"; else mkdir -p "$root${1%/*}" && touch "$root$1"; fi
    mount --bind "$1" "$root$1"
    mount -o remount,bind,ro "$root$1"
}
bind "$toolchain"
for path in ${BIND:-}; do bind "$path"; done
# The configuration files that git lists, if any.
for scope in --system --global; do
    while IFS= read -r path; do bind "$path"; done < <(
        git config "$scope" --list --show-origin 2>/dev/null | sed -nE 's/^file:(\/[^\t]*)\t.*/\1/p' | sort -u
    )
done
# Beside the tree, where the tests look for it.
shared=${SALIENCYD_SHARED:-$tree/../shared}
if [ -d "$shared" ]; then
    mkdir -p "$root/shared"
    mount --bind "$shared" "$root/shared"
    mount -o remount,bind,ro "$root/shared"
fi
mkdir -p "$root/tree" "$folder/build" "$folder/out" .build out
mount --bind "$tree" "$root/tree"
mount --bind "$folder/build" "$root/tree/.build"
mount --bind "$folder/out" "$root/tree/out"

inside sh -c 'cd /tree && tools/setup.sh && exec "$@"' sh "$@"
