"""HTML in small pieces: everything that comes from a scenario goes through `escape` here and nowhere else."""

import html
import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

__all__ = ["Cell", "Html", "element", "escape", "json_block", "number", "section", "table"]


class Html(str):
    """Text that is markup already; every other text is escaped when it enters a page."""

    __slots__ = ()


@dataclass(frozen=True, slots=True)
class Cell:
    """A table cell with a class, such as a number or a badge."""

    content: str
    css: str = ""


def escape(text: object) -> Html:
    """Markup for any text; markup itself passes unchanged."""
    return text if isinstance(text, Html) else Html(html.escape(str(text), quote=True))


def element(name: str, *children: object, **attributes: object) -> Html:
    """One element; a trailing underscore of an attribute is dropped (`class_`), others become hyphens."""
    attrs = "".join(
        f' {key.rstrip("_").replace("_", "-")}="{escape(value)}"'
        for key, value in attributes.items()
        if value is not None
    )
    return Html(f"<{name}{attrs}>{''.join(map(escape, children))}</{name}>")


def section(title: str, *parts: object, identity: str, long: bool = False) -> Html:
    """A section under a heading that names it; a long one may break over printed pages."""
    heading = element("h2", title, id=f"{identity}-title")
    css = "long" if long else None
    return element("section", heading, *parts, id=identity, class_=css, aria_labelledby=f"{identity}-title")


def number(text: str) -> Cell:
    """A cell that lines up with the digits above and below it."""
    return Cell(text, "num")


def table(
    caption: str,
    head: Sequence[str],
    rows: Iterable[Sequence[str | Cell]],
    *,
    numeric: Sequence[int] = (),
    tall: bool = False,
) -> Html:
    """A table with a caption and a header row; the first cell of each row heads it.

    numeric : the columns whose heading lines up with numbers; tall : scrolls in a frame of its own
    """
    heads = "".join(
        element("th", text, scope="col", role="columnheader", class_="num" if i in numeric else None)
        for i, text in enumerate(head)
    )
    body = "".join(_row(row, head) for row in rows)
    inner = element(
        "table",
        element("caption", caption),
        element("thead", element("tr", Html(heads), role="row"), role="rowgroup"),
        element("tbody", Html(body), role="rowgroup"),
        role="table",
    )
    return element(
        "div",
        inner,
        class_="table tall" if tall else "table",
        tabindex="0",
        role="region",
        aria_label=caption,
    )


def _row(row: Sequence[str | Cell], head: Sequence[str]) -> Html:
    """A row whose cells carry their column's heading, and their role, for where rows stand as cards."""
    cells = [cell if isinstance(cell, Cell) else Cell(cell) for cell in row]
    first, *rest = cells
    return element(
        "tr",
        element("th", first.content, scope="row", role="rowheader", class_=first.css or None),
        *(
            element("td", cell.content, role="cell", data_label=label, class_=cell.css or None)
            for cell, label in zip(rest, head[1:], strict=True)
        ),
        role="row",
    )


def json_block(identity: str, value: Any) -> Html:
    """Data for the page's script, compact, in a form that no text inside it can end early."""
    text = json.dumps(value, ensure_ascii=False, separators=(",", ":"), allow_nan=False)
    safe = text.replace("<", "\\u003c").replace("\u2028", "\\u2028").replace("\u2029", "\\u2029")
    return Html(f'<script type="application/json" id="{escape(identity)}">{safe}</script>')
