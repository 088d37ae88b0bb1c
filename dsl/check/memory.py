"""What one check leaves for the next, so that after an edit only what the edit concerns is checked again.

A check is made of units: one attribute, one audience, one message, one journey, one test. What several declarations
share (the names, the fields of the profile, the messages) stands in tables. While a unit is worked out it is written
down what it reads there and what it does besides its result: the names it uses, the aggregates it asks for. The next
check has the same node of the tree before it, because the parser keeps what was not edited; and when all that the
unit had read is still the same, its result is taken as it was and what it did is done again, in the same order. So
whatever comes after finds what it would have found had the unit been worked out. A unit in which something was
reported is worked out each time.

"The same" is said for each table: most of what is looked up concerns its meaning alone, wherever it stands (a field's
type), some is put into the result with its places (the expression of a define).
"""

from __future__ import annotations

from collections.abc import Callable, ItemsView, Iterator, Mapping, MutableMapping, ValuesView
from dataclasses import dataclass, field
from typing import Any, Final, TypeVar, overload

from sojourn.dsl.frozen import alike

__all__ = ["Memory", "Reads", "Table", "Trace"]

T = TypeVar("T")
V = TypeVar("V")

Reads = list[tuple[str, Any, object]]
"""What was read, in order: the table, the key, and the state it was in."""

_ABSENT: Final = object()
"""What is read of a key that is not there."""

_ALL: Final = object()
"""The key that stands for a whole table: its keys in order, and what each holds."""


@dataclass(frozen=True, slots=True)
class _Memo:
    """A unit that was worked out without a mistake. `node` is held so that no other has its address."""

    node: object
    result: Any
    reads: Reads
    deeds: list[tuple[str, tuple[Any, ...]]]


@dataclass(slots=True)
class _Frame:
    """A unit that is being worked out."""

    reads: Reads = field(default_factory=list)
    deeds: list[tuple[str, tuple[Any, ...]]] = field(default_factory=list)
    settled: set[tuple[str, Any]] = field(default_factory=set)
    """What it has read before, or put there itself."""
    spoiled: bool = False


class Memory:
    """Kept from check to check, for one folder."""

    def __init__(self) -> None:
        self.memos: dict[tuple[str, int], _Memo] = {}
        self.states: dict[str, dict[Any, object]] = {}
        self._partial = False

    def begin(self, partial: bool) -> None:
        """A check begins. `partial` is looked at all over: where it changes, nothing that is known holds."""
        if partial != self._partial:
            self.memos, self.states = {}, {}
        self._partial = partial


class Trace:
    """One check: its tables and its units. Without a memory every unit is worked out, and nothing written down."""

    def __init__(self, memory: Memory | None = None) -> None:
        self._memory = memory
        self._tables: dict[str, Table[Any]] = {}
        self._deeds: dict[str, Callable[..., object]] = {}
        self._kept: dict[tuple[str, int], _Memo] = {}
        self._frame: _Frame | None = None

    @property
    def remembers(self) -> bool:
        """Whether anything is written down."""
        return self._memory is not None

    def table(self, name: str, values: Mapping[str, V] | None = None, places: bool = False) -> Table[V]:
        """A table of this check. With `places` something that only moved is no longer the same."""
        before = self._memory.states.get(name, {}) if self._memory is not None else {}
        made: Table[V] = Table(self, name, values or {}, before, places)
        self._tables[name] = made
        return made

    def lookup(self, name: str, find: Callable[[Any], object]) -> Callable[[Any], None]:
        """For what is looked up elsewhere than in a table: `find` has to give the same for the same key within one
        check. What comes back is called with the key whenever it was looked up.
        """
        before = self._memory.states.get(name, {}) if self._memory is not None else {}
        made = _Lookup(self, name, find, before)
        self._tables[name] = made
        return made.noted

    def deed(self, name: str, do: Callable[..., object]) -> None:
        """Says how something is done again that units do besides their results."""
        self._deeds[name] = do

    # -------------------------------------------------- while a unit is made

    def unit(self, kind: str, node: object, make: Callable[[], T]) -> T:
        """The result of `make`, or what it was in the check before when it would be the same now."""
        if self._memory is None:
            return make()
        key = (kind, id(node))
        memo = self._memo(key)
        if memo is not None and self._holds(memo):
            self._kept[key] = memo
            self._again(memo)
            known: T = memo.result
            return known
        outer, self._frame = self._frame, _Frame()
        try:
            result = make()
            if not self._frame.spoiled:
                self._kept[key] = _Memo(node, result, self._frame.reads, self._frame.deeds)
        finally:
            self._frame = outer
        return result

    def answer(self, make: Callable[[], T]) -> tuple[T, Reads]:
        """A result that several units may ask for, which is worked out once; and what was read for it. Whoever takes it
        `relies` on that.
        """
        if self._memory is None:
            return make(), []
        outer, self._frame = self._frame, _Frame()
        try:
            return make(), self._frame.reads
        finally:
            self._frame = outer

    def relies(self, reads: Reads) -> None:
        """The unit at hand depends on what was read for an answer."""
        frame = self._frame
        if frame is not None:
            for read in reads:
                if read[:2] not in frame.settled:
                    frame.settled.add(read[:2])
                    frame.reads.append(read)

    def did(self, deed: str, *args: Any) -> None:
        """The unit at hand has done this."""
        if self._frame is not None:
            self._frame.deeds.append((deed, args))

    def spoil(self) -> None:
        """The unit at hand has to be worked out the next time, whatever it reads."""
        if self._frame is not None:
            self._frame.spoiled = True

    def read(self, table: Table[Any], key: Any) -> None:
        """The unit at hand depends on what a table holds under a key."""
        frame = self._frame
        if frame is not None and (spot := (table.name, key)) not in frame.settled:
            frame.settled.add(spot)
            frame.reads.append((table.name, key, table.state(key)))

    def put(self, table: Table[Any], key: Any, value: Any) -> None:
        """The unit at hand has put this into a table."""
        if self._frame is not None:
            self._frame.settled.add((table.name, key))
            self._frame.deeds.append(("", (table.name, key, value)))

    # ------------------------------------------------------- the next check

    def holds(self, kind: str, node: object) -> bool:
        """Whether a unit that was not come to yet would be what it was in the check before."""
        memo = self._memo((kind, id(node)))
        return memo is not None and self._holds(memo)

    def _memo(self, key: tuple[str, int]) -> _Memo | None:
        assert self._memory is not None
        return self._memory.memos.get(key)

    def _holds(self, memo: _Memo) -> bool:
        tables = self._tables
        return all(tables[name].still(key, state) for name, key, state in memo.reads)

    def _again(self, memo: _Memo) -> None:
        outer, self._frame = self._frame, None
        for deed, args in memo.deeds:
            if deed:
                self._deeds[deed](*args)
            else:
                name, key, value = args
                self._tables[name][key] = value
        self._frame = outer

    def finish(self) -> None:
        """Leaves what was worked out to the next check. A check that did not come to its end leaves nothing."""
        if self._memory is not None:
            self._memory.memos = self._kept
            self._memory.states = {name: table.states for name, table in self._tables.items()}
        # What holds one another would stay until somebody looks for cycles.
        self._tables, self._deeds = {}, {}


class Table(MutableMapping[str, V]):
    """What several declarations share, by name. Whatever a unit looks up in it is written down.

    A `state` is an object that stays the same one from check to check as long as what a key holds does.
    """

    def __init__(
        self, trace: Trace, name: str, values: Mapping[str, V], before: dict[Any, object], places: bool
    ) -> None:
        self.name = name
        self.states: dict[Any, object] = {}
        self.ask_first: Callable[[str], bool | None] | None = None
        """For what is worked out on demand: whether the key holds what it held in the check before; None once it has
        been worked out in this one."""
        self._trace = trace
        self._noted = trace.read if trace.remembers else None
        self._values: dict[str, V] = dict(values)
        self._before = before
        self._places = places

    def state(self, key: Any) -> object:
        """The state of a key, or of the whole table."""
        found = self.states.get(key)
        if found is None:
            found = self._state(key)
            if found is not _ABSENT:
                self.states[key] = found
        return found

    def _state(self, key: Any) -> object:
        before = self._before.get(key)
        if key is _ALL:
            now = [(name, self.state(name)) for name in self._values]
            if isinstance(before, list) and len(before) == len(now):
                pairs = zip(before, now, strict=True)
                if all(old[0] == new[0] and old[1] is new[1] for old, new in pairs):
                    return before
            return now
        value = self._values.get(key, _ABSENT)
        return before if before is not None and alike(before, value, self._places) else value

    def still(self, key: Any, state: object) -> bool:
        """Whether a key is in the state that was read of it in the check before."""
        if self.ask_first is not None:
            known = self.ask_first(key)
            if known is not None:
                return known
        return self.state(key) is state

    def read(self, key: str) -> None:
        """The unit at hand depends on what is there under this key."""
        self._trace.read(self, key)

    # ---------------------------------------------------- as a mapping is used

    def __getitem__(self, key: str) -> V:
        if self._noted is not None:
            self._noted(self, key)
        return self._values[key]

    def __contains__(self, key: object) -> bool:
        if self._noted is not None:
            self._noted(self, key)
        return key in self._values

    @overload
    def get(self, key: str) -> V | None: ...
    @overload
    def get(self, key: str, default: V) -> V: ...
    @overload
    def get(self, key: str, default: T) -> V | T: ...
    def get(self, key: str, default: Any = None) -> Any:
        """As of any mapping."""
        if self._noted is not None:
            self._noted(self, key)
        return self._values.get(key, default)

    def __iter__(self) -> Iterator[str]:
        self._trace.read(self, _ALL)
        return iter(self._values)

    def __len__(self) -> int:
        self._trace.read(self, _ALL)
        return len(self._values)

    def values(self) -> ValuesView[V]:
        """As of any mapping."""
        self._trace.read(self, _ALL)
        return self._values.values()

    def items(self) -> ItemsView[str, V]:
        """As of any mapping."""
        self._trace.read(self, _ALL)
        return self._values.items()

    def __setitem__(self, key: str, value: V) -> None:
        self._values[key] = value
        self.states.pop(key, None)
        self.states.pop(_ALL, None)
        self._trace.put(self, key, value)

    def __delitem__(self, key: str) -> None:
        raise TypeError("nothing is taken out of a table")

    def plain(self) -> dict[str, V]:
        """What stands in it, for whoever comes after the check."""
        return dict(self._values)


class _Lookup(Table[Any]):
    """Something that is looked up elsewhere: a file."""

    def __init__(
        self, trace: Trace, name: str, find: Callable[[Any], object], before: dict[Any, object]
    ) -> None:
        super().__init__(trace, name, {}, before, places=True)
        self._find = find

    def _state(self, key: Any) -> object:
        value, before = self._find(key), self._before.get(key)
        return before if before is not None and alike(before, value) else value

    def noted(self, key: Any) -> None:
        self._trace.read(self, key)
