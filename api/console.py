"""What the command line writes: tables for people or JSON for programs, and progress beside them."""

from __future__ import annotations

import json
import os
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any, Final

from rich.console import Console
from rich.markup import escape
from rich.progress import BarColumn, SpinnerColumn, TextColumn, TimeElapsedColumn
from rich.progress import Progress as Bars
from rich.table import Table

from ..coverage.progress import Progress
from ..maps.text import choose_language, say
from .texts import say_step

FILE_WIDTH: Final = 130


@dataclass
class Shell:
    """Where a command writes, and in which language.

    Attributes
    ----------
    lang : str
        One of `maps.text.LANGUAGES`.
    as_json : bool
        Answers are JSON on standard output, and nothing else is.
    """

    lang: str
    as_json: bool = False
    out: Console = field(default_factory=lambda: _console(stderr=False))
    err: Console = field(default_factory=lambda: _console(stderr=True))

    def say(self, key: str, **facts: object) -> None:
        """Write a sentence for people; a program that reads JSON is spared it."""
        if not self.as_json:
            self.out.print(escape(say(key, self.lang, **facts)))

    def tell(self, sentence: str) -> None:
        """Write a sentence that is in the language already."""
        if not self.as_json:
            self.out.print(escape(sentence))

    def note(self, key: str, **facts: object) -> None:
        """Write a sentence beside the answer."""
        self.err.print(escape(say(key, self.lang, **facts)), style="dim")

    def heading(self, key: str, **facts: object) -> None:
        """Write the heading of what comes next."""
        if not self.as_json:
            self.out.print()
            self.out.print(escape(say(key, self.lang, **facts)), style="bold")

    def table(
        self, columns: Sequence[str], rows: Sequence[Sequence[str]], *, numbers: Sequence[int] = ()
    ) -> None:
        """Write a table.

        Parameters
        ----------
        columns : sequence of str
            Catalogue keys of the headings.
        rows : sequence of sequence of str
            Cells, as they are: markup in a name stays text.
        numbers : sequence of int
            Columns to set to the right.
        """
        if self.as_json:
            return
        table = Table(box=None, pad_edge=False, header_style="bold cyan")
        for place, key in enumerate(columns):
            table.add_column(
                escape(say(key, self.lang)),
                justify="right" if place in numbers else "left",
                no_wrap=place in numbers,
                overflow="fold",
            )
        for row in rows:
            table.add_row(*(escape(_printable(cell)) for cell in row))
        self.out.print(table)

    def answer(self, document: Any) -> None:
        """Write the answer for programs."""
        if self.as_json:
            print(json.dumps(document, ensure_ascii=False, indent=2, allow_nan=False, default=str))

    @contextmanager
    def progress(self) -> Iterator[Progress]:
        """Show how far work is, on standard error, while the block runs."""
        bars = Bars(
            SpinnerColumn(),
            TextColumn("{task.description}"),
            BarColumn(),
            TextColumn("{task.percentage:>3.0f} %"),
            TimeElapsedColumn(),
            console=self.err,
            transient=True,
            disable=not self.err.is_terminal,
        )
        with bars:
            task = bars.add_task(say_step("start", self.lang), total=1.0)

            def report(share: float, step: str) -> None:
                bars.update(task, completed=share, description=escape(say_step(step, self.lang)))

            yield report


def shell_language(wanted: str | None) -> str:
    """Return the language of the command line: what was asked for, else that of the environment."""
    spoken = next(
        (os.environ[name] for name in ("LC_ALL", "LC_MESSAGES", "LANG") if os.environ.get(name)), "en"
    )
    return choose_language(wanted, spoken.partition(".")[0])


def _console(*, stderr: bool) -> Console:
    console = Console(stderr=stderr, highlight=False)
    # a file or a pipe has no width of its own, and a table cut to 80 signs is hard to read there
    return console if console.is_terminal else Console(stderr=stderr, highlight=False, width=FILE_WIDTH)


def _printable(text: str) -> str:
    """Return text without control characters: a name from a file must not steer the terminal."""
    return "".join(sign if sign.isprintable() else " " for sign in text)
