//! Programs that mean well: they find what they need, and their results come back.

use std::os::unix::fs::PermissionsExt as _;
use std::path::Path;

use codeproof_sandbox::{Ending, Error, Job, Part, PlacedFile, Policy, Python, Sandbox};

use crate::setting::{check, folder_with, policy, python, run, run_with, sandbox, shown};

#[test]
fn a_program_reads_its_data_and_prints_a_result() {
    let folder = folder_with("daily.csv", "ticker,close\nA,1\nB,2\n");
    let modules =
        folder_with("shared_rows.py", "import csv\ndef rows(path): return list(csv.DictReader(open(path)))\n");
    let text = "
import json, sys, helper_beside
from shared_rows import rows
assert sys.argv[1:] == ['--data', '/data', '--json'], sys.argv
assert open('start.txt').read() == 'given'
open('start.txt', 'a').write('!')
print(json.dumps({'rows': rows(sys.argv[2] + '/daily.csv'), 'beside': helper_beside.VALUE}))
";
    let outcome = run_with(text, |job, _| {
        job.support.push(PlacedFile { name: "helper_beside.py".into(), content: b"VALUE = 7".to_vec() });
        job.scratch.push(PlacedFile { name: "start.txt".into(), content: b"given".to_vec() });
        *job = job.clone().folder(folder.path(), "/data").modules(modules.path());
        *job = job.clone().argument("--data").argument("/data").argument("--json");
    });
    if let Some(outcome) = outcome {
        assert!(outcome.succeeded(), "{}", shown(&outcome));
        let result = outcome.result(&policy()).unwrap();
        assert_eq!((&result["rows"][1]["ticker"], &result["beside"]), (&"B".into(), &7.into()));
        assert_eq!(outcome.incidents, []);
        assert!(outcome.peak_bytes > 1 << 20 && !outcome.cpu_time.is_zero());
    }
}

#[test]
fn threads_processes_and_temporary_files_work() {
    let text = "
import concurrent.futures, multiprocessing, sqlite3, tempfile, asyncio
def double(value): return 2 * value
with concurrent.futures.ThreadPoolExecutor(4) as pool: threads = list(pool.map(double, range(3)))
with multiprocessing.get_context('fork').Pool(2) as pool: processes = pool.map(double, range(3))
shared = multiprocessing.get_context('fork').Array('d', 4)
shared[3] = 5
async def later():
    await asyncio.sleep(0)
    return 4
with tempfile.NamedTemporaryFile() as file: file.write(b'x')
print(threads, processes, asyncio.run(later()), sqlite3.connect('x.db').execute('select 1').fetchone(), shared[3])
";
    check(text, "[0, 2, 4] [0, 2, 4] 4 (1,) 5.0");
}

#[test]
fn an_interpreter_may_be_named_from_where_one_stands() {
    let up: std::path::PathBuf = std::path::absolute(".").unwrap().components().skip(1).map(|_| "..").collect();
    let Ok(python) = Python::at(Path::new("/usr/bin/python3")) else { return };
    assert_eq!(Python::at(&up.join("usr/bin/python3")).unwrap(), python);
}

#[test]
fn the_way_it_ended_is_told() {
    let endings = [
        ("print(1)", Ending::Exited(0)),
        ("raise SystemExit(3)", Ending::Exited(3)),
        ("raise ValueError('x')", Ending::Exited(1)),
        ("import ctypes\nctypes.string_at(0)", Ending::Killed(11)),
    ];
    for (text, expected) in endings {
        if let Some(outcome) = run(text) {
            assert_eq!(outcome.ending, expected, "{text}: {}", shown(&outcome));
        }
    }
}

#[test]
fn a_virtual_environment_is_seen_without_its_place() {
    let Some(python) = python() else { return eprintln!("SKIPPED: no python3 on this machine") };
    let folder = folder_with("python", "");
    let environment = folder.path().join("somebody").join("env");
    let made = run_with("import sys\nprint(sys.executable)", |_, _| {});
    let Some(executable) = made.as_ref().and_then(|outcome| outcome.last_line()) else { return };
    let host = if executable.starts_with("/python/") { return } else { Path::new(executable) };
    let packages = environment.join(format!("lib/python{}/site-packages", python.version()));
    std::fs::create_dir_all(&packages).unwrap();
    std::fs::create_dir_all(environment.join("bin")).unwrap();
    std::fs::write(packages.join("only_here.py"), "VALUE = 5").unwrap();
    let home = host.parent().unwrap().display();
    std::fs::write(environment.join("pyvenv.cfg"), format!("home = {home}\n")).unwrap();
    std::os::unix::fs::symlink(host, environment.join("bin/python")).unwrap();
    // A closed folder on the way: this user's own, or, as root, nobody else's.
    std::fs::set_permissions(folder.path().join("somebody"), std::fs::Permissions::from_mode(0o700)).unwrap();
    let inside = Python::at(&environment.join("bin/python")).unwrap();
    let text = "import only_here, sys\nprint(only_here.VALUE, sys.prefix)";
    if let Some(outcome) = run_with(text, |job, _| job.python = inside) {
        assert_eq!(outcome.last_line(), Some("5 /venv"), "{}", shown(&outcome));
    }
}

#[test]
fn every_part_is_told() {
    let parts = sandbox().parts().unwrap();
    assert_eq!(parts.iter().map(|status| status.part).collect::<Vec<_>>(), Part::ALL);
    for status in &parts {
        assert_eq!(Part::from_name(status.part.name()), Some(status.part));
        if status.part.is_required() && !status.available {
            eprintln!("SKIPPED: this kernel has no {}: {}", status.part, status.sentence);
        }
    }
}

#[test]
fn what_cannot_be_laid_out_is_refused() {
    let Some(python) = python() else { return eprintln!("SKIPPED: no python3 on this machine") };
    let job = || Job::new(python.clone(), "program.py", "print(1)");
    let refused = |job: &Job| matches!(sandbox().run(job, &policy()), Err(Error::Layout(_)));
    for place in ["/", "data", "/data/../usr", "/usr/data", "/own", ""] {
        assert!(refused(&job().folder("/usr/lib", place)), "{place}");
    }
    for name in ["", "../x.py", "/x.py", "a/../../x.py"] {
        assert!(refused(&Job::new(python.clone(), name, "")), "{name}");
    }
    let missing = Python::at("/nonexistent/python3".as_ref());
    assert!(matches!(missing, Err(Error::Python { .. })), "{missing:?}");
}

#[test]
fn a_program_that_is_no_helper_is_told_from_a_sandbox() {
    let Some(python) = python() else { return eprintln!("SKIPPED: no python3 on this machine") };
    let job = Job::new(python, "program.py", "print(1)");
    let wrong = Sandbox::with_helper("/bin/true").run(&job, &Policy::default());
    assert!(matches!(wrong, Err(Error::Helper(_))), "{wrong:?}");
}

#[test]
fn interpreters_that_cannot_be_used_say_why() {
    let folder = folder_with("python", "#!/bin/sh\necho 'Unknown option: -I' >&2\nexit 2\n");
    let program = folder.path().join("python");
    std::fs::set_permissions(&program, std::fs::Permissions::from_mode(0o755)).unwrap();
    let told = Python::at(&program).unwrap_err().to_string();
    assert!(told.ends_with("it is Python 2; Python 3 is needed"), "{told}");
    std::fs::write(&program, "#!/bin/sh\necho nothing\n").unwrap();
    let told = Python::at(&program).unwrap_err().to_string();
    assert!(told.contains("does not answer as Python 3 does"), "{told}");
}

#[test]
fn a_program_may_write_beside_itself() {
    let text = "import pathlib, sys\nimport beside\nhere = pathlib.Path(__file__).parent\n\
                (here / 'rows.csv').write_text('a')\nprint(__name__, sys.argv[1:], beside.NAME, sorted(dir())[-3:])\n";
    let placed = |name: &str, text: &str| PlacedFile { name: name.to_owned(), content: text.as_bytes().to_vec() };
    let outcome = run_with("", |job, _| {
        let beside = vec![placed("beside.py", "NAME = __name__\n")];
        *job = Job::in_scratch(job.python.clone(), placed("scan.py", text), beside).argument("--json");
    });
    if let Some(outcome) = outcome {
        let expected = "__main__ ['--json'] beside ['here', 'pathlib', 'sys']";
        assert_eq!(outcome.last_line(), Some(expected), "{}", shown(&outcome));
    }
}

#[test]
fn a_folder_that_only_its_owner_may_read_is_read() {
    let data = folder_with("daily.csv", "a,b\n");
    std::fs::create_dir(data.path().join("deep")).unwrap();
    std::fs::write(data.path().join("deep/more.csv"), "c\n").unwrap();
    std::os::unix::fs::symlink("daily.csv", data.path().join("near.csv")).unwrap();
    for name in ["daily.csv", "deep", "deep/more.csv", ""] {
        std::fs::set_permissions(data.path().join(name), std::fs::Permissions::from_mode(0o700)).unwrap();
    }
    let text = "
print([open('/data/' + name).read() for name in ('daily.csv', 'deep/more.csv', 'near.csv')])
try:
    open('/data/daily.csv', 'a')
except OSError as error:
    print(error.errno)
";
    let outcome = run_with(text, |job, _| *job = job.clone().folder(data.path(), "/data"));
    if let Some(outcome) = outcome {
        let printed = String::from_utf8_lossy(&outcome.stdout);
        assert!(printed.starts_with("['a,b\\n', 'c\\n', 'a,b\\n']\n"), "{}", shown(&outcome));
        assert!(matches!(outcome.last_line(), Some("13" | "30")), "{}", shown(&outcome));
    }
}
