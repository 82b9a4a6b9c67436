#!/usr/bin/env bash
# Builds and runs the kernels' own tests (Tests/Kernels), without Swift's package manager.
#
#   tools/test_kernels.sh           for this machine
#   tools/test_kernels.sh aarch64   for this machine and, under qemu, for aarch64: the results of the scalar kernels must be
#                                   identical
#   tools/test_kernels.sh sanitize  for this machine, with the address and the undefined-behaviour sanitizer; ends at the first
#                                   finding
#
# The compiler is the Swift toolchain's, with Package.swift's flags.
set -euo pipefail
cd "$(dirname "$0")/.."

clang=$(dirname "$(readlink -f "$(command -v swift)")")/clang
flags=(-std=c2x -O3 -ffp-contract=off -Wall -Wextra -Werror -ISources/CKernels -ISources/CKernels/include)
out=$(mktemp -d)
trap 'rm -rf "$out"' EXIT

# objects FOLDER COMPILER…: compiles one object for each source, in parallel on all cores.
objects() {
    local folder=$1
    shift
    mkdir -p "$folder"
    find Sources/CKernels Tests/Kernels -name '*.c' -print0 |
        xargs -0 -P "$(nproc)" -I{} sh -c 'source=$1 folder=$2; shift 2; exec "$@" -c "$source" \
            -o "$folder/$(echo "$source" | tr / _).o"' _ {} "$folder" "$@" "${flags[@]}"
}

# Tests the requirements of kernel_contract.h and lane_contract.h: without any one of the definitions compiling must fail.
contract() {
    local source=Sources/CKernels/engine/winograd_scalar.c name
    for name in INLINE KERNEL STRIP STRIPS ROWS LINES load_lanes load_bytes store_lanes positive_lanes \
        WINOGRAD STEM STEM_GRADIENT PRODUCT PEAK; do
        grep -vE "^#define $name\b" "$source" >"$out/contract.c"
        # The preprocessor's error, before other errors that follow from the missing definition.
        if "$clang" "${flags[@]}" -ISources/CKernels/engine -E "$out/contract.c" 2>"$out/errors" >/dev/null ||
            ! grep -qE "error: \"define .*\b$name\b" "$out/errors"; then
            echo "winograd_scalar.c compiles without $name, or does not say that it is missing" >&2
            return 1
        fi
    done
}

contract
if [ "${1:-}" = sanitize ]; then
    # Every access and operation is instrumented: at -O3 the unrolled kernels took minutes to compile.
    flags+=(-O1 -g -fsanitize=address,undefined -fno-sanitize-recover=all -fno-omit-frame-pointer)
    # GNU gold, the toolchain's default, warns about every hidden symbol of the sanitizers' runtimes.
    link=(-fuse-ld=lld)
    # The tests free nothing (harness.h), and the kernels allocate nothing.
    export ASAN_OPTIONS=detect_leaks=0 UBSAN_OPTIONS=print_stacktrace=1
fi
objects "$out/native" "$clang"
"$clang" "${flags[@]}" ${link[@]+"${link[@]}"} "$out"/native/*.o -lm -o "$out/native/tests"
"$out/native/tests" >"$out/native.txt"

if [ "${1:-}" = aarch64 ]; then
    root=/usr/aarch64-linux-gnu
    objects "$out/aarch64" "$clang" --target=aarch64-linux-gnu --sysroot=/ -isystem "$root/include"
    aarch64-linux-gnu-gcc "$out"/aarch64/*.o -lm -o "$out/aarch64/tests"
    qemu-aarch64 -L "$root" "$out/aarch64/tests" >"$out/aarch64.txt"
    if ! diff "$out/native.txt" "$out/aarch64.txt" >&2; then
        echo "aarch64's results (>) are not this machine's (<)" >&2
        exit 1
    fi
fi
cat "$out/native.txt"
