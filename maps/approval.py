"""What makes a document count as approved: a purpose, an owner, and a day on which it is looked at again."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime

from ..coverage.errors import InvalidInputError
from .pdf_canvas import printable


@dataclass(frozen=True)
class Approval:
    """The fields of an approval, as far as they are given.

    Attributes
    ----------
    purpose, owner : str
        Empty where not given.
    review_date : date or None
    today : date
        The day on which it is asked.
    """

    today: date
    purpose: str = ""
    owner: str = ""
    review_date: date | None = None

    @property
    def is_past(self) -> bool:
        """Whether the review is due: the day is not after today."""
        return self.review_date is not None and self.review_date <= self.today

    @property
    def is_whole(self) -> bool:
        """Whether the document counts as approved."""
        return bool(self.purpose and self.owner and self.review_date) and not self.is_past


def read_approval(purpose: str, owner: str, review_date: str, *, today: date) -> Approval:
    """Read the fields as somebody wrote them.

    Raises
    ------
    InvalidInputError
        Code `review_date_wrong` for what is not a day as `2027-03-01`.
    """
    written = review_date.strip()
    try:
        # the module would also take weeks and days without dashes, which few people can read
        day = datetime.strptime(written, "%Y-%m-%d").date() if written else None
    except ValueError:
        raise InvalidInputError("review_date_wrong", field="review_date") from None
    return Approval(today, printable(purpose), printable(owner), day)
