"""The entry point of the pages' workers: granian --interface rsgi schoolpolicy.rsgi:application"""

from schoolpolicy.server import Server
from schoolpolicy.wsgi import application as django

application = Server(django)
