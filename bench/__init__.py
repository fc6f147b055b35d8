"""Speed and memory, measured in one run and printed as ratios: machines differ, ratios travel."""
