#!/usr/bin/env python3
"""Compares `codeproof inspect` with Bandit on labelled snippets of Python.

usage: benches/inspect.py [--path BINARY] [--bandit PATH] SNIPPETS.json

The file holds {"snippets": [{"label": "safe|low|medium|high|critical", "code": "..."}]}. Flagged means medium or worse
for codeproof, and any issue for Bandit, whose own levels are given beside it. Nothing of the snippets is run.
"""
import argparse
import json
import os
import shutil
import subprocess
import sys
import tempfile
from collections import Counter

LEVELS = ['safe', 'low', 'medium', 'high', 'critical']


def of_codeproof(path, files):
    levels = {}
    for file in files:
        told = subprocess.run([path, 'inspect', file, '--format', 'json'], capture_output=True, text=True)
        levels[file] = json.loads(told.stdout)['level']
    return levels


def of_bandit(path, files):
    """The worst issue of each file by severity; what has none is safe."""
    told = subprocess.run([path, '-q', '-f', 'json', *files], capture_output=True, text=True)
    levels = dict.fromkeys(files, 'safe')
    for issue in json.loads(told.stdout)['results']:
        severity = issue['issue_severity'].lower()
        levels[issue['filename']] = max(levels[issue['filename']], severity, key=LEVELS.index)
    return levels


def row(name, snippets, levels, flagged, seconds):
    harmless = [file for file, label in snippets.items() if label in ('safe', 'low')]
    bad = [file for file, label in snippets.items() if label in ('high', 'critical')]
    wrongly = sum(LEVELS.index(levels[file]) >= LEVELS.index(flagged) for file in harmless)
    missed = sum(levels[file] == 'safe' for file in bad)
    same = sum(levels[file] == label for file, label in snippets.items())
    print(f'| {name} | {wrongly} of {len(harmless)} | {missed} of {len(bad)} | {same} of {len(snippets)} | {seconds:.2f} |')


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument('--path', default=shutil.which('codeproof') or 'target/release/codeproof')
    parser.add_argument('--bandit', default=shutil.which('bandit'))
    parser.add_argument('snippets', metavar='SNIPPETS.json')
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        snippets = {}
        for number, snippet in enumerate(json.load(open(options.snippets))['snippets']):
            file = os.path.join(folder, f'{number}.py')
            with open(file, 'w') as out:
                out.write(snippet['code'])
            snippets[file] = snippet['label']
        print(f'{dict(Counter(snippets.values()))}\n')
        print('| | safe or low flagged | high or critical called safe | exact level | CPU s |')
        print('|---|---|---|---|---|')
        tools = [('codeproof inspect', options.path, of_codeproof, 'medium')]
        tools += [('Bandit', options.bandit, of_bandit, 'low')] if options.bandit else []
        for name, path, levels_of, flagged in tools:
            before = os.times()
            levels = levels_of(path, list(snippets))
            after = os.times()
            seconds = after.children_user + after.children_system - before.children_user - before.children_system
            row(name, snippets, levels, flagged, seconds)
            sys.stdout.flush()


if __name__ == '__main__':
    main()
