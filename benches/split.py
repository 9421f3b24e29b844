#!/usr/bin/env python3
"""Measures `codeproof split`: its phases per file, and proofs by running.

usage: benches/split.py [--runs N] [--path BINARY] [--data DIR] [--modules DIR] [--python PATH] FILE.py...

Without --data nothing is run but the split itself. Phases are those the program measures and tells in its JSON; CPU and
memory are of the whole process, its programs included (`wait4`). Medians of N runs; `--no-cache --no-store`.
"""
import argparse
import json
import os
import shutil
import statistics
import sys
import tempfile


def run(command):
    """Exit code, standard output, CPU seconds and peak MiB of a process and its children."""
    with tempfile.TemporaryFile() as out:
        pid = os.posix_spawn(command[0], command, dict(os.environ), file_actions=[
            (os.POSIX_SPAWN_DUP2, out.fileno(), 1), (os.POSIX_SPAWN_OPEN, 2, os.devnull, os.O_WRONLY, 0)])
        _, status, usage = os.wait4(pid, 0)
        out.seek(0)
        text = out.read().decode()
    return os.waitstatus_to_exitcode(status), text, usage.ru_utime + usage.ru_stime, usage.ru_maxrss / 1024


def phase(session, name):
    """Milliseconds of a phase."""
    return sum(time['duration_us'] for time in session['phases'] if time['phase'] == name) / 1000


def measure(options, path):
    lines = open(path, 'rb').read().count(b'\n') + 1
    folder = tempfile.mkdtemp()
    command = [options.path, 'split', path, '--out', folder, '--no-store', '--no-cache', '--no-progress', '--format', 'json']
    if options.data:
        command += ['--prove', '--data', options.data, '--python', options.python]
        command += [f'--pythonpath={folder}' for folder in options.modules]
    rows = []
    try:
        for _ in range(options.runs):
            code, text, cpu, peak = run(command)
            if not text:
                return f'| {os.path.basename(path)} | {lines} | exit code {code} |'
            session = json.loads(text)
            count = max(1, len(session['scanners']))
            row = [phase(session, 'boundary_detection') * 1000 / lines, phase(session, 'parameter_isolation') / count,
                   phase(session, 'template_generation') / count, cpu, peak]
            if options.data and session.get('proof'):
                proof = session['proof']
                row += [statistics.median(it['cpu_ms'] for it in proof['scanners'] or [{'cpu_ms': 0}]), proof['runs'],
                        session['duration_ms'] / 1000]
            rows.append(row)
    finally:
        shutil.rmtree(folder)
    medians = [statistics.median(column) for column in zip(*rows)]
    cells = [f'{value:.2f}' if value < 100 else f'{value:.0f}' for value in medians]
    return f'| {os.path.basename(path)} | {lines} | {len(session["scanners"])} | ' + ' | '.join(cells) + ' |'


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument('--runs', type=int, default=5)
    parser.add_argument('--path', default=shutil.which('codeproof') or 'target/release/codeproof')
    parser.add_argument('--data')
    parser.add_argument('--modules', action='append', default=[])
    parser.add_argument('--python', default='python3')
    parser.add_argument('files', nargs='+', metavar='FILE')
    options = parser.parse_args()
    print('| file | lines | scanners | boundaries, ms per 1,000 lines | isolation, ms each | template, ms each | CPU s | '
          'peak MiB |' + (' run of a template, CPU ms | runs | wall s |' if options.data else ''))
    print('|---|---|---|---|---|---|---|---|' + ('---|---|---|' if options.data else ''))
    for path in options.files:
        print(measure(options, path))
        sys.stdout.flush()


if __name__ == '__main__':
    main()
