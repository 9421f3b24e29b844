//! Files made to break a scanner.

use crate::harness::Project;

#[test]
fn hostile_files_are_survived() {
    let deep = 200_000;
    let project = Project::new(&[]);
    for extension in ["c", "cpp", "php", "py"] {
        let head = if extension == "php" { "<?php\n" } else { "" };
        let mut texts = vec![
            ("empty", Vec::new()),
            ("brackets", format!("{head}x = {}", "(".repeat(deep)).into_bytes()),
            ("pairs", format!("{head}x = {}{}", "[".repeat(deep), "]".repeat(deep)).into_bytes()),
            ("sum", format!("{head}x = {}a", "a+".repeat(deep)).into_bytes()),
            ("line", format!("{head}x = '{}'", "y".repeat(300_000)).into_bytes()),
            ("bom", [b"\xef\xbb\xbf".as_slice(), head.as_bytes(), b"x = 1\r\ny = 2\r\n"].concat()),
            ("nul", [head.as_bytes(), b"x = 1\0\ny = 2\n"].concat()),
            ("latin1", [head.as_bytes(), b"x = 'caf\xe9 \xff'\n"].concat()),
            ("broken", format!("{head}def f(: }} ]] class {{ if x then (").into_bytes()),
            ("blocks", "{\n".repeat(deep).into_bytes()),
        ];
        texts.push(("utf16", "x = 1\n".encode_utf16().flat_map(u16::to_le_bytes).collect()));
        for (name, bytes) in texts {
            project.write(&format!("{name}.{extension}"), bytes);
        }
    }
    let report = project.scan_json(&[]);
    assert_eq!(report["summary"]["files"], 44, "{:?}", report["problems"]);
    let failures: Vec<_> = report["problems"]
        .as_array()
        .expect("problems")
        .iter()
        .filter(|problem| problem["kind"] == "engine" || problem["kind"] == "unreadable")
        .collect();
    assert!(failures.is_empty(), "{failures:?}");
    for command in ["symbols", "calls", "imports"] {
        assert_eq!(project.run(&[command, "."]).code, Some(0));
    }
}
