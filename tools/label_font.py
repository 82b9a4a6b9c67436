#!/usr/bin/env python3
"""Prints Sources/Encode/Text/LabelFont.swift: the strokes of Hershey's simplex roman, printable ASCII.

The Hershey Fonts were originally created by Dr. A. V. Hershey while working at the U. S. National Bureau of Standards.

    make generated
"""

from HersheyFonts import HersheyFonts

fonts = HersheyFonts()
fonts.load_default_font("rowmans")


def letter(value):
    """Hershey's own spelling of a coordinate: its distance from "R"."""
    return chr(ord("R") + int(value))


def hershey(glyph):
    """The published form: both sides, then the points of every stroke, the pen lifted by " R"."""
    sides = (glyph._HersheyGlyph__left_side, glyph._HersheyGlyph__right_side)
    strokes = ("".join(letter(x) + letter(y) for x, y in stroke) for stroke in glyph.strokes)
    return "".join(map(letter, sides)) + " R".join(strokes)


lines = []
for code in range(32, 127):
    text = hershey(fonts.all_glyphs[chr(code)]).replace("\\", "\\\\")
    lines.append(f'        "{text}",')

print(
    "// Made by tools/label_font.py; not edited by hand.\n"
    "// The Hershey Fonts were originally created by Dr. A. V. Hershey while working at the U. S. National Bureau of\n"
    "// Standards.\n\n"
    "/// Strokes of printable ASCII from the space on, in Hershey's spelling: pairs of letters, each its distance from "
    '"R";\n'
    "/// first the left and right side, then points; the pair \" R\" lifts the pen. Capitals reach from -12 to 9.\n"
    "enum LabelFont {\n    static let glyphs: [String] = [\n" + "\n".join(lines) + "\n    ]\n}")
