"""The tree types behave as frozen dataclasses do, though their methods are written late."""

from __future__ import annotations

import copy
import dataclasses
import pickle
from dataclasses import field

import pytest

from sojourn.dsl import ast, checked
from sojourn.dsl.frozen import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Base:
    """Where something stands."""

    at: int = field(default=0, compare=False)


@dataclass(frozen=True, slots=True)
class Pair(Base):
    """Two things."""

    left: int
    right: str = "r"
    more: list[int] = field(default_factory=list)


@dataclasses.dataclass(frozen=True, slots=True)
class Model:
    """The same, made by the standard library."""

    left: int
    right: str = "r"
    more: list[int] = field(default_factory=list)
    at: int = field(default=0, compare=False, kw_only=True)


def test_it_is_made_as_the_standard_library_would() -> None:
    for arguments, named in (((1,), {}), ((1, "x"), {"at": 3}), ((), {"left": 2, "more": [1]})):
        ours, theirs = Pair(*arguments, **named), Model(*arguments, **named)
        assert dataclasses.asdict(ours) == dataclasses.asdict(theirs)
        assert {f.name: f.compare for f in dataclasses.fields(ours)} == {
            f.name: f.compare for f in dataclasses.fields(theirs)
        }
    assert Pair(1).more is not Pair(1).more
    for arguments, named in (((), {}), ((1, "x", [], 4), {}), ((1,), {"nothing": 2}), ((1,), {"left": 1})):
        for kind in (Pair, Model):
            with pytest.raises(TypeError):
                kind(*arguments, **named)


def test_equality_and_hash_leave_out_what_does_not_compare() -> None:
    assert Pair(1, at=3) == Pair(1, at=4) != Pair(2)
    assert Pair(1) != Model(1) and Pair(1) != 1
    assert hash(Base(at=3)) == hash(Base(at=4)) == hash(())
    with pytest.raises(TypeError, match="unhashable"):
        hash(Pair(1))
    name = ast.Name("a")
    assert {name: 1}[ast.Name("a")] == 1


def test_nothing_can_be_changed() -> None:
    pair = Pair(1)
    with pytest.raises(dataclasses.FrozenInstanceError):
        pair.left = 2  # type: ignore[misc]
    with pytest.raises(dataclasses.FrozenInstanceError):
        del pair.left
    with pytest.raises(AttributeError):
        pair.other = 2  # type: ignore[attr-defined]
    assert not hasattr(pair, "__dict__")
    assert dataclasses.replace(pair, left=5) == Pair(5)


def test_it_is_copied_stored_matched_and_shown() -> None:
    pair = Pair(1, "x", [2], at=7)
    for same in (copy.deepcopy(pair), pickle.loads(pickle.dumps(pair))):
        assert same == pair and same.at == 7 and same.more is not pair.more
    assert repr(pair) == "Pair(left=1, right='x', more=[2])"
    match pair:
        case Pair(left, "x"):
            assert left == 1
        case _:
            raise AssertionError("it does not match")


def test_only_frozen_classes_with_slots_are_made() -> None:
    with pytest.raises(TypeError):
        dataclass(frozen=False, slots=True)


def test_every_tree_type_can_be_made() -> None:
    """Each class's own methods are written, and say what `fields` says."""
    kinds = [
        kind
        for module in (ast, checked)
        for kind in vars(module).values()
        if isinstance(kind, type) and kind.__module__.startswith(f"{module.__name__}.")
    ]
    assert len(kinds) > 150
    for kind in kinds:
        assert dataclasses.is_dataclass(kind)
        given = {f.name: f.name for f in dataclasses.fields(kind)}
        made, again = kind(**given), kind(**given)
        assert all(getattr(made, name) == name for name in given)
        assert made == again and hash(made) == hash(again)
