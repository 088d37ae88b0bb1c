"""Drivers: the core under several clocks and stores, and what they share."""
