"""How to ask: one thin adapter for each official client, plain JSON out."""
