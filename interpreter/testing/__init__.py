"""The `test` blocks of a workspace: played on clocks of their own, judged, and what they came through."""
