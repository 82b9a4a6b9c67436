#!/usr/bin/env python3
"""Prints Sources/Encode/Colour/ColormapTables.swift: the 256 published entries of each colormap, from matplotlib.

    make generated
"""

import matplotlib

NAMES = ["turbo", "inferno", "viridis", "jet", "coolwarm", "bwr"]


def table(name):
    lines = [f"    static let {name}: [UInt32] = ["]
    entries = [f"0x{r:02X}{g:02X}{b:02X}" for r, g, b, _ in (
        matplotlib.colormaps[name].resampled(256)(i, bytes=True) for i in range(256))]
    for start in range(0, 256, 8):
        lines.append("        " + ", ".join(entries[start:start + 8]) + ",")
    lines.append("    ]")
    return "\n".join(lines)


print(
    "// Made by tools/colormaps.py from matplotlib " + matplotlib.__version__ + "; not edited by hand.\n\n"
    "/// 256 colours a map, 0xRRGGBB, heat 0 first.\n"
    "enum ColormapTables {\n" + "\n\n".join(map(table, NAMES)) + "\n}")
