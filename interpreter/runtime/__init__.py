"""The live runtime: the same core as everywhere, over SQLite and a clock. See docs/store.md."""
