"""`import sojourn`: what a program can do with a workspace."""

from __future__ import annotations

import subprocess
import sys

import pytest

import sojourn
from sojourn import api
from tests.cli.conftest import Folder, environment


def test_the_names_are_these_and_no_others() -> None:
    assert set(sojourn.__all__) == {*api.__all__, "__version__"}
    for name in api.__all__:
        assert getattr(sojourn, name) is getattr(api, name)
        assert getattr(api, name).__doc__
    assert set(sojourn.__all__) <= set(dir(sojourn))
    with pytest.raises(AttributeError, match="no attribute 'simulat'"):
        _ = sojourn.simulat


def test_a_workspace_is_loaded_tested_and_simulated(shop: Folder) -> None:
    assert sojourn.check(shop.path) == ()
    program = sojourn.load(shop.path)
    assert [result.passed for result in sojourn.run_tests(program)] == [True, True]
    assert [result.name for result in sojourn.run_tests(program, "PLAIN")] == [
        "the plain arm writes after an hour"
    ]
    result = sojourn.simulate(program, shop.path / "events", people_from=shop.path, person="ada@example.com")
    assert result.report.events["cart_abandoned"] == 3
    assert any("cart_rescue started" in line.text for line in result.timeline("ada@example.com"))
    assert sojourn.simulate(program, str(shop.path / "events" / "web.jsonl")).report.people == 3


def test_mistakes_are_raised_with_all_there_is_to_say(shop: Folder) -> None:
    shop.edit("journeys/cart.journey", "exit on purchase", "exit on purchse")
    with pytest.raises(sojourn.Mistakes) as raised:
        sojourn.load(shop.path)
    [finding] = raised.value.findings
    assert (finding.code, finding.candidates) == ("unknown-name", ("purchase",))
    assert str(raised.value).startswith(
        "journeys/cart.journey:11:11: error: There is no event called purchse."
    )
    assert [found.code for found in sojourn.check(shop.path)] == ["unknown-name"]
    with pytest.raises(sojourn.Mistakes, match="There is no folder"):
        sojourn.load(shop.path / "nowhere")


def test_importing_the_package_imports_nothing_else() -> None:
    program = "import sys, sojourn; print(*[m for m in sys.modules if m.startswith('sojourn')])"
    ran = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, env=environment({}))
    assert ran.stdout.split() == ["sojourn"]
