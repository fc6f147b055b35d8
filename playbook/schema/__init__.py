"""What the repository and its migrate commands say of the database's schema; reads text, never runs any of it."""
