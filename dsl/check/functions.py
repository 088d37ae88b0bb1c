"""How values are written, and the functions of the language where the checker looks for them."""

from __future__ import annotations

from sojourn.dsl.functions import FUNCTIONS, PLAIN_NAMES, Signature

__all__ = ["EXAMPLES", "FUNCTIONS", "PLAIN_NAMES", "Signature"]

EXAMPLES = {
    "text": '"shoes"',
    "number": "12.5",
    "integer": "3",
    "boolean": "true",
    "date": "2026-11-23",
    "time": "9:00",
    "datetime": "2026-11-23 9:00",
    "duration": "3 days",
    "money": "20 EUR",
    "percent": "15%",
    "email": '"ada@example.com"',
    "phone": '"+33612345678"',
    "url": '"https://example.com"',
    "country": '"DE"',
    "language": '"en"',
    "timezone": '"Europe/Paris"',
    "location": "location(48.86, 2.35)",
    "list": '["a", "b"]',
    "ref": '"a key"',
}
"""How a value of each kind is written."""
