"""The frame of an offline page: a head with a policy under which a browser loads nothing, and the body."""

import base64
import hashlib
from importlib.resources import files

from farshore.report.markup import Html, element, escape

__all__ = ["asset", "document"]


def asset(name: str) -> str:
    """A file that ships beside the pages, as text."""
    return (files("farshore.report") / "static" / name).read_text(encoding="utf-8").rstrip("\n")


def document(title: str, *body: object, script: str = "", extra_style: str = "") -> str:
    """A whole page in the style of all pages; nothing in it asks a network for anything.

    script : the one script that may run, put at the end of the body; extra_style : rules of this page alone
    """
    runs = ""
    last: list[Html] = []
    if script:
        digest = base64.b64encode(hashlib.sha256(script.encode()).digest()).decode()
        runs = f"script-src 'sha256-{digest}'; "
        last.append(Html(f"<script>{script}</script>"))
    policy = (
        f"default-src 'none'; {runs}style-src 'unsafe-inline'; img-src data:; "
        "base-uri 'none'; form-action 'none'"
    )
    head = element(
        "head",
        Html('<meta charset="utf-8">'),
        Html(f'<meta http-equiv="Content-Security-Policy" content="{escape(policy)}">'),
        Html('<meta name="viewport" content="width=device-width, initial-scale=1">'),
        Html('<meta name="referrer" content="no-referrer">'),
        Html('<link rel="icon" href="data:,">'),
        element("title", f"{title} · Farshore"),
        Html(f"<style>{asset('report.css')}{extra_style}</style>"),
    )
    return "<!doctype html>\n" + element("html", head, element("body", *body, *last), lang="en") + "\n"
