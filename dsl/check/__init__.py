"""From names to meaning: the checks, in the order they depend on one another.

Data first (types of fields), then values over it (attributes, defines, audiences), then messages, journeys,
the templates of the messages where the journeys send them, and tests. Each module reports to the one
`Report`; the workspace is worth something only when nothing was reported.
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import PurePosixPath

from sojourn.dsl import checked
from sojourn.dsl.check.audiences import check_audiences
from sojourn.dsl.check.catalogs import check_catalogs
from sojourn.dsl.check.data import check_datasets, check_identity, check_kept, check_merges, check_shapes
from sojourn.dsl.check.expressions import Expressions
from sojourn.dsl.check.journeys import check_journeys
from sojourn.dsl.check.limits import check_limits, check_quiet_hours
from sojourn.dsl.check.memory import Memory, Trace
from sojourn.dsl.check.messages import ReadText, TextFile, check_messages, check_topics
from sojourn.dsl.check.offers import check_decisions, check_offers
from sojourn.dsl.check.recommendations import check_recommendations
from sojourn.dsl.check.report import Report
from sojourn.dsl.check.starts import check_business
from sojourn.dsl.check.stories import check_tests
from sojourn.dsl.check.template_files import SharedFiles
from sojourn.dsl.check.templates import check_templates
from sojourn.dsl.check.webhooks import check_webhooks
from sojourn.dsl.check.world import World
from sojourn.dsl.resolve import Names
from sojourn.dsl.source import SourceFile
from sojourn.dsl.uses import UseTable

__all__ = ["check"]


def check(
    names: Names,
    sources: Mapping[str, SourceFile],
    read: ReadText,
    report: Report,
    memory: Memory | None = None,
) -> tuple[checked.Workspace, UseTable]:
    """The checked workspace, of worth only when nothing was reported to `report`, and where its names are used.

    `memory` is what the check before left, of the same folder: what an edit since does not concern is taken from it.
    """
    if memory is not None:
        memory.begin(names.partial)
    trace = Trace(memory)
    read = _reader(read, trace)
    world = World(names, report, dict(sources), SharedFiles(read, trace), trace)
    names = world.names
    expressions = Expressions(world)
    check_shapes(world, expressions)
    catalogs = check_catalogs(world, read)
    identifiers = check_identity(world)
    folders = {path: _folder(path) for path in world.sources}
    datasets = check_datasets(world, folders)
    merges = check_merges(world)
    recommendations = check_recommendations(world, expressions)
    for name in names.attributes:
        expressions.attribute(name)
    for define in names.defines.values():
        expressions.check_define(define)
    audiences = check_audiences(world, expressions, read)
    offers = check_offers(world, expressions, read)
    decisions = check_decisions(world, expressions)
    topics = check_topics(world)
    messages = check_messages(world, expressions, read)
    world.messages.update(messages)
    webhooks = check_webhooks(world)
    journeys, sends = check_journeys(world, expressions)
    world.journeys.update(journeys)
    check_business(world, journeys, [a for key, a in world.aggregates.items() if key in expressions.asked])
    check_kept(world, datasets, [a for key, a in world.aggregates.items() if key in expressions.asked])
    check_templates(world, messages, sends, world.files)
    tests = check_tests(world, expressions)
    limits = check_limits(world)
    quiet_hours = check_quiet_hours(world, expressions)
    timezone = next((f.name for f in world.profile.values() if f.type.kind == "timezone"), None)
    workspace = checked.Workspace(
        profile=world.profile.plain(),
        identifiers=identifiers,
        timezone_field=timezone,
        schemas=world.schemas.plain(),
        events=world.events.plain(),
        catalogs=catalogs,
        datasets=datasets,
        aggregates={key: a for key, a in world.aggregates.items() if key in expressions.asked},
        attributes={name: world.attributes[name] for name in names.attributes if name in world.attributes},
        audiences=audiences,
        topics=topics,
        messages=messages,
        journeys=journeys,
        tests=tests,
        merges=merges,
        lists=world.lists.plain(),
        webhooks=webhooks,
        limits=limits,
        quiet_hours=quiet_hours,
        offers=offers,
        decisions=decisions,
        statistics=world.statistics,
        recommendations=recommendations,
        templates=dict(sorted(world.files.texts.items())),
    )
    trace.finish()
    return workspace, world.uses


def _reader(read: ReadText, trace: Trace) -> ReadText:
    """Reads each file once, and notes for whom."""
    found: dict[tuple[str, str], TextFile] = {}

    def once(key: tuple[str, str]) -> TextFile:
        if key not in found:
            found[key] = read(*key)
        return found[key]

    noted = trace.lookup("files", once)

    def reading(journey_file: str, reference: str) -> TextFile:
        noted((journey_file, reference))
        return once((journey_file, reference))

    return reading


def _folder(path: str) -> str:
    parent = str(PurePosixPath(path).parent)
    return "" if parent == "." else parent
