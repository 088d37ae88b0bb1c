"""The pure core: step, identity, merge. No clock, no store, no network, no randomness."""
