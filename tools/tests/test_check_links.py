"""python3 -m unittest discover tools/tests"""

import pathlib
import sys
import tempfile
import unittest

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent.parent))
import check_links


class CheckLinks(unittest.TestCase):
    def test_links_lead_to_files_of_the_folder(self):
        with tempfile.TemporaryDirectory() as name:
            folder = pathlib.Path(name, "doc")
            (folder / "docs").mkdir(parents=True)
            pathlib.Path(name, "outside.md").write_text("")
            (folder / "README.md").write_text(
                "[a](docs/a.md#top) [web](https://example.org/x) [here](#below) ![p](docs/p.png) [lost](docs/b.md)")
            (folder / "docs/a.md").write_text("[up](../README.md) [out](../../outside.md)")
            self.assertEqual(check_links.broken(folder), [
                "README.md links to docs/p.png, which is not installed",
                "README.md links to docs/b.md, which is not installed",
                "docs/a.md links to ../../outside.md, which is not installed",
            ])


if __name__ == "__main__":
    unittest.main()
