"""The facts: frozen values, one file for each subject; what can be derived from a fact lives on the fact."""
