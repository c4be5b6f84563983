"""The site: the admin site, the dashboard, the home page, the health check and the pages of errors.

It puts together what the rooms have registered, and names none of them. Only Django calls it.
"""
