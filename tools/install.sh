#!/usr/bin/env bash
# Installs what a machine needs to run the daemon:  install.sh BINARY DESTDIR PREFIX
#
# The configuration always lies under /etc, and one that is there stays as it is.
set -euo pipefail
binary=$(realpath "$1")
destination=$2
prefix=$3
cd "$(dirname "$0")/.."

root=$destination$prefix
install -D -m 755 "$binary" "$root/bin/saliencyd"
for kind in sysusers tmpfiles; do
    install -D -m 644 "systemd/saliencyd.$kind" "$root/lib/$kind.d/saliencyd.conf"
done
install -d "$root/lib/systemd/system"
for unit in saliencyd.service saliencyd-camera@.service; do
    sed "s|/usr/bin/saliencyd|$prefix/bin/saliencyd|; s|/usr/share/|$prefix/share/|" "systemd/$unit" \
        >"$root/lib/systemd/system/$unit"
    chmod 644 "$root/lib/systemd/system/$unit"
done

# Manual pages and completions come from the binary, so that they name the options that it has.
generated=$(mktemp -d)
trap 'rm -rf "$generated"' EXIT
python3 tools/man.py "$binary" "$generated"
gzip -9n "$generated"/*.1
install -d "$root/share/man/man1"
install -m 644 "$generated"/*.1.gz "$root/share/man/man1"
# Debian's zsh reads completions of packages from another folder than those below /usr/local.
zsh=zsh/site-functions
if [ "$prefix" = /usr ]; then zsh=zsh/vendor-completions; fi
for completion in bash:bash-completion/completions/saliencyd zsh:$zsh/_saliencyd fish:fish/vendor_completions.d/saliencyd.fish
do
    # Completions are read, not run: bash's would begin with the line that makes a file a program.
    "$binary" --generate-completion-script "${completion%%:*}" | sed '1{/^#!/d}' >"$generated/completion"
    install -D -m 644 "$generated/completion" "$root/share/${completion#*:}"
done

# The pages link to each other, to images and to the example of a configuration: all of these are installed.
for pattern in Containerfile '*.md' 'docs/*.md' 'docs/*/*.md' 'docs/images/*.png' 'docs/images/*/*.jpg'; do
    for file in $pattern; do install -D -m 644 "$file" "$root/share/doc/saliencyd/$file"; done
done
install -D -m 644 -t "$root/share/doc/saliencyd/examples" systemd/cameras.conf systemd/saliencyd.yaml
ln -sfn examples "$root/share/doc/saliencyd/systemd"
tools/licences.py "$root/share/doc/saliencyd/licences"
tools/check_links.py "$root/share/doc/saliencyd"

configuration=$destination/etc/saliencyd/saliencyd.yaml
if [ -e systemd/saliencyd.yaml ] && [ ! -e "$configuration" ]; then
    # It may hold the passwords of cameras; once the account exists, its group is to read it.
    install -D -m 640 systemd/saliencyd.yaml "$configuration"
    if [ -z "$destination" ] && getent group saliencyd >/dev/null; then chgrp saliencyd "$configuration"; fi
fi

if [ -z "$destination" ] && [ -d /run/systemd/system ]; then
    cat <<END
Installed. To make the account and the folders, and to start the daemon:

    systemd-sysusers $prefix/lib/sysusers.d/saliencyd.conf
    systemd-tmpfiles --create $prefix/lib/tmpfiles.d/saliencyd.conf
    chgrp saliencyd $configuration
    systemctl daemon-reload
    systemctl enable --now saliencyd
END
fi
