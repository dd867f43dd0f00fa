"""Numbers that tell who somebody is, found in free text."""

from __future__ import annotations

import re
from datetime import date
from typing import Final

_TWELVE_DIGITS: Final = re.compile(r"(?<![0-9])[0-9]{12}(?![0-9])", re.ASCII)
_HOME_PHONE: Final = re.compile(
    r"(?<![0-9])(?:\+?7|8)[\s(\-]{0,3}[0-9]{3}[\s)\-]{0,3}[0-9]{3}[\s\-]?[0-9]{2}[\s\-]?[0-9]{2}(?![0-9])",
    re.ASCII,
)
_OTHER_PHONE: Final = re.compile(r"\+[1-9](?:[\s()\-]{0,2}[0-9]){8,14}(?![0-9])", re.ASCII)
_FIRST_WEIGHTS: Final = (1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11)
_SECOND_WEIGHTS: Final = (3, 4, 5, 6, 7, 8, 9, 10, 11, 1, 2)


def tells_person_number(text: str) -> bool:
    """Say whether free text holds what looks like a personal number (IIN) or a phone number."""
    looks_like_iin = any(_may_be_iin(digits) for digits in _TWELVE_DIGITS.findall(text))
    return looks_like_iin or bool(_HOME_PHONE.search(text) or _OTHER_PHONE.search(text))


def is_iin(text: str) -> bool:
    """Say whether text is a whole, correct IIN: birthday, century and sex, order, check digit.

    Used where twelve digits may well be something else, as in ids.
    """
    text = text.strip()
    if not _TWELVE_DIGITS.fullmatch(text) or not _may_be_iin(text):
        return False
    digits = [int(digit) for digit in text]
    check = sum(d * w for d, w in zip(digits, _FIRST_WEIGHTS, strict=False)) % 11
    if check == 10:
        check = sum(d * w for d, w in zip(digits, _SECOND_WEIGHTS, strict=False)) % 11
    return check < 10 and check == digits[11]


def mask_numbers(text: str) -> str:
    """Put asterisks in place of the digits of personal and phone numbers."""
    for pattern in (_TWELVE_DIGITS, _HOME_PHONE, _OTHER_PHONE):
        text = pattern.sub(lambda found: re.sub("[0-9]", "*", found.group()), text)
    return text


def _may_be_iin(digits: str) -> bool:
    """Say whether twelve digits begin with a birthday and a mark of century and sex."""
    century = {"0": 2000, "1": 1800, "2": 1800, "3": 1900, "4": 1900, "5": 2000, "6": 2000}.get(digits[6])
    if century is None:
        return False
    try:
        date(century + int(digits[:2]), int(digits[2:4]), int(digits[4:6]))
    except ValueError:
        return False
    return True
