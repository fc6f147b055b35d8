"""What people change in Sentry from a card: who may, what they asked for, and how the issue stands afterwards."""
