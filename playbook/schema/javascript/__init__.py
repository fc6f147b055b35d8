"""JavaScript and TypeScript read without running them: what a migration's forward function asks of the database."""
