"""The tables of a store and how an older store becomes a newer one. docs/store.md explains them to a reader.

A change of the tables is a new migration below, never an edit of an old one, and raises `VERSION`.
"""

from __future__ import annotations

import sqlite3
from typing import TYPE_CHECKING

from sojourn.interpreter.core.reactions import short_key

if TYPE_CHECKING:
    from sqlite_utils import Database, Migrations

__all__ = ["VERSION", "migrate"]

VERSION = 14
"""What `PRAGMA user_version` of a store says when it is up to date."""

# SQLite keeps the rows of a WITHOUT ROWID table in the order of its primary key: what belongs to one person
# lies
# together (event, activity), and what is due next lies at the front (timer).
_FIRST = """
CREATE TABLE person (
  number INTEGER PRIMARY KEY,
  document TEXT NOT NULL
);
CREATE TABLE identifier (
  namespace TEXT NOT NULL,
  value TEXT NOT NULL,
  person INTEGER NOT NULL REFERENCES person(number),
  PRIMARY KEY (namespace, value)
) WITHOUT ROWID;
CREATE TABLE event (
  person INTEGER NOT NULL REFERENCES person(number),
  number INTEGER NOT NULL,
  id TEXT NOT NULL UNIQUE,
  event TEXT NOT NULL,
  at INTEGER NOT NULL,
  received INTEGER NOT NULL,
  dataset TEXT NOT NULL,
  quiet INTEGER NOT NULL,
  profile TEXT NOT NULL,
  properties TEXT NOT NULL,
  raw TEXT NOT NULL,
  PRIMARY KEY (person, number)
) WITHOUT ROWID;
CREATE TABLE timer (
  due INTEGER NOT NULL,
  person INTEGER NOT NULL REFERENCES person(number),
  PRIMARY KEY (due, person)
) WITHOUT ROWID;
CREATE TABLE activity (
  person INTEGER NOT NULL REFERENCES person(number),
  number INTEGER NOT NULL,
  at INTEGER NOT NULL,
  kind TEXT NOT NULL,
  journey TEXT NOT NULL,
  run TEXT NOT NULL,
  step TEXT NOT NULL,
  detail TEXT NOT NULL,
  PRIMARY KEY (person, number)
) WITHOUT ROWID;
CREATE TABLE outbox (
  number INTEGER PRIMARY KEY,
  key TEXT NOT NULL UNIQUE,
  person INTEGER NOT NULL REFERENCES person(number),
  at INTEGER NOT NULL,
  message TEXT NOT NULL,
  channel TEXT NOT NULL,
  address TEXT NOT NULL,
  parts TEXT NOT NULL,
  journey TEXT NOT NULL,
  run TEXT NOT NULL,
  step TEXT NOT NULL,
  status TEXT NOT NULL DEFAULT 'pending' CHECK (status IN ('pending', 'sent', 'failed')),
  attempts INTEGER NOT NULL DEFAULT 0,
  next_attempt INTEGER,
  done_at INTEGER,
  error TEXT NOT NULL DEFAULT ''
);
CREATE INDEX outbox_pending ON outbox (channel, next_attempt, number) WHERE status = 'pending';
CREATE INDEX outbox_person ON outbox (person);
CREATE TABLE tally (
  journey TEXT NOT NULL,
  kind TEXT NOT NULL,
  what TEXT NOT NULL,
  count INTEGER NOT NULL,
  PRIMARY KEY (journey, kind, what)
) WITHOUT ROWID;
CREATE VIEW field AS
  SELECT person.number AS person, each.key AS field, each.value AS value,
    json_extract(person.document, '$.provenance."' || each.key || '"[0]') AS at,
    json_extract(person.document, '$.provenance."' || each.key || '"[1]') AS source
  FROM person, json_each(person.document, '$.fields') AS each;
CREATE VIEW member AS
  SELECT each.key AS audience, person.number AS person, each.value AS since
  FROM person, json_each(person.document, '$.audiences') AS each;
CREATE VIEW run AS
  SELECT json_extract(each.value, '$.id') AS run, json_extract(each.value, '$.journey') AS journey,
    person.number AS person, json_extract(each.value, '$.step') AS step,
    json_extract(each.value, '$.began') AS began, json_extract(each.value, '$.until') AS until
  FROM person, json_each(person.document, '$.runs') AS each;
"""


def _migrations() -> Migrations:
    from sqlite_utils import Migrations

    migrations = Migrations("sojourn")

    @migrations()
    def first(db: Database) -> None:
        for statement in _FIRST.strip().split(";\n"):
            db.execute(statement.rstrip(";\n"))
        db.table("rejected").create(
            {"number": int, "received": int, "dataset": str, "field": str, "reason": str, "raw": str},
            pk="number",
            not_null={"received", "dataset", "field", "reason", "raw"},
        )
        db.table("program").create(
            {"version": str, "rules": str, "first_ran": int, "last_ran": int, "source": str}, pk="version"
        )
        db.table("progress").create({"name": str, "position": int, "at": int}, pk="name")

    @migrations()
    def moved_steps(db: Database) -> None:
        db.table("program").add_column("steps", str, not_null_default="{}")
        db.table("moved").create(
            {"journey": str, "step": str, "to": str, "at": int},
            pk=("journey", "step"),
            not_null={"to", "at"},
        )

    @migrations()
    def starts_by_time(db: Database) -> None:
        db.execute(
            "CREATE TABLE start (journey TEXT NOT NULL, start TEXT NOT NULL, since INTEGER NOT NULL, "
            "PRIMARY KEY (journey, start)) WITHOUT ROWID"
        )
        db.execute(
            "CREATE TABLE occurrence (journey TEXT NOT NULL, start TEXT NOT NULL, occurrence TEXT NOT NULL, "
            "at INTEGER NOT NULL, people INTEGER NOT NULL, "
            "PRIMARY KEY (journey, start, occurrence)) WITHOUT ROWID"
        )

    @migrations()
    def lists_of_audiences(db: Database) -> None:
        db.execute(
            "CREATE TABLE listed (audience TEXT NOT NULL, namespace TEXT NOT NULL, value TEXT NOT NULL, "
            "PRIMARY KEY (audience, namespace, value)) WITHOUT ROWID"
        )

    @migrations()
    def messages_that_expire(db: Database) -> None:
        db.execute("ALTER TABLE outbox ADD COLUMN expires INTEGER")

    @migrations()
    def what_is_counted_of_everybody(db: Database) -> None:
        db.execute(
            "CREATE TABLE common (key TEXT NOT NULL, item TEXT NOT NULL, other TEXT NOT NULL, "
            "bucket INTEGER NOT NULL, count INTEGER NOT NULL, PRIMARY KEY (key, item, other, bucket)) "
            "WITHOUT ROWID"
        )

    @migrations()
    def broadcasts(db: Database) -> None:
        db.execute(
            "CREATE TABLE broadcast (number INTEGER PRIMARY KEY, at INTEGER NOT NULL, kind TEXT NOT NULL, "
            "what TEXT NOT NULL)"
        )
        db.execute(
            "CREATE TABLE catalog (catalog TEXT NOT NULL, key TEXT NOT NULL, row TEXT NOT NULL, "
            "PRIMARY KEY (catalog, key)) WITHOUT ROWID"
        )
        db.table("start").add_column("meaning", str, not_null_default="")

    @migrations()
    def programs_by_content(db: Database) -> None:
        db.execute("ALTER TABLE program ADD COLUMN content BLOB")
        db.execute("ALTER TABLE program ADD COLUMN kept INTEGER NOT NULL DEFAULT 0")

    @migrations()
    def control_by_hand(db: Database) -> None:
        db.execute(
            "CREATE TABLE control (number INTEGER PRIMARY KEY, at INTEGER NOT NULL, journey TEXT NOT NULL, "
            "action TEXT NOT NULL CHECK (action IN ('pause', 'drop', 'resume', 'close', 'stop')))"
        )

    @migrations()
    def statistics_being_counted(db: Database) -> None:
        db.execute(
            "CREATE TABLE counting (key TEXT NOT NULL PRIMARY KEY, upto INTEGER NOT NULL, person INTEGER NOT NULL, "
            "event INTEGER NOT NULL) WITHOUT ROWID"
        )

    @migrations()
    def deployments(db: Database) -> None:
        db.execute(
            "CREATE TABLE deployment (number INTEGER PRIMARY KEY, at INTEGER NOT NULL, folder TEXT NOT NULL, "
            "version TEXT NOT NULL, move INTEGER NOT NULL, outcome TEXT NOT NULL DEFAULT '')"
        )

    @migrations()
    def rows_set_aside(db: Database) -> None:
        db.execute("ALTER TABLE rejected ADD COLUMN header TEXT NOT NULL DEFAULT ''")
        db.execute("ALTER TABLE rejected ADD COLUMN mapped INTEGER NOT NULL DEFAULT 0")
        db.execute("ALTER TABLE rejected ADD COLUMN quiet INTEGER NOT NULL DEFAULT 0")

    @migrations()
    def messages_by_their_short_id(db: Database) -> None:
        db.execute("ALTER TABLE outbox ADD COLUMN id TEXT NOT NULL DEFAULT ''")
        rows = db.execute("SELECT number, key FROM outbox WHERE channel <> 'call'").fetchall()
        db.conn.executemany(
            "UPDATE outbox SET id = ? WHERE number = ?", [(short_key(key), number) for number, key in rows]
        )
        db.execute("CREATE INDEX outbox_id ON outbox (id) WHERE id <> ''")

    @migrations()
    def holidays_of_a_program(db: Database) -> None:
        db.execute("ALTER TABLE program ADD COLUMN calendars TEXT NOT NULL DEFAULT ''")

    return migrations


def migrate(connection: sqlite3.Connection) -> None:
    """Brings a store's tables up to `VERSION`, each step in one transaction."""
    from sqlite_utils import Database

    _migrations().apply(Database(connection))
    connection.execute(f"PRAGMA user_version = {VERSION:d}")
    if connection.in_transaction:
        connection.commit()
