//! One small program for each language: what every import and call leads to.

use crate::program::{build, files, render};

/// Compares what a fixture's references lead to with its snapshot.
macro_rules! fixtures {
    ($($name:ident),+ $(,)?) => {
        $(
            #[test]
            fn $name() {
                let text = include_str!(concat!("fixtures/", stringify!($name), ".fixture"));
                let mut settings = insta::Settings::clone_current();
                settings.set_snapshot_path("fixtures");
                settings.set_prepend_module_to_snapshot(false);
                settings.set_omit_expression(true);
                settings.bind(|| insta::assert_snapshot!(stringify!($name), render(&build(&files(text)))));
            }
        )+
    };
}

fixtures! { c, cpp, csharp, go, java, javascript, php, python, ruby, rust, typescript }
