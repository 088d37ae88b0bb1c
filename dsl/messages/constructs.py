"""What each construct of the grammar is called in a message, with a valid example; what may come, in plain words.

`CONSTRUCTS` is keyed by the names of rules in dsl/grammar/journey.lark; a test finds the states of the parser that
none of them describes.
"""

# ruff: noqa: E501  (an example stays on one line)

from __future__ import annotations

from dataclasses import dataclass

__all__ = ["CONSTRUCTS", "KINDS_OF_NAMES", "TERMINALS", "Construct"]


@dataclass(frozen=True, slots=True)
class Construct:
    """`what` it is ("a start"), and a valid `example`, which may have several lines."""

    what: str
    example: str


def _same(what: str, example: str, *names: str) -> dict[str, Construct]:
    return dict.fromkeys(names, Construct(what, example))


CONSTRUCTS: dict[str, Construct] = {
    "declaration": Construct("a declaration", "event purchase"),
    **_same("`use`", 'use commerce', "use_module", "use_folder"),
    **_same("a profile", "profile\n  email  email  identity", "profile"),
    **_same("an identity", "identity\n  email  one per person", "identity"),
    **_same("a line of the identity", "email  one per person", "one_per_person", "many_per_person"),
    **_same("a schema", "schema Address\n  city  text", "schema"),
    **_same("an event", 'event purchase called "Order Completed"\n  total  money', "event", "called"),
    **_same("a catalog", 'catalog product from csv "products.csv" key sku\n  sku  text', "catalog"),
    **_same("a field", 'email  email  required called "E-Mail"', "field", "default", "_fields"),
    **_same("a type", "loyalty  one of bronze, silver, gold", "plain_type", "list_type", "one_of_type", "ref_type", "_option_names"),
    **_same("a dataset", 'dataset crm\n  holds profile\n  from csv "crm.csv"\n    "E-Mail" to email', "dataset", "_dataset_item"),
    **_same("`holds`", "holds profile, purchase", "holds", "_held_names"),
    **_same("`from`", 'from csv "data/crm.csv"', "source"),
    **_same("`keep`", "keep 13 months", "keep"),
    **_same("a column's mapping", '"Born" to birthday as "DD/MM/YYYY"', "mapping", "conversion"),
    **_same("a merge rule", "merge profile by newest\n  email by crm, web", "merge", "merge_rule", "_field_names", "_dataset_names"),
    **_same("an attribute", "attribute spent = sum of purchase.total", "attribute", "_said_value"),
    **_same("a define", "define loyal = has purchase at least 3 times", "define", "_parameter_names"),
    **_same("an audience", "audience buyers\n  has purchase in last 30 days", "audience", "said_condition"),
    **_same("an audience from a file", 'audience beta from csv "beta.csv"', "static_audience"),
    **_same("a topic", "topic offers opt in", "topic_opt_in", "topic_opt_out", "topic_always"),
    **_same("a message", 'message hello about offers\n  email\n    subject "Hello"\n    body    "<p>Hello</p>"', "message"),
    **_same("a channel of a message", 'email when language is "fr"\n  subject "Bonjour"', "variant", "variant_when"),
    **_same("a text of a message", 'subject "Hello"', "part"),
    **_same("a limit", "limit offers to 3 messages per 7 days", "limit_per", "limit_calendar"),
    **_same("quiet hours", 'quiet hours from 21:00 to 8:00 on sms, push in timezone otherwise "Europe/Paris"', "quiet_hours", "quiet_zone", "drop", "_channel_names"),
    **_same("an offer", 'offer free_shipping\n  title "Free shipping"\n  priority 50', "offer", "_offer_item"),
    **_same("a line of an offer", "at most 2 times per person", "offer_when", "offer_since", "offer_until", "offer_per_person", "offer_in_total", "offer_priority"),
    **_same("a decision", "decision best_offer\n  from free_shipping, ten_percent\n  pick 1 by priority", "decision", "_decision_item"),
    **_same("a line of a decision", "pick 1 by priority", "decision_from", "decision_pick", "decision_otherwise", "_offer_names"),
    **_same("a recommendation", "recommendation popular\n  pick 3 from product\n  by most purchase in last 30 days", "recommendation", "_recommendation_item"),
    **_same("a line of a recommendation", "by most purchase in last 30 days", "recommendation_pick", "recommendation_by", "recommendation_except", "recommendation_otherwise", "ranking_together", "ranking_most", "ranking_plain"),
    **_same("a webhook", 'webhook crm\n  post "https://crm.example.com/rescued"\n  timeout 5 seconds', "webhook", "_webhook_item"),
    **_same("a line of a webhook", "timeout 5 seconds", "webhook_post", "webhook_timeout", "webhook_retries", "webhook_answers"),
    **_same("a journey", "journey welcome\n  start on signup\n  send hello", "journey", "_journey_line", "_setting", "_step"),
    **_same("a start", "start on cart_abandoned where total > 20 EUR", "start_on_event", "start_on_change", "start_entering", "start_leaving", "start_every", "start_at", "start_on_date", "start_once", "for_audience"),
    **_same("`again`", "again after 7 days", "again_never", "again_always", "again_after"),
    **_same("an exit", "exit on purchase", "exit_on", "exit_when"),
    **_same("a goal", "goal purchase within 3 days", "goal"),
    **_same("`times in`", 'times in timezone otherwise "Europe/Paris"', "times_in"),
    **_same("`one per`", "one per cart_id", "one_per"),
    **_same("`existing members`", "existing members enter over 6 hours", "existing_ignored", "existing_enter"),
    **_same("`ends after`", "ends after 30 days", "ends_after"),
    **_same("a wait", "wait 3 days", "wait"),
    **_same("`wait until`", "wait until 9:00 on a weekday", "wait_until", "on_days"),
    **_same("`wait for`", "wait for purchase, up to 1 day", "wait_for", "awaited", "up_to", "since_start", "of_message", "as_name"),
    **_same("`happened` or `timed out`", "wait for purchase, up to 1 day\n  happened\n    stop\n  timed out\n    send last_call", "happened", "timed_out"),
    **_same("`wait for first of`", "wait for first of, up to 2 days\n  purchase\n    stop\n  timed out\n    send last_call", "wait_for_first", "race"),
    **_same("`if`", "if in vips\n  send thanks\nelse\n  stop", "if", "if_failed", "else_if", "else"),
    **_same("`match`", 'match country\n  is "DE", "AT"\n    send hallo\n  otherwise\n    send hello', "match", "case", "otherwise"),
    **_same("a split", "split first_touch\n  50% plain\n    send hello\n  rest holdout\n    stop", "split", "share", "share_rest", "toward_goal", "sticky"),
    **_same("`send`", 'send cart_reminder by email with code = "BACK10"', "send", "expires"),
    **_same("`set`", "set loyalty to silver", "set"),
    **_same("`add`", 'add "rescued" to tags', "add"),
    **_same("`remove`", 'remove "rescued" from tags', "remove"),
    **_same("`call`", "call crm with total = order.total", "call_step"),
    **_same("`emit`", "emit cart_rescued with cart_id = event.cart_id", "emit"),
    **_same("`enter`", "enter winback", "enter"),
    **_same("`stop`", "stop", "stop", "stop_repeating"),
    **_same("`repeat`", "repeat up to 3 times\n  send nudge\n  wait 2 days", "repeat"),
    **_same("what is given", 'code = "BACK10", total = order.total', "argument", "arguments"),
    **_same("a test", 'test "a buyer gets no reminder"\n  at 2026-03-02 10:00\n    purchase total = 59 EUR\n  expect not sent cart_reminder', "test", "_test_item"),
    **_same("what is known at the start of a test", 'profile email = "ada@example.com", loyalty = gold', "given", "assignment"),
    **_same("what a webhook answers in a test", 'webhook crm answers ticket = "T1"', "answers", "fails"),
    **_same("`choose`", "choose plain in first_touch", "choose"),
    **_same("`at`", "at 2026-03-02 10:00\n  purchase total = 59 EUR", "at_moment"),
    **_same("`after`", "after 30 minutes\n  purchase total = 59 EUR", "after_time"),
    **_same("an event that happens", 'purchase total = 59 EUR', "occurs", "change_occurs"),
    **_same("an expectation", 'expect sent cart_reminder by email at 2026-03-02 11:00 with subject containing "waiting"', "expect_sent", "expect_not_sent", "expect_ended", "expect_not_ended", "expect_started", "expect_not_started", "expect_converted", "expect_not_converted", "expect_waiting", "expect_not_waiting", "expect_true", "sent_by", "sent_at", "sent_with", "how_often", "because", "part_containing", "part_is"),
    **_same("a condition", 'country is "DE" and has purchase in last 30 days', "condition", "either", "both", "all", "negation", "missing", "known"),
    **_same("a comparison", "lifetime_value >= 100 EUR", "compare", "equal", "not_equal"),
    **_same("`in`", 'country in "DE", "AT", "CH"', "in_options", "not_in_options", "options", "in_audience", "not_in_audience"),
    **_same("`between`", "total between 10 EUR and 20 EUR", "between", "not_between"),
    **_same("a comparison of texts", 'name starts with "A"', "contains", "starts_with", "ends_with", "matches"),
    **_same("a distance", "home within 5 km of location(48.86, 2.35)", "within_distance"),
    **_same("a question about a list", "any of items where price > 20 EUR", "quantified", "quantifier"),
    **_same("`has`", "has purchase at least 3 times in last 30 days where total > 20 EUR", "has", "has_no", "at_least", "at_most", "exactly"),
    **_same("a sequence", "has product_viewed then no purchase within 2 days", "sequence", "sequence_without", "sequel_within"),
    **_same("a window", "in last 90 days", "window_last", "window_since", "window_between"),
    **_same("`where`", "where total > 20 EUR", "where"),
    **_same("a value", "total + 5 EUR", "plus", "minus", "times", "negative", "list", "value", "product", "path"),
    **_same("a function", "location(48.86, 2.35)", "call"),
    **_same("a summary of events", "sum of purchase.total in last 90 days", "count", "distinct", "summary", "summary_of", "most_common", "last_n", "time_of_first", "time_of_last"),
}  # fmt: skip

KINDS_OF_NAMES = {
    "module_name": "the name of a module",
    "field_name": "the name of a field",
    "type_name": "a type",
    "option_name": "an option",
    "schema_name": "the name of a schema",
    "event_name": "the name of an event",
    "catalog_name": "the name of a catalog",
    "dataset_name": "the name of a dataset",
    "attribute_name": "a name",
    "define_name": "a name",
    "parameter_name": "a name",
    "audience_name": "the name of an audience",
    "topic_name": "the name of a topic",
    "message_name": "the name of a message",
    "channel_name": "a channel (email, sms, push, webhook)",
    "part_name": "a part of the message (subject, body, title, text)",
    "offer_name": "the name of an offer",
    "decision_name": "a name",
    "recommendation_name": "a name",
    "ranking_name": "a ranking (most, newest, bought together with)",
    "webhook_name": "the name of a webhook",
    "journey_name": "the name of a journey",
    "split_name": "the name of a split",
    "arm_name": "the name of an arm",
    "value_name": "a name for the value",
    "day_name": "a day (monday, weekday)",
    "format_name": "a format (csv)",
    "conversion_name": "a conversion (lower, upper, trim)",
    "limited_name": "the name of a topic or a channel",
    "merge_name": "`newest`",
    "calendar_name": "day, week or month",
    "held_name": "`profile` or the name of an event",
    "call_name": "a value",
    "path": "the name of a field",
    "event_path": "an event's field (purchase.total)",
}
"""What a name would be, by the rule that takes it."""

TERMINALS = {
    "TEXT": "a text in quotes",
    "NUMBER": "a number",
    "MONEY": "an amount of money (20 EUR)",
    "PERCENT": "a share (50%)",
    "DURATION": "a length of time (3 days)",
    "DISTANCE": "a distance (5 km)",
    "DATE": "a date (2026-11-23)",
    "CLOCK": "a clock time (9:00)",
    "MOMENT": "a moment (2026-11-23 9:00)",
    "COMPARE": "`>`, `>=`, `<` or `<=`",
    "TIMES_OR_OVER": "`*` or `/`",
    "DOTTED": "the name of a field",
    "+": "`+`",
    "-": "`-`",
    "=": "`=`",
    "(": "`(`",
    ")": "`)`",
    "[": "`[`",
    "]": "`]`",
    ",": "a comma",
    "_IN_LAST": "`in last`",
    "_WINDOW_BETWEEN": "`between`",
    "_SINCE_START": "`since start`",
    "_UP_TO": "`up to`",
    "_ARG_COMMA": "a comma and the next `name = value`",
    "_IS_NOT": "`is not`",
    "_NOT_IN": "`not in`",
    "_NOT_BETWEEN": "`not between`",
    "_AT_LEAST": "`at least`",
    "_AT_MOST": "`at most`",
    "_WITHIN_DISTANCE": "`within` a distance",
}
"""What may come, in the author's words. What only marks a place has none."""
