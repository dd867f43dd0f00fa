"""Names are never trusted: text for HTML, and data for script tags."""

from __future__ import annotations

import html
import json
import re
from typing import Final

# a line break ends a JavaScript string; the separators 2028 and 2029 are line breaks to JavaScript only
_BREAKS: Final = re.compile("\r\n|[\x00-\x1f\x7f-\x9f\u2028\u2029]")
# folium puts HTML into template literals, where ` $ \ { } are code whatever html.escape did
_LITERAL: Final = str.maketrans({sign: f"&#{ord(sign)};" for sign in "`$\\{}"})
_SCRIPT: Final = str.maketrans({sign: f"\\u{ord(sign):04x}" for sign in "<>&`$\u2028\u2029"})


def safe(text: object) -> str:
    r"""Return text that stays text in HTML, in an attribute and in a JavaScript template literal.

    Parameters
    ----------
    text : object
        A name from the data or a sentence from the catalogue.

    Returns
    -------
    str
        HTML-escaped; `` ` $ \ { } `` as numeric entities; every line break and control character,
        U+2028 and U+2029 among them, as a plain space.
    """
    return html.escape(_BREAKS.sub(" ", str(text)), quote=True).translate(_LITERAL)


def script_json(value: object) -> str:
    """Return a value as JSON that can stand inside a script tag.

    `</script>`, `<!--` and the line breaks of JavaScript cannot occur in it; text in it is still
    text: whoever shows it in the page has to make it a text node.

    Parameters
    ----------
    value : object
        What `json.dumps` takes; numbers must be finite.

    Returns
    -------
    str
        Read back by `JSON.parse`, or as a JavaScript literal, it is the same value.
    """
    return safe_json(json.dumps(value, ensure_ascii=False, allow_nan=False, separators=(",", ":")))


def safe_json(text: str) -> str:
    """Return JSON text, made elsewhere, in the same safe form as `script_json`."""
    return text.translate(_SCRIPT)
