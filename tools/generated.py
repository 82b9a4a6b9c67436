#!/usr/bin/env python3
"""Writes the generated sources, and holds them to their generators.

    tools/generated.py write    # all again, with the packages that generators need in a virtual environment of out/generated
    tools/generated.py check    # exit status 1 where a source is not what its generator prints

`check` needs Python alone. A generator whose packages are installed here in the versions below is run, and what it prints
compared; of the others the digests of generator and source are compared with those that `write` noted in
tools/generated.sha256, so that neither changes without the other being made again.
"""

import dataclasses
import hashlib
import importlib.metadata
import pathlib
import subprocess
import sys
import venv

ROOT = pathlib.Path(__file__).resolve().parent.parent
DIGESTS = "tools/generated.sha256"


@dataclasses.dataclass(frozen=True)
class Generated:
    generator: str
    source: str
    packages: dict[str, str] = dataclasses.field(default_factory=dict)

    def printed(self, root, python=sys.executable):
        run = subprocess.run([python, root / self.generator], stdout=subprocess.PIPE, check=True)
        return run.stdout

    def is_runnable(self):
        for name, version in self.packages.items():
            try:
                if importlib.metadata.version(name) != version:
                    return False
            except importlib.metadata.PackageNotFoundError:
                return False
        return True


ALL = [
    Generated("tools/winograd_transforms.py", "Sources/CKernels/engine/winograd_transforms.h"),
    Generated("tools/colormaps.py", "Sources/Encode/Colour/ColormapTables.swift", {"matplotlib": "3.11.2"}),
    Generated("tools/label_font.py", "Sources/Encode/Text/LabelFont.swift", {"Hershey-Fonts": "2.1.0"}),
]


def digests(root, table):
    """As sha256sum prints them."""
    paths = sorted(path for one in table for path in (one.generator, one.source))
    return "".join(f"{hashlib.sha256((root / path).read_bytes()).hexdigest()}  {path}\n" for path in paths)


def problems(root, table):
    noted = {}
    for line in (root / DIGESTS).read_text().splitlines():
        digest, path = line.split()
        noted[path] = digest
    for one in table:
        if one.is_runnable():
            if one.printed(root) != (root / one.source).read_bytes():
                yield f"{one.source} is not what {one.generator} prints: run `make generated`, and change the generator"
        for path in (one.generator, one.source):
            if noted.get(path) != hashlib.sha256((root / path).read_bytes()).hexdigest():
                yield f"{path} has changed since {one.source} was generated: run `make generated`"


def write(root, table):
    folder = root / "out/generated"
    venv.create(folder, with_pip=True, clear=True)
    python = folder / "bin/python"
    packages = [f"{name}=={version}" for one in table for name, version in one.packages.items()]
    subprocess.run([python, "-m", "pip", "install", "--quiet", *packages], check=True)
    for one in table:
        (root / one.source).write_bytes(one.printed(root, python))
    (root / DIGESTS).write_text(digests(root, table))


def main():
    match sys.argv[1:]:
        case ["write"]:
            write(ROOT, ALL)
        case ["check"]:
            found = list(problems(ROOT, ALL))
            for problem in found:
                print(problem, file=sys.stderr)
            sys.exit(1 if found else 0)
        case _:
            sys.exit(__doc__)


if __name__ == "__main__":
    main()
