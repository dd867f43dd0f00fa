"""Names stay text wherever they are put."""

import json

import pytest
from kuzet.maps.safe import safe, safe_json, script_json

HOSTILE = [
    "<img src=x onerror=alert(1)>",
    "</script><script>alert(1)</script>",
    "${alert(1)}",
    "`+alert(1)+`",
    "{{ 7*7 }}",
    "\\u003cscript>",
    "a\u2028b\u2029c\r\nd",
    "<!-- --!>",
    "\"'onclick=alert(1)",
]


@pytest.mark.parametrize("name", HOSTILE)
def test_safe_leaves_no_sign_that_means_anything(name):
    """No sign of HTML, of a template literal or of a template is left, nor a line break."""
    told = safe(name)
    assert not set(told) & set("<>\"'`$\\{}\n\r\u2028\u2029")


def test_safe_keeps_letters():
    """Kazakh letters and plain punctuation are not touched."""
    assert safe("Ә Ғ Қ Ң Ө Ұ Ү Һ І – 5,5 км") == "Ә Ғ Қ Ң Ө Ұ Ү Һ І – 5,5 км"
    assert safe("R&D") == "R&amp;D"


@pytest.mark.parametrize("name", HOSTILE)
def test_script_json_cannot_end_its_script_and_loses_nothing(name):
    """The JSON holds no tag, comment or line separator, and reads back as the same value."""
    told = script_json({"name": name})
    assert not set(told) & set("<>\u2028\u2029`$")
    assert json.loads(told) == {"name": name}


def test_json_with_no_number_is_refused():
    """NaN is not JSON: a browser would refuse the whole page."""
    with pytest.raises(ValueError, match="JSON compliant"):
        script_json(float("nan"))


def test_safe_json_equals_script_json():
    """JSON made elsewhere gets the same treatment."""
    assert safe_json('["</script>"]') == script_json(["</script>"])
