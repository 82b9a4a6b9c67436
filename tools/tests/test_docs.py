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

    def test_the_code_of_an_article_becomes_one_source(self):
        first = "import Engine\n\nstruct S {\n    let a = 1\n}\n\nlet s = S()\n"
        article = f"# A\n\n```swift\n{first}```\n\n```swift\nlet t = S()\n```\n"
        source = docs.snippets(article)
        self.assertEqual(source.count("import Engine"), 1)
        self.assertLess(source.index("struct S {"), source.index("func block0("))
        self.assertIn("throws {\n\n\nlet s = S()\n}\n", source)
        self.assertIn("throws {\nlet t = S()\n}\n", source)


if __name__ == "__main__":
    unittest.main()
