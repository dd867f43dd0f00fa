"""Text that a spreadsheet would take for a formula, made harmless in a way that can be undone."""

from __future__ import annotations

import re
from typing import Final

_NUMBER: Final = re.compile(r"[+-]?[0-9]+(?:[.,][0-9]+)?(?:[eE][+-]?[0-9]+)?", re.ASCII)
_RISKY: Final = re.compile(r"[\s']*[=+\-@\uff0b\uff0d\uff1d\uff20\t\r\n]")


def guard(text: str) -> str:
    """Put an apostrophe before text that a spreadsheet would run; plain numbers stay as they are.

    Text that is already apostrophes before such a sign gets one more, so that `unguard` always gives
    back what went in.
    """
    if _RISKY.match(text) and not _NUMBER.fullmatch(text):
        return "'" + text
    return text


def unguard(text: str) -> str:
    """Undo `guard`."""
    if text.startswith("'") and _RISKY.match(text[1:]) and not _NUMBER.fullmatch(text[1:]):
        return text[1:]
    return text
