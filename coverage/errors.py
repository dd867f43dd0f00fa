"""What can go wrong, as codes and facts; the sentences live in the catalogue (maps/locale)."""

from __future__ import annotations


class KuzetError(Exception):
    """A fault that a person can mend.

    Parameters
    ----------
    code : str
        Key of the sentence in the catalogue: `errors.<code>` says what is wrong,
        `errors.<code>.do` says what to do.
    **facts
        What the sentence names: a row, a column, a number. Never a path of the machine and never
        the raw input.

    Notes
    -----
    The text of `str()` is for logs and tests; people read the catalogue's sentence in their language.
    """

    def __init__(self, code: str, **facts: object) -> None:
        self.code = code
        self.facts = facts
        told = ", ".join(f"{name}={value!r}" for name, value in facts.items())
        super().__init__(f"{code} ({told})" if told else code)

    def __reduce__(self) -> tuple[object, ...]:
        """Keep code and facts when the error crosses a process border."""
        return (_rebuild, (type(self), self.code, self.facts))


class InvalidInputError(KuzetError, ValueError):
    """A value or a file that cannot be used as it is."""


class UnknownFormatError(InvalidInputError):
    """A file whose kind is not one that is read here."""


class OtherPlaceError(InvalidInputError):
    """Data that lies outside the city in the store."""


class TooLargeError(InvalidInputError):
    """A file or request over its limit."""


class NotFoundError(KuzetError, LookupError):
    """Something asked for by name that is not there."""


class NotReadyError(KuzetError, RuntimeError):
    """A question that needs a step which has not been taken yet."""


class CannotHoldError(KuzetError, ValueError):
    """A plan that no arrangement can satisfy."""


class RefusedError(KuzetError, PermissionError):
    """Something this user or this setting may not do."""


class UpstreamError(KuzetError, ConnectionError):
    """Another service did not answer as it should."""


class CancelledError(KuzetError, RuntimeError):
    """Long work that was asked to stop."""


def _rebuild(kind: type[KuzetError], code: str, facts: dict[str, object]) -> KuzetError:
    return kind(code, **facts)
