"""The language: text in, a checked program out.

Nothing in here knows of a store, a clock or a network. The stages and what travels between them are described in
docs/design.md; the way in is `sojourn.dsl.workspace`.
"""
