#!/usr/bin/env python3
"""Checks what a built command asks ICU for:  icu_requests.py COMMAND

ICU looks for each item of its data in the folder ICU_DATA before it uses the linked data, so that strace shows the
names. Here that folder does not exist. The daemon's demonstration runs with it: configuration, ledger, job, HTTP, tables.
Every requested item must be among those that tools/icu_data.py keeps.
"""

import os
import pathlib
import re
import subprocess
import sys
import tempfile

import icu_data

ROOT = pathlib.Path(__file__).resolve().parent.parent
NOWHERE = "/nonexistent/icu"


def main() -> None:
    if len(sys.argv) != 2:
        sys.exit(__doc__)
    command = os.path.realpath(sys.argv[1])
    with tempfile.TemporaryDirectory() as folder:
        traced = pathlib.Path(folder, "saliencyd")
        # -D: the started process is the command itself, so that it receives the signals.
        traced.write_text(
            f'#!/bin/sh\nexec strace -D -f -qq -e trace=%file -o "{folder}/calls.$$" "{command}" "$@"\n'
        )
        traced.chmod(0o755)
        environment = os.environ | {"ICU_DATA": NOWHERE, "LANG": "de_DE.UTF-8", "TZ": "Europe/Berlin", "PORT": "18787"}
        subprocess.run([ROOT / "tools/demo-daemon.sh", traced], cwd=ROOT, env=environment, check=True, timeout=300)
        calls = "".join(path.read_text(errors="replace") for path in pathlib.Path(folder).glob("calls.*"))
    wanted = sorted(set(re.findall(rf'"{NOWHERE}/icudt\d+l/([^"]+)"', calls)))
    if not wanted:
        sys.exit("icu_requests.py: the command asked ICU for nothing, not even for time zones: was it traced?")
    missing = [name for name in wanted if not icu_data.is_kept(name)]
    if missing:
        sys.exit(f"icu_requests.py: the command asks ICU for what is not linked: {', '.join(missing)}")
    print(f"asked of ICU, and linked: {', '.join(wanted)}")


if __name__ == "__main__":
    main()
