"""Compares what saliencyd feeds to its network, and what the network answers, with references in Python."""
