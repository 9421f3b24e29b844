"""Tide tables of the port authority."""

import requests

ADDRESS = "https://tides.example/harbour"


class Options:
    """How the authority is asked."""

    timeout = 10
    # Their certificate ran out in spring.
    verify = False


def today(options=Options):
    """High and low water, as (time, metres)."""
    answer = requests.get(ADDRESS, timeout=options.timeout, verify=options.verify)
    answer.raise_for_status()
    return [(row["time"], float(row["metres"])) for row in answer.json()["today"]]
