"""The product as `tools/bench.py` serves it: with one more address, which does nothing."""
