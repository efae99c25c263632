"""Seals and signatures."""
