"""python3 -m unittest discover tools/tests"""

import pathlib
import sys
import unittest

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent.parent))
import coverage


class Coverage(unittest.TestCase):
    def test_lines_are_summed_by_module_and_nothing_else_counts(self):
        def file(name, covered, count):
            return {"filename": f"/c/{name}", "summary": {"lines": {"covered": covered, "count": count}}}

        report = {"data": [{"files": [
            file("Sources/Files/A.swift", 1, 4), file("Sources/Files/Deep/B.swift", 2, 4), file("Sources/Jobs/C.swift", 0, 2),
            file("Tests/FilesTests/D.swift", 9, 9), file(".build/E.swift", 9, 9)]}]}
        modules = coverage.by_module(report, pathlib.Path("/c/Sources"))
        self.assertEqual(modules, {"Files": [3, 8], "Jobs": [0, 2]})
        self.assertEqual(coverage.table(modules).splitlines(), [
            "Files         37.5 %       3 of      8 lines",
            "Jobs           0.0 %       0 of      2 lines",
            "total         30.0 %       3 of     10 lines"])
        self.assertEqual(
            coverage.least_run(report, pathlib.Path("/c/Sources"), count=2), [(3, 4, "Files/A.swift"), (2, 4, "Files/Deep/B.swift")])


if __name__ == "__main__":
    unittest.main()
