#!/usr/bin/env bash
# Compiles the modules that use FFmpeg against the headers of Debian 13's FFmpeg 7.1, whatever is installed here. Nothing is
# linked or run: try.sh does that. A module's warnings are errors, deprecated names among them.
set -euo pipefail
cd "$(dirname "$0")/../.."
headers=$(tools/debian13/headers.sh)

# In the order of their imports.
modules=()
for module in Media Decode Encode; do
    if [ -d "Sources/$module" ]; then modules+=("$module"); fi
done
for module in $(grep -rl '^import CFFmpeg$' Sources | cut -d/ -f2 | sort -u); do
    case " ${modules[*]} " in
    *" $module "*) ;;
    *)
        echo "Sources/$module imports CFFmpeg: name it in tools/debian13/check_headers.sh" >&2
        exit 1
        ;;
    esac
done

# The modules that these import; already built if the tests have run.
swift build --target "${modules[-1]}"
built=$(swift build --show-bin-path)
# SwiftPM names the package after its folder, and modules of one package share what is declared `package`.
package=$(grep -m 1 -oE '"-module-name","Files"[^]]*"-package-name","[^"]+"' "$built/../../debug.yaml" |
    sed -E 's/.*"-package-name","([^"]+)"$/\1/')

out=$(mktemp -d)
trap 'rm -rf "$out"' EXIT
# These headers come first; they include this system's for everything else.
mkdir "$out/include"
for library in libavcodec libavformat libavutil libswresample libswscale; do
    ln -s "$headers/$library" "$out/include/$library"
done
options=(
    -swift-version 6 -warnings-as-errors -enable-experimental-feature Lifetimes -parse-as-library -wmo -package-name "$package"
    -module-cache-path "$out/cache" -I "$out" -I "$built/Modules" -Xcc -I -Xcc "$out/include"
)
# Module maps of this project's C targets, which the build generates, and of the system libraries.
for map in "$built"/C*.build/module.modulemap; do options+=(-Xcc "-fmodule-map-file=$map"); done
for map in Sources/C*/module.modulemap; do options+=(-Xcc "-fmodule-map-file=$map"); done

for module in "${modules[@]}"; do
    echo "$module, with $(sed -nE 's/^#define FFMPEG_VERSION "(.*)"$/FFmpeg \1/p' "$headers/libavutil/ffversion.h")"
    find "Sources/$module" -name '*.swift' | sort >"$out/sources"
    swiftc -emit-module -module-name "$module" -o "$out/$module.swiftmodule" "${options[@]}" "@$out/sources"
done
echo "passed: ${modules[*]}"
