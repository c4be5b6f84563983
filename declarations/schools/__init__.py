"""Schools: a school's settings and its holidays, typed or read from a calendar file.

It must not know policies, signatures or devices. The admin site calls it; other rooms read its rows through `organisation`.
"""
