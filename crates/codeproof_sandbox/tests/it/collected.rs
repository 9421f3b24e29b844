//! Files that come back from the scratch folder, from single runs and from the warm server's.

use codeproof_sandbox::{Ending, Error, Job, LeftOut, Outcome, Policy};

use crate::setting::{policy, python, run_with, sandbox, shown};

/// Leaves a file, a file in a folder, and everything that is no file.
const TEXT: &str = "
import os
os.makedirs('deep/er')
open('rows.csv', 'w').write('a,b\\n1,2\\n')
open('deep/er/rows.csv', 'wb').write(bytes(range(256)))
os.symlink('/etc/passwd', 'link'); os.symlink('deep', 'linked'); os.symlink('rows.csv', 'near')
os.link('rows.csv', 'twin')
with open('sparse', 'wb') as file: file.truncate(7 << 20)
open('closed', 'w').write('x'); os.chmod('closed', 0)
print('done')
";

const NAMES: [&str; 9] = [
    "rows.csv",
    "deep/er/rows.csv",
    "twin",
    "link",
    "linked/er/rows.csv",
    "near",
    "deep",
    "sparse",
    "missing/rows.csv",
];

fn check(outcome: &Outcome) {
    let came: Vec<(&str, &[u8])> = outcome.files.iter().map(|file| (&*file.name, &*file.content)).collect();
    let bytes: Vec<u8> = (0..=255).collect();
    let expected: [(&str, &[u8]); 3] =
        [("rows.csv", b"a,b\n1,2\n"), ("deep/er/rows.csv", &bytes), ("twin", b"a,b\n1,2\n")];
    assert_eq!(came, expected, "{}", shown(outcome));
    let left: Vec<(&str, LeftOut)> = outcome.left_out.iter().map(|(name, why)| (&**name, *why)).collect();
    let expected = [
        ("link", LeftOut::NotRegular),
        ("linked/er/rows.csv", LeftOut::NotRegular),
        ("near", LeftOut::NotRegular),
        ("deep", LeftOut::NotRegular),
        ("sparse", LeftOut::TooLarge),
        ("missing/rows.csv", LeftOut::Missing),
    ];
    assert_eq!(left, expected);
}

fn collecting(policy: Policy) -> Policy {
    Policy { collected_bytes: 4096, ..policy }
}

#[test]
fn regular_files_come_back_and_nothing_else() {
    let outcome = run_with(TEXT, |job, policy| {
        job.collect.extend(NAMES.map(str::to_owned));
        *policy = collecting(policy.clone());
    });
    if let Some(outcome) = outcome {
        check(&outcome);
    }
}

#[test]
fn they_come_back_from_the_warm_server() {
    let Some(python) = python() else { return eprintln!("SKIPPED: no python3 on this machine") };
    let mut job = Job::new(python, "program.py", TEXT);
    let mut server = match sandbox().warm(&job, &policy(), &[]) {
        Ok(server) => server,
        Err(Error::Refused { part, why }) => return eprintln!("SKIPPED: this kernel refuses {part}: {why}"),
        Err(error) => panic!("{error:?}"),
    };
    job.collect.extend(NAMES.map(str::to_owned));
    check(&server.run(&job, &collecting(policy())).expect("a run"));
    let large = Job { collect: vec!["large".to_owned()], ..job.clone() };
    let large = Job {
        program: codeproof_sandbox::PlacedFile {
            name: "program.py".to_owned(),
            content: b"open('large', 'wb').write(b'x' * 5_000_000)".to_vec(),
        },
        ..large
    };
    let outcome = server.run(&large, &policy()).expect("a run");
    assert_eq!(outcome.files.first().map(|file| file.content.len()), Some(5_000_000), "{}", shown(&outcome));
}

#[test]
fn what_an_ended_run_left_comes_back() {
    let text = "import os\nopen('rows.csv', 'w').write('1')\nwhile True: os.write(1, b'x' * 65536)";
    let outcome = run_with(text, |job, _| *job = job.clone().collect("rows.csv"));
    if let Some(outcome) = outcome {
        assert_eq!((outcome.ending, outcome.files.len()), (Ending::Output, 1), "{}", shown(&outcome));
    }
}

#[test]
fn names_outside_are_refused() {
    let Some(python) = python() else { return eprintln!("SKIPPED: no python3 on this machine") };
    for name in ["../rows.csv", "/etc/passwd", "", "a/../../b"] {
        let job = Job::new(python.clone(), "program.py", "print(1)").collect(name);
        assert!(matches!(sandbox().run(&job, &policy()), Err(Error::Layout(_))), "{name}");
    }
}
