#!/usr/bin/env bash
# Builds out/saliencyd-VERSION-linux-x86_64.tar.xz and its checksum from a binary of tools/build.sh, unpacks it and tries it:
#   dist.sh BINARY
#
# Swift's runtime and all Swift packages are in the binary. FFmpeg and a few other libraries are not, because they depend
# on the distribution's security updates. The archive's INSTALL names them.
set -euo pipefail
binary=$(realpath "$1")
cd "$(dirname "$0")/.."
tools/setup.sh dpkg-dev binutils xz-utils

version=$(tools/version.sh)
SOURCE_DATE_EPOCH=${SOURCE_DATE_EPOCH:-$(git log -1 --format=%ct 2>/dev/null || echo 0)}
export SOURCE_DATE_EPOCH
umask 022

name=saliencyd-$version-linux-x86_64
scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT
strip --strip-unneeded -o "$scratch/saliencyd" "$binary"
tools/install.sh "$scratch/saliencyd" "$scratch/stage" /usr/local

needed() { readelf -d "$1" | sed -n 's/.*(NEEDED).*\[\(.*\)\]/\1/p'; }
# dpkg-shlibdeps requires a source package's control file and a binary package's folder.
mkdir "$scratch/debian" "$scratch/stage/DEBIAN"
printf 'Source: saliencyd\n\nPackage: saliencyd\nArchitecture: amd64\n' >"$scratch/debian/control"
packages=$(cd "$scratch" && dpkg-shlibdeps -O --warnings=0 stage/usr/local/bin/saliencyd | sed 's/^shlibs:Depends=//')

mkdir -p out
mv "$scratch/stage/usr/local" "$scratch/$name"
mv "$scratch/stage/etc" "$scratch/$name/etc"
cat >"$scratch/$name/INSTALL" <<END
saliencyd $version for Linux, x86-64

    sha256sum -c $name.tar.xz.sha256    # before unpacking
    cp -r bin lib share /usr/local/     # as root; bin/saliencyd also works where it is
    man saliencyd

The daemon: install its configuration and make its account and folders (as root), then start it.

    install -D -m 640 etc/saliencyd/saliencyd.yaml /etc/saliencyd/saliencyd.yaml
    systemd-sysusers /usr/local/lib/sysusers.d/saliencyd.conf
    systemd-tmpfiles --create /usr/local/lib/tmpfiles.d/saliencyd.conf
    chgrp saliencyd /etc/saliencyd/saliencyd.yaml
    systemctl daemon-reload
    systemctl enable --now saliencyd

It needs these shared libraries, in these versions:

$(needed "$scratch/saliencyd" | sort | sed 's/^/    /')

The Debian packages that have them: $packages, ca-certificates

The command fit also needs libopenblas.so.0, from the package libopenblas0.

share/doc/saliencyd has the documentation, share/doc/saliencyd/licences the licences of all that is linked in.
END

archive=out/$name.tar.xz
tar -C "$scratch" --sort=name --mtime="@$SOURCE_DATE_EPOCH" --owner=0 --group=0 --numeric-owner -cf - "$name" |
    xz -T0 >"$archive"
(cd out && sha256sum "$name.tar.xz" >"$name.tar.xz.sha256")

mkdir "$scratch/try"
(cd out && sha256sum --quiet -c "$name.tar.xz.sha256")
tar -C "$scratch/try" -xf "$archive"
tools/smoke.sh "$scratch/try/$name/bin/saliencyd"
tools/check_links.py "$scratch/try/$name/share/doc/saliencyd"
echo "$archive: $(du -h "$archive" | cut -f1)"
