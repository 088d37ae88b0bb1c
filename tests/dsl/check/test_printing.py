"""`--print program`: a checked workspace as plain data."""

from __future__ import annotations

import json

from sojourn.dsl.print_checked import to_data

TEXT = """\
attribute spent = sum of purchase.total in last 90 days

audience chosen
  spent > 20.50 EUR and birthday > 2000-01-01
"""


def test_a_workspace_can_be_written_as_json(shop) -> None:
    data = to_data(shop(TEXT).workspace)
    assert json.loads(json.dumps(data)) == data
    compare = data["audiences"]["chosen"]["condition"]["terms"][0]
    assert compare == {
        "node": "Compare",
        "type": "boolean",
        "op": ">",
        "left": {"node": "AttributeValue", "type": "money", "name": "spent"},
        "right": {"node": "Constant", "type": "money", "value": "20.50 EUR"},
    }


def test_places_are_shown_when_asked_for(shop) -> None:
    data = to_data(shop(TEXT).workspace, spans=True)
    path, line, column = data["audiences"]["chosen"]["span"].split(":")
    assert path == "main.journey" and int(line) > 10 and int(column) == 1


def test_what_means_the_same_prints_the_same(shop) -> None:
    spaced = TEXT.replace("sum of", "sum   of").replace("audience", "\n# a comment\naudience")
    assert to_data(shop(TEXT).workspace) == to_data(shop(spaced).workspace)
