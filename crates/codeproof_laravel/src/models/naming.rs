//! The names that Eloquent makes: of tables and of columns (`Illuminate\Support\Str`).

use crate::inflect;

/// `BlogPost` as `blog_post` (`Str::snake`): an underscore in front of every capital but the first character.
pub(crate) fn snake(text: &str) -> String {
    if !text.is_empty() && text.chars().all(|it| it.is_ascii_lowercase()) {
        return text.to_owned();
    }
    let mut made = String::with_capacity(text.len() + 4);
    let mut is_start = true;
    for character in text.chars() {
        if character.is_whitespace() {
            is_start = true;
            continue;
        }
        let starts_word = is_start && character.is_ascii_lowercase();
        is_start = false;
        if (character.is_ascii_uppercase() || starts_word) && !made.is_empty() {
            made.push('_');
        }
        made.extend(character.to_lowercase());
    }
    made
}

/// The last part of a class name (`class_basename`).
pub(crate) fn short(class: &str) -> &str {
    class.rsplit(['\\', '/']).next().unwrap_or(class)
}

/// The table of a model that names none: `BlogPost` has `blog_posts`.
pub(super) fn table_of(class: &str) -> String {
    snake(&inflect::plural_studly(short(class)))
}

/// The table of a pivot that names none: `PostTag` has `post_tag`.
pub(super) fn pivot_table_of(class: &str) -> String {
    snake(&inflect::singular(short(class)))
}

/// The first letter small (`lcfirst`): the name of a relation's class becomes its kind.
pub(crate) fn small_first(text: &str) -> String {
    let mut characters = text.chars();
    characters.next().map(|first| format!("{}{}", first.to_lowercase(), characters.as_str())).unwrap_or_default()
}

/// The first letter large (`ucfirst`).
pub(super) fn large_first(text: &str) -> String {
    let mut characters = text.chars();
    characters.next().map(|first| format!("{}{}", first.to_uppercase(), characters.as_str())).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::{pivot_table_of, snake, table_of};

    #[test]
    fn names_are_eloquents() {
        let cases = [
            ("BlogPost", "blog_post"),
            ("URLRewrite", "u_r_l_rewrite"),
            ("user", "user"),
            ("a b", "a_b"),
            ("Áb", "áb"),
        ];
        for (text, expected) in cases {
            assert_eq!(snake(text), expected);
        }
        assert_eq!(table_of("App\\Models\\BlogPost"), "blog_posts");
        assert_eq!(table_of("App\\Category"), "categories");
        assert_eq!(pivot_table_of("App\\PostTags"), "post_tag");
    }
}
