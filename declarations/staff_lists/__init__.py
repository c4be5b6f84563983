"""Staff lists: what a file would change here."""
