#!/usr/bin/env bash
# Tries the package in a fresh Debian: installs it with apt, uses it, removes and purges it, and looks for leftovers.
# As root; needs debootstrap. MIRROR=URL names a Debian mirror other than the one that apt uses; SUITE=trixie PACKAGE=FILE
# tries a package that was built for Debian 13.
set -euo pipefail
cd "$(dirname "$0")/../.."
mirror=$(tools/deb/mirror.sh)

version=$(tools/version.sh)
package=${PACKAGE:-out/saliencyd_${version}_amd64.deb}
[ -e "$package" ] || { echo "$package is missing: make deb" >&2; exit 1; }

root=$(mktemp -d)
chmod 755 "$root" # the daemon's account goes through it
cleanup() {
    if mountpoint -q "$root/proc"; then umount "$root/proc"; fi
    rm -rf --one-file-system "$root"
}
trap cleanup EXIT

inside() { chroot "$root" env -i PATH=/usr/sbin:/usr/bin:/sbin:/bin LC_ALL=C.UTF-8 DEBIAN_FRONTEND=noninteractive "$@"; }
fail() { echo "FAILED: $*" >&2; exit 1; }
step() { echo "== $*"; }

# Files that the package owns or whose names contain its name; the package file and apt's logs do not count.
leftovers() {
    find "$root/etc" "$root/usr" "$root/var" "$root/run" -iname '*saliencyd*' \
        -not -path "$root/var/log/*" -not -path "$root/var/cache/apt/*" | sed "s|^$root||" | sort
}

step "a minimal Debian"
debootstrap --variant=minbase "${SUITE:-bookworm}" "$root" "$mirror" >"$root.log" 2>&1 || { tail "$root.log"; fail debootstrap; }
rm -f "$root.log"
mount -t proc proc "$root/proc"
# No service may be started in here, whatever the package requests.
printf '#!/bin/sh\nexit 101\n' >"$root/usr/sbin/policy-rc.d"
chmod +x "$root/usr/sbin/policy-rc.d"
mkdir "$root/try"
cp "$package" "$root/try/saliencyd.deb"
inside apt-get update -qq

step "install"
inside apt-get install -y -qq --no-install-recommends /try/saliencyd.deb >"$root/try/install.log" 2>&1 ||
    { tail -n 30 "$root/try/install.log"; fail "apt-get install"; }
[ "$(inside saliencyd --version)" = "$version" ] || fail "the version is not $version"
inside sh -c 'zcat /usr/share/man/man1/saliencyd-annotate.1.gz | grep -q colormap' || fail "no manual page"
inside test -s /usr/share/bash-completion/completions/saliencyd || fail "no completions"
tools/check_links.py "$root/usr/share/doc/saliencyd" || fail "links in the documentation"
inside getent passwd saliencyd || fail "no account"
for folder in inbox outbox failed; do
    [ "$(inside stat -c '%U:%G %a' "/var/lib/saliencyd/$folder")" = "saliencyd:saliencyd 3770" ] || fail "no $folder"
done
inside test -L /etc/systemd/system/multi-user.target.wants/saliencyd.service || fail "the unit is not enabled"
inside systemd-analyze verify --man=no --recursive-errors=no /lib/systemd/system/saliencyd.service || fail "the unit"
inside systemctl enable -q saliencyd-camera@gate.service || fail "a camera's unit"
inside systemd-analyze verify --man=no --recursive-errors=no saliencyd-camera@gate.service || fail "a camera's unit"
if [ -e systemd/saliencyd.yaml ]; then
    [ "$(inside stat -c '%U:%G %a' /etc/saliencyd/saliencyd.yaml)" = "root:saliencyd 640" ] || fail "rights of the configuration"
fi

step "use, as the daemon's account"
inside setpriv --reuid=saliencyd --regid=saliencyd --clear-groups sh -ec '
    cd /var/lib/saliencyd/outbox
    saliencyd sample clip.mp4
    saliencyd annotate clip.mp4 -o annotated.mp4
    test -s annotated.mp4 && test -s annotated.json' >"$root/try/use.log" 2>&1 ||
    { tail -n 30 "$root/try/use.log"; fail "sample and annotate"; }

step "install again, as an upgrade does"
if [ -e systemd/saliencyd.yaml ]; then echo "# the administrator's" >>"$root/etc/saliencyd/saliencyd.yaml"; fi
inside apt-get install -y -qq --reinstall /try/saliencyd.deb >/dev/null 2>&1 || fail "reinstall"
if [ -e systemd/saliencyd.yaml ]; then
    grep -q "the administrator's" "$root/etc/saliencyd/saliencyd.yaml" || fail "the configuration was overwritten"
fi

step "remove"
inside apt-get remove -y -qq saliencyd >/dev/null 2>&1 || fail "apt-get remove"
inside test -s /var/lib/saliencyd/outbox/annotated.mp4 || fail "remove took the results"
if [ -e systemd/saliencyd.yaml ]; then inside test -s /etc/saliencyd/saliencyd.yaml || fail "remove took the configuration"; fi
inside test ! -e /usr/bin/saliencyd || fail "remove left the command"

step "purge"
inside apt-get purge -y -qq saliencyd >/dev/null 2>&1 || fail "apt-get purge"
inside test -s /var/lib/saliencyd/outbox/annotated.mp4 || fail "purge took somebody's video"
rm -r "$root/var/lib/saliencyd"
left=$(leftovers)
[ -z "$left" ] || fail "left behind: $left"
inside dpkg -s saliencyd >/dev/null 2>&1 && fail "dpkg still knows it"

echo "passed: $package"
