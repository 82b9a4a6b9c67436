#!/usr/bin/env python3
"""Writes the licences of all components that the release build linked into the command, one file per component.

    licences.py FOLDER

The packages are determined from the list of objects that SwiftPM passed to the linker, so that packages that are only
resolved or used by tests are not included. A module that belongs to no known package is an error.
"""

import os
import pathlib
import re
import shutil
import sys

ROOT = pathlib.Path(__file__).resolve().parent.parent
CHECKOUTS = ROOT / ".build/checkouts"
# SwiftPM's list of compiled sources, and its list of linked objects.
MANIFEST = ROOT / ".build/release.yaml"
OBJECTS = ROOT / ".build/release/saliencyd.product/Objects.LinkFileList"
TEXT = re.compile(r"(licen[cs]e|notice|copying)(\..*)?", re.IGNORECASE)


def linked_modules() -> set[str]:
    return {
        match[1] for line in OBJECTS.read_text().split("\n") if (match := re.search(r"/([^/]+)\.build/", line))
    }


def source_folders() -> dict[str, tuple[str, pathlib.Path]]:
    """The package and the source folder of each module, from SwiftPM's build description."""
    found = {}
    for command in MANIFEST.read_text().split('\n\n'):
        inputs = re.findall(r'"[^"]*/\.build/checkouts/([^"]+\.(?:swift|c|cc|S))"', command)
        outputs = re.search(r'outputs: \["[^"]*/([^"/]+)\.build/', command)
        if inputs and outputs:
            package = inputs[0].partition("/")[0]
            folder = CHECKOUTS / os.path.commonpath([os.path.dirname(path) for path in inputs])
            if outputs[1] in found:
                folder = pathlib.Path(os.path.commonpath([folder, found[outputs[1]][1]]))
            found[outputs[1]] = (package, folder)
    return found


def notices(folder: pathlib.Path) -> list[str]:
    """The copyright comments at the beginning of C sources, each once: those of third-party files."""
    found = []
    for path in sorted(folder.rglob("*")):
        if path.suffix not in {".c", ".cc", ".h", ".S"}:
            continue
        head = path.read_text(encoding="utf-8", errors="replace")[:8000]
        comments = re.findall(r"/\*[\s\S]*?\*/|(?:^//[^\n]*\n)+", head, flags=re.MULTILINE)
        for comment in comments:
            if re.search(r"copyright", comment, re.IGNORECASE) and comment not in found:
                found.append(comment)
    return found


def toolchain_licence() -> pathlib.Path:
    swiftc = shutil.which("swiftc")
    if swiftc is None:
        sys.exit("licences.py: swiftc is not in the PATH")
    return pathlib.Path(os.path.realpath(swiftc)).parent.parent / "share/swift/LICENSE.txt"


def components() -> dict[str, list[str]]:
    """The licence texts by component name."""
    texts = {
        "saliencyd": [(ROOT / "LICENSE").read_text()],
        "swift": [toolchain_licence().read_text()],
    }
    folders = source_folders()
    for module in sorted(linked_modules()):
        if (ROOT / "Sources" / module).is_dir():
            continue
        if module not in folders:
            sys.exit(f"licences.py: no package in {CHECKOUTS} has the linked module {module}")
        package, folder = folders[module]
        if package not in texts:
            texts[package] = [
                path.read_text() for path in sorted((CHECKOUTS / package).iterdir()) if TEXT.fullmatch(path.name)
            ]
            if not texts[package]:
                sys.exit(f"licences.py: {package} has no file with its licence")
        texts[package] += [path.read_text() for path in sorted(folder.rglob("*")) if TEXT.fullmatch(path.name)]
        texts[package] += notices(folder)
    return texts


def main() -> None:
    if len(sys.argv) != 2:
        sys.exit(__doc__)
    target = pathlib.Path(sys.argv[1])
    target.mkdir(parents=True, exist_ok=True)
    for name, texts in components().items():
        separator = "\n" + "-" * 72 + "\n\n"
        (target / f"{name.lower()}.txt").write_text(separator.join(dict.fromkeys(texts)))


if __name__ == "__main__":
    main()
