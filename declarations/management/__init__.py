"""Commands for whoever runs the server; each reads its arguments, asks a room, and prints what was done."""
