#!/usr/bin/env python3
"""Builds an object file with the part of ICU's data that saliencyd can reach, for a link with Swift's static runtime.

    icu_data.py OUT.o

Foundation brings ICU and, in one array of 34 MB, the names, formats and sort orders of some 200 languages, tables of
old text encodings, dictionaries that break lines of languages without spaces, and rules of transliteration. GRDB and
Yams import Foundation, so all of that would be linked. saliencyd speaks English, reads and writes UTF-8 only (FFmpeg
decodes subtitles) and transliterates nothing. What remains is everything that does not belong to a language, and
English: time zones, calendars, the root sort order, properties of characters, normalisation.

The linker takes this object before the archive's member of the same name, because it comes first. ICU answers a
request for another language with the root's data, as for an unknown language.
"""

import os
import re
import shutil
import struct
import subprocess
import sys
import tempfile

# ICU names its locales language[_Script][_REGION][_VARIANT]; English and the root locales that it is based on are kept.
LOCALE = re.compile(r"[a-z]{2,3}(_[A-Za-z0-9_]+)?")
ENGLISH = {"en", "en_001", "en_US", "en_US_POSIX"}
# The lists of all locales have names of the same form.
INDEX = "res_index"
# Kinds of data by the suffixes of their names: converters of encodings, dictionaries, profiles of RFC 3454.
UNUSED_KINDS = (".cnv", ".dict", ".spp")
# Rules of transliteration; names of characters; look-alike characters; conversion between units of measurement.
UNUSED_ITEMS = re.compile(r"translit/.*|unames\.icu|confusables\.cfu|brkitr/line_.*\.brk")


def is_kept(name: str) -> bool:
    """Whether the item, "zone/de.res" for example, is linked."""
    if name.endswith(UNUSED_KINDS) or UNUSED_ITEMS.fullmatch(name):
        return False
    stem, ending = os.path.splitext(name.rpartition("/")[2])
    return ending != ".res" or stem == INDEX or stem in ENGLISH or not LOCALE.fullmatch(stem)


def items(package: bytes) -> tuple[bytes, dict[str, bytes]]:
    """The header and the items of a package in ICU's format "CmnD", version 1: sorted names, each with its offset."""
    size, magic = struct.unpack_from("<HH", package)
    if magic != 0x27DA or package[12:16] != b"CmnD" or package[16] != 1:
        raise ValueError("this is no package of ICU data in a format that is known here")
    (count,) = struct.unpack_from("<I", package, size)
    entries = [struct.unpack_from("<II", package, size + 4 + 8 * index) for index in range(count)]
    ends = [start for _, start in entries[1:]] + [len(package) - size]
    found = {}
    for (name_at, start), end in zip(entries, ends):
        name = package[size + name_at : package.index(b"\0", size + name_at)].decode("ascii")
        found[name] = package[size + start : size + end]
    return package[:size], found


def packed(header: bytes, content: dict[str, bytes]) -> bytes:
    """A package with these items; each begins at a multiple of 16 bytes, as with ICU's own tools."""
    names = sorted(content)
    table = 4 + 8 * len(names)
    text = b""
    name_offsets = []
    for name in names:
        name_offsets.append(table + len(text))
        text += name.encode("ascii") + b"\0"
    offset = -(-(table + len(text)) // 16) * 16
    index = struct.pack("<I", len(names))
    body = b""
    for name, name_offset in zip(names, name_offsets):
        index += struct.pack("<II", name_offset, offset + len(body))
        body += content[name] + bytes(-len(content[name]) % 16)
    return header + index + text + bytes(offset - table - len(text)) + body


def trimmed(package: bytes) -> bytes:
    """The package reduced to the items for which is_kept is true."""
    header, found = items(package)
    kept = {name: data for name, data in found.items() if is_kept(name.partition("/")[2])}
    return packed(header, kept)


def toolchain() -> str:
    """The usr folder of the Swift toolchain in use."""
    swiftc = shutil.which("swiftc")
    if swiftc is None:
        sys.exit("icu_data.py: swiftc is not in the PATH")
    return os.path.dirname(os.path.dirname(os.path.realpath(swiftc)))


def main() -> None:
    if len(sys.argv) != 2:
        sys.exit(__doc__)
    target = os.path.abspath(sys.argv[1])
    usr = toolchain()
    archive = f"{usr}/lib/swift_static/linux/lib_FoundationICU.a"
    with tempfile.TemporaryDirectory() as folder:

        def run(tool: str, *arguments: str) -> bytes:
            return subprocess.run([f"{usr}/bin/{tool}", *arguments], cwd=folder, check=True, capture_output=True).stdout

        member = f"{folder}/data.o"
        with open(member, "wb") as file:
            file.write(run("llvm-ar", "p", archive, "icu_packaged_data.cpp.o"))
        symbols = re.findall(r"(\w+) R (icudt\d+_dat)", run("llvm-nm", member).decode())
        if len(symbols) != 1 or int(symbols[0][0], 16) != 0:
            sys.exit(f"icu_data.py: {archive} does not hold ICU's data where it is expected")
        symbol = symbols[0][1]
        run("llvm-objcopy", "-O", "binary", "--only-section=.rodata", member, "all.dat")
        with open(f"{folder}/all.dat", "rb") as file:
            package = file.read()
        with open(f"{folder}/part.dat", "wb") as file:
            file.write(trimmed(package))
        # ICU aligns its own array to 16 bytes.
        with open(f"{folder}/part.s", "w", encoding="ascii") as file:
            file.write(
                f'.section .rodata.icu,"a",@progbits\n.balign 16\n.globl {symbol}\n.type {symbol}, @object\n{symbol}:\n'
                f'.incbin "part.dat"\n.size {symbol}, . - {symbol}\n.section .note.GNU-stack,"",@progbits\n'
            )
        os.makedirs(os.path.dirname(target), exist_ok=True)
        run("clang", "-c", "part.s", "-o", target)
        print(f"{target}: {os.path.getsize(f'{folder}/part.dat')} of {len(package)} bytes of ICU's data")


if __name__ == "__main__":
    main()
