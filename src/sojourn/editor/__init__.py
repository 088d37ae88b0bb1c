"""What an editor shows of a workspace: the answers, apart from the protocol that asks for them.

`snapshot` holds what is known of a workspace with its unsaved edits; each other module answers one kind of question
from it, in plain values. `server` speaks the Language Server Protocol (pygls) and has no answers of its own.
"""
