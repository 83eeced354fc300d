"""Sums of products of rows in groups, exactly, and what they say about which effects can be told apart."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Hashable, Iterable, Sequence
from dataclasses import dataclass
from fractions import Fraction

Matrix = list[list[Fraction]]


@dataclass(frozen=True, slots=True)
class CrossProducts:
    """Sums of products z z' of rows z, split into within and between groups.

    ``within`` is the sum about the groups' means; ``between[m]`` the sum of m times the product of means over the ``groups[m]`` groups of m rows.
    """

    n: int
    groups: dict[int, int]
    within: Matrix
    between: dict[int, Matrix]

    @classmethod
    def of(cls, rows: Iterable[tuple[Hashable, Sequence[Fraction]]], width: int) -> CrossProducts:
        """The sums over rows of ``width`` numbers, each with its group."""
        grouped: dict[Hashable, list[Sequence[Fraction]]] = defaultdict(list)
        for group, row in rows:
            grouped[group].append(row)
        groups: dict[int, int] = defaultdict(int)
        between: dict[int, Matrix] = {}
        within = _zeros(width)
        for members in grouped.values():
            m = len(members)
            groups[m] += 1
            totals = [sum(column, Fraction(0)) for column in zip(*members, strict=True)]
            of_means = between.setdefault(m, _zeros(width))
            for i in range(width):
                for j in range(width):
                    mean = totals[i] * totals[j] / m
                    of_means[i][j] += mean
                    within[i][j] += sum((row[i] * row[j] for row in members), -mean)
        sizes = sorted(groups)
        return cls(
            sum(map(len, grouped.values())), {m: groups[m] for m in sizes}, within, {m: between[m] for m in sizes}
        )

    @property
    def total(self) -> Matrix:
        """The sum of products over all rows."""
        width = range(len(self.within))
        return [
            [self.within[i][j] + sum((one[i][j] for one in self.between.values()), Fraction(0)) for j in width]
            for i in width
        ]


@dataclass(frozen=True, slots=True)
class Orthogonal:
    """Columns made orthogonal one after the other (Gram-Schmidt): column j minus its projection on those before.

    ``squares[j]`` is the sum of squares that is left, 0 where the column is a combination of those before; ``columns[j]`` are
    the coefficients of the given columns that make the new column j.
    """

    squares: list[Fraction]
    columns: Matrix

    @classmethod
    def of(cls, products: Matrix) -> Orthogonal:
        """The orthogonal columns of a matrix of sums of products.

        >>> found = Orthogonal.of([[Fraction(2), Fraction(4)], [Fraction(4), Fraction(10)]])
        >>> [int(left) for left in found.squares], [[int(part) for part in column] for column in found.columns]
        ([2, 2], [[1, 0], [-2, 1]])
        """
        width = range(len(products))
        squares: list[Fraction] = []
        columns: Matrix = []
        for j in width:
            column = [Fraction(i == j) for i in width]
            for square, before in zip(squares, columns, strict=True):
                if square:
                    share = sum((part * products[i][j] for i, part in enumerate(before)), Fraction(0)) / square
                    column = [own - share * part for own, part in zip(column, before, strict=True)]
            squares.append(product(column, products, column))
            columns.append(column)
        return cls(squares, columns)


def product(left: Sequence[Fraction], middle: Matrix, right: Sequence[Fraction]) -> Fraction:
    """left' middle right."""
    return sum(
        (
            a * sum((m * b for m, b in zip(row, right, strict=True)), Fraction(0))
            for a, row in zip(left, middle, strict=True)
        ),
        Fraction(0),
    )


def _zeros(width: int) -> Matrix:
    return [[Fraction(0)] * width for _ in range(width)]
