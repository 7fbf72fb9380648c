"""Tables of the terminal and of Markdown."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Table:
    """`columns` are {heading: function from a row to the text of its cell}; the first is a name."""

    title: str
    columns: dict
    rows: list
    note: str = ""

    def cells(self):
        """The headings, and the text of every row."""
        return [list(self.columns), *([f(row) for f in self.columns.values()] for row in self.rows)]

    def text(self):
        """Aligned columns, the names to the left and figures to the right."""
        lines = self.cells()
        widths = [max(map(len, column)) for column in zip(*lines, strict=True)]
        yield self.title
        if self.rows:
            for name, *figures in lines:
                padded = [
                    f"{cell:>{width}}" for cell, width in zip(figures, widths[1:], strict=True)
                ]
                yield "  ".join([f"{name:{widths[0]}}", *padded]).rstrip()
        if self.note:
            yield self.note

    def markdown(self):
        """A section with a heading of the second level."""
        yield f"## {self.title}"
        yield ""
        if self.note:
            yield from (self.note, "")
        if self.rows:
            headings, *lines = self.cells()
            yield f"| {' | '.join(headings)} |"
            yield f"|{'---|' * len(headings)}"
            yield from (f"| {' | '.join(cells)} |" for cells in lines)


def fixed(key, digits, factor=1):
    """A cell: row[key] times `factor` with that many digits, or nothing where it is unknown."""
    return lambda row: "" if row.get(key) is None else f"{row[key] * factor:,.{digits}f}"
