#!/usr/bin/env bash
# Builds out/saliencyd_VERSION_amd64.deb from a binary of tools/build.sh:  build.sh BINARY
set -euo pipefail
binary=$(realpath "$1")
cd "$(dirname "$0")/../.."
tools/setup.sh dpkg-dev binutils

version=$(tools/version.sh)

# The package is reproducible: time stamps are those of the last commit.
SOURCE_DATE_EPOCH=${SOURCE_DATE_EPOCH:-$(git log -1 --format=%ct 2>/dev/null || echo 0)}
export SOURCE_DATE_EPOCH

scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT
tree=$scratch/tree
mkdir -p "$tree/DEBIAN" out
chmod 755 "$tree"
umask 022

strip --strip-unneeded -o "$scratch/saliencyd" "$binary"
tools/install.sh "$scratch/saliencyd" "$tree" /usr
documents=$tree/usr/share/doc/saliencyd
install -m 644 tools/deb/copyright "$documents/copyright"
# Debian has this text once, and the package's own copyright file points to it.
rm -f "$documents/licences/saliencyd.txt"
install -D -m 644 tools/deb/lintian-overrides "$tree/usr/share/lintian/overrides/saliencyd"

# The project has no mailbox: distributors set theirs by the variables that Debian's tools read.
maintainer="${DEBFULLNAME:-The saliencyd authors} <${DEBEMAIL:-maintainers@saliencyd.invalid}>"
printf 'saliencyd (%s) unstable; urgency=medium\n\n  * %s\n\n -- %s  %s\n' "$version" \
    'The changes of each version are in CHANGELOG.md.' "$maintainer" "$(date -u -R -d "@$SOURCE_DATE_EPOCH")" |
    gzip -9n >"$documents/changelog.gz"
chmod 644 "$documents/changelog.gz"

# dpkg-shlibdeps requires a source package's control file.
mkdir "$scratch/debian"
printf 'Source: saliencyd\n\nPackage: saliencyd\nArchitecture: amd64\n' >"$scratch/debian/control"
libraries=$(cd "$scratch" && dpkg-shlibdeps -O --warnings=7 tree/usr/bin/saliencyd | sed 's/^shlibs:Depends=//')

# From the same FFmpeg; Debian uses libavformat's version number.
devices=$(grep -oE 'libavformat[0-9]+' <<<"$libraries" | head -n 1 | sed 's/format/device/')
[ -n "$devices" ] || { echo "the command is not linked with libavformat: $libraries" >&2; exit 1; }

sed -e "s|@VERSION@|$version|" -e "s|@MAINTAINER@|$maintainer|" -e "s|@LIBRARIES@|$libraries|" -e "s|@DEVICES@|$devices|" \
    -e "s|@SIZE@|$(du -sk --exclude=DEBIAN "$tree" | cut -f1)|" tools/deb/control.in >"$tree/DEBIAN/control"
for script in postinst prerm postrm; do install -m 755 "tools/deb/$script" "$tree/DEBIAN/$script"; done

# During an upgrade dpkg keeps the administrator's versions of these files, or asks.
if [ -e "$tree/etc" ]; then
    (cd "$tree" && find etc -type f -printf '/%p\n' | sort) >"$tree/DEBIAN/conffiles"
    # dpkg applies these modes to the files of later versions; postinst sets the group.
    chmod 640 "$tree"/etc/saliencyd/*
fi
(cd "$tree" && find usr -type f -print0 | sort -z | xargs -0 md5sum) >"$tree/DEBIAN/md5sums"

package=out/saliencyd_${version}_amd64.deb
dpkg-deb --root-owner-group --build "$tree" "$package" >/dev/null
echo "$package: $(du -h "$package" | cut -f1)"
