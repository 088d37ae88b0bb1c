"""The command line: one module for each command, imported when that command is asked for.

`sojourn.cli.app` has the program `sojourn` itself and the table of its commands; `sojourn.cli.exits` what a
command ends with.
"""
