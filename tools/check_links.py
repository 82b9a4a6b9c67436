#!/usr/bin/env python3
"""Checks that the links between the Markdown pages of an installed folder refer to existing files:  check_links.py FOLDER

Links to headings are tested in the source tree (DocumentationTests), since installing does not change the pages.
"""

import pathlib
import re
import sys


def broken(folder: pathlib.Path) -> list[str]:
    """One line for each link to a file that is missing or outside of the folder."""
    found = []
    for page in sorted(folder.rglob("*.md")):
        for link in re.finditer(r"\]\(([^)#:\s]+)(?:#[^)]*)?\)", page.read_text(encoding="utf-8")):
            target = page.parent / link[1]
            if not target.exists() or not target.resolve().is_relative_to(folder.resolve()):
                found.append(f"{page.relative_to(folder)} links to {link[1]}, which is not installed")
    return found


def main() -> None:
    if len(sys.argv) != 2 or not pathlib.Path(sys.argv[1]).is_dir():
        sys.exit(__doc__)
    lines = broken(pathlib.Path(sys.argv[1]))
    if lines:
        sys.exit("\n".join(lines))


if __name__ == "__main__":
    main()
