"""All that is kept about one person, and nothing about anybody else, as an archive to hand over."""

from declarations.subject_access.answering import answer
from declarations.subject_access.gathering import gather

__all__ = ["answer", "gather"]
