#!/usr/bin/env python3
"""Prints Sources/CKernels/engine/winograd_transforms.h: the one-dimensional transforms of Winograd convolution F(m, r).

    make generated

m outputs of an r-tap filter are the product of two polynomials, modulo m + r - 2 points and infinity (Cook-Toom; Lavin
and Gray, arXiv 1509.09308): y = AT ((G g) * (BT d)). The points decide how it rounds, and every coefficient of BT and AT
is exact in fp32. For 3 taps 0, +-3/4, +-3/2 lose half to a third of what the textbook's 0, +-1, +-2 lose; for 4 taps
0, +-1/2, +-1, 2 were the best of eleven sets but one, whose coefficients cost more.

Points come as 0, pairs +-p, whose rows share their even and odd parts, and at most one point alone: dividing by
(x - point) first leaves the transform of the others.
"""
from fractions import Fraction


def polynomial(roots):
    """Coefficients of the product of (x - root), the constant first."""
    coefficients = [Fraction(1)]
    for root in roots:
        shifted = [Fraction(0)] + coefficients
        coefficients = [a - root * b for a, b in zip(shifted, coefficients + [Fraction(0)])]
    return coefficients


class Transform:
    """F(outputs, taps) at 0, +-pairs, perhaps `alone`, and infinity, in this order."""

    def __init__(self, outputs, taps, pairs, alone=None):
        self.outputs, self.taps, self.pairs, self.alone = outputs, taps, pairs, alone
        self.name = f"winograd{outputs}{taps}"
        self.points = [Fraction(0)] + [s * p for p in pairs for s in (1, -1)]
        if alone is not None:
            self.points.append(alone)
        self.size = outputs + taps - 1
        assert len(self.points) == self.size - 1

    def input_rows(self, points):
        """BT for `points` and infinity, which is the last row."""
        rows = [polynomial([q for q in points if q != p]) + [Fraction(0)] for p in points]
        return rows + [polynomial(points)]

    def filter_rows(self):
        """G [size][taps]."""
        rows = []
        for point in self.points:
            scale = Fraction(1)
            for other in self.points:
                if other != point:
                    scale *= point - other
            rows.append([point**k / scale for k in range(self.taps)])
        return rows + [[Fraction(int(k == self.taps - 1)) for k in range(self.taps)]]

    def output_rows(self):
        """AT [outputs][size]."""
        return [[p**k for p in self.points] + [Fraction(int(k == self.outputs - 1))] for k in range(self.outputs)]

    def print_input(self):
        print(f"INLINE void {self.name}_input(const vec x[{self.size}], vec y[{self.size}]) {{")
        name, points = "x", self.points
        if self.alone is not None:
            # The row of the point alone holds all the others' roots; theirs all hold its own, which is divided out first.
            name, points = "d", [p for p in points if p != self.alone]
            row = polynomial(points)
            print(f"    y[{self.size - 2}] = {total([(c, f'x[{k}]') for k, c in enumerate(row)])};")
            print(f"    vec d[{self.size - 1}];")
            print(f"    for (int k = 0; k < {self.size - 1}; k++) d[k] = fma_vec(x[k], {literal(-self.alone)}, x[k + 1]);")
        rows = self.input_rows(points)
        print(f"    y[0] = {total([(c, f'{name}[{k}]') for k, c in enumerate(rows[0])])};")
        for i in range(len(self.pairs)):
            even, odd = halves(rows[1 + 2 * i], rows[2 + 2 * i], name)
            print(f"    const vec even{i} = {even};")
            print(f"    const vec odd{i} = {odd};")
            print(f"    y[{1 + 2 * i}] = even{i} + odd{i};")
            print(f"    y[{2 + 2 * i}] = even{i} - odd{i};")
        print(f"    y[{self.size - 1}] = {total([(c, f'{name}[{k}]') for k, c in enumerate(rows[-1])])};")
        print("}\n")

    def print_output(self):
        print(f"INLINE void {self.name}_output(const vec x[{self.size}], vec y[{self.outputs}]) {{")
        for i in range(len(self.pairs)):
            print(f"    const vec sum{i} = x[{1 + 2 * i}] + x[{2 + 2 * i}];")
            print(f"    const vec difference{i} = x[{1 + 2 * i}] - x[{2 + 2 * i}];")
        for k, row in enumerate(self.output_rows()):
            part = "difference" if k % 2 else "sum"
            terms = [(row[0], "x[0]")] + [(row[1 + 2 * i], f"{part}{i}") for i in range(len(self.pairs))]
            terms += [(row[i], f"x[{i}]") for i in range(1 + 2 * len(self.pairs), self.size)]
            print(f"    y[{k}] = {total(terms)};")
        print("}\n")

    def print_filter(self):
        size, taps = self.size, self.taps
        print(f"static inline void {self.name}_filter(const WINOGRAD_WIDE g[{taps}], WINOGRAD_WIDE u[{size}]) {{")
        for i, row in enumerate(self.filter_rows()):
            terms = " + ".join(f"g[{k}] * ({c.numerator}.0 / {c.denominator})" for k, c in enumerate(row) if c != 0)
            print(f"    u[{i}] = {terms};")
        print("}\n")


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


def halves(row, mirrored, name):
    """The part that rows p and -p share, and the part whose sign differs."""
    even = [((a + b) / 2, f"{name}[{k}]") for k, (a, b) in enumerate(zip(row, mirrored))]
    odd = [((a - b) / 2, f"{name}[{k}]") for k, (a, b) in enumerate(zip(row, mirrored))]
    return total(even), total(odd)


def main():
    transforms = [
        Transform(4, 3, [Fraction(3, 4), Fraction(3, 2)]),
        Transform(2, 3, [Fraction(1)]),
        Transform(4, 4, [Fraction(1, 2), Fraction(1)], Fraction(2)),
    ]
    print("// Made by tools/winograd_transforms.py; do not edit.")
    for t in transforms:
        print(f"// F({t.outputs}, {t.taps}) at the points {', '.join(str(p) for p in t.points)} and infinity.")
    print("// Included by winograd_tiles.h for the variants' transforms (INLINE, `vec` and `fma_vec` are kernel_contract.h's), and")
    print("// by winograd_filters.c for the filters' (WINOGRAD_WIDE, a vector of doubles).")
    print("// clang-format off\n")
    print("#if !defined(INLINE) && !defined(WINOGRAD_WIDE)")
    print('#error "define INLINE and include kernel_contract.h, or define WINOGRAD_WIDE: the vector type of the filters"')
    print("#endif")
    print("#if defined(INLINE) && !defined(SALIENCYD_KERNEL_CONTRACT_H)")
    print('#error "include kernel_contract.h first"')
    print("#endif\n")
    print("#ifdef INLINE")
    print("// d -> BT d: what the transformed filters are multiplied by.")
    for t in transforms:
        t.print_input()
    print("// The products -> AT: outputs.")
    for t in transforms:
        t.print_output()
    print("#endif\n")
    print("// G: taps -> transformed, for 16 filters side by side.")
    print("#ifdef WINOGRAD_WIDE")
    for t in transforms:
        t.print_filter()
    print("#endif")


main()
