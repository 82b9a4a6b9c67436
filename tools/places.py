#!/usr/bin/env python3
"""Shows how many files an addition touches, by making it.

    tools/places.py            # makes each addition in memory: every place exists, and CONTRIBUTING.md states their number
    tools/places.py apply DIR  # makes all of them in a copy of the tree
    tools/places.py build      # does that in out/places, builds the copy, and runs the tests that hold the places together

Each addition is a list of edits: a file, a text in it that occurs once, and the text to insert after it; without such a
text the file is new. `build` compiles everything from scratch.
"""

import pathlib
import re
import shutil
import subprocess
import sys

ROOT = pathlib.Path(__file__).resolve().parent.parent

METHOD = '''/// The plain gradient under another name.
struct DummyMethod: AttributionMethod {
    var name: String { MethodDescriptor.dummy.name }

    func attributions(
        _ session: EngineSession, logits: [Float], targets: [ResolvedTarget], control: RunControl
    ) throws(ModelError) -> [SampleAttribution] {
        try Gradient().attributions(session, logits: logits, targets: targets, control: control)
    }
}

extension MethodDescriptor {
    public static let dummy = MethodDescriptor(
        name: "dummy", title: "Dummy", source: "tools/places.py", page: "dummy",
        family: .attribution { _ in DummyMethod() }, settings: [], reusesForward: true)
}
'''

# name in CONTRIBUTING.md: [(file, text before the addition, addition)]
ADDITIONS = {
    "saliency method": [
        ("Sources/Engine/Saliency/Methods/DummyMethod.swift", None, METHOD),
        ("Sources/Engine/Saliency/SaliencyMethods.swift", ".guidedBackprop, .gradient,", " .dummy,"),
        ("docs/methods/dummy.md", None, "# Dummy\n\n`dummy` is the plain gradient.\n"),
        ("docs/methods/README.md", "(gradients.md) | 1 | 1 | 2 |", "\n| `dummy` | [dummy.md](dummy.md) | 1 | 1 | 2 |"),
        ("docs/annotate.md", "| `--method` | `grad-cam` | or", " `dummy`,"),
        ("tools/method_images.py", '(["--method", "gradient-x-input"], True),',
         '\n        (["--method", "dummy"], False),'),
    ],
    "setting of a method": [
        ("Sources/Engine/Saliency/MethodParameters.swift", "    public var maxSigma: Double?\n",
         "    /// Changes nothing.\n    public var dummy: Double?\n"),
        ("Sources/Engine/Saliency/MethodSetting+table.swift",
         "extension MethodSetting {\n",
         """    public static let dummy: Self = Self(
        "dummy", .number(0...1), ifSet: \\.parameters.dummy, standard: 0.5, valueName: "0…1", help: "Changes nothing.")

"""),
        ("Sources/Engine/Saliency/MethodSetting+table.swift", "fraction, maxDistance, maxSigma,", " dummy,"),
        ("Sources/Engine/Saliency/Methods/Occlusion.swift", "settings: [.box, .boxStride, .fill", ", .dummy"),
        ("Sources/Daemon/Options/ParameterOptions.swift", "    @Option(help: .of(.maxSigma)) var maxSigma: Double?\n",
         "    @Option(help: .of(.dummy)) var dummy: Double?\n"),
        ("Sources/Daemon/Options/ParameterOptions.swift", "        parameters.maxSigma = maxSigma\n",
         "        parameters.dummy = dummy\n"),
        ("docs/annotate.md", "`blur-ig` in pixels and of `blur-ig-time` in frames, 0.1 to 1000 |\n",
         "| `--dummy` | 0.5 | changes nothing in `occlusion`, 0 to 1 |\n"),
        ("docs/compare.md", "| `blur-ig`, `blur-ig-time` | the strongest blur, in pixels or frames |\n",
         "| `dummy=PART` | `occlusion` | changes nothing |\n"),
    ],
    "setting of a camera": [
        ("Sources/DaemonConfiguration/Sections/CameraSettings.swift", "    package var lag = 2.0\n",
         "    /// Changes nothing.\n    package var dummyLimit = 1.0\n"),
        ("Sources/DaemonConfiguration/Sections/CameraSettings+table.swift",
         'help: "By which frames may be late beyond their window before they are left out."),\n',
         '            Setting("dummy-limit", .number(0...10), at: \\.dummyLimit),\n'),
        ("docs/cameras.md", "later frames are dropped and counted |\n", "| `dummy-limit` | 1 | changes nothing, 0 to 10 |\n"),
        ("systemd/saliencyd.yaml", "before it is dropped, 0.1 to 60\n", "    #dummy-limit: 1           # nothing, 0 to 10\n"),
    ],
    "counter of a camera": [
        ("Sources/Pipeline/Live/LiveStatistics.swift", "    public var gaps: UInt64 = 0\n",
         "    /// Counts nothing.\n    public var dummies: UInt64 = 0\n"),
        ("Sources/Pipeline/Live/LiveStatistics.swift", "            value: \\.gaps),\n",
         '        Counter(key: "dummies", metric: "dummies", help: "Nothing.", value: \\.dummies),\n'),
        ("Sources/HTTPAPI/openapi.yaml", "        - gaps\n", "        - dummies\n"),
        ("Sources/HTTPAPI/openapi.yaml", "        gaps: { type: integer }\n", "        dummies: { type: integer }\n"),
        ("docs/cameras.md", "`…_stalls_total` | faults of the connection |\n",
         "| `saliencyd_camera_dummies_total` | nothing |\n"),
        ("Tests/Golden/metrics/cameras.txt", 'saliencyd_camera_connection{camera="yard"} 0\n',
         """# HELP saliencyd_camera_dummies_total Nothing.
# TYPE saliencyd_camera_dummies_total counter
saliencyd_camera_dummies_total{camera="gate"} 0
saliencyd_camera_dummies_total{camera="yard"} 0
"""),
    ],
    "route": [
        ("Sources/HTTPAPI/Routes/HealthRoutes.swift", "        var routes = [\n",
         """            Route(.get, "/dummyz", load: .health) { request in
                _ = try request.query()
                return JSONResponse.response(Status(status: "ok"))
            },
"""),
        ("Sources/HTTPAPI/openapi.yaml", "\npaths:\n",
         """  /dummyz:
    get:
      summary: Nothing
      responses:
        "200": { $ref: "#/components/responses/Status" }
        default: { $ref: "#/components/responses/Error" }
"""),
        ("docs/http.md", "curl http://127.0.0.1:8787/metrics    # for Prometheus\n",
         "curl http://127.0.0.1:8787/dummyz     # nothing\n"),
    ],
}

# The suites that detect a forgotten place.
TESTS = (
    "MethodTableTests|NewMethodTests|MethodContractTests|CameraSettingsTests|SettingTableTests|CameraMetricsTests|OpenAPITests|RoutingTests"
    "|JobKeyTests|DocumentationTests"
)


def made(edits, read):
    """The contents of the edited files after `edits`; `read` returns a file's text."""
    files = {}
    for path, anchor, text in edits:
        if anchor is None:
            files[path] = text
            continue
        before = files[path] if path in files else read(path)
        if before.count(anchor) != 1:
            raise SystemExit(f"tools/places.py: {path} has {anchor!r} {before.count(anchor)} times: it has to be there once")
        files[path] = before.replace(anchor, anchor + text)
    return files


def stated():
    """The numbers of files stated in CONTRIBUTING.md, by addition."""
    rows = re.findall(r"^\| a \*\*(.+?)\*\* \| (\d+) \|", (ROOT / "CONTRIBUTING.md").read_text(), re.MULTILINE)
    return {name: int(count) for name, count in rows}


def check():
    counts = stated()
    for name, edits in ADDITIONS.items():
        touched = len(made(edits, lambda path: (ROOT / path).read_text()))
        if counts.get(name) != touched:
            raise SystemExit(f"a {name} touches {touched} files; CONTRIBUTING.md says {counts.get(name)}")
        print(f"a {name} touches {touched} files")
    if set(counts) != set(ADDITIONS):
        raise SystemExit(f"CONTRIBUTING.md counts {sorted(set(counts) - set(ADDITIONS))} too: show it in tools/places.py")


def apply(root):
    for edits in ADDITIONS.values():
        for path, text in made(edits, lambda path: (root / path).read_text()).items():
            (root / path).parent.mkdir(parents=True, exist_ok=True)
            (root / path).write_text(text)


def build():
    root = ROOT / "out/places"
    shutil.rmtree(root, ignore_errors=True)
    files = subprocess.run(["git", "ls-files", "-z"], cwd=ROOT, check=True, capture_output=True, text=True).stdout
    for path in filter(None, files.split("\0")):
        (root / path).parent.mkdir(parents=True, exist_ok=True)
        shutil.copy2(ROOT / path, root / path, follow_symlinks=False)
    apply(root)
    subprocess.run(["swift", "build", "--build-tests"], cwd=root, check=True)
    subprocess.run(
        ["swift", "test", "--skip-build", "--disable-xctest", "--filter", rf"\.({TESTS})\b"], cwd=root, check=True)


def main():
    match sys.argv[1:]:
        case []:
            check()
        case ["apply", folder]:
            apply(pathlib.Path(folder))
        case ["build"]:
            check()
            build()
        case _:
            raise SystemExit(__doc__)


main()
