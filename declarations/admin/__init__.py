"""The leadership's desk."""
