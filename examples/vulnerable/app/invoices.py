"""Invoices lie in one folder per member, one file per month."""

import json
import pickle
from pathlib import Path

FOLDER = Path("invoices")


def text_of(member, month):
    """The invoice of a month, as it was sent."""
    with open(f"invoices/{member}/{month}.txt") as file:
        return file.read()


def months_of(member):
    """Months that have an invoice; the name is checked against those that exist."""
    known = {folder.name: folder for folder in FOLDER.iterdir() if folder.is_dir()}
    if member not in known:
        return []
    return sorted(path.stem for path in known[member].glob("*.txt"))


def draft_from_upload(upload):
    """What the old office program exported."""
    return pickle.loads(upload.read())


def draft_from_json(upload):
    """What the new one exports."""
    return json.loads(upload.read())
