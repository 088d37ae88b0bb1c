"""The conformance suite's cases of several people and of records as they come: see records.py."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.conformance.playing import unknown_to_the_oracle
from tests.conformance.records import Case, cases, play_by_oracle, play_live, play_simulated
from tests.oracle.playing import difference, quick_folder
from tests.oracle.telling import without_ties

HERE = Path(__file__).parent
CASES = [case for path in sorted(HERE.glob("*/*.people")) for case in cases(path)]


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.id)
def test_case(case: Case) -> None:
    assert any(line.startswith("= ") for line in case.lines), "a case expects something"
    with quick_folder() as folder:
        live = play_live(case, folder / "store.db")
    assert not live.failures, f"live: {live.failures}"
    if case.is_live_alone:
        return
    if case.is_in_time:
        simulated = play_simulated(case)
        assert not simulated.failures, f"the simulator: {simulated.failures}"
        found = difference(without_ties(simulated.told), without_ties(live.told))
        assert not found, found
    if case.id not in unknown_to_the_oracle():
        obvious = play_by_oracle(case)
        assert not obvious.failures, f"the oracle: {obvious.failures}"
        found = difference(without_ties(obvious.told), without_ties(live.told))
        assert not found, found


def test_the_oracle_does_not_know_some_yet() -> None:
    """A line of oracle_does_not_know.txt that is not needed any more is to be taken out."""
    for case in CASES:
        if case.id in unknown_to_the_oracle():
            assert not known(case), (
                f"the oracle knows this now: take it out of oracle_does_not_know.txt: {case.id}"
            )


def known(case: Case) -> bool:
    """Whether the oracle plays a case as the live engine does."""
    with quick_folder() as folder:
        live = play_live(case, folder / "store.db")
    try:
        obvious = play_by_oracle(case)
    except Exception:  # it met something that it has never heard of
        return False
    return not obvious.failures and not difference(without_ties(obvious.told), without_ties(live.told))


def test_a_case_has_a_name_of_its_own() -> None:
    names = [case.id for case in CASES]
    assert len(names) == len(set(names))
    assert len(names) >= 82
