"""A British gift shop's real orders of one year, in a workspace: `benchmarks/retail/*.journey`."""
