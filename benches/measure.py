#!/usr/bin/env python3
"""Times codeproof and its peers on trees you name, in one run, and prints a Markdown table.

usage: benches/measure.py [--index|--map] [--runs N] [--path DIR] NAME=FOLDER...    for example: measure.py django=~/src/django-5.2.7

Scans by default; --index measures the index and what other programs make of the same question, --map the map of a
Laravel application, beside Laravel's own list of routes where PHP and the application's packages are installed.

Each command runs N times (default 5) in turn with the others, after one run that is not counted. The table gives the
median CPU seconds (user + system, children too), the median wall seconds and the largest peak memory of any process, as
the operating system accounts them for the finished process. Peers that are not installed are left out; --path adds a
folder to look for them in. Only the Python standard library is used.
"""

import argparse
import os
import platform
import shutil
import statistics
import subprocess
import sys
import tempfile
import time

ROOT = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))


def commands(folder, path):
    """Rows of (what, command); every command writes its result into a file or nowhere, and uses one core if it can."""
    own = os.path.join(ROOT, "target", "release", "codeproof")
    quiet = ["--no-progress", "--no-store", "--format", "json", "-o", os.devnull]
    rows = [
        ("codeproof scan, no cache", [own, "scan", folder, "--no-cache", *quiet]),
        ("codeproof scan, no cache, one thread", [own, "scan", folder, "--no-cache", "--jobs", "1", *quiet]),
        ("codeproof scan, cached", [own, "scan", folder, *quiet]),
        ("codeproof symbols", [own, "symbols", folder]),
    ]
    peers = [
        ("bandit", (".py",), ["-r", folder, "-q", "-f", "json", "-o", os.devnull]),
        ("flawfinder", (".c", ".cc", ".cpp"), ["--dataonly", "--quiet", folder]),
        ("detect-secrets", ("",), ["-C", folder, "scan", "--all-files"]),
        ("gitleaks", ("",), ["dir", folder, "--no-banner", "--exit-code", "0"]),
    ]
    for name, extensions, arguments in peers:
        program = shutil.which(name, path=path)
        if program and reads_much_of(folder, extensions):
            rows.append((name, [program, *arguments]))
    return rows


def index_commands(folder, path, scratch):
    """The same for the index; the home of a cold run is new."""
    own = os.path.join(ROOT, "target", "release", "codeproof")
    python = reads_much_of(folder, (".py",))
    rows = [
        ("codeproof index, cold", [own, "index", folder, "--no-progress"]),
        ("codeproof index, cached", [own, "index", folder, "--no-progress"]),
        ("codeproof callers main, cached", [own, "callers", "main", folder, "--no-progress"]),
    ]
    language, pattern = ("python", "$F($$$A)") if python else ("c", "$F($$$A)")
    peers = [
        ("ctags (definitions only)", "ctags", ["-R", "--fields=+nKS", "-f", os.path.join(scratch, "tags"), folder]),
        ("gtags (definitions and words)", "gtags", ["-C", folder, scratch]),
        ("ast-grep (call sites only)", "ast-grep", ["run", "-p", pattern, "--lang", language, "--json=stream", folder]),
    ]
    if python:
        output = os.path.join(scratch, "index.scip")
        peers.append(("scip-python", "scip-python", ["index", "--cwd", folder, "--project-name", "p", "--output", output]))
    for name, program, arguments in peers:
        program = shutil.which(program, path=path)
        if program:
            rows.append((name, [program, *arguments]))
    return rows


def map_commands(folder, path):
    """The same for the map of a Laravel application; Laravel's own list needs `vendor/` and a PHP that fits."""
    own = os.path.join(ROOT, "target", "release", "codeproof")
    quiet = ["--no-store", "--format", "json", "-o", os.devnull]
    rows = [
        ("codeproof map --only routes", [own, "map", folder, "--only", "routes", *quiet]),
        ("codeproof map", [own, "map", folder, *quiet]),
    ]
    php, artisan = shutil.which("php", path=path), os.path.join(folder, "artisan")
    if php and os.path.exists(artisan) and os.path.isdir(os.path.join(folder, "vendor")):
        rows.append(("artisan route:list", [php, artisan, "route:list", "--json"]))
    return rows


def reads_much_of(folder, extensions):
    """Whether at least 100 files have one of the extensions: a peer is measured on what it is made for."""
    names = (name for _, _, files in os.walk(folder) for name in files if name.endswith(extensions))
    return sum(1 for _ in names) >= 100


def run(command, home):
    """CPU seconds, wall seconds and peak memory in MiB of one run."""
    environment = dict(os.environ, HOME=home)
    environment.pop("XDG_DATA_HOME", None)
    started = time.monotonic()
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, env=environment)
    _, status, usage = os.wait4(process.pid, 0)
    wall = time.monotonic() - started
    process.returncode = os.waitstatus_to_exitcode(status)
    return usage.ru_utime + usage.ru_stime, wall, usage.ru_maxrss / 1024, process.returncode


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--runs", type=int, default=5)
    parser.add_argument("--path", default="")
    parser.add_argument("--index", action="store_true", help="measure the index instead of scans")
    parser.add_argument("--map", action="store_true", help="measure maps of Laravel applications instead of scans")
    parser.add_argument("--only", default="", help="run only commands whose name contains this")
    parser.add_argument("trees", nargs="+", metavar="NAME=FOLDER")
    options = parser.parse_args()
    path = os.pathsep.join(part for part in (options.path, os.environ.get("PATH", "")) if part)
    with open("/proc/cpuinfo", encoding="utf-8") as info:
        model = next((line.split(":", 1)[1].strip() for line in info if line.startswith("model name")), "unknown")
    print(f"{os.cpu_count()} cores of {model}, {platform.system()} {platform.release()}, {options.runs} runs\n")
    print("| tree | command | CPU s | wall s | peak MiB | exit |")
    print("|---|---|---|---|---|---|")
    for tree in options.trees:
        name, _, folder = tree.partition("=")
        folder = os.path.abspath(os.path.expanduser(folder))
        if not os.path.isdir(folder):
            sys.exit(f"there is no folder {folder}; give trees as NAME=FOLDER")
        with tempfile.TemporaryDirectory() as home, tempfile.TemporaryDirectory() as scratch:
            if options.index:
                found = index_commands(folder, path, scratch)
            else:
                found = map_commands(folder, path) if options.map else commands(folder, path)
            rows = [row for row in found if options.only in row[0]]
            results = {what: [] for what, _ in rows}
            for turn in range(options.runs + 1):
                for what, command in rows:
                    if what.endswith(", cold"):
                        with tempfile.TemporaryDirectory() as fresh:
                            result = run(command, fresh)
                    else:
                        result = run(command, home)
                    if turn:
                        results[what].append(result)
        for what, _ in rows:
            cpu, wall, memory, code = zip(*results[what])
            print(
                f"| {name} | {what} | {statistics.median(cpu):.2f} | {statistics.median(wall):.2f} "
                f"| {max(memory):.0f} | {code[-1]} |",
                flush=True,
            )


if __name__ == "__main__":
    main()
