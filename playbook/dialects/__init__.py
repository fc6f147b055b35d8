"""What database servers and drivers say when something is wrong, one file for each dialect."""
