"""A whole program on a virtual clock: where its records come from, what it came to, two versions compared."""
