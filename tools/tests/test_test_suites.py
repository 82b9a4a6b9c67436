"""python3 -m unittest discover tools/tests"""

import pathlib
import sys
import tempfile
import unittest

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent.parent))
import test_suites

LIVE = "@Suite(.tags(.live), .serialized, .oneSuiteAtATime, .timeLimit(.minutes(5))) struct LiveTests {\n"
STARTING = '    @Test func runs() async throws { _ = try await CommandRun.saliencyd("live", "loop:/x") }\n}\n'


class TestSuites(unittest.TestCase):
    def tree(self, **files):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        root = pathlib.Path(folder.name)
        (root / "Tests/DaemonTests").mkdir(parents=True)
        for name, text in files.items():
            (root / f"Tests/DaemonTests/{name}.swift").write_text(text)
        return root

    def problems(self, **files):
        return list(test_suites.problems(self.tree(**files)))

    def test_the_filter_names_suites_with_the_tag(self):
        root = self.tree(
            A=LIVE + STARTING,
            B='@Suite("Words (odd ones)", .tags(.slow, .live)) final class B {}\n',
            C="@Suite struct C {}\n")
        self.assertEqual(test_suites.expression(root, "live"), r"^DaemonTests\.(B|LiveTests)/")
        self.assertEqual(test_suites.expression(root, "live", "EngineTests"), "")
        self.assertEqual(test_suites.expression(root, "shared"), "")

    def test_what_starts_the_command_is_live(self):
        self.assertEqual(self.problems(A=LIVE + STARTING), [])
        [problem] = self.problems(A="@Suite struct LiveTests {\n" + STARTING)
        self.assertIn("LiveTests starts", problem)
        [problem] = self.problems(A="struct LiveTests {\n" + STARTING)
        self.assertIn("@Suite", problem)

    def test_what_starts_it_through_another_type_is_live(self):
        helper = 'struct Helper {\n    init() throws { _ = try RunningCommand(CommandRun.builtCommand,\n        ["serve"]) }\n}\n'
        user = "@Suite struct UserTests {\n    @Test func runs() throws { _ = try Helper() }\n}\n"
        [problem] = self.problems(Helper=helper, User=user)
        self.assertIn("UserTests starts", problem)

    def test_live_suites_take_turns(self):
        [problem] = self.problems(A=LIVE.replace(" .serialized,", "") + STARTING)
        self.assertIn("lacks .serialized", problem)

    def test_whole_suites_are_tagged(self):
        [problem] = self.problems(A="@Suite struct A {\n    @Test(.tags(.live)) func runs() {}\n}\n")
        self.assertIn("not of single tests", problem)

    def test_what_needs_the_material_says_so(self):
        [problem] = self.problems(A="@Suite(.enabled(if: SharedMaterial.isPresent)) struct A {}\n")
        self.assertIn("lacks .tags(.shared)", problem)


if __name__ == "__main__":
    unittest.main()
