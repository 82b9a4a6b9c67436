"""python3 -m unittest discover tools/tests"""

import pathlib
import sys
import tempfile
import unittest

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent.parent))
import generated


class Generation(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.root = pathlib.Path(folder.name)
        (self.root / "tools").mkdir()
        (self.root / "tools/make.py").write_text("print('made')\n")
        (self.root / "made.txt").write_text("made\n")

    def problems(self, packages):
        return list(generated.problems(self.root, [generated.Generated("tools/make.py", "made.txt", packages)]))

    def note(self):
        table = [generated.Generated("tools/make.py", "made.txt")]
        (self.root / generated.DIGESTS).write_text(generated.digests(self.root, table))

    def test_nothing_is_wrong_with_what_was_generated(self):
        self.note()
        self.assertEqual(self.problems({}), [])
        self.assertEqual(self.problems({"no-such-package": "1"}), [])

    def test_a_source_is_what_its_generator_prints(self):
        (self.root / "made.txt").write_text("edited\n")
        self.note()
        [problem] = self.problems({})
        self.assertIn("made.txt is not what", problem)

    def test_without_its_packages_neither_changes_alone(self):
        self.note()
        (self.root / "made.txt").write_text("edited\n")
        [problem] = self.problems({"no-such-package": "1"})
        self.assertIn("made.txt has changed", problem)
        self.note()
        (self.root / "tools/make.py").write_text("print('other')\n")
        [problem] = self.problems({"no-such-package": "1"})
        self.assertIn("tools/make.py has changed", problem)


if __name__ == "__main__":
    unittest.main()
