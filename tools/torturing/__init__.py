"""What `tools/torture.py` torments the product with: a database to kill, servers to kill, a mail server that misbehaves."""
