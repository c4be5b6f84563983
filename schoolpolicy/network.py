"""The entry point of the network's workers: granian --interface wsgi schoolpolicy.network:application"""

from schoolpolicy.server import network_alone
from schoolpolicy.wsgi import application as django

application = network_alone(django)
