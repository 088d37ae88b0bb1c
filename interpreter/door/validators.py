"""pydantic's validators for the fields of one workspace, whose leaves are the readers of `door.types`."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from pydantic_core import SchemaValidator, ValidationError, core_schema

from sojourn.dsl import checked
from sojourn.dsl.types import Type
from sojourn.interpreter.door.types import Reader, Unfit, described, identifier_reader, reader
from sojourn.interpreter.door.words import in_words

__all__ = ["Validators"]


class Validators:
    """Makes them; a schema of the workspace that is used several times is made once."""

    def __init__(self, workspace: checked.Workspace) -> None:
        self._workspace = workspace
        self._schemas: dict[str, core_schema.CoreSchema] = {}

    def properties(self, fields: Mapping[str, checked.Field]) -> Callable[[Any], Any]:
        """What reads the fields of an event or an answer. It raises ValidationError."""
        return SchemaValidator(self._typed_dict(fields)).validate_python

    def profile_reader(self, field: checked.Field, identity: bool) -> Reader:
        """What reads one profile field; None and an empty text clear it."""
        if field.type.kind in ("list", "schema"):
            validate = SchemaValidator(
                core_schema.nullable_schema(self._schema_of(field.type))
            ).validate_python
            what = described(field.type)

            def read(value: Any) -> Any:
                try:
                    return validate(None if value == "" else value)
                except ValidationError as error:
                    first = error.errors(include_url=False)[0]
                    unfit = first.get("ctx", {}).get("error")
                    if isinstance(unfit, Unfit) and first["loc"]:
                        raise Unfit(
                            f"{what} whose {in_words(first['loc'])} is {unfit.what}", unfit.instead
                        ) from None
                    raise Unfit(what) from None

            return read
        return identifier_reader(field.type) if identity else reader(field.type)

    def _schema_of(self, type: Type) -> core_schema.CoreSchema:
        """pydantic's schema of a type."""
        if type.kind == "list":
            return core_schema.list_schema(self._schema_of(type.of) if type.of else None, strict=True)
        if type.kind == "schema":
            known = self._schemas.get(type.name)
            if known is None:
                self._schemas[type.name] = self._lazily(type.name)
                known = self._schemas[type.name] = self._typed_dict(self._workspace.schemas[type.name].fields)
            return known
        if type.kind in ("text", "ref"):
            return core_schema.str_schema(coerce_numbers_to_str=True)
        return core_schema.no_info_plain_validator_function(_present(reader(type)))

    def _lazily(self, name: str) -> core_schema.CoreSchema:
        """A schema inside itself: its validator is made when a value comes."""
        made: list[Any] = []

        def read(value: Any) -> Any:
            if not made:
                made.append(SchemaValidator(self._typed_dict(self._workspace.schemas[name].fields)))
            return made[0].validate_python(value)

        return core_schema.no_info_plain_validator_function(read)

    def _typed_dict(self, fields: Mapping[str, checked.Field]) -> core_schema.CoreSchema:
        """Fields by their names outside, to canonical values by their own names; what is not declared is left
        out.
        """
        entries: dict[str, core_schema.TypedDictField] = {}
        for name, field in fields.items():
            schema = self._schema_of(field.type)
            if field.required and field.default is None:
                if field.type.kind in ("text", "ref"):
                    schema = core_schema.str_schema(coerce_numbers_to_str=True, min_length=1)
            elif field.default is not None:
                if field.type.kind not in ("text", "ref", "list", "schema"):
                    schema = core_schema.no_info_plain_validator_function(
                        _or_default(reader(field.type), field.default)
                    )
                schema = core_schema.with_default_schema(schema, default=field.default)
            elif field.type.kind not in ("text", "ref", "list", "schema"):
                schema = core_schema.no_info_plain_validator_function(reader(field.type))
            paths: list[list[str | int]] = []
            if field.wire != name:
                paths.append([field.wire])
                if "." in field.wire:
                    paths.append(list(field.wire.split(".")))
                paths.append([name])
            entries[name] = core_schema.typed_dict_field(
                schema,
                required=field.required and field.default is None,
                validation_alias=paths if paths else None,
            )
        inner = core_schema.typed_dict_schema(entries, extra_behavior="ignore", total=False)
        return core_schema.no_info_before_validator_function(_without_nulls, inner)


def _present(read: Reader) -> Reader:
    """A reader for a place where there must be something."""

    def present(value: Any) -> Any:
        found = read(value)
        if found is None:
            raise Unfit("there")
        return found

    return present


def _or_default(read: Reader, default: Any) -> Reader:
    def present(value: Any) -> Any:
        found = read(value)
        return default if found is None else found

    return present


def _without_nulls(value: Any) -> Any:
    """A null says that there is no value: the same as leaving it out."""
    if value.__class__ is dict and None in value.values():
        return {key: item for key, item in value.items() if item is not None}
    return value
