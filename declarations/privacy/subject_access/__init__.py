"""All that is kept about one person, and nothing about anybody else, as an archive to hand over."""

from declarations.privacy.subject_access.archive import answer
from declarations.privacy.subject_access.collect import gather

__all__ = ["answer", "gather"]
