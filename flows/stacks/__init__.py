"""Stacks: many applications scanned in one go, told apart by separator sheets."""
