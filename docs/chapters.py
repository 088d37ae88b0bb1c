"""Which chapter of the reference each code of a mistake belongs to; a test finds a code that is in none."""

from __future__ import annotations

__all__ = ["CHAPTERS", "FUNCTIONS", "GRAMMAR", "anchor", "chapter_of"]

FUNCTIONS = "Functions"

_TEXT = """
no-files no-folder file-encoding file-unreadable file-missing unknown-module
tab uneven-indent indented-start not-indented too-far-right block-missing block-not-here incomplete-block too-deep
unclosed-text unclosed-bracket other-quotes other-sign stray-character letter-in-name colon-at-end equals-sign
hyphen-in-name hyphen-between-words capital-letters
unknown-declaration unknown-word missing-word name-in-quotes line-not-here not-here line-ends-early joint-missing
other-words send-at-once one-event-a-line since-start-here else-if-failed
said-twice
currency-sign number-with-comma unknown-unit half-a-time
not-a-currency no-such-date part-of-a-month no-time-at-all too-long
declared-twice reserved-name built-in-name name-taken wrong-kind
"""
_CONDITIONS = """
unknown-name unknown-field unknown-option ambiguous-name no-parts
bare-audience bare-event event-by-name event-field-here event-of-wait
no-event-here whole-event event-fields-differ where-sees-event
text-needs-quotes money-needs-currency percent-needs-sign other-comparison
cannot-compare no-order same-on-both-sides empty-range always-true cannot-calculate division-by-zero hours-of-a-date
not-a-condition empty-condition list-never-missing inexact-now needs-text needs-location bad-pattern pattern-worked-out
not-a-list list-needs-position chosen-when-needed group-of-what group-incomplete
"""
_FUNCTIONS = """
unknown-function wrong-arguments wrong-argument function-needs-brackets no-such-place
unknown-holidays unknown-region no-country bad-pattern-of-date not-a-catalog no-location-field
"""
_MESSAGE = """
message-without-channel unknown-channel no-such-channel channel-twice unknown-part missing-part empty-part no-address
template-syntax unknown-variable define-in-template unknown-filter value-not-given not-in-a-message
template-file-missing template-which-file template-circle template-extends-first template-no-block
template-outside-blocks template-sees-nothing template-no-macro template-no-argument
"""
_JOURNEYS = """
journey-without-start journey-without-steps setting-twice setting-after-step bad-run-key no-fallback-zone
unknown-wait unknown-day how-many-working-days country-of-what
moment-with-time never-timed-out empty-block shares empty-share two-rests unknown-arm
set-identifier not-settable required-value nothing-to-fail
"""

CHAPTERS: dict[str, tuple[str, ...]] = {
    title: tuple(codes.split())
    for title, codes in {
        "The shape of the text": _TEXT,
        "profile": "block-twice wire-name-twice two-types two-wire-names unknown-type type-is-catalog cannot-identify "
        "not-a-value does-not-fit not-a-fixed-value",
        "identity": "identity-elsewhere not-an-identifier identifier-without-strength",
        "schema, event, catalog": "bad-catalog-key missing-column empty-cell bad-cell too-many-cells broken-row "
        "key-twice",
        "dataset": "dataset-without-source unknown-source unknown-conversion bad-date-pattern window-longer-than-kept",
        "merge": "unknown-merge rule-twice",
        "attribute": "history-in-history needs-a-field cannot-add-up how-many-last window-too-short window-needs-date",
        "define": "circle",
        "Conditions": _CONDITIONS,
        FUNCTIONS: _FUNCTIONS,
        "Sequences": "sequence-within sequence-times",
        "audience": "list-without-identifier",
        "message": _MESSAGE,
        "limit": "cannot-be-limited limit-absurd unknown-calendar",
        "quiet hours": "unknown-quiet-channel quiet-all-day quiet-without-zone",
        "offer, decision": "offer-needs-date how-many-picked",
        "recommendation": "unknown-ranking which-event which-product one-product no-such-subject no-date-in-catalog "
        "except-what nothing-to-go-by",
        "Journeys": _JOURNEYS,
        "Waiting for the first of several": "one-alternative never-first",
        "Splits that learn, and that stick": "no-goal-to-move-toward one-arm",
        "webhook and call": "webhook-without-post long-timeout many-retries",
        "Reactions": "not-a-reaction",
        "Lists, own events, other journeys, repeating": "not-a-list-field enters-itself enters-without-event "
        "loop-without-wait empty-repeat bad-rounds not-in-a-loop",
        "Starts at a fixed time": "unknown-occasion",
        "Starts on a date of the person": "not-a-persons-date",
        "Events about the business": "event-of-nobody change-for-nobody change-of-what",
        "Existing members": "no-members",
        "Tests": "test-expects-nothing",
        "Several people": "says-not-who happens-to-nobody",
        "What becomes of messages and calls": "unknown-reaction",
        "Tables of cases": "row-length unknown-column other-cell needs-a-cell no-table not-a-cell",
    }.items()
}
"""The codes by the heading in docs/language.md, in the order in which they are told there."""

GRAMMAR: dict[str, tuple[str, ...]] = {
    title: tuple(rules.split())
    for title, rules in {
        "The shape of the text": "use",
        "profile": "profile field modifier called type",
        "identity": "identity",
        "schema, event, catalog": "schema event catalog",
        "dataset": "dataset",
        "merge": "merge",
        "attribute": "attribute aggregate aggregated window instant",
        "define": "define",
        "Conditions": "condition both negation comparison options history quantity where value product factor atom",
        FUNCTIONS: "call given_value",
        "Sequences": "sequel",
        "audience": "audience",
        "topic": "topic",
        "message": "message",
        "limit": "limit",
        "quiet hours": "quiet_hours",
        "offer, decision": "offer decision",
        "recommendation": "recommendation ranking",
        "Journeys": "journey _setting _step awaited arguments",
        "webhook and call": "webhook",
        "Tests": "test sent_detail called_detail part_check",
    }.items()
}
"""The rules of the grammar (dsl/grammar/journey.lark) that a chapter shows."""


def chapter_of(code: str) -> str:
    """The heading that a code stands under. Raises LookupError for one that has none."""
    for title, codes in CHAPTERS.items():
        if code in codes:
            return title
    raise LookupError(f"{code} stands in no chapter: give it one in docs/chapters.py")


def anchor(title: str) -> str:
    """How a heading is linked to."""
    kept = "".join(char for char in title.lower() if char.isalnum() or char in " -_")
    return kept.replace(" ", "-")
