"""How tall a block of a reply may be that was never shown."""

import re
from typing import Final

from desktop.theme import Theme
from desktop.views.code_block import FOLDED_OVER, FOLDED_TO, code_height
from desktop.views.markdown_blocks import Block, CodeBlock

_LETTERS_IN_A_LINE: Final = 72
_TAG: Final = re.compile(r"<[^>]*>")
_LINES: Final = re.compile(r"<(?:li|br|tr|p|h[1-6])\b")
"""What begins a line of its own."""
_AROUND_A_ROW: Final = 9


def estimated_block_height(block: Block, theme: Theme) -> int:
    """Such a height in pixels."""
    if isinstance(block, CodeBlock):
        lines = block.code.count("\n") + 1
        lines = FOLDED_TO if lines > FOLDED_OVER else lines
        return code_height(lines * theme.line_height("code"))
    line = theme.line_height("message")
    starts = len(_LINES.findall(block.html))
    if block.is_table:
        return block.html.count("<tr>") * (line + _AROUND_A_ROW)
    letters = len(_TAG.sub("", block.html))
    return line * max(1, starts + letters // _LETTERS_IN_A_LINE)
