"""`sojourn lint` at the command line: what it shows, how it ends, what it mends and what it leaves alone."""

from __future__ import annotations

import json
import time
from collections.abc import Callable
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from sojourn.cli.app import sojourn

SHOP = """\
profile
  email  email  identity

topic offers  opt in

event cart_abandoned

event purchase

message reminder about offers
  email
    subject "Your cart"
    body    "<p>It is waiting.</p>"
"""

RESCUE = """\
## Whoever leaves a cart hears of it.
journey rescue
  start on cart_abandoned
  again after 7 days
  goal purchase within 10 days

  # A day to think.
  wait 1 day
  wait for purchase, up to 2 days  # or not
    happened
      stop
  send reminder
"""


@pytest.fixture
def shop(tmp_path: Path) -> Path:
    (tmp_path / "shop.journey").write_text(SHOP)
    (tmp_path / "rescue.journey").write_text(RESCUE)
    return tmp_path


def run(*words: object) -> Result:
    return CliRunner().invoke(sojourn, ["lint", *map(str, words)])


def test_a_finding_is_shown_at_its_line_and_the_command_ends_with_1(shop: Path) -> None:
    result = run(shop)
    assert result.exit_code == 1
    assert "rescue.journey:9:12" in result.stdout
    assert "^^^^^^^^ may have happened already" in result.stdout
    assert "1 finding in 1 file." in result.stdout
    assert "`sojourn lint --unsafe-fixes`" in result.stdout


def test_one_line_each_for_logs(shop: Path) -> None:
    result = run(shop, "--plain")
    assert result.stdout.startswith("rescue.journey:9:12: warning: A purchase that comes during `wait 1 day`")
    assert result.stdout.splitlines()[0].endswith("[wait-overtaken]")


def test_as_data_for_programs(shop: Path) -> None:
    told = json.loads(run(shop, "--json").stdout)
    assert told["ok"] is False
    (finding,) = told["findings"]
    assert (finding["code"], finding["severity"], finding["line"]) == ("wait-overtaken", "warning", 9)
    assert finding["fix"]["text"] == " since start"
    assert finding["fix"]["safe"] is False


def test_a_safe_run_leaves_an_unsafe_fix_alone(shop: Path) -> None:
    result = run(shop, "--fix")
    assert result.exit_code == 1
    assert (shop / "rescue.journey").read_text() == RESCUE


def test_an_unsafe_fix_is_an_edit_of_the_text_that_keeps_every_comment(shop: Path) -> None:
    result = run(shop, "--unsafe-fixes")
    assert result.exit_code == 0
    assert "Mended 1 finding in 1 file." in result.stdout
    after = RESCUE.replace("wait for purchase, up to", "wait for purchase since start, up to")
    assert (shop / "rescue.journey").read_text() == after
    assert (shop / "shop.journey").read_text() == SHOP


def test_what_is_allowed_with_a_reason_is_not_shown(shop: Path) -> None:
    reason = "# lint: allow wait-overtaken because an earlier order was another matter"
    (shop / "rescue.journey").write_text(RESCUE.replace("# or not", reason))
    result = run(shop)
    assert result.exit_code == 0
    assert "Nothing to point out. 1 more allowed with a reason." in result.stdout


def test_a_line_of_its_own_above_allows_too(shop: Path) -> None:
    reason = "# lint: allow wait-overtaken because an earlier order was another matter\n"
    (shop / "rescue.journey").write_text(RESCUE.replace("  wait for", f"  {reason}  wait for"))
    assert run(shop).exit_code == 0


def test_another_line_is_not_allowed_by_it(shop: Path) -> None:
    reason = "# lint: allow wait-overtaken because an earlier order was another matter\n"
    (shop / "rescue.journey").write_text(RESCUE.replace("  wait 1 day", f"  {reason}  wait 1 day"))
    assert "wait-overtaken" in run(shop, "--plain").stdout


def test_a_workspace_with_mistakes_is_not_linted(shop: Path) -> None:
    (shop / "rescue.journey").write_text(RESCUE.replace("send reminder", "send remainder"))
    result = run(shop)
    assert result.exit_code == 2
    assert "Nothing was linted: mend the mistakes first." in result.stderr
    assert result.stdout == ""


def test_rules_are_chosen_in_the_workspace(shop: Path) -> None:
    (shop / "sojourn.toml").write_text('[lint]\nignore = ["wait-overtaken"]\n')
    assert run(shop).exit_code == 0
    (shop / "sojourn.toml").write_text('[lint]\nselect = ["learning"]\n')
    assert run(shop).exit_code == 0
    (shop / "sojourn.toml").write_text('[lint.paths]\n"rescue.*" = ["all"]\n')
    assert run(shop).exit_code == 0
    (shop / "sojourn.toml").write_text('[lint.severity]\nwait-overtaken = "error"\n')
    assert ": error: " in run(shop, "--plain").stdout
    (shop / "sojourn.toml").write_text('[lint.severity]\nwait-overtaken = "off"\n')
    assert run(shop).exit_code == 0


@pytest.mark.parametrize(
    ("said", "answer"),
    [
        ('[lint]\nignored = ["all"]', "[lint] has no “ignored” (did you mean ignore?)."),
        (
            '[lint]\nselect = ["wait-overtakn"]',
            "there is no rule “wait-overtakn” (did you mean wait-overtaken?).",
        ),
        ('[lint.severity]\nwait-overtaken = "erorr"', "not “erorr” (did you mean error?)."),
        ("[lint.thresholds]\nwait-overtaken = 3", "wait-overtaken goes by no number; these do: "),
        ('[lint.paths]\n"old/*" = "all"', 'of [lint] is a list, such as ["sms-too-long"].'),
    ],
)
def test_a_setting_that_does_not_exist_is_answered_with_the_nearest(
    shop: Path, said: str, answer: str
) -> None:
    (shop / "sojourn.toml").write_text(said + "\n")
    result = run(shop)
    assert result.exit_code == 2
    assert answer in result.stderr


def test_a_rule_is_explained_and_listed() -> None:
    page = run("--explain", "wait-overtaken").stdout
    assert "Why it hurts:" in page
    assert "wait for purchase since start, up to 2 days" in page
    assert CliRunner().invoke(sojourn, ["explain", "wait-overtaken"]).stdout == page
    assert "wait-overtaken" in run("--list").stdout
    assert "wait-overtaken" in {rule["code"] for rule in json.loads(run("--list", "--json").stdout)}
    wrong = run("--explain", "wait-overtakn")
    assert wrong.exit_code == 2
    assert "Did you mean `sojourn explain wait-overtaken`?" in wrong.stderr


def test_to_lint_the_shop_costs_little_more_than_to_check_it() -> None:
    """Whatever machine it is: both are measured on it, by the work of the processor, and the better of three counts."""
    from sojourn.dsl.lint import LintSettings, lint
    from sojourn.dsl.workspace import compile_folder

    def work(do: Callable[[], object]) -> float:
        begin = time.process_time()
        do()
        return time.process_time() - begin

    shop = Path(__file__).resolve().parents[2] / "examples" / "shop"
    compiled = compile_folder(shop)
    checks = min(work(lambda: compile_folder(shop)) for _ in range(3))
    lints = min(work(lambda: lint(compiled, LintSettings(), 0)) for _ in range(3))
    assert lints < 2 * checks
