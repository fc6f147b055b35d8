"""The migration frameworks: one file each, found by itself; none knows of another."""
