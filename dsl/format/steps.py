"""Journeys and tests as text."""

from __future__ import annotations

from collections.abc import Sequence

from sojourn.dsl import ast
from sojourn.dsl.format.expressions import Words, path, times
from sojourn.dsl.format.page import Page

__all__ = ["Steps"]

_KINDS_OF_DAYS = ("weekday", "weekend", "working day")


class Steps:
    """Prints journeys and tests on a page."""

    def __init__(self, page: Page, words: Words) -> None:
        self.page = page
        self.words = words

    # ----------------------------------------------------------- journeys

    def journey(self, node: ast.Journey) -> None:
        """A journey: its settings, an empty line, its steps."""
        self.page.lines(node, [f"journey {node.name}"], 0, node.description)
        for setting in node.settings:
            self.page.lines(setting, self._setting(setting), 2)
        if node.settings and node.steps:
            self.page.blank()
        self.block(node.steps, 2)
        self.page.comments(node.trailing, 2)

    def block(self, steps: Sequence[ast.Step], indent: int) -> None:
        """Steps below each other; an empty line of the author's between two of them stays."""
        for number, step in enumerate(steps):
            if number and self.page.spaced(step):
                self.page.blank()
            self._step(step, indent)

    def _setting(self, node: ast.Setting) -> list[str]:
        say = self.words
        match node:
            case ast.StartOnEvent():
                audience = f" for {node.audience}" if node.audience is not None else ""
                alias = f" as {node.alias}" if node.alias is not None else ""
                return self._with_where(f"start on {node.event}{audience}", node.where, alias, 2)
            case ast.StartOnChange():
                audience = f" for {node.audience}" if node.audience is not None else ""
                return self._with_where(f"start on change of {path(node.of)}{audience}", node.where, "", 2)
            case ast.StartOnAudience():
                said = f"start when {'entering' if node.entering else 'leaving'} {node.audience}"
            case ast.StartOnSchedule():
                if node.moment is not None:
                    said = f"start at {say.value(node.moment)} for {node.audience}"
                else:
                    at = f" at {say.value(node.at)}" if node.at is not None else ""
                    said = f"start every {node.every}{at} for {node.audience}"
            case ast.StartOnDate():
                at = f" at {say.value(node.at)}" if node.at is not None else ""
                said = f"start {'once ' if node.once else ''}on {say.value(node.date)}{at}"
            case ast.Again():
                said = (
                    f"again after {say.value(node.after)}" if node.after is not None else f"again {node.mode}"
                )
            case ast.ExitOnEvent():
                return self._with_where(f"exit on {node.event}", node.where, "", 2)
            case ast.ExitWhen():
                return say.lines("exit when ", node.condition, 2)
            case ast.Goal():
                within = f" within {say.value(node.within)}" if node.within is not None else ""
                return self._with_where(f"goal {node.event}", node.where, within, 2)
            case ast.Times():
                zone = say.text(node.zone, 0) if isinstance(node.zone, ast.Text) else path(node.zone)
                other = f" otherwise {say.text(node.otherwise, 0)}" if node.otherwise is not None else ""
                said = f"times in {zone}{other}"
            case ast.OnePer():
                said = f"one per {path(node.key)}"
            case ast.ExistingMembers():
                over = f" over {say.value(node.over)}" if node.over is not None else ""
                said = f"existing members {node.mode}{over}"
            case ast.EndsAfter():
                said = f"ends after {say.value(node.duration)}"
        return [f"  {said}"]

    def _with_where(self, head: str, where: ast.Expr | None, tail: str, indent: int) -> list[str]:
        """A line with a `where` that goes on over its line's end, and what follows the `where`."""
        if where is None:
            return [" " * indent + head + tail]
        lines = self.words.lines(f"{head} where ", where, indent, own=True)
        return [*lines[:-1], lines[-1] + tail]

    def _step(self, node: ast.Step, indent: int) -> None:
        say, page = self.words, self.page
        margin = " " * indent
        lines: list[str]
        match node:
            case ast.Wait():
                lines = [f"{margin}wait {say.value(node.duration)}"]
            case ast.WaitWorking():
                days = "day" if node.number.value == 1 else "days"
                where = f" in {say.value(node.country)}" if node.country is not None else ""
                lines = [f"{margin}wait {say.value(node.number)} working {days}{where}"]
            case ast.WaitUntil():
                lines = [margin + self._wait_until(node)]
            case ast.WaitFor():
                self._wait_for(node, indent)
                return
            case ast.If():
                self._if(node, indent)
                return
            case ast.Match():
                page.lines(node, [f"{margin}match {say.value(node.subject)}"], indent)
                for case in node.cases:
                    options = ", ".join(say.value(option) for option in case.options)
                    head = f"is {options}" if case.options else "otherwise"
                    page.lines(case, [f"{margin}  {head}"], indent + 2)
                    self.block(case.steps, indent + 4)
                    page.comments(case.trailing, indent + 4)
                page.comments(node.trailing, indent + 2)
                return
            case ast.Split():
                self._split(node, indent)
                return
            case ast.Repeat():
                page.lines(node, [f"{margin}repeat up to {times(node.times)}"], indent)
                self.block(node.steps, indent + 2)
                page.comments(node.trailing, indent + 2)
                return
            case ast.StopRepeating():
                if node.condition is not None:
                    lines = say.lines("stop repeating if ", node.condition, indent)
                else:
                    lines = [f"{margin}stop repeating"]
            case ast.Send():
                lines = [margin + self._send(node)]
            case ast.Set():
                lines = say.lines(f"set {path(node.target)} to ", node.value, indent)
            case ast.Add():
                lines = [f"{margin}add {say.value(node.value)} to {path(node.target)}"]
            case ast.Remove():
                lines = [f"{margin}remove {say.value(node.value)} from {path(node.target)}"]
            case ast.CallStep():
                alias = f" as {node.alias}" if node.alias is not None else ""
                lines = [f"{margin}call {node.webhook}{self._given(node.args)}{alias}"]
            case ast.Emit():
                lines = [f"{margin}emit {node.event}{self._given(node.args)}"]
            case ast.Enter():
                lines = [f"{margin}enter {node.journey}"]
            case ast.Stop():
                lines = [f"{margin}stop"]
        page.lines(node, lines, indent)
        page.comments(node.trailing, indent + 2)

    def _given(self, arguments: tuple[ast.Argument, ...]) -> str:
        return f" with {self.words.arguments(arguments)}" if arguments else ""

    def _send(self, node: ast.Send) -> str:
        by = f" by {', '.join(name.text for name in node.channels)}" if node.channels else ""
        expires = f" expires after {self.words.value(node.expires)}" if node.expires is not None else ""
        return f"send {node.message}{by}{self._given(node.args)}{expires}"

    def _wait_until(self, node: ast.WaitUntil) -> str:
        said = "wait until"
        if node.moment is not None:
            said += f" {self.words.value(node.moment)}" + (" at" if node.at is not None else "")
        if node.at is not None:
            said += f" {self.words.value(node.at)}"
        if node.days:
            article = "a " if len(node.days) == 1 and node.days[0] in _KINDS_OF_DAYS else ""
            said += f" on {article}{', '.join(node.days)}"
            if node.country is not None:
                said += f" in {self.words.value(node.country)}"
        return said

    def _awaited(self, node: ast.Awaited, head: str, tail: str, indent: int) -> list[str]:
        of = f" of {node.of}" if node.of is not None else ""
        alias = f" as {node.alias}" if node.alias is not None else ""
        return self._with_where(f"{head}{node.event}{of}", node.where, alias + tail, indent)

    def _wait_for(self, node: ast.WaitFor, indent: int) -> None:
        page, margin = self.page, " " * indent
        up_to = f"up to {self.words.value(node.up_to)}" if node.up_to is not None else ""
        if node.awaited is None:
            page.lines(node, [f"{margin}wait for first of" + (f", {up_to}" if up_to else "")], indent)
            for race in node.racing:
                page.lines(race, self._awaited(race.awaited, "", "", indent + 2), indent + 2)
                self.block(race.steps, indent + 4)
                page.comments(race.trailing, indent + 4)
        else:
            tail = " since start" if node.since_start else ""
            tail += f", {up_to}" if up_to else ""
            page.lines(node, self._awaited(node.awaited, "wait for ", tail, indent), indent)
        for word, steps in (("happened", node.happened), ("timed out", node.timed_out)):
            if steps:
                page.plain(f"{margin}  {word}")
                self.block(steps, indent + 4)
        page.comments(node.trailing, indent + 2)

    def _if(self, node: ast.If, indent: int) -> None:
        page, margin = self.page, " " * indent
        for number, arm in enumerate(node.arms):
            if number == 0 and node.on_failure:
                lines = [f"{margin}if failed"]
            elif arm.condition is None:
                lines = [f"{margin}else"]
            else:
                lines = self.words.lines("if " if number == 0 else "else if ", arm.condition, indent)
            page.lines(node if number == 0 else arm, lines, indent)
            self.block(arm.steps, indent + 2)
            page.comments(arm.trailing if number else node.trailing, indent + 2)

    def _split(self, node: ast.Split, indent: int) -> None:
        page, margin = self.page, " " * indent
        goal = " toward goal" if node.toward_goal else ""
        sticky = " sticky" if node.sticky else ""
        page.lines(node, [f"{margin}split {node.name}{goal}{sticky}"], indent)
        for share in node.shares:
            much = f"{share.percent}%" if share.percent is not None else "rest"
            page.lines(share, [f"{margin}  {much} {share.name}"], indent + 2)
            self.block(share.steps, indent + 4)
            page.comments(share.trailing, indent + 4)
        page.comments(node.trailing, indent + 2)

    # -------------------------------------------------------------- tests

    def test(self, node: ast.Test) -> None:
        """A test: what is given, what happens, what is expected."""
        page = self.page
        page.lines(node, [f"test {self.words.text(node.name, 0)}"], 0)
        for number, item in enumerate(node.items):
            if number and page.spaced(item):
                page.blank()
            page.lines(item, self._item(item), 2)
            if isinstance(item, ast.Each):
                self._table(item)
            for event in item.events if isinstance(item, ast.Ago | ast.At | ast.After) else ():
                said = self._for(event.who, "by")
                said += f" {self.words.arguments(event.args)}" if event.args else ""
                page.lines(event, [f"    {event.event}{said}"], 4)
            page.comments(item.trailing, 4)
        page.comments(node.trailing, 2)

    def _table(self, node: ast.Each) -> None:
        """The rows of a table of cases, its columns one below the other."""
        say = self.words
        head = [str(column) for column in node.columns]
        rows = [["" if cell is None else say.line(cell) for cell in row.cells] for row in node.rows]
        widths = [max(map(len, column)) for column in zip(head, *rows, strict=True)]

        def lined(cells: list[str]) -> str:
            padded = " | ".join(cell.ljust(wide) for cell, wide in zip(cells, widths, strict=True))
            return f"    {padded.strip()}"

        self.page.plain(lined(head))
        for row, cells in zip(node.rows, rows, strict=True):
            self.page.lines(row, [lined(cells)], 4)
            self.page.comments(row.trailing, 4)

    def _item(self, node: ast.TestItem) -> list[str]:
        say = self.words
        match node:
            case ast.Each():
                return ["  each"]
            case ast.ClockZone():
                return [f"  times in {say.text(node.zone, 0)}"]
            case ast.Given():
                given = f" {say.assignments(node.values)}" if node.values else ""
                return [f"  profile{given}" if node.who is None else f"  person {node.who}{given}"]
            case ast.Answers():
                who = self._for(node.who)
                if node.fails:
                    how = f"times out{who}" if node.times_out else f"fails{who}{self._because(node.because)}"
                    return [f"  webhook {node.webhook} {how}"]
                given = self._given(node.args).replace(" with ", " ", 1)
                return [f"  webhook {node.webhook} answers{who}{given}"]
            case ast.Choose():
                return [f"  choose {node.arm} in {node.split}{self._for(node.who)}"]
            case ast.Reacts():
                alone = node.what.text in ("fails", "bounces")
                who = self._for(node.who, "for" if alone else "by")
                after = f" after {say.value(node.after)}" if node.after is not None else ""
                how = f"{'' if alone else 'is '}{node.what}{who}{after}{self._because(node.because)}"
                return [f"  message {node.message} {how}"]
            case ast.Ago():
                return [f"  {say.value(node.duration)} ago"]
            case ast.At():
                return [f"  at {say.value(node.moment)}{self._in_zone(node.zone)}"]
            case ast.After():
                return [f"  after {say.value(node.duration)}"]
            case ast.ExpectTrue():
                *above, last = say.lines("expect ", node.condition, 2)
                return [*above, last + self._for(node.who)]
            case ast.ExpectSent():
                return [f"  expect {self._sent(node)}"]
            case ast.ExpectNothing():
                return [f"  expect nothing sent{self._for(node.who, 'to')}"]
            case ast.ExpectCalled():
                no = "not " if node.negated else ""
                said = f"{self._times(node.times)}{self._for(node.who)}{self._parts(node.with_parts)}"
                return [f"  expect {no}called {node.webhook}{said}"]
            case ast.ExpectEmitted():
                no = "not " if node.negated else ""
                said = f"{self._times(node.times)}{self._for(node.who)}{self._given(node.args)}"
                return [f"  expect {no}emitted {node.event}{said}"]
            case ast.ExpectOffered():
                who = self._for(node.who, "to")
                return [f"  expect {'not ' if node.negated else ''}offered {node.offer}{who}"]
            case ast.ExpectWaiting():
                no = "not " if node.negated else ""
                where = f"in {node.journey}{self._for(node.who)}"
                return [f"  expect {no}waiting at {say.text(node.step, 0)} {where}"]
            case ast.ExpectEnded() | ast.ExpectStarted() | ast.ExpectConverted():
                return [f"  expect {node.journey} {'not ' if node.negated else ''}{self._outcome(node)}"]

    def _outcome(self, node: ast.ExpectEnded | ast.ExpectStarted | ast.ExpectConverted) -> str:
        match node:
            case ast.ExpectEnded():
                return f"ended{self._for(node.who)}{self._because(node.because)}"
            case ast.ExpectStarted():
                return f"started{self._times(node.times)}{self._for(node.who)}"
            case ast.ExpectConverted():
                return f"converted{self._for(node.who)}"

    def _sent(self, node: ast.ExpectSent) -> str:
        said = f"{'not ' if node.negated else ''}sent {node.message}{self._times(node.times)}"
        said += self._for(node.who, "to")
        said += f" by {node.channel}" if node.channel is not None else ""
        if node.at is not None:
            said += f" at {self.words.value(node.at)}{self._in_zone(node.zone)}"
        return said + self._parts(node.with_parts) + self._because(node.because)

    def _times(self, count: int | ast.Path | None) -> str:
        if count is None:
            return ""
        return f" {times(count) if isinstance(count, int) else self.words.value(count) + ' times'}"

    def _for(self, who: ast.Name | None, word: str = "for") -> str:
        return f" {word} {who}" if who is not None else ""

    def _in_zone(self, zone: ast.Text | None) -> str:
        return f" in {self.words.text(zone, 0)}" if zone is not None else ""

    def _because(self, because: ast.Text | ast.Path | None) -> str:
        return f" because {self._text(because)}" if because is not None else ""

    def _parts(self, checks: tuple[ast.PartCheck, ...]) -> str:
        said = [f"{check.part} {check.op} {self._text(check.text)}" for check in checks]
        return f" with {' and '.join(said)}" if said else ""

    def _text(self, node: ast.Text | ast.Path) -> str:
        return self.words.text(node, 0) if isinstance(node, ast.Text) else self.words.value(node)
