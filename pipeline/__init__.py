"""The ground: the nouns, the contracts, and the steps from scan to record.

Imports neither ``extractors`` nor ``validators`` nor ``flows``: what a certificate looks
like and what is right are handed to the steps as arguments.
"""

__version__ = "0.2.0.dev0"
