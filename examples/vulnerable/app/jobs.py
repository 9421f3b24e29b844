"""What the office does at night."""

import os
import subprocess

DATABASE = "harbour.db"


def copy_database(target):
    """Copies the database to another machine of the harbour."""
    os.system("scp " + DATABASE + " office@" + target + ":backup/")


def compress(month):
    """One archive per month; the month is a number and the arguments are a list."""
    archive = f"archive-{int(month):02d}.tar.gz"
    subprocess.run(["tar", "--create", "--gzip", "--file", archive, "invoices"], check=True)
    return archive


def remaining_days(berth, today):
    """Days until the contract of a berth ends."""
    return (berth["until"] - today).days
