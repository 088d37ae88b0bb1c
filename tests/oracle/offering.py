"""What would be offered and recommended to somebody now: by a scan of all that everybody did and was given."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from decimal import Decimal
from typing import Any

from sojourn.dsl import checked as c
from sojourn.dsl.values import HOUR
from tests.oracle.meaning import Look, elapsed, true
from tests.oracle.meaning import value as meaning_of

# ------------------------------------------------------------------ offers


def decided(decision: c.Decision, look: Look) -> list[str]:
    """The offers that a decision picks now, the best first."""
    offers = look.workspace.offers
    fitting = [name for name in decision.offers if fits(offers[name], look)]
    ranks = {
        name: meaning_of(decision.ranks[name], look) if name in decision.ranks else None for name in fitting
    }
    ranked = [name for name in fitting if ranks[name] is not None]
    ranked.sort(key=lambda name: -Decimal(ranks[name]))
    picked = (ranked + [name for name in fitting if ranks[name] is None])[: decision.pick]
    if not picked and decision.otherwise is not None and fits(offers[decision.otherwise], look):
        return [decision.otherwise]
    return picked


def fits(offer: c.Offer, look: Look) -> bool:
    """Whether an offer may be made to somebody now."""
    return (
        true(offer.when, look)
        and true(offer.since, look)
        and true(offer.until, look)
        and (offer.per_person is None or given(offer.name, [look.life]) < offer.per_person)
        and (offer.in_total is None or given(offer.name, look.everybody) < offer.in_total)
    )


def given(offer: str, people: Any) -> int:
    """How often some people were given an offer, in all."""
    return sum(did.kind == "offered" and did.detail["offer"] == offer for who in people for did in who.did)


def shown(variant: c.Variant, names: Iterable[str]) -> list[str]:
    """Which decisions or recommendations the words of a message look at, in the order in which they do."""
    words = " ".join(part.source for part in variant.parts.values())
    places = {name: found.start() for name in names if (found := re.search(rf"\b{name}\b", words))}
    return sorted(places, key=lambda name: places[name])


# --------------------------------------------------------- recommendations


def recommended(recommendation: c.Recommendation, look: Look) -> list[str]:
    """The keys of the rows that are recommended now, the best first."""
    subject = (
        _keys(meaning_of(recommendation.by.subject, look)) if recommendation.by.subject is not None else []
    )
    left_out = set(subject)
    if recommendation.excluded is not None:
        left_out |= set(_seen(recommendation.excluded, look))
    rows = look.workspace.catalogs[recommendation.catalog].rows
    found: list[str] = []
    for ranking in (recommendation.by, recommendation.otherwise):
        ranked = [] if ranking is None else _ranked(ranking, recommendation.catalog, subject, look)
        found += [key for key in ranked if key in rows and key not in left_out and key not in found]
    return found[: recommendation.pick]


def _ranked(ranking: c.Ranking, catalog: str, subject: list[str], look: Look) -> list[str]:
    if ranking.kind == "seen":
        return _seen(ranking, look)
    if ranking.kind == "newest":
        rows = look.workspace.catalogs[catalog].rows
        dated = sorted(key for key, row in rows.items() if row.get(ranking.field))
        return sorted(dated, key=lambda key: str(rows[key][ranking.field]), reverse=True)
    counts: dict[str, int] = {}
    for keys in _of_everybody(ranking, look):
        # Each pair of something that was named and of something else in one event counts.
        times = 1 if ranking.kind == "most" else sum(key in keys for key in subject)
        for key in keys:
            counts[key] = counts.get(key, 0) + (times if key not in subject or ranking.kind == "most" else 0)
    return sorted((key for key, times in counts.items() if times), key=lambda key: (-counts[key], key))


def _of_everybody(ranking: c.Ranking, look: Look) -> Iterator[list[str]]:
    """The rows that each event of anybody names. A sliding window leaves by the hour."""
    statistic = look.workspace.statistics[ranking.statistic]
    begins = elapsed(look.now, ranking.last, -1) // HOUR * HOUR if ranking.last is not None else None
    for who in look.everybody:
        for _, record in who.records:
            if record.event != statistic.event or (begins is not None and record.at < begins):
                continue
            window = statistic.window
            if window is not None and window.since is not None and record.at < window.since:
                continue
            if window is not None and window.until is not None and record.at >= window.until:
                continue
            about = Look(look.workspace, who, look.now, event=record)
            yield _keys(meaning_of(statistic.products, about))


def _seen(ranking: c.Ranking, look: Look) -> list[str]:
    assert ranking.history is not None
    events = meaning_of(ranking.history, look) or ()
    return list(dict.fromkeys(key for keys in events for key in _keys(keys)))


def _keys(found: Any) -> list[str]:
    return list(dict.fromkeys(str(key) for key in found or () if key))
