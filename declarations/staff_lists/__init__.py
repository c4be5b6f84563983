"""Staff lists: a file of the school's own system is read, compared with the people of the school, imported, and undone.

It must not know policies, signatures or devices: it changes people, and other rooms look at people. The admin, the command
`import_people` and the scheduled task call it.
"""
