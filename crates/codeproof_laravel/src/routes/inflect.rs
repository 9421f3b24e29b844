//! English singulars as Laravel makes them for resource parameters: words without a plural, irregular words, then
//! suffixes, the longest first. The capitals of the last word are kept.

/// Words that are the same in both numbers.
const UNCOUNTED: &[&str] = &[
    "advice",
    "aircraft",
    "art",
    "audio",
    "bison",
    "butter",
    "cattle",
    "chassis",
    "clippers",
    "clothing",
    "coal",
    "compensation",
    "coreopsis",
    "cotton",
    "data",
    "debris",
    "deer",
    "education",
    "emoji",
    "equipment",
    "evidence",
    "feedback",
    "firmware",
    "fish",
    "furniture",
    "gold",
    "hardware",
    "headquarters",
    "homework",
    "information",
    "jedi",
    "kin",
    "knowledge",
    "leather",
    "love",
    "luggage",
    "management",
    "metadata",
    "mews",
    "money",
    "moose",
    "music",
    "news",
    "nutrition",
    "offspring",
    "oil",
    "patience",
    "pokemon",
    "police",
    "polish",
    "progress",
    "proceedings",
    "rain",
    "recommended",
    "related",
    "research",
    "rice",
    "salmon",
    "sand",
    "scissors",
    "series",
    "sheep",
    "shrimp",
    "silk",
    "sms",
    "soap",
    "software",
    "spam",
    "species",
    "staff",
    "sugar",
    "swine",
    "talent",
    "toothpaste",
    "traffic",
    "travel",
    "trousers",
    "trout",
    "tuna",
    "us",
    "weather",
    "wheat",
    "whiting",
    "wood",
    "wool",
    "cod",
    "bream",
    "pants",
    "diabetes",
    "measles",
    "mumps",
    "innings",
    "corps",
    "contretemps",
    "gallows",
    "pincers",
    "pliers",
    "shears",
    "bus",
    "wildebeest",
    "people's",
];

/// Plurals whose singular follows no rule.
const IRREGULAR: &[(&str, &str)] = &[
    ("people", "person"),
    ("men", "man"),
    ("women", "woman"),
    ("children", "child"),
    ("mice", "mouse"),
    ("lice", "louse"),
    ("feet", "foot"),
    ("teeth", "tooth"),
    ("geese", "goose"),
    ("oxen", "ox"),
    ("criteria", "criterion"),
    ("phenomena", "phenomenon"),
    ("media", "medium"),
    ("curricula", "curriculum"),
    ("memoranda", "memorandum"),
    ("movies", "movie"),
    ("cookies", "cookie"),
    ("caches", "cache"),
    ("shoes", "shoe"),
    ("heroes", "hero"),
    ("potatoes", "potato"),
    ("tomatoes", "tomato"),
    ("echoes", "echo"),
    ("vetoes", "veto"),
    ("indices", "index"),
    ("vertices", "vertex"),
    ("matrices", "matrix"),
    ("appendices", "appendix"),
    ("analyses", "analysis"),
    ("bases", "basis"),
    ("crises", "crisis"),
    ("theses", "thesis"),
    ("axes", "axis"),
    ("quizzes", "quiz"),
    ("statuses", "status"),
    ("buses", "bus"),
    ("aliases", "alias"),
    ("viruses", "virus"),
    ("campuses", "campus"),
    ("menus", "menu"),
    ("gases", "gas"),
    ("wolves", "wolf"),
    ("leaves", "leaf"),
    ("lives", "life"),
    ("knives", "knife"),
    ("wives", "wife"),
    ("halves", "half"),
    ("shelves", "shelf"),
    ("selves", "self"),
    ("thieves", "thief"),
    ("loaves", "loaf"),
    ("calves", "calf"),
    ("elves", "elf"),
    ("drives", "drive"),
    ("archives", "archive"),
    ("moves", "move"),
    ("databases", "database"),
    ("releases", "release"),
    ("taxes", "tax"),
];

/// Ends of plurals and what stands there in the singular; the first that fits.
const SUFFIXES: &[(&str, &str)] = &[
    ("sses", "ss"),
    ("shes", "sh"),
    ("ches", "ch"),
    ("xes", "x"),
    ("zzes", "zz"),
    ("uses", "use"),
    ("ies", "y"),
    ("lves", "lf"),
    ("rves", "rf"),
    ("ves", "ve"),
    ("ss", "ss"),
    ("us", "us"),
    ("is", "is"),
    ("s", ""),
];

/// The singular of a word; parts before the last capital, `-` or `_` stay as they are.
pub(crate) fn singular(word: &str) -> String {
    let start = last_word(word);
    let (head, last) = word.split_at(start);
    let lower = last.to_lowercase();
    if UNCOUNTED.contains(&lower.as_str()) {
        return word.to_owned();
    }
    if let Some((plural, singular)) =
        IRREGULAR.iter().find(|(plural, _)| lower == *plural || lower.ends_with(*plural) && plural.len() > 5)
    {
        let kept = last.len() - plural.len();
        return format!("{head}{}{}", &last[..kept], cased(singular, &last[kept..]));
    }
    for (plural, singular) in SUFFIXES {
        if lower.len() > plural.len()
            && let Some(stem) = lower.strip_suffix(plural)
            && last.is_char_boundary(stem.len())
        {
            // `ties`, `pies`: too short for -y.
            let replacement = if *plural == "ies" && stem.len() < 2 { "ie" } else { singular };
            return format!("{head}{}{replacement}", &last[..stem.len()]);
        }
    }
    word.to_owned()
}

fn last_word(word: &str) -> usize {
    let separator = word.rfind(['-', '_', '/', '.', ' ']).map_or(0, |place| place + 1);
    let capital =
        word.char_indices().filter(|(_, character)| character.is_uppercase()).map(|(place, _)| place).next_back();
    separator.max(capital.unwrap_or(0))
}

fn cased(word: &str, like: &str) -> String {
    match like.chars().next() {
        Some(first) if first.is_uppercase() => {
            let mut characters = word.chars();
            let head = characters.next().map(|it| it.to_uppercase().to_string()).unwrap_or_default();
            format!("{head}{}", characters.as_str())
        }
        _ => word.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::singular;

    #[test]
    fn singulars_are_laravels() {
        let cases = [
            ("photos", "photo"),
            ("categories", "category"),
            ("news", "news"),
            ("people", "person"),
            ("statuses", "status"),
            ("boxes", "box"),
            ("addresses", "address"),
            ("user-profiles", "user-profile"),
            ("currencies", "currency"),
            ("series", "series"),
            ("taxRates", "taxRate"),
            ("tax_rates", "tax_rate"),
            ("status", "status"),
            ("companies", "company"),
            ("invoices", "invoice"),
            ("expenses", "expense"),
            ("warehouses", "warehouse"),
            ("licenses", "license"),
            ("purchases", "purchase"),
            ("profile", "profile"),
        ];
        for (plural, expected) in cases {
            assert_eq!(singular(plural), expected, "{plural}");
        }
    }
}
