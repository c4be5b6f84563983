"""People: who is at the school, which roles they hold, when they leave and come back, and which legal holds keep their records.

It must not know what people sign or own: rooms register what a departure ends and what the page of a person shows.
The admin and the command line call it.
"""
