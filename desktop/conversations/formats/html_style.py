"""The look of an exported page, from the same tokens as the window's: light, dark and on paper."""

import json
from functools import cache
from typing import Final

from resources import resource_path

_USED: Final = (
    *(
        "background",
        "surface",
        "hover",
        "border",
        "border_strong",
        "text",
        "muted",
        "accent",
    ),
    *(
        "user_bubble",
        "code_background",
        "syntax_keyword",
        "syntax_string",
        "syntax_number",
    ),
    *("syntax_function", "syntax_comment"),
)

_RULES: Final = """
* { box-sizing: border-box; }
html { background: var(--surface); color: var(--text); }
body { max-width: 640px; margin: 0 auto; padding: 32px 20px 48px;
  font: 400 16px/24px system-ui, sans-serif; overflow-wrap: anywhere; }
h1 { font-size: 24px; line-height: 32px; font-weight: 600; margin: 0; }
h2 { font-size: 12px; line-height: 16px; font-weight: 600; margin: 0 0 4px; color: var(--muted); }
a { color: var(--accent); }
.about, .note { color: var(--muted); font-size: 12px; line-height: 16px; }
.about { margin: 4px 0 32px; }
.note { margin: 8px 0 0; }
article { margin: 0 0 24px; }
.user { margin-inline-start: 160px; background: var(--user_bubble); border-radius: 12px;
  padding: 10px 16px; }
.plain { white-space: pre-wrap; }
.text > :first-child { margin-top: 0; }
.text > :last-child { margin-bottom: 0; }
.text h3 { font-size: 20px; line-height: 28px; }
.text h4 { font-size: 18px; line-height: 26px; }
.text h5, .text h6 { font-size: 16px; line-height: 24px; }
.text h3, .text h4, .text h5, .text h6 { font-weight: 600; margin: 20px 0 8px; }
.text p, .text ul, .text ol, .text blockquote, .text table { margin: 0 0 12px; }
blockquote { border-inline-start: 2px solid var(--border_strong); padding-inline-start: 12px;
  margin-inline: 0; color: var(--muted); }
pre { background: var(--code_background); border: 1px solid var(--border); border-radius: 8px;
  padding: 10px 14px; margin: 0 0 12px; overflow-x: auto; overflow-wrap: normal;
  font: 13px/20px ui-monospace, monospace; }
code { font-family: ui-monospace, monospace; font-size: 14px; background: var(--hover);
  padding: 1px 3px; border-radius: 4px; }
pre code { font-size: inherit; background: none; padding: 0; }
table { border-collapse: collapse; font-size: 15px; line-height: 20px; }
th { font-weight: 600; border-bottom: 1px solid var(--border_strong); }
td { border-bottom: 1px solid var(--border); }
th, td { padding: 5px 24px 5px 0; text-align: start; vertical-align: top; }
hr { border: 0; border-top: 1px solid var(--border); margin: 20px 0; }
details { color: var(--muted); margin: 0 0 12px; border-inline-start: 2px solid var(--border);
  padding-inline-start: 12px; }
article p { margin: 8px 0; }
img { max-width: 100%; height: auto; border-radius: 8px; display: block; }
.k { color: var(--syntax_keyword); } .s { color: var(--syntax_string); }
.n { color: var(--syntax_number); } .f { color: var(--syntax_function); }
.c { color: var(--syntax_comment); }
@media print {
  body { max-width: none; padding: 0; font-size: 11pt; line-height: 1.5; }
  h2, .note, summary { break-after: avoid; }
  pre { white-space: pre-wrap; overflow-wrap: anywhere; }
  pre, img, tr { break-inside: avoid; }
  details::details-content { display: block; content-visibility: visible; }
  .user { border: 1px solid var(--border); }
}
"""


def light_colors() -> dict[str, str]:
    """The colours of paper, by token."""
    return _colors("light")


@cache
def _colors(theme: str) -> dict[str, str]:
    tokens = json.loads(resource_path("tokens.json").read_text(encoding="utf-8"))
    return {token: tokens["color"][theme][token] for token in _USED}


def _variables(theme: str) -> str:
    return " ".join(f"--{token}: {color};" for token, color in _colors(theme).items())


@cache
def style_sheet() -> str:
    """CSS for one page. Paper is always light."""
    return (
        f":root {{ color-scheme: light dark; {_variables('light')} }}\n"
        f"@media screen and (prefers-color-scheme: dark) {{ :root {{ {_variables('dark')} }} }}"
        f"{_RULES}"
    )
