"""Packages that the tests compare with, and that not everyone has."""

import importlib
import os
from types import ModuleType

import pytest


def needed(name: str) -> ModuleType:
    """Import a package; without it the test is skipped, but under CI it fails."""
    try:
        return importlib.import_module(name)
    except ImportError:
        if os.environ.get("CI"):
            raise
        pytest.skip(f"{name} is not installed")
