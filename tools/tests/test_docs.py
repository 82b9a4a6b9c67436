"""python3 -m unittest discover tools/tests"""

import pathlib
import sys
import unittest

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent.parent))
import docs


class Docs(unittest.TestCase):
    def test_types_and_functions_need_a_comment_where_they_are_declared(self):
        def symbol(kind, *path, comment=True, location=True):
            return (
                {"kind": {"identifier": f"swift.{kind}"}, "pathComponents": list(path)}
                | ({"docComment": {}} if comment else {})
                | ({"location": {}} if location else {}))

        graph = {"symbols": [
            symbol("struct", "Map"), symbol("struct", "Bare", comment=False), symbol("property", "Map", "width", comment=False),
            symbol("method", "Map", "of(_:)", comment=False),
            symbol("method", "Map", "inherited()", comment=False, location=False)]}
        self.assertEqual(docs.uncommented(graph), ["Bare", "Map.of(_:)"])


if __name__ == "__main__":
    unittest.main()
