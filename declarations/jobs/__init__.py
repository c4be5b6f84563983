"""What runs by itself: the scheduled tasks of all rooms, each run once when it is due, however many workers there are.

It names no room: the rooms register their tasks, and the table remembers when each is due next. The worker calls it, and the
dashboard and the page of tasks ask it what is late.
"""
