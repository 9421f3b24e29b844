"""Scans of mine, pasted together over the years.

    python scans.py --data data
"""
import csv
import os
import sys
from collections import defaultdict

SYMBOLS = []  # empty: all there are


def load(folder):
    """Bars by symbol, oldest first."""
    bars = defaultdict(list)
    with open(os.path.join(folder, 'daily.csv'), newline='') as file:
        for row in csv.DictReader(file):
            if SYMBOLS and row['ticker'] not in SYMBOLS:
                continue
            bar = {key: float(row[key]) for key in ('o', 'h', 'l', 'c', 'v')}
            bars[row['ticker']].append({'ticker': row['ticker'], 'date': row['date'], **bar})
    return bars


def hit(bar, **more):
    return {'ticker': bar['ticker'], 'date': bar['date'], **more}


# ---------------------------------------------------------------- gap and go
MIN_GAP = 0.06       # opens at least 6 % above the last close
MIN_VOLUME = 500_000


def scan_gap(bars):
    """Opens far above the last close and holds it."""
    found = []
    for days in bars.values():
        for before, bar in zip(days, days[1:]):
            gap = bar['o'] / before['c'] - 1
            if gap >= MIN_GAP and bar['v'] >= MIN_VOLUME and bar['c'] >= bar['o']:
                found.append(hit(bar, gap=round(gap, 4)))
    return found


# ---------------------------------------------------------------- fade, from the old file
MIN_GAP = 0.03       # weaker gaps fade better


def scan_fade(bars, max_close=0.35):
    """Opens above the last close and ends in the lower part of its range."""
    found = []
    for days in bars.values():
        for before, bar in zip(days, days[1:]):
            gap = bar['o'] / before['c'] - 1
            place = (bar['c'] - bar['l']) / ((bar['h'] - bar['l']) or 1)
            if gap >= MIN_GAP and place <= max_close:
                found.append(hit(bar, place=round(place, 4)))
    return found


# ---------------------------------------------------------------- momentum
P = {'days': 5, 'min_gain': 0.12}


def scan_momentum(bars, days=P['days']):
    """Gained enough over some days."""
    found = []
    for all_days in bars.values():
        for first, bar in zip(all_days, all_days[days:]):
            gain = bar['c'] / first['c'] - 1
            if gain >= P['min_gain']:
                found.append(hit(bar, gain=round(gain, 4)))
    return found


P.update(days=20, min_gain=0.15)  # since the summer


if __name__ == '__main__':
    bars = load(sys.argv[sys.argv.index('--data') + 1])
    gaps = scan_gap(bars)
    fades = scan_fade(bars)
    movers = scan_momentum(bars)
    for name, rows in (('gap', gaps), ('fade', fades), ('momentum', movers)):
        print(name, len(rows))
