#!/usr/bin/env bash
# Compiles every Python file, runs the tests of the tools, checks tools/places.py, and runs the training's tests if its packages are
# installed.
set -euo pipefail
cd "$(dirname "$0")/.."

cache=$(mktemp -d)
trap 'rm -rf "$cache"' EXIT
export PYTHONPYCACHEPREFIX=$cache

find tools -name '*.py' -print0 | xargs -0 python3 -m py_compile
python3 -m unittest discover --quiet tools/tests
tools/places.py

# tools/motion/requirements.txt
missing=$(python3 - <<'END'
from importlib.util import find_spec

print(" ".join(name for name in ("pytest", "numpy", "cv2", "torch") if find_spec(name) is None))
END
)
if [ -z "$missing" ]; then
    cd tools/motion
    exec python3 -m pytest --quiet
fi
echo "tools/motion/tests do not run, for want of: $missing (pip install -r tools/motion/requirements.txt)"
