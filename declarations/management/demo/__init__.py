"""The demo: two fictional schools with people in every state, on whatever day it is made."""
