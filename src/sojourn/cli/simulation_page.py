"""A simulation as one HTML file that needs nothing else: no network, no script, light and dark."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Mapping, Sequence
from html import escape
from pathlib import Path
from typing import TYPE_CHECKING

from sojourn.cli import charts
from sojourn.cli.exits import Failure
from sojourn.cli.output import counted, number
from sojourn.dsl.picture import drawing
from sojourn.dsl.values import DAY, to_datetime
from sojourn.interpreter.simulation.pictured import counted as counts_of
from sojourn.interpreter.simulation.pictured import wilson

if TYPE_CHECKING:
    from sojourn.dsl import checked
    from sojourn.dsl.source import SourceFile
    from sojourn.interpreter.simulation.report import JourneyReport, Report

__all__ = ["page", "write_page", "write_pictures"]

_STYLE = """\
:root{--paper:#fff;--ink:#1f2430;--dim:#5b6472;--line:#dfe3ea;--soft:#f6f7f9;--accent:#2563eb;--good:#15803d;
--c0:#2563eb;--c1:#0e9f9a;--c2:#c026d3;--c3:#d97706;--c4:#64748b;--c5:#dc2626}
@media (prefers-color-scheme:dark){:root{--paper:#14171d;--ink:#e6e9ef;--dim:#9aa4b2;--line:#2c3340;--soft:#1b2029;
--accent:#7aa8ff;--good:#5fd08a;--c0:#6b9dff;--c1:#4fd1c5;--c2:#e58cf0;--c3:#f0b45a;--c4:#94a3b8;--c5:#ff8a8a}}
*{box-sizing:border-box}
body{margin:0;background:var(--paper);color:var(--ink);
font:15px/1.55 Inter,"Segoe UI",Roboto,Helvetica,Arial,sans-serif}
main{max-width:1040px;margin:0 auto;padding:40px 28px 80px}
h1{font-size:26px;margin:0 0 2px;letter-spacing:-.01em}
h2{font-size:19px;margin:52px 0 4px;padding-top:18px;border-top:1px solid var(--line)}
h3{font-size:15px;margin:28px 0 8px}
p{margin:4px 0 14px}.dim{color:var(--dim)}code{font:13px ui-monospace,Menlo,Consolas,monospace}
.tiles{display:flex;flex-wrap:wrap;gap:12px;margin:24px 0 8px}
.tile{background:var(--soft);border:1px solid var(--line);border-radius:10px;padding:12px 18px;min-width:132px}
.tile b{display:block;font-size:22px;font-weight:650;letter-spacing:-.01em}.tile span{color:var(--dim);font-size:13px}
.plot{width:100%;height:auto;display:block;overflow:visible}.plot text{fill:var(--ink);font-size:13px}
.plot .axis{fill:var(--dim);font-size:11.5px}.plot .grid{stroke:var(--line)}
.c0{fill:var(--c0)}.c1{fill:var(--c1)}.c2{fill:var(--c2)}.c3{fill:var(--c3)}.c4{fill:var(--c4)}.c5{fill:var(--c5)}
.plot .range{stroke:var(--accent);stroke-width:3;opacity:.45}.plot .end{stroke:var(--accent);opacity:.6}
.plot .point{fill:var(--accent)}
.key{display:flex;gap:18px;font-size:13px;color:var(--dim);margin:2px 0 6px}
.key i{display:inline-block;width:10px;height:10px;border-radius:2px;margin-right:6px}
.k0{background:var(--c0)}.k1{background:var(--c1)}.k2{background:var(--c2)}
.k3{background:var(--c3)}.k4{background:var(--c4)}.k5{background:var(--c5)}
.wide{overflow-x:auto;border:1px solid var(--line);border-radius:10px;margin:12px 0}
table{border-collapse:collapse;width:100%;font-size:14px}
th{text-align:left;font-weight:600;color:var(--dim);font-size:12.5px}
th,td{padding:6px 14px 6px 0;border-bottom:1px solid var(--line);vertical-align:top}
td.n,th.n{text-align:right;font-variant-numeric:tabular-nums;white-space:nowrap}
nav{font-size:14px;margin:16px 0 0}
nav a{color:var(--accent);text-decoration:none;margin-right:16px}
nav a:hover{text-decoration:underline}
footer{margin-top:60px;color:var(--dim);font-size:13px}
.scroll{overflow-x:auto}nav a{display:inline-block}
@media (max-width:720px){main{padding:24px 16px 60px}.plot{width:680px}
.tile{flex:1 1 120px;min-width:0;padding:10px 14px}
h2{margin-top:36px}table{font-size:13px}td,th{padding-right:8px}}
@media print{main{max-width:none}.wide{overflow:visible}}
"""


def page(report: Report, title: str, sources: Mapping[str, SourceFile], made_of: str) -> str:
    """The page. `title` names the workspace; `made_of` says what was played, as a sentence."""
    body = "\n".join(_body(report, title, sources, made_of))
    return (
        '<!doctype html>\n<html lang="en">\n<head>\n<meta charset="utf-8">\n'
        '<meta name="viewport" content="width=device-width, initial-scale=1">\n'
        '<meta name="color-scheme" content="light dark">\n'
        f"<title>{_t(title)}: simulation</title>\n<style>\n{_STYLE}</style>\n</head>\n"
        f"<body><main>\n{body}\n</main></body>\n</html>\n"
    )


def write_page(
    path: Path, report: Report, title: str, sources: Mapping[str, SourceFile], made_of: str
) -> None:
    """Writes the page. Raises Failure when that is not possible."""
    _write(path, page(report, title, sources, made_of))


def write_pictures(folder: Path, report: Report, sources: Mapping[str, SourceFile]) -> None:
    """Writes a picture for each journey, `NAME.svg`. Raises Failure when that is not possible."""
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise Failure(f"{folder} cannot be made: {error.strerror}.") from error
    for name, journey in report.journeys.items():
        declared = report.workspace.journeys[name]
        _write(folder / f"{name}.svg", drawing(declared, sources, counts_of(declared, journey)))


def _scrolled(plot: str) -> str:
    """A plot that keeps its size on a phone, and can be moved sideways there."""
    return f'<div class="scroll">{plot}</div>'


def _write(path: Path, text: str) -> None:
    try:
        path.write_text(text, encoding="utf-8")
    except OSError as error:
        raise Failure(f"{path} cannot be written: {error.strerror}.") from error


def _body(report: Report, title: str, sources: Mapping[str, SourceFile], made_of: str) -> Iterator[str]:
    yield f"<h1>{_t(title)}</h1>"
    if report.first is None or report.last is None:
        yield "<p>Nothing happened: there was no event that could be played.</p>"
        yield from _set_aside(report)
        return
    first, last = to_datetime(report.first), to_datetime(report.last)
    yield f'<p class="dim">{_t(f"What would have happened from {_date(first)} to {_date(last)}. {made_of}")}</p>'
    yield from _tiles(report)
    names = [name for name, journey in report.journeys.items() if journey.started]
    places = [("messages", "Messages"), *((name, name) for name in names), ("withheld", "Not sent")]
    if report.audiences:
        places.append(("audiences", "Audiences"))
    links = "".join(f'<a href="#{_t(place)}">{_t(said)}</a>' for place, said in places)
    yield f"<nav>{links}</nav>"
    yield from _messages(report)
    for name, journey in report.journeys.items():
        yield from _journey(report.workspace.journeys[name], journey, sources)
    yield from _withheld(report)
    yield from _audiences(report)
    yield from _set_aside(report)
    stopped = (
        f"The clock stopped on {_date(to_datetime(report.ended_at or report.last))}: {report.ended_because}."
    )
    yield f"<footer>{_t(stopped)} Nothing was sent and nothing was stored. Days are those of UTC.</footer>"


def _tiles(report: Report) -> Iterator[str]:
    runs = sum(journey.started for journey in report.journeys.values())
    with_goal = sum(
        journey.started
        for name, journey in report.journeys.items()
        if report.workspace.journeys[name].goal is not None
    )
    converted = sum(journey.converted for journey in report.journeys.values())
    tiles = [
        (number(report.people), "person" if report.people == 1 else "people"),
        (number(sum(report.events.values())), "events"),
        (number(runs), "runs of journeys"),
        (number(report.messages), "messages sent"),
        (number(sum(w.count for w in report.withheld.values() if not w.held)), "messages not sent"),
    ]
    if with_goal:
        tiles.append((f"{converted / with_goal:.1%}", f"of {number(with_goal)} runs reached their goal"))
    shown = "".join(f'<div class="tile"><b>{value}</b><span>{_t(what)}</span></div>' for value, what in tiles)
    yield f'<div class="tiles">{shown}</div>'


# ---------------------------------------------------------------- messages


def _messages(report: Report) -> Iterator[str]:
    yield '<h2 id="messages">Messages</h2>'
    if not report.sent_by_day:
        yield "<p>No message was sent.</p>"
        return
    by_day = {to_datetime(day * DAY).date(): channels for day, channels in report.sent_by_day.items()}
    totals: dict[str, int] = {}
    for channels in by_day.values():
        for channel, count in channels.items():
            totals[channel] = totals.get(channel, 0) + count
    kinds = sorted(totals, key=lambda channel: (-totals[channel], channel))
    yield "<h3>Each day</h3>"
    key = "".join(
        f'<span><i class="k{n % 6}"></i>{_t(kind)} {number(totals[kind])}</span>'
        for n, kind in enumerate(kinds)
    )
    yield f'<div class="key">{key}</div>'
    days: dict[dt.date, Mapping[str, int]] = dict(by_day)
    yield _scrolled(charts.days(days, kinds))
    yield "<h3>For each person</h3>"
    average = report.messages / report.people if report.people else 0
    most = max(report.per_person)
    reached = report.people - report.per_person.get(0, 0)
    said = (
        f"{number(reached)} of {counted(report.people, 'person')} were sent at least one; "
        f"{average:.1f} on average, {number(most)} at most."
    )
    yield f'<p class="dim">{_t(said)} How many people were sent how many:</p>'
    yield _scrolled(charts.bars(report.per_person, "people"))


# ---------------------------------------------------------------- journeys


def _journey(
    declared: checked.Journey, journey: JourneyReport, sources: Mapping[str, SourceFile]
) -> Iterator[str]:
    yield f'<h2 id="{_t(journey.name)}">{_t(journey.name)}</h2>'
    if declared.description:
        yield f'<p class="dim">{_t(declared.description)}</p>'
    if not journey.started:
        yield "<p>Nobody entered it.</p>"
        return
    said = [f"{number(journey.started)} started", f"{counted(journey.messages, 'message')} sent"]
    if journey.running:
        said.append(f"{number(journey.running)} still in it")
    if declared.goal is not None:
        low, high = wilson(journey.converted, journey.started)
        said.append(
            f"{number(journey.converted)} reached the goal "
            f"({journey.converted / journey.started:.1%}, most likely between {low:.1%} and {high:.1%})"
        )
    ended = sorted(journey.ended.items(), key=lambda item: (-item[1], item[0]))
    yield f"<p>{_t(' · '.join(said))}</p>"
    if declared.goal is not None:
        yield from _arms(journey)
    yield f'<div class="wide">{drawing(declared, sources, counts_of(declared, journey))}</div>'
    if ended:
        ways = ", ".join(
            f"{number(runs)} {'came to the end' if because == 'finished' else f'by “{because}”'}"
            for because, runs in ended
        )
        yield f'<p class="dim">How it ended: {_t(ways)}.</p>'
    if journey.failed:
        rows = [(failure.step, failure.because, number(failure.count)) for failure in journey.failed.values()]
        yield "<h3>Steps that failed</h3>"
        yield _table(("step", "because", "how often"), rows, 1)


def _arms(journey: JourneyReport) -> Iterator[str]:
    for split, arms in journey.splits.items():
        goals = journey.converted_by_arm.get(split, {})
        found = [
            charts.Rate(arm, goals.get(arm, 0), runs, *wilson(goals.get(arm, 0), runs))
            for arm, runs in sorted(arms.items(), key=lambda item: (-item[1], item[0]))
        ]
        yield f"<h3>Conversions by arm of {_t(split)}</h3>"
        yield '<p class="dim">The line shows where the true rate lies with 95% confidence (Wilson’s interval): '
        yield f"{_t(_verdict(found))}</p>"
        yield _scrolled(charts.rates(found))


def _verdict(found: Sequence[charts.Rate]) -> str:
    """What the intervals allow to say of the arms."""
    known = [rate for rate in found if rate.of]
    if len(known) < 2:
        return "there is nothing to compare."
    best = max(known, key=lambda rate: rate.hits / rate.of)
    if all(best.low > rate.high for rate in known if rate is not best):
        return f"{best.label} does better than the others."
    return "as long as the lines overlap, one arm may be better than another by chance."


# --------------------------------------------------------------- the others


def _withheld(report: Report) -> Iterator[str]:
    yield '<h2 id="withheld">Not sent, and why</h2>'
    if not report.withheld:
        yield "<p>Everything that a journey sent went out.</p>"
        return
    rows = []
    for entry in sorted(report.withheld.values(), key=lambda e: (-e.count, e.message, e.because)):
        because = f"held: {entry.because}" if entry.held else entry.because
        examples = ", ".join(key for _, key in entry.examples)
        rows.append((entry.message, because, examples, number(entry.count), number(len(entry.whom))))
    yield _table(("message", "because", "for instance", "how often", "people"), rows, 2)


def _audiences(report: Report) -> Iterator[str]:
    if not report.audiences:
        return
    yield '<h2 id="audiences">Audiences</h2>'
    yield '<p class="dim">Members when the last event had been taken in, and who came and went.</p>'
    rows = [
        (a.name, number(a.at_last_event), number(a.entered), number(a.left))
        for a in report.audiences.values()
    ]
    yield _table(("audience", "members", "came", "went"), rows, 3)


def _set_aside(report: Report) -> Iterator[str]:
    if not report.rejected:
        return
    yield "<h2>Records set aside</h2>"
    rows = [
        (setback.reason, setback.examples[0][:160] if setback.examples else "", number(setback.count))
        for setback in sorted(report.rejected.values(), key=lambda s: (-s.count, s.reason))
    ]
    yield _table(("because", "for instance", "how many"), rows, 1)


def _table(heads: Sequence[str], rows: Sequence[Sequence[str]], numbers: int) -> str:
    """A table whose last columns are numbers."""
    plain = len(heads) - numbers

    def cells(tag: str, row: Sequence[str]) -> str:
        return "".join(
            f"<{tag}{' class=n' if n >= plain else ''}>{_t(cell)}</{tag}>" for n, cell in enumerate(row)
        )

    lines = "".join(f"<tr>{cells('td', row)}</tr>" for row in rows)
    return f"<table><thead><tr>{cells('th', heads)}</tr></thead><tbody>{lines}</tbody></table>"


def _date(moment: dt.datetime) -> str:
    return f"{moment.day} {moment:%B %Y}"


def _t(text: object) -> str:
    return escape(str(text), quote=True)
