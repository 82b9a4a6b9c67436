#!/usr/bin/env python3
"""Writes Sources/CKernels/winograd_transforms.h: the one-dimensional transforms of Winograd convolution F(m, 3).

    python3 tools/winograd_transforms.py > Sources/CKernels/winograd_transforms.h

m outputs of a 3-tap filter are the product of two polynomials, modulo m + 1 points and infinity (Cook-Toom; Lavin and
Gray, arXiv 1509.09308): y = AT ((G g) * (BT d)). The points decide how it rounds: 0, +-3/4, +-3/2 lose half to a third
of what the textbook's 0, +-1, +-2 lose, and every coefficient of BT is exact in fp32. Points come as 0 and pairs +-p,
whose rows share their even and odd parts.
"""
from fractions import Fraction

OUTPUTS, TAPS = 4, 3
PAIRS = [Fraction(3, 4), Fraction(3, 2)]
POINTS = [Fraction(0)] + [s * p for p in PAIRS for s in (1, -1)]
SIZE = OUTPUTS + TAPS - 1
assert len(POINTS) == SIZE - 1


def polynomial(roots):
    """Coefficients of the product of (x - root), the constant first."""
    coefficients = [Fraction(1)]
    for root in roots:
        shifted = [Fraction(0)] + coefficients
        coefficients = [a - root * b for a, b in zip(shifted, coefficients + [Fraction(0)])]
    return coefficients


def matrices():
    """BT [SIZE][SIZE], G [SIZE][TAPS], AT [OUTPUTS][SIZE]; infinity is the last row or column."""
    bt, g = [], []
    for point in POINTS:
        others = [other for other in POINTS if other != point]
        scale = Fraction(1)
        for other in others:
            scale *= point - other
        bt.append(polynomial(others) + [Fraction(0)])
        g.append([point**k / scale for k in range(TAPS)])
    bt.append(polynomial(POINTS))
    g.append([Fraction(int(k == TAPS - 1)) for k in range(TAPS)])
    at = [[point**k for point in POINTS] + [Fraction(int(k == OUTPUTS - 1))] for k in range(OUTPUTS)]
    return bt, g, at


def literal(value):
    assert Fraction(float(value)) == value and value.denominator <= 1 << 20, value
    return f"{float(value)}f"


def total(terms):
    """A sum of coefficient * variable in C: what has coefficient 1 first, the others by fused multiply-adds."""
    terms = [(c, v) for c, v in terms if c != 0]
    ones = [v for c, v in terms if c == 1]
    others = [(c, v) for c, v in terms if c != 1]
    if ones:
        text = " + ".join(ones)
    else:
        c, v = others.pop(0)
        text = f"{v} * {literal(c)}"
    for c, v in others:
        text = f"fma_vec({v}, {literal(c)}, {text})"
    return text


def halves(row, mirrored):
    """The part that rows p and -p share, and the part whose sign differs."""
    even = [((a + b) / 2, f"x[{k}]") for k, (a, b) in enumerate(zip(row, mirrored))]
    odd = [((a - b) / 2, f"x[{k}]") for k, (a, b) in enumerate(zip(row, mirrored))]
    return total(even), total(odd)


def main():
    bt, g, at = matrices()
    rows = range(SIZE)
    print("// Made by tools/winograd_transforms.py; do not edit.")
    print(f"// F({OUTPUTS}, {TAPS}) at the points {', '.join(str(p) for p in POINTS)} and infinity.")
    print("// The forms of the kernels define INLINE, `vec`, and `fma_vec(a, b, c)` = a * b + c, rounded once.\n")
    print("#ifdef INLINE")
    print(f"// d[{SIZE}] -> BT d: what the transformed filters are multiplied by.")
    print("INLINE void winograd_input(const vec x[6], vec y[6]) {")
    print(f"    y[0] = {total([(c, f'x[{k}]') for k, c in enumerate(bt[0])])};")
    for i in range(len(PAIRS)):
        even, odd = halves(bt[1 + 2 * i], bt[2 + 2 * i])
        print(f"    const vec even{i} = {even};")
        print(f"    const vec odd{i} = {odd};")
        print(f"    y[{1 + 2 * i}] = even{i} + odd{i};")
        print(f"    y[{2 + 2 * i}] = even{i} - odd{i};")
    print(f"    y[{SIZE - 1}] = {total([(c, f'x[{k}]') for k, c in enumerate(bt[-1])])};")
    print("}\n")
    print(f"// The {SIZE} products -> AT: {OUTPUTS} outputs.")
    print("INLINE void winograd_output(const vec x[6], vec y[4]) {")
    for i in range(len(PAIRS)):
        print(f"    const vec sum{i} = x[{1 + 2 * i}] + x[{2 + 2 * i}];")
        print(f"    const vec difference{i} = x[{1 + 2 * i}] - x[{2 + 2 * i}];")
    for k in range(OUTPUTS):
        part = "difference" if k % 2 else "sum"
        terms = [(at[k][0], "x[0]")] + [(at[k][1 + 2 * i], f"{part}{i}") for i in range(len(PAIRS))]
        print(f"    y[{k}] = {total(terms + [(at[k][-1], f'x[{SIZE - 1}]')])};")
    print("}")
    print("#endif\n")
    print("// G: taps -> transformed, for 16 filters side by side.")
    print("#ifdef WINOGRAD_WIDE")
    print("static inline void winograd_filter(const WINOGRAD_WIDE g[3], WINOGRAD_WIDE u[6]) {")
    for i in rows:
        terms = " + ".join(f"g[{k}] * ({c.numerator}.0 / {c.denominator})" for k, c in enumerate(g[i]) if c != 0)
        print(f"    u[{i}] = {terms};")
    print("}")
    print("#endif")


main()
