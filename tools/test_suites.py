#!/usr/bin/env python3
"""Finds suites by their tags, by which `swift test` of Swift 6.3 cannot select, and checks that they have the required ones.

    tools/test_suites.py filter live                        # a regular expression for `swift test --filter`, or --skip
    tools/test_suites.py filter live --target DaemonTests   # only one target's suites; empty if it has none
    tools/test_suites.py check                              # names each suite that lacks a tag or a trait; exit status 1

The tags are defined in Tests/TestSupport/Tags.swift. `check` requires:

- a suite that starts `saliencyd serve` or `saliencyd live`, itself or through a type of the tests that does, is `live`;
- a live suite is `.serialized` and `.oneSuiteAtATime` too, so that plain `swift test` runs its tests one by one;
- suites that are skipped without the shared reference material are `shared`;
- `live` and `slow` are set only on top-level suites, since whole suites are selected.
"""

import argparse
import pathlib
import re
import sys

ROOT = pathlib.Path(__file__).resolve().parent.parent
ATTRIBUTE = re.compile(r"@(Suite|Test)\b")
TYPE = re.compile(r"\s*(?:@\w+\s+)*(?:(?:public|internal|private|fileprivate|final)\s+)*(?:struct|class|enum|actor)\s+(\w+)")
# The start of a process: the command's name and the subcommand, in one call or in an array of arguments.
STARTS = re.compile(r'(?:builtCommand\s*,\s*\[?|saliencyd\(|RunningCommand\()\s*"(?:serve|live|watch)"')
DECLARED = re.compile(r"^(?:public |final )*(?:struct|class|enum|actor) (\w+)", re.MULTILINE)


def arguments(text, position):
    """The text between the parentheses that open at `position`, empty if there are none, and its end."""
    if text[position : position + 1] != "(":
        return "", position
    depth, quoted = 0, False
    for index in range(position, len(text)):
        character = text[index]
        if character == '"' and text[index - 1] != "\\":
            quoted = not quoted
        elif not quoted and character in "()":
            depth += 1 if character == "(" else -1
            if depth == 0:
                return text[position + 1 : index], index + 1
    return text[position + 1 :], len(text)


def tags(traits):
    return {name for group in re.findall(r"\.tags\(([^)]*)\)", traits) for name in re.findall(r"\.(\w+)", group)}


class Suite:
    def __init__(self, target, path, name, traits, is_nested):
        self.target, self.path, self.name, self.traits = target, path, name, traits
        self.is_nested = is_nested

    @property
    def tags(self):
        return tags(self.traits)


class File:
    """The declarations in a source file of a test target."""

    def __init__(self, path, target):
        self.path, self.target = path, target
        self.text = path.read_text(encoding="utf-8")
        self.suites, self.tests = [], []
        for match in ATTRIBUTE.finditer(self.text):
            traits, end = arguments(self.text, match.end())
            if match[1] == "Test":
                self.tests.append(traits)
            elif declared := TYPE.match(self.text, end):
                line = self.text.rfind("\n", 0, match.start()) + 1
                self.suites.append(Suite(target, path, declared[1], traits, is_nested=match.start() > line))


def files(root):
    return [
        File(path, folder.name)
        for folder in sorted((root / "Tests").glob("*Tests"))
        for path in sorted(folder.rglob("*.swift"))
    ]


def expression(root, tag, target=None):
    """Matches the identifiers of all tests of the suites with the tag: "DaemonTests.LiveCommandTests/…"."""
    names = {}
    for file in files(root):
        for suite in file.suites:
            if tag in suite.tags and target in (None, suite.target):
                names.setdefault(suite.target, []).append(suite.name)
    return "|".join(rf"^{target}\.({'|'.join(sorted(found))})/" for target, found in names.items())


def problems(root):
    sources = files(root)
    # Types that start the command for suites, from files without tests.
    helpers = [
        name
        for file in sources
        if not file.suites and not file.tests and STARTS.search(file.text)
        for name in DECLARED.findall(file.text)
    ]
    through = re.compile(rf"\b(?:{'|'.join(helpers)})\(") if helpers else None
    for file in sources:
        where = file.path.relative_to(root)
        is_live = STARTS.search(file.text) or (file.tests and through and through.search(file.text))
        if is_live and file.tests and not file.suites:
            yield f"{where}: starts `saliencyd serve` or `live`: its type needs @Suite(.tags(.live), …)"
        for traits in file.tests:
            if tags(traits) & {"live", "slow"}:
                yield f"{where}: `live` and `slow` are tags of suites, not of single tests"
            if is_skipped_without_material(traits) and "shared" not in tags(traits):
                yield f"{where}: a test that needs SharedMaterial needs .tags(.shared)"
        for suite in file.suites:
            if is_live and "live" not in suite.tags:
                yield f"{where}: {suite.name} starts `saliencyd serve` or `live`, but lacks .tags(.live)"
            if "live" in suite.tags:
                for trait in (".serialized", ".oneSuiteAtATime"):
                    if trait not in suite.traits:
                        yield f"{where}: {suite.name} is live, but lacks {trait}"
            if suite.is_nested and suite.tags & {"live", "slow"}:
                yield f"{where}: {suite.name} is tagged, but not declared at the top of the file"
            if is_skipped_without_material(suite.traits) and "shared" not in suite.tags:
                yield f"{where}: {suite.name} needs SharedMaterial, but lacks .tags(.shared)"


def is_skipped_without_material(traits):
    return re.search(r"\.enabled\(\s*if:\s*SharedMaterial\.", traits) is not None


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--root", type=pathlib.Path, default=ROOT, help="the package (default: this checkout)")
    commands = parser.add_subparsers(dest="command", required=True)
    selection = commands.add_parser("filter")
    selection.add_argument("tag")
    selection.add_argument("--target", help="a test target (default: all)")
    commands.add_parser("check")
    options = parser.parse_args()
    if options.command == "filter":
        found = expression(options.root, options.tag, options.target)
        if not found and options.target is None:
            sys.exit(f"no suite has the tag {options.tag}")
        print(found)
        return
    found = list(problems(options.root))
    for problem in found:
        print(problem, file=sys.stderr)
    sys.exit(1 if found else 0)


if __name__ == "__main__":
    main()
