"""Evidence: the log of what was done at a school, which nobody can change unnoticed, its checkpoints, and the check of both.

Each log is a Merkle tree (RFC 6962, RFC 9162) whose checkpoints are signed notes (C2SP). The room knows no kind of entry but its own
and asks the registry for those of others and for how their tables are compared with the log. Every room that does something lasting
appends to it; certificates and checkpoints ask it for proofs; privacy erases records in it.
"""
