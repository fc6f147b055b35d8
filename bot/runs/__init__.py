"""Runs: start one, follow its progress, keep its result; the seam at which they become durable."""
