//! `codeproof scan GIT-URL` and `codeproof scan PATH --since REV`.

use std::path::PathBuf;
use std::process::{Command, Stdio};

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde_json::Value;

use crate::git_server::GitServer;
use crate::harness::{Project, Run, files_below, rule_ids};

const C_FILE: &str = "void f(char *b)\n{\n    gets(b);\n}\n";

/// A password, made here so that none is stored.
fn password() -> String {
    ["open", "-sesame"].concat()
}

/// The header for the user `x-access` and that password.
fn authorization() -> String {
    format!("Basic {}", STANDARD.encode(format!("x-access:{}", password())))
}

/// Runs git in the project's folder without anybody's configuration, and answers with what it says.
pub(crate) fn git(project: &Project, arguments: &[&str]) -> String {
    let mut command = Command::new("git");
    command.args(["-c", "user.name=a", "-c", "user.email=a@example.com", "-c", "init.defaultBranch=main"]);
    command.args(arguments).current_dir(project.root());
    command.env("GIT_CONFIG_NOSYSTEM", "1").env("GIT_CONFIG_GLOBAL", "/dev/null");
    let output = command.output().expect("git runs");
    assert!(output.status.success(), "git {arguments:?}: {}", String::from_utf8_lossy(&output.stderr));
    String::from_utf8_lossy(&output.stdout).trim().to_owned()
}

/// A project under git with one commit, tagged `v1`, and its bare clone at `served/repo.git`.
fn served(files: &[(&str, &str)]) -> (Project, PathBuf) {
    let project = Project::new(files);
    git(&project, &["init", "-q"]);
    git(&project, &["add", "-A", "-f"]);
    git(&project, &["commit", "-q", "-m", "one"]);
    git(&project, &["tag", "v1"]);
    let served = project.beside("served");
    std::fs::create_dir(&served).expect("a folder");
    let bare = served.join("repo.git");
    git(&project, &["clone", "-q", "--bare", ".", bare.to_str().expect("UTF-8")]);
    (project, served)
}

fn server(served: &std::path::Path) -> GitServer {
    GitServer::new(served, &authorization(), "http://elsewhere.invalid/")
}

fn report(run: &Run) -> Value {
    serde_json::from_str(&run.stdout).unwrap_or_else(|error| panic!("{error}: {run:?}"))
}

/// Folders for repositories that are still there.
fn left(project: &Project) -> usize {
    project.beside("home/.local/share/codeproof/git").read_dir().map_or(0, Iterator::count)
}

#[test]
fn a_repository_is_scanned_over_http() {
    let (project, served) = served(&[("a.c", C_FILE), (".gitignore", "*.c\n")]);
    let server = server(&served);
    let url = server.url("open/repo.git");
    let commit = git(&project, &["rev-parse", "HEAD"]);
    for revision in [None, Some("v1"), Some(commit.as_str())] {
        let mut arguments = vec!["scan", &url, "--format", "json", "--no-progress"];
        arguments.extend(revision.iter().flat_map(|revision| ["--ref", revision]));
        let run = project.run(&arguments);
        assert_eq!(run.code, Some(0), "{run:?}");
        let report = report(&run);
        assert_eq!(rule_ids(&report), ["c-gets"], "{revision:?}");
        assert_eq!(
            (&report["scan"]["target"], &report["scan"]["commit"]),
            (&url.as_str().into(), &commit.as_str().into())
        );
        assert_eq!(left(&project), 0);
    }
    let text = project.run(&["scan", &url, "--no-progress"]).stdout;
    assert!(text.contains("    3 │     gets(b);"), "the lines are shown: {text}");
    // The files are gone later; what was stored is shown.
    let again = project.run(&["scans", "1"]);
    for part in ["gets(b);", &url, &commit] {
        assert!(again.stdout.contains(part), "{part} is missing in {again:?}");
    }
}

#[test]
fn local_repositories_are_scanned_by_folder_and_url() {
    let (project, served) = served(&[("a.c", C_FILE)]);
    let bare = served.join("repo.git").display().to_string();
    project.write("a.c", "int nothing;\n");
    for arguments in [
        vec!["scan", bare.as_str()],
        vec!["scan", &format!("file://{bare}"), "--ref", "v1"],
        vec!["scan", ".", "--ref", "v1"],
        vec!["scan", ".", "--ref", "HEAD"],
    ] {
        let run = project.run(&[arguments.as_slice(), &["--format", "json", "--no-progress"]].concat());
        assert_eq!(rule_ids(&report(&run)), ["c-gets"], "{arguments:?}");
    }
    assert!(rule_ids(&project.scan_json(&[])).is_empty(), "without --ref the files on the disk count");
}

#[test]
fn settings_of_the_repository_narrow_and_the_report_says_so() {
    let (project, served) =
        served(&[("a.c", C_FILE), ("old/b.c", C_FILE), ("codeproof.toml", "exclude = [\"old/\"]\n")]);
    let bare = served.join("repo.git").display().to_string();
    let narrowed = report(&project.run(&["scan", &bare, "--format", "json", "--no-progress"]));
    assert_eq!(rule_ids(&narrowed).len(), 1);
    assert!(narrowed["notes"].to_string().contains("old/"), "{}", narrowed["notes"]);
    let whole = project.run(&["scan", &bare, "--format", "json", "--no-progress", "--no-project-settings"]);
    assert_eq!(rule_ids(&report(&whole)).len(), 2);
}

#[test]
fn a_token_reaches_its_host_and_nothing_else() {
    let (project, served) = served(&[("a.c", C_FILE)]);
    let server = server(&served);
    let url = server.url("private/repo.git");
    let password = password();
    let with_password = url.replacen("http://", &format!("http://x-access:{password}@"), 1);
    let pair = format!("x-access:{password}");

    let config = project.beside("config.toml");
    std::fs::write(&config, "[git_token_env]\n\"127.0.0.1\" = \"OF_THIS_HOST\"\n").expect("a file");
    let config = config.display().to_string();
    let ways: [(&[&str], &str); 4] = [
        (&["scan", &url, "--git-token-env", "MINE"], "MINE"),
        (&["scan", &url], "CODEPROOF_GIT_TOKEN"),
        (&["scan", &url, "--config", &config], "OF_THIS_HOST"),
        (&["scan", &with_password], "UNUSED"),
    ];
    for (arguments, variable) in ways {
        let arguments = [arguments, &["--format", "json"]].concat();
        let output = project.command(&arguments).env(variable, &pair).output().expect("it runs");
        let run = Run::of(output);
        assert_eq!(run.code, Some(0), "{arguments:?}: {run:?}");
        assert_eq!(report(&run)["scan"]["target"], url.as_str(), "the URL is shown without the password");
        assert!(!format!("{run:?}").contains(&password), "{run:?}");
    }
    assert!(server.seen().iter().any(|(_, sent)| sent.as_ref() == Some(&authorization())));
    // Nor is it in the database, the cache, or anything else that is kept.
    let authorization = authorization();
    for (path, bytes) in files_below(&project.beside("home")) {
        for secret in [password.as_bytes(), &authorization.as_bytes()[6..]] {
            assert!(!bytes.windows(secret.len()).any(|window| window == secret), "{}", path.display());
        }
    }
}

#[test]
fn without_the_right_token_the_answer_says_what_to_do() {
    let (project, served) = served(&[("a.c", C_FILE)]);
    let server = server(&served);
    let url = server.url("private/repo.git");
    project.run(&["scan", &url]).fails_with(3, &["asks for a password", "CODEPROOF_GIT_TOKEN", "--git-token-env"]);
    let wrong = ["wrong", "-word"].concat();
    let output = project.command(&["scan", &url]).env("CODEPROOF_GIT_TOKEN", &wrong).output().expect("it runs");
    let run = Run::of(output);
    run.fails_with(3, &["refused the credentials"]);
    assert!(!run.stderr.contains(&wrong), "{run:?}");
    project.run(&["scan", &url, "--git-token-env", "NOT_SET"]).fails_with(2, &["NOT_SET is not set"]);
    let there = "http://example.invalid/repo.git";
    let output = project.command(&["scan", there]).env("CODEPROOF_GIT_TOKEN", &wrong).output().expect("it runs");
    Run::of(output).fails_with(2, &["is not sent", "not encrypted"]);
    assert_eq!(left(&project), 0);
}

#[test]
fn redirects_are_followed_on_the_same_host_only() {
    let (project, served) = served(&[("a.c", C_FILE)]);
    let server = server(&served);
    let run = project.run(&["scan", &server.url("moved/repo.git"), "--ref", "v1", "--format", "json"]);
    assert_eq!(run.code, Some(0), "{run:?}");
    let notes = report(&run)["notes"].to_string();
    assert!(notes.contains("has moved to") && notes.contains("/open/repo.git"), "{notes}");

    let token = ["se", "cret"].concat();
    let away = server.url("away/repo.git");
    let output = project.command(&["scan", &away]).env("CODEPROOF_GIT_TOKEN", &token).output().expect("it runs");
    let run = Run::of(output);
    run.fails_with(3, &["redirects to http://elsewhere.invalid/repo.git", "is not followed"]);
    project.run(&["scan", &server.url("loop/repo.git")]).fails_with(3, &["again and again"]);
}

#[test]
fn what_is_not_there_is_said() {
    let (project, served) = served(&[("a.c", C_FILE)]);
    let server = server(&served);
    let url = server.url("open/repo.git");
    project
        .run(&["scan", &server.url("open/nothing.git")])
        .fails_with(3, &["there is no repository", "/open/nothing.git"]);
    project
        .run(&["scan", &url, "--ref", "mian"])
        .fails_with(2, &["no branch, tag or commit \"mian\"", "did you mean main"]);
    project.run(&["scan", &url, "--ref", "refs/pull/7/head"]).fails_with(2, &["no branch, tag or commit"]);
    project.run(&["scan", &url, "--ref", &"1".repeat(40)]).fails_with(2, &["no branch, tag or commit"]);
    let short = git(&project, &["rev-parse", "--short", "HEAD"]);
    project.run(&["scan", &url, "--ref", &short]).fails_with(2, &["give all 40 characters"]);
    project.run(&["scan", "http://host.invalid/r"]).fails_with(3, &["the host of http://host.invalid/r is unknown"]);
    project.run(&["scan", "http://127.0.0.1:1/r"]).fails_with(3, &["cannot be reached"]);
    project.run(&["scan", &url.replacen("http:", "https:", 1)]).fails_with(3, &["cannot be trusted"]);
    project.run(&["scan", "file:///nowhere/at/all"]).fails_with(2, &["is not a git repository"]);
    project.run(&["scan", "a.c", "--ref", "v1"]).fails_with(2, &["is a file"]);
    project.run(&["scan", &url, "--since", "v1"]).fails_with(2, &["--since compares the files of a folder"]);
    assert_eq!(left(&project), 0);
}

#[test]
fn what_could_run_something_is_refused_before_git_starts() {
    let project = Project::new(&[("a.c", C_FILE)]);
    let mark = project.beside("pwned").display().to_string();
    for url in [
        format!("ext::sh -c touch% {mark}"),
        format!("ssh://-oProxyCommand=touch {mark}/x"),
        format!("ssh://-oProxyCommand=touch${{IFS}}{mark}/x"),
        format!("-oProxyCommand=touch@{mark}:x"),
        "fd::17/foo".to_owned(),
        "git://127.0.0.1/x".to_owned(),
    ] {
        let run = project.run(&["scan", "--", &url]);
        run.fails_with(2, &[if url.starts_with('-') { "no file or folder" } else { "is refused" }]);
    }
    assert!(!project.beside("pwned").exists());
    // A git of the scanned folder is not the git that is run.
    project.write("git", format!("#!/bin/sh\ntouch {mark}\n"));
    let mode = std::os::unix::fs::PermissionsExt::from_mode(0o755);
    std::fs::set_permissions(project.root().join("git"), mode).expect("a mode");
    let path = format!(".::{}", std::env::var("PATH").expect("a PATH"));
    let output = project.command(&["scan", ".", "--since", "x"]).env("PATH", path).output().expect("it runs");
    Run::of(output).fails_with(2, &["not in the work tree"]);
    assert!(!project.beside("pwned").exists());
    let output = project.command(&["scan", ".", "--since", "x"]).env("PATH", ".").output().expect("it runs");
    Run::of(output).fails_with(3, &["git is needed", "install git"]);
}

#[test]
fn a_server_that_does_not_answer_is_given_up() {
    let (project, served) = served(&[("a.c", C_FILE)]);
    let server = server(&served);
    let mut command = project.command(&["scan", &server.url("hang/repo.git")]);
    let run = Run::of(command.env("CODEPROOF_GIT_MAX_SECONDS", "1").output().expect("it runs"));
    run.fails_with(3, &["was given up after 1 s", "git_max_seconds"]);
    assert_eq!(server.hanging.iter().take(2).collect::<Vec<_>>(), [true, false], "git has gone, too");
    assert_eq!(left(&project), 0);
}

#[test]
fn an_interrupted_fetch_leaves_nothing_behind() {
    for signal in ["-INT", "-TERM"] {
        let (project, served) = served(&[("a.c", C_FILE)]);
        let server = server(&served);
        let mut command = project.command(&["scan", &server.url("hang/repo.git")]);
        let mut child = command.stdout(Stdio::null()).stderr(Stdio::null()).spawn().expect("it starts");
        assert_eq!(server.hanging.recv(), Ok(true), "git asks the server");
        assert_eq!(left(&project), 1);
        let killed = Command::new("kill").args([signal, &child.id().to_string()]).status().expect("kill runs");
        assert!(killed.success());
        assert_eq!(child.wait().expect("it ends").code(), Some(130));
        assert_eq!(server.hanging.recv(), Ok(false), "git has gone, too");
        assert_eq!(left(&project), 0);
    }
}

#[test]
fn what_a_killed_run_left_is_removed_by_the_next() {
    let (project, served) = served(&[("a.c", C_FILE)]);
    let server = server(&served);
    let mut command = project.command(&["scan", &server.url("hang/repo.git")]);
    let mut child = command.stdout(Stdio::null()).stderr(Stdio::null()).spawn().expect("it starts");
    assert_eq!(server.hanging.recv(), Ok(true), "git asks the server");
    child.kill().expect("it is killed");
    child.wait().expect("it ends");
    assert_eq!(left(&project), 1);
    assert_eq!(project.run(&["scan", &server.url("open/repo.git")]).code, Some(0));
    assert_eq!(left(&project), 0);
}

#[test]
fn too_large_a_repository_is_not_taken() {
    let (project, served) = served(&[("a.c", &C_FILE.repeat(1000))]);
    let server = server(&served);
    let mut command = project.command(&["scan", &server.url("open/repo.git")]);
    let run = Run::of(command.env("CODEPROOF_GIT_MAX_BYTES", "1000").output().expect("it runs"));
    run.fails_with(3, &["larger than 1000 bytes", "git_max_bytes"]);
    assert_eq!(left(&project), 0);
}

#[test]
fn since_reports_changed_lines_only_and_says_what_was_left_out() {
    let (project, _) = served(&[("a.c", C_FILE), ("b.c", C_FILE), ("sub/c.c", C_FILE)]);
    git(&project, &["checkout", "-q", "-b", "feature"]);
    project.write("a.c", format!("{C_FILE}void g(char *b) {{ gets(b); }}\n"));
    git(&project, &["commit", "-q", "-am", "two"]);
    git(&project, &["mv", "b.c", "moved.c"]);
    project.write("moved.c", format!("/* a */\n{C_FILE}"));
    project.write("sub/new.c", "/* another file */\nint other;\nvoid h(char *b) { gets(b); }\n");
    let whole = project.scan_json(&[]);
    assert_eq!(rule_ids(&whole).len(), 5);
    let since = project.scan_json(&["--since", "main"]);
    let places: Vec<String> = since["findings"]
        .as_array()
        .expect("findings")
        .iter()
        .map(|finding| {
            format!(
                "{}:{}",
                finding["location"]["path"].as_str().unwrap_or_default(),
                finding["location"]["first_line"]
            )
        })
        .collect();
    assert_eq!(places, ["a.c:5", "sub/new.c:3"]);
    let notes = since["notes"].to_string();
    for words in ["since main", "1 unchanged file was left out", "2 findings on unchanged lines"] {
        assert!(notes.contains(words), "{words:?} is missing in {notes}");
    }
    assert_eq!(since["summary"]["cache_hits"], 3, "whole files are analysed, and kept");
    assert_eq!(project.run(&["scan", ".", "--since", "main", "--fail-on", "high"]).code, Some(1));
    assert_eq!(project.run(&["scan", "sub/c.c", "--since", "main", "--fail-on", "high"]).code, Some(0));
    project.run(&["scan", ".", "--since", "mian"]).fails_with(2, &["did you mean main?"]);
}

#[test]
fn doctor_says_which_git_is_used() {
    let project = Project::new(&[]);
    let run = project.run(&["doctor"]);
    assert!(
        run.stdout.lines().any(|line| line.starts_with("ok") && line.contains(" git ") && line.contains("/git)")),
        "{run:?}"
    );
    let output = project.command(&["doctor"]).env("PATH", "").output().expect("it runs");
    assert!(String::from_utf8_lossy(&output.stdout).contains("install git"), "{output:?}");
}

#[test]
fn ssh_is_asked_in_batch_mode_and_with_nothing_forwarded() {
    let (project, served) = served(&[("a.c", C_FILE)]);
    // An ssh that notes how it was called, and runs what it is told here instead of there.
    let programs = project.beside("programs");
    std::fs::create_dir(&programs).expect("a folder");
    let log = project.beside("ssh.log");
    let script = format!(
        "#!/bin/sh\nprintf '%s\\n' \"$@\" >> {log}\nenv >> {log}\nfor last; do :; done\ncd {served} && eval \"$last\"\n",
        log = log.display(),
        served = served.display(),
    );
    std::fs::write(programs.join("ssh"), script).expect("a file");
    let mode = std::os::unix::fs::PermissionsExt::from_mode(0o755);
    std::fs::set_permissions(programs.join("ssh"), mode).expect("a mode");
    let path = format!("{}:{}", programs.display(), std::env::var("PATH").expect("a PATH"));
    let whole = format!("ssh://git@host.example:2222{}", served.join("repo.git").display());
    for url in ["git@host.example:repo.git", &whole] {
        let _ = std::fs::remove_file(&log);
        let mut command = project.command(&["scan", url, "--ref", "v1", "--format", "json", "--no-progress"]);
        command.env("PATH", &path).env("SSH_AUTH_SOCK", "/agent").env("SSH_ASKPASS", "/ask").env("PRIVATE", "mine");
        let run = Run::of(command.output().expect("it runs"));
        assert_eq!(run.code, Some(0), "{run:?}");
        assert_eq!(rule_ids(&report(&run)), ["c-gets"]);
        let called = std::fs::read_to_string(&log).expect("ssh was called");
        for part in ["BatchMode=yes", "ForwardAgent=no", "ControlMaster=no", "git@host.example", "SSH_AUTH_SOCK=/agent"]
        {
            assert!(called.contains(part), "{part} is missing in {called}");
        }
        for part in ["StrictHostKeyChecking", "SSH_ASKPASS", "PRIVATE"] {
            assert!(!called.contains(part), "{part} is in {called}");
        }
    }
    let mut command = project.command(&["scan", "git@host.example:repo.git"]);
    std::fs::write(programs.join("ssh"), "#!/bin/sh\necho 'Host key verification failed.' >&2\nexit 255\n")
        .expect("a file");
    let run = Run::of(command.env("PATH", &path).output().expect("it runs"));
    run.fails_with(3, &["git@host.example:repo.git cannot be trusted", "known_hosts"]);
}
