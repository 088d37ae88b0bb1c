"""Messages: templates worked into functions, and filled in with what is known of a person and a run."""
