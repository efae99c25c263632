"""What guessing a password costs."""

from __future__ import annotations

import subprocess
import sys

from argon2 import extract_parameters
from argon2.profiles import RFC_9106_LOW_MEMORY


def test_a_hash_costs_what_rfc_9106_asks() -> None:
    """In a process of its own: the other tests here hash cheaply."""
    command = "from flows.pages.passwords import hash_password; print(hash_password('x'))"
    made = subprocess.run([sys.executable, "-c", command], capture_output=True, text=True)
    assert extract_parameters(made.stdout.strip()) == RFC_9106_LOW_MEMORY
