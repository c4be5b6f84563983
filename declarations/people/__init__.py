"""People: who is at the school, which roles they hold, when they leave and come back, and which legal holds keep their records.

The room must not know what people sign or own: other rooms register what ends with a departure and what a person's page shows.
The admin and the command line call it.
"""
