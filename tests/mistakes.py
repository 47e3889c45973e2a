"""A module that ends the program when it is imported, for the test of --source."""

import sys

sys.exit("a text that must not be printed")
