//! What counts as a Laravel application.

use codeproof_laravel::{ApplicationKind, FolderOfTexts, Parts, detect, map};

fn kind(files: &[(&str, &str)]) -> Option<ApplicationKind> {
    detect(&FolderOfTexts::new(files.iter().copied()))
}

#[test]
fn applications_parts_and_packages_are_told_apart() {
    let wants_laravel = ("composer.json", r#"{"require": {"laravel/framework": "^11.0"}}"#);
    let provider = r#"{"require": {"illuminate/support": "*"}, "extra": {"laravel": {"providers": ["A\\B"]}}}"#;
    let lumen = r#"{"require": {"laravel/lumen-framework": "^8.0"}}"#;
    let start = ("bootstrap/app.php", "<?php");
    let routes = ("routes/web.php", "<?php Route::get('/', 'A@b');");
    assert_eq!(kind(&[wants_laravel, start]), Some(ApplicationKind::Application));
    assert_eq!(kind(&[start, routes]), Some(ApplicationKind::Application));
    assert_eq!(kind(&[wants_laravel, routes]), Some(ApplicationKind::Part));
    assert_eq!(kind(&[routes]), Some(ApplicationKind::Part));
    assert_eq!(kind(&[("composer.json", provider)]), Some(ApplicationKind::Package));
    assert_eq!(kind(&[("composer.json", lumen), start]), Some(ApplicationKind::Lumen));
}

#[test]
fn other_projects_are_none() {
    assert_eq!(kind(&[]), None);
    assert_eq!(kind(&[("composer.json", "{"), ("index.php", "<?php")]), None);
    assert_eq!(kind(&[("bootstrap/app.php", "<?php")]), None);
    assert_eq!(
        kind(&[("composer.json", r#"{"require": {"symfony/symfony": "*"}}"#), ("routes/web.php", "<?php")]),
        None
    );
}

#[test]
fn the_locked_version_counts() {
    let files = FolderOfTexts::new([
        ("composer.json", r#"{"require": {"laravel/framework": "^10.10|^11.0"}}"#),
        ("composer.lock", r#"{"packages": [{"name": "laravel/framework", "version": "v11.9.2"}]}"#),
        ("artisan", ""),
        ("routes/web.php", "<?php"),
    ]);
    assert_eq!(map(&files, Parts::ROUTES).framework_version.as_deref(), Some("11.9.2"));
}
