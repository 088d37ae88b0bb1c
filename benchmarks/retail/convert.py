"""The invoices as events on the wire: `python -m benchmarks.retail.convert INVOICES.csv.gz EVENTS.jsonl`.

The file's times have no zone: they are those of the shop, Europe/London. Countries become ISO 3166 codes; what
names no single country ("European Community") is left out.
"""

from __future__ import annotations

import csv
import datetime as dt
import gzip
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import orjson

__all__ = ["FOLDER", "records", "write_events"]

FOLDER = Path(__file__).resolve().parent
"""The workspace."""

_LONDON = ZoneInfo("Europe/London")

_COUNTRIES = {
    "Australia": "AU", "Austria": "AT", "Bahrain": "BH", "Belgium": "BE", "Brazil": "BR", "Canada": "CA",
    "Cyprus": "CY", "Czech Republic": "CZ", "Denmark": "DK", "EIRE": "IE", "Finland": "FI", "France": "FR",
    "Germany": "DE", "Greece": "GR", "Iceland": "IS", "Israel": "IL", "Italy": "IT", "Japan": "JP",
    "Lebanon": "LB", "Lithuania": "LT", "Malta": "MT", "Netherlands": "NL", "Norway": "NO", "Poland": "PL",
    "Portugal": "PT", "RSA": "ZA", "Saudi Arabia": "SA", "Singapore": "SG", "Spain": "ES", "Sweden": "SE",
    "Switzerland": "CH", "USA": "US", "United Arab Emirates": "AE", "United Kingdom": "GB",
}  # fmt: skip


def records(invoices: Path) -> Iterator[dict[str, Any]]:
    """Each invoice as a record, in the order of the file, which is that of time."""
    with gzip.open(invoices, "rt", encoding="utf-8", newline="") as lines:
        for row in csv.DictReader(lines):
            moment = dt.datetime.fromisoformat(row["ts"]).replace(tzinfo=_LONDON).astimezone(dt.UTC)
            profile = {"customer_id": row["customer_id"]}
            if row["country"] in _COUNTRIES:
                profile["country"] = _COUNTRIES[row["country"]]
            yield {
                "event": "Order" if row["type"] == "order" else "Cancellation",
                "id": row["invoice"],
                "time": moment.strftime("%Y-%m-%dT%H:%M:%SZ"),
                "profile": profile,
                "properties": {
                    "invoice": row["invoice"],
                    "lines": int(row["lines"]),
                    "units": int(row["units"]),
                    "amount": f"{row['amount']} GBP",
                },
            }


def write_events(invoices: Path, events: Path) -> int:
    """Writes the JSON lines that `sojourn simulate` and `sojourn run` read; returns how many."""
    count = 0
    with events.open("wb") as out:
        for record in records(invoices):
            out.write(orjson.dumps(record) + b"\n")
            count += 1
    return count


if __name__ == "__main__":
    if len(sys.argv) != 3:
        raise SystemExit(__doc__)
    print(f"{write_events(Path(sys.argv[1]), Path(sys.argv[2])):,} events")
