#!/usr/bin/env python3
"""Writes the manual pages of a saliencyd binary, one per command:  man.py BINARY FOLDER

The text comes from the binary itself (--experimental-dump-help of swift-argument-parser), so that the pages name exactly
the options that the binary has. The date is SOURCE_DATE_EPOCH's, or today's.
"""

import datetime
import json
import os
import pathlib
import re
import subprocess
import sys

HELP = {"help"}  # the command and the option that swift-argument-parser adds everywhere


def escape(text):
    """Escapes text for roff: no control lines, no escapes, ASCII only."""
    text = text.replace("\\", "\\e").replace("-", "\\-")
    text = re.sub(r"[^\x00-\x7f]", lambda match: "\\[u%04X]" % ord(match[0]), text)
    return re.sub(r"^([.'])", r"\\&\1", text, flags=re.MULTILINE)


def quoted(text):
    """Quotes a macro's argument."""
    return '"' + escape(text).replace('"', "\\(dq") + '"'


def paragraphs(text):
    """Formats each line of the help text as a paragraph; indented lines are kept."""
    lines = []
    for line in text.split("\n"):
        if not line.strip():
            continue
        if line.startswith(" "):
            lines += [".PP", ".nf", escape(line), ".fi"]
        else:
            lines += [".PP", escape(line)]
    return lines


def shown(arguments):
    return [a for a in arguments if a.get("shouldDisplay", True)]


def spelling(name):
    return {"long": "--", "short": "-", "longWithSingleDash": "-"}[name["kind"]] + name["name"]


def usage(argument):
    """An argument in the synopsis."""
    value = "\\fI%s\\fP" % escape(argument["valueName"]) if argument["kind"] != "flag" else ""
    if argument["kind"] == "positional":
        text = value
    else:
        text = " ".join(filter(None, ["\\fB%s\\fP" % escape(spelling(argument["preferredName"])), value]))
    if argument["isRepeating"]:
        text += " ..."
    return "[%s]" % text if argument["isOptional"] else text


def details(argument):
    """The description of an argument: its help, its values and its default."""
    text = argument.get("abstract", "")
    values = argument.get("allValues")
    if values:
        text += " (values: %s)" % ", ".join(values)
    if argument.get("defaultValue") is not None and argument["kind"] != "flag":
        text += " (default: %s)" % argument["defaultValue"]
    return text.strip()


def tagged(argument):
    names = ", ".join("\\fB%s\\fP" % escape(spelling(name)) for name in argument.get("names", []))
    value = "" if argument["kind"] == "flag" else "\\fI%s\\fP" % escape(argument["valueName"])
    lines = [".TP", " ".join(filter(None, [names, value])), escape(details(argument)) or "\\&"]
    if argument.get("discussion"):
        lines += [".IP", escape(" ".join(argument["discussion"].split()))]
    return lines


def page(command, path, version, date):
    """The page of one command; `path` is the names of the commands above it."""
    name = "-".join(path + [command["commandName"]])
    arguments = shown(command.get("arguments", []))
    subcommands = [c for c in command.get("subcommands", []) if c.get("shouldDisplay", True)
                   and c["commandName"] not in HELP]
    lines = [
        '.\\" Made by tools/man.py; not edited by hand.',
        '.TH %s 1 "%s" %s' % (quoted(name.upper()), date, quoted("saliencyd " + version)),
        ".SH NAME",
        "%s \\- %s" % (escape(name), escape(command.get("abstract", "").rstrip("."))),
        ".SH SYNOPSIS",
        "\\fB%s\\fP" % escape(" ".join(path + [command["commandName"]])),
    ]
    # A command with subcommands only has no options except --help and --version.
    synopsis = [usage(a) for a in arguments if not subcommands]
    if subcommands:
        synopsis = ["\\fIcommand\\fP", "[\\fIoptions\\fP]"]
    lines += synopsis
    if command.get("discussion"):
        lines += [".SH DESCRIPTION"] + paragraphs(command["discussion"])[1:]
    if subcommands:
        lines.append(".SH COMMANDS")
        for sub in subcommands:
            below = "%s-%s" % (name, sub["commandName"])
            lines += [".TP", "\\fB%s\\fP(1)" % escape(below), escape(sub.get("abstract", ""))]
    sections = {}
    for argument in arguments:
        title = "Arguments" if argument["kind"] == "positional" else argument.get("sectionTitle") or "Options"
        sections.setdefault(title, []).append(argument)
    # The common options (--version, --help) are last, as in the help.
    for title in sorted(sections, key=lambda t: (t != "Arguments", t == "Options")):
        lines.append(".SH %s" % quoted(title.upper()))
        for argument in sections[title]:
            lines += tagged(argument)
    above = ["-".join(path)] if path else []
    related = above + ["%s-%s" % (name, sub["commandName"]) for sub in subcommands]
    if related:
        lines.append(".SH SEE ALSO")
        lines.append(",\n".join("\\fB%s\\fP(1)" % escape(r) for r in related))
    return name, "\n".join(lines) + "\n"


def pages(command, version, date, path=()):
    """The pages of a command and its subcommands."""
    path = list(path)
    yield page(command, path, version, date)
    for sub in command.get("subcommands", []):
        if sub.get("shouldDisplay", True) and sub["commandName"] not in HELP:
            yield from pages(sub, version, date, path + [command["commandName"]])


def main():
    if len(sys.argv) != 3:
        sys.exit(__doc__.split("\n")[0])
    binary, folder = sys.argv[1], pathlib.Path(sys.argv[2])
    dump = subprocess.run([binary, "--experimental-dump-help"], check=True, capture_output=True).stdout
    version = subprocess.run([binary, "--version"], check=True, capture_output=True, text=True).stdout.strip()
    epoch = os.environ.get("SOURCE_DATE_EPOCH")
    moment = (datetime.datetime.fromtimestamp(int(epoch), datetime.timezone.utc) if epoch
              else datetime.datetime.now(datetime.timezone.utc))
    folder.mkdir(parents=True, exist_ok=True)
    for name, text in pages(json.loads(dump)["command"], version, moment.strftime("%Y-%m-%d")):
        (folder / (name + ".1")).write_text(text, encoding="ascii")


if __name__ == "__main__":
    main()
