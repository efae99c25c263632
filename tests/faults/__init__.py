"""Kills at any instant, in separate processes over the real flow: nothing lost, nothing twice."""
