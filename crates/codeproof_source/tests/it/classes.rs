//! Classes as the snapshot gives them, from paths and contents together.

use codeproof_types::FileClass;

use crate::tree::Tree;

#[test]
fn the_strongest_reason_wins() {
    let rows = [
        ("app/Http/UserController.php", "<?php\n", FileClass::FirstParty),
        ("app/Models/User_pb2.py", "", FileClass::Generated),
        ("node_modules/a/tests/a.js", "", FileClass::Vendored),
        ("public/js/app.min.js", "", FileClass::Minified),
        ("tests/Feature/LoginTest.php", "<?php\n", FileClass::Test),
        ("tests/api_pb2.py", "", FileClass::Generated),
        ("vendor/app.min.js", "", FileClass::Vendored),
        ("yarn.lock", "# yarn lockfile v1\n", FileClass::Generated),
    ];
    let tree = Tree::new(&rows.map(|(path, text, _)| (path, text)));
    let classes: Vec<_> = tree.snapshot().files.iter().map(|file| (file.path.to_string(), file.class)).collect();
    assert_eq!(classes, rows.map(|(path, _, class)| (path.to_owned(), class)));
}
