"""Forbidden turns: a graph of street parts in which no path makes one."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import NamedTuple

import numpy as np
import pandas as pd


class Watched(NamedTuple):
    """Parts in which forbidden turns cannot be made.

    Attributes
    ----------
    parts : DataFrame
        Those of `travel.Network`, and copies of some between further nodes.
    copy_of : dict
        Node of a copied part -> the node within the edge that it is a copy of.
    """

    parts: pd.DataFrame
    copy_of: dict[int, int]


def forbidden_paths(
    edges: pd.DataFrame, restrictions: pd.DataFrame, *, beyond: pd.DataFrame | None = None
) -> list[tuple[int, ...]]:
    """Return the sequences of edges that no car may drive one after the other.

    Parameters
    ----------
    edges : DataFrame
        `u`, `v`, `key` of the edges that may be driven.
    restrictions : DataFrame
        `kind`: `no`, the edges of `path` must not be driven one after the other; `only`, after all but the
        last of them it must be the last. `path`: as `write_path` writes it.
    beyond : DataFrame, optional
        `u`, `v`, `key` of edges that may be driven as well, but lead out of `edges` and not back.

    Returns
    -------
    list of tuple of int
        Rows of `edges`. A restriction of which an edge but the last cannot be driven anyway forbids nothing.
    """
    row_of = {edge: row for row, edge in enumerate(zip(edges["u"], edges["v"], edges["key"], strict=True))}
    leaving: dict[int, list[int]] = {}
    for row, tail in enumerate(edges["u"]):
        leaving.setdefault(int(tail), []).append(row)
    heads = edges["v"].to_numpy()
    outside = set() if beyond is None else set(zip(beyond["u"], beyond["v"], beyond["key"], strict=True))
    found: set[tuple[int, ...]] = set()
    for kind, path in zip(restrictions["kind"], restrictions["path"], strict=True):
        driven = read_path(path)
        rows = [row_of.get(edge, -1) for edge in driven]
        if -1 in rows[:-1]:
            continue
        if kind == "only":
            others = leaving.get(int(heads[rows[-2]]), [])
            # where the one way allowed is closed itself, nothing is said of the others
            holds = rows[-1] >= 0 or driven[-1] in outside
            found |= {(*rows[:-1], row) for row in others if row != rows[-1] and holds}
        elif rows[-1] >= 0:
            found.add(tuple(rows))
    return sorted(found)


def read_path(text: str) -> list[tuple[int, int, int]]:
    """Read a path as it is kept: u, v and key of each edge, joined by spaces, edges by semicolons."""
    return [(int(u), int(v), int(key)) for u, v, key in (edge.split() for edge in text.split(";"))]


def write_path(edges: Iterable[tuple[int, int, int]]) -> str:
    """Write a path as `read_path` reads it."""
    return ";".join(" ".join(str(number) for number in edge) for edge in edges)


def watch_turns(parts: pd.DataFrame, paths: list[tuple[int, ...]]) -> Watched:
    """Copy parts so that what was driven before a turn is known where it matters; leave forbidden ones out.

    Parameters
    ----------
    parts : DataFrame
        `tail`, `head`, `edge`, `low`, `high`, `seconds`; the parts of an edge follow one another, in order.
    paths : list of tuple of int
        From `forbidden_paths`.

    Notes
    -----
    The states of an automaton that knows the longest beginning of a forbidden path driven last (Aho &
    Corasick 1975) become nodes; an edge is copied only where one comes to it in another state than usual.
    """
    if not paths:
        return Watched(parts, {})
    maze = _Maze(parts, paths)
    for state in maze.states:
        maze.leave(state)
    copies = pd.DataFrame(maze.rows, columns=list(parts.columns)).astype(parts.dtypes.to_dict())
    return Watched(pd.concat([parts.assign(head=maze.heads), copies], ignore_index=True), maze.copy_of)


State = tuple[int, ...]
"""The beginning of a forbidden path that was driven last."""


@dataclass
class _Maze:
    parts: pd.DataFrame
    paths: list[tuple[int, ...]]
    rows: list[tuple[int, int, int, float, float, float]] = field(default_factory=list)
    copy_of: dict[int, int] = field(default_factory=dict)

    def __post_init__(self) -> None:
        table = self.parts
        self._forbidden = set(self.paths)
        prefixes = {path[:length] for path in self.paths for length in range(1, len(path))}
        self.states: list[State] = sorted(prefixes)
        self._next = int(table[["tail", "head"]].to_numpy().max()) + 1
        self._node = {state: self._next + number for number, state in enumerate(self.states)}
        self._next += len(self.states)
        edge = table["edge"].to_numpy()
        self._first = np.flatnonzero(np.concatenate([[True], edge[1:] != edge[:-1]]))
        self._last = np.concatenate([self._first[1:], [len(edge)]]) - 1
        self._run = {int(edge[row]): number for number, row in enumerate(self._first)}
        self._tails = table["tail"].to_numpy()
        self._plain = table["head"].to_numpy()
        self.heads = self._plain.copy()
        for state in self.states:
            if len(state) == 1:
                self.heads[self._last[self._run[state[0]]]] = self._node[state]
        self._leaving: dict[int, list[int]] = {}
        for number, row in enumerate(self._first):
            self._leaving.setdefault(int(self._tails[row]), []).append(int(edge[self._first[number]]))

    def leave(self, state: State) -> None:
        """Write the ways on from a state: all but the forbidden."""
        run = self._run[state[-1]]
        junction = int(self._plain[self._last[run]])
        for edge in self._leaving.get(junction, []):
            driven = (*state, edge)
            if any(driven[k:] in self._forbidden for k in range(len(driven))):
                continue
            self._drive(self._node[state], edge, self._state_after(driven))

    def _state_after(self, driven: State) -> State:
        return next((driven[k:] for k in range(len(driven)) if driven[k:] in self._node), ())

    def _drive(self, tail: int, edge: int, state: State) -> None:
        first, last = self._first[self._run[edge]], self._last[self._run[edge]]
        usual = self._state_after((edge,)) == state
        for row in range(first, last + 1):
            if row == last:
                head = self._node[state] if state else int(self._plain[row])
            elif usual:
                head = int(self.heads[row])
            else:
                head, self._next = self._next, self._next + 1
                self.copy_of[head] = int(self._plain[row])
            values = self.parts.iloc[row]
            self.rows.append(
                (tail, head, edge, float(values["low"]), float(values["high"]), float(values["seconds"]))
            )
            if usual and row < last:
                return
            tail = head
