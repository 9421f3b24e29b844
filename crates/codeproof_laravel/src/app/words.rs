//! The framework's helpers that put words into another form (`Illuminate\Support\Str` and its functions).

use crate::inflect::{plural, plural_studly, singular};
use crate::models::{short, snake};

/// What a method of `Str` makes of a text; `None` when it is not one that is known.
pub(super) fn word(method: &str, text: &str) -> Option<String> {
    Some(match method {
        "singular" => singular(text),
        "plural" => plural(text),
        "pluralStudly" => plural_studly(text),
        "snake" => snake(text),
        "kebab" => snake(text).replace('_', "-"),
        "studly" => studly(text),
        "camel" => crate::models::small_first(&studly(text)),
        "classBasename" => short(text).to_owned(),
        _ => return None,
    })
}

/// Whether a method of `Str` is one of these.
pub(super) fn is_known(method: &str) -> bool {
    word(method, "word").is_some()
}

/// The method of `Str` that a function stands for: the names of Laravel 5, and `class_basename`.
pub(super) fn method_of(function: &str) -> Option<&'static str> {
    Some(match function {
        "class_basename" => "classBasename",
        "snake_case" => "snake",
        "kebab_case" => "kebab",
        "studly_case" => "studly",
        "camel_case" => "camel",
        "str_singular" => "singular",
        "str_plural" => "plural",
        _ => return None,
    })
}

/// `blog_post`, `blog-post` and `blog post` as `BlogPost`.
fn studly(text: &str) -> String {
    let mut made = String::with_capacity(text.len());
    for part in text.split(['-', '_', ' ']) {
        let mut characters = part.chars();
        made.extend(characters.next().into_iter().flat_map(char::to_uppercase));
        made.push_str(characters.as_str());
    }
    made
}

#[cfg(test)]
mod tests {
    use super::word;

    #[test]
    fn words_are_laravels() {
        let cases = [
            ("snake", "BlogPost", "blog_post"),
            ("kebab", "BlogPost", "blog-post"),
            ("studly", "blog_post-tag", "BlogPostTag"),
            ("camel", "blog_post", "blogPost"),
            ("classBasename", "App\\Models\\BlogPost", "BlogPost"),
            ("plural", "category", "categories"),
        ];
        for (method, text, expected) in cases {
            assert_eq!(word(method, text).as_deref(), Some(expected), "{method}");
        }
    }
}
