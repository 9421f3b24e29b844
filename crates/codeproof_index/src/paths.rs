//! Paths as text: `/`-separated, the root is empty.

/// The folder of `path`; empty at the root.
pub(crate) fn folder(path: &str) -> &str {
    path.rsplit_once('/').map_or("", |(folder, _)| folder)
}

/// The last component.
pub(crate) fn file_name(path: &str) -> &str {
    path.rsplit('/').next().unwrap_or(path)
}

/// The part of a path that names a module: the last component, and the one before for files that stand for their
/// folder (`a/b/__init__.py` is `b/__init__.py`), of which a program has many.
pub(crate) fn module_name(path: &str) -> &str {
    let name = file_name(path);
    let stands_for_folder = matches!(stem(name), "__init__" | "index" | "mod");
    match path[..path.len() - name.len()].strip_suffix('/') {
        Some(folder) if stands_for_folder => &path[folder.rfind('/').map_or(0, |slash| slash + 1)..],
        _ => name,
    }
}

/// The last component without its last extension.
pub(crate) fn stem(path: &str) -> &str {
    let name = file_name(path);
    name.rsplit_once('.').map_or(name, |(stem, _)| stem)
}

/// `relative` seen from `folder`, with `.` and `..` worked off; `None` when it leaves the root.
pub(crate) fn join(folder: &str, relative: &str) -> Option<String> {
    let mut parts: Vec<&str> = folder.split('/').filter(|part| !part.is_empty()).collect();
    for part in relative.split('/') {
        match part {
            "" | "." => {}
            ".." => drop(parts.pop()?),
            part => parts.push(part),
        }
    }
    Some(parts.join("/"))
}

/// How many folders two paths share from the root down.
pub(crate) fn shared_folders(one: &str, other: &str) -> usize {
    let parts = |path| folder(path).split('/').filter(|part: &&str| !part.is_empty());
    parts(one).zip(parts(other)).take_while(|(one, other)| one == other).count()
}

/// Whether `path` is `folder` or lies below it.
pub(crate) fn is_within(path: &str, folder: &str) -> bool {
    folder.is_empty() || path.strip_prefix(folder).is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
}

/// What stands before `suffix` when `path` ends with it at a folder's border: `src/a/b.py` before `a/b.py` is `src`.
pub(crate) fn before_suffix<'p>(path: &'p str, suffix: &str) -> Option<&'p str> {
    let before = path.strip_suffix(suffix)?;
    if before.is_empty() { Some("") } else { before.strip_suffix('/') }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn joins_within_the_root() {
        assert_eq!(join("a/b", "../c.js").as_deref(), Some("a/c.js"));
        assert_eq!(join("", "./x").as_deref(), Some("x"));
        assert_eq!(join("a", "../../x"), None);
        assert_eq!(before_suffix("src/a/b.py", "a/b.py"), Some("src"));
        assert_eq!(before_suffix("xa/b.py", "a/b.py"), None);
        assert_eq!(module_name("a/b/__init__.py"), "b/__init__.py");
        assert_eq!(module_name("__init__.py"), "__init__.py");
        assert_eq!(module_name("a/b.py"), "b.py");
        assert!(is_within("a/b", "a") && !is_within("ab", "a"));
        assert_eq!(shared_folders("a/b/c.py", "a/b/x/y.py"), 2);
    }
}
