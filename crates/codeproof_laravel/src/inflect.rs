//! English singulars and plurals as Laravel makes them for the parameters of resources and the names of tables.
//!
//! The order is that of Doctrine's inflector, which Laravel asks: words that have one form, irregular words (whole words
//! only: `user_leaves` is not one), then endings, the first that fits. What surprises there (`ties` to `ty`, `bus` to
//! `bu`) is kept: the map says what Laravel does.

/// Words that are the same in both numbers, as whole words.
const UNCHANGED: &[&str] = &[
    "advice",
    "aircraft",
    "art",
    "audio",
    "baggage",
    "bison",
    "bream",
    "breeches",
    "britches",
    "buffalo",
    "butter",
    "cantus",
    "carp",
    "cattle",
    "chassis",
    "clippers",
    "clothing",
    "coal",
    "cod",
    "coitus",
    "compensation",
    "contretemps",
    "coreopsis",
    "corps",
    "cotton",
    "data",
    "debris",
    "deer",
    "diabetes",
    "djinn",
    "education",
    "eland",
    "elk",
    "emoji",
    "equipment",
    "evidence",
    "feedback",
    "fish",
    "flounder",
    "flour",
    "food",
    "furniture",
    "gallows",
    "gold",
    "gps",
    "headquarters",
    "herpes",
    "hijinks",
    "homework",
    "impatience",
    "information",
    "innings",
    "jackanapes",
    "jeans",
    "jedi",
    "kin",
    "knowledge",
    "leather",
    "love",
    "luggage",
    "mackerel",
    "maltese",
    "management",
    "metadata",
    "mews",
    "money",
    "moose",
    "mumps",
    "music",
    "news",
    "nexus",
    "nutrition",
    "offspring",
    "oil",
    "patience",
    "pincers",
    "plankton",
    "pliers",
    "pokemon",
    "police",
    "polish",
    "portuguese",
    "proceedings",
    "progress",
    "rabies",
    "rain",
    "research",
    "rhinoceros",
    "rice",
    "salmon",
    "sand",
    "scissors",
    "sea-bass",
    "series",
    "shears",
    "sheep",
    "siemens",
    "silk",
    "sms",
    "soap",
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
    "ups",
    "us",
    "vinegar",
    "weather",
    "wheat",
    "whiting",
    "wildebeest",
    "wood",
    "wool",
];

/// Further words without a singular of their own.
const WITHOUT_SINGULAR: &[&str] = &[
    "clothes", "fascia", "fuchsia", "galleria", "mafia", "militia", "pants", "petunia", "regatta", "sepia", "shorts",
    "tights", "trivia", "utopia",
];

/// Further words without a plural of their own; the last two by Laravel itself.
const WITHOUT_PLURAL: &[&str] = &["media", "people", "trivia", "recommended", "related"];

/// Singular and plural of whole words that follow no ending. Of two that share a plural, the later gives the singular.
const IRREGULAR: &[(&str, &str)] = &[
    ("abuse", "abuses"),
    ("atlas", "atlases"),
    ("avalanche", "avalanches"),
    ("axis", "axes"),
    ("axe", "axes"),
    ("beef", "beefs"),
    ("blouse", "blouses"),
    ("brother", "brothers"),
    ("brownie", "brownies"),
    ("cache", "caches"),
    ("cafe", "cafes"),
    ("canvas", "canvases"),
    ("cave", "caves"),
    ("chateau", "chateaux"),
    ("child", "children"),
    ("cookie", "cookies"),
    ("corpus", "corpuses"),
    ("cow", "cows"),
    ("criterion", "criteria"),
    ("curriculum", "curricula"),
    ("curve", "curves"),
    ("demo", "demos"),
    ("domino", "dominoes"),
    ("echo", "echoes"),
    ("emphasis", "emphases"),
    ("epoch", "epochs"),
    ("foe", "foes"),
    ("foot", "feet"),
    ("fungus", "fungi"),
    ("ganglion", "ganglions"),
    ("gas", "gases"),
    ("genie", "genies"),
    ("genus", "genera"),
    ("goose", "geese"),
    ("graffito", "graffiti"),
    ("grave", "graves"),
    ("hippopotamus", "hippopotami"),
    ("hoax", "hoaxes"),
    ("hoof", "hoofs"),
    ("human", "humans"),
    ("iris", "irises"),
    ("larva", "larvae"),
    ("leaf", "leaves"),
    ("lens", "lenses"),
    ("loaf", "loaves"),
    ("man", "men"),
    ("medium", "media"),
    ("memorandum", "memoranda"),
    ("money", "monies"),
    ("mongoose", "mongooses"),
    ("motto", "mottoes"),
    ("move", "moves"),
    ("mythos", "mythoi"),
    ("neurosis", "neuroses"),
    ("niche", "niches"),
    ("niveau", "niveaux"),
    ("nucleus", "nuclei"),
    ("numen", "numina"),
    ("oasis", "oases"),
    ("occiput", "occiputs"),
    ("octopus", "octopuses"),
    ("opus", "opuses"),
    ("ox", "oxen"),
    ("passerby", "passersby"),
    ("person", "people"),
    ("plateau", "plateaux"),
    ("runner-up", "runners-up"),
    ("safe", "safes"),
    ("save", "saves"),
    ("sex", "sexes"),
    ("sieve", "sieves"),
    ("soliloquy", "soliloquies"),
    ("son-in-law", "sons-in-law"),
    ("stadium", "stadiums"),
    ("syllabus", "syllabi"),
    ("testis", "testes"),
    ("thief", "thieves"),
    ("tooth", "teeth"),
    ("tornado", "tornadoes"),
    ("trilby", "trilbys"),
    ("turf", "turfs"),
    ("valve", "valves"),
    ("volcano", "volcanoes"),
    ("wave", "waves"),
    ("zombie", "zombies"),
];

/// What has to stand in front of an ending.
#[derive(Debug, Clone, Copy)]
enum Before {
    Anything,
    /// One of these texts.
    One(&'static [&'static str]),
    /// One of these as all that is in front.
    Whole(&'static [&'static str]),
    /// A letter that is none of these.
    Not(&'static str),
    /// A consonant or `qu`.
    Consonant,
}

use Before::{Anything, Consonant, Not, One, Whole};

/// What stands in front, the ending, and what takes its place.
type Ending = (Before, &'static str, &'static str);

const LATIN: &[&str] =
    &["alumn", "bacill", "cact", "foc", "fung", "nucle", "radi", "stimul", "syllab", "termin", "vir"];
const WITH_OES: &[&str] = &["buffal", "her", "potat", "tomat", "volcan"];

const SINGULARS: &[Ending] = &[
    (One(&["s"]), "tatuses", "tatus"),
    (One(&["s"]), "tatus", "tatus"),
    (One(&["c"]), "ampus", "ampus"),
    (One(&["menu"]), "s", ""),
    (One(&["quiz"]), "zes", ""),
    (One(&["matr"]), "ices", "ix"),
    (One(&["vert", "ind"]), "ices", "ex"),
    (One(&["alias"]), "es", ""),
    (One(&["alia"]), "s", "s"),
    (One(WITH_OES), "oes", "o"),
    (One(LATIN), "i", "us"),
    (One(&["viri"]), "i", "us"),
    (One(&["fax", "tax", "wax"]), "es", ""),
    (One(&["analys", "ax", "cris", "test", "thes"]), "es", "is"),
    (One(&["shoe", "slave"]), "s", ""),
    (One(&["o"]), "es", ""),
    (Anything, "ouses", "ouse"),
    (Not("a"), "uses", "us"),
    (One(&["m", "l"]), "ice", "ouse"),
    (One(&["x", "ch", "ss", "sh"]), "es", ""),
    (One(&["movie"]), "s", ""),
    (One(&["series"]), "", ""),
    (Consonant, "ies", "y"),
    (One(&["l", "r"]), "ves", "f"),
    (One(&["tive", "hive", "drive", "dive", "olive"]), "s", ""),
    (Not("fo"), "ves", "fe"),
    (One(&["analy", "diagno", "parenthe", "progno", "synop", "the"]), "ses", "sis"),
    (Whole(&["ba"]), "ses", "sis"),
    (One(&["tax"]), "a", "on"),
    (One(&["c"]), "riteria", "riterion"),
    (One(&["t", "i"]), "a", "um"),
    (One(&["p"]), "eople", "erson"),
    (One(&["m"]), "en", "an"),
    (One(&["c"]), "hildren", "hild"),
    (One(&["f"]), "eet", "oot"),
    (One(&["news"]), "", ""),
    (Anything, "eaus", "eau"),
    (Anything, "s", ""),
];

const PLURALS: &[Ending] = &[
    (One(&["status"]), "", "es"),
    (One(&["quiz"]), "", "zes"),
    (One(&["m", "l"]), "ouse", "ice"),
    (One(&["matr", "vert", "ind"]), "ix", "ices"),
    (One(&["matr", "vert", "ind"]), "ex", "ices"),
    (One(&["x", "ch", "ss", "sh"]), "", "es"),
    (Consonant, "y", "ies"),
    (One(&["hive", "gulf"]), "", "s"),
    (Not("f"), "fe", "ves"),
    (One(&["l", "r"]), "f", "ves"),
    (Anything, "sis", "ses"),
    (One(&["t", "i"]), "um", "a"),
    (One(&["tax"]), "on", "a"),
    (One(&["c"]), "riterion", "riteria"),
    (One(&["p"]), "erson", "eople"),
    (One(&["m"]), "an", "en"),
    (One(&["child"]), "", "ren"),
    (One(&["f"]), "oot", "eet"),
    (One(WITH_OES), "o", "oes"),
    (One(LATIN), "us", "i"),
    (Anything, "us", "uses"),
    (One(&["alias"]), "", "es"),
    (One(&["analys", "ax", "cris", "test", "thes"]), "is", "es"),
    (Anything, "s", "s"),
    (Anything, "", "s"),
];

/// The singular (`Str::singular`).
pub(crate) fn singular(word: &str) -> String {
    let lower = word.to_ascii_lowercase();
    let is_kept = WITHOUT_SINGULAR.contains(&&*lower) || lower.ends_with("ss");
    if is_kept || is_unchanged(&lower) {
        return word.to_owned();
    }
    let irregular = IRREGULAR.iter().rev().find(|(_, plural)| *plural == lower).map(|(singular, _)| *singular);
    inflected(word, &lower, irregular, SINGULARS)
}

/// The plural (`Str::plural`).
pub(crate) fn plural(word: &str) -> String {
    let lower = word.to_ascii_lowercase();
    // `software`, but not `ware`; what ends in a sign is left alone.
    let is_ware = lower.strip_suffix("ware").is_some_and(|head| !head.is_empty() && is_one_word(head));
    let ends_in_sign = lower.chars().next_back().is_none_or(|it| it.is_ascii() && !it.is_ascii_alphanumeric());
    if ends_in_sign || is_ware || WITHOUT_PLURAL.contains(&&*lower) || is_unchanged(&lower) {
        return word.to_owned();
    }
    let irregular = IRREGULAR.iter().find(|(singular, _)| *singular == lower).map(|(_, plural)| *plural);
    inflected(word, &lower, irregular, PLURALS)
}

/// The plural of the last word of a name in capitals (`Str::pluralStudly`): `BlogPost` to `BlogPosts`.
pub(crate) fn plural_studly(name: &str) -> String {
    let mut capitals = name.char_indices().filter(|(_, letter)| letter.is_ascii_uppercase()).map(|(place, _)| place);
    let (head, last) = name.split_at(capitals.next_back().unwrap_or(0));
    format!("{head}{}", plural(last))
}

fn is_unchanged(lower: &str) -> bool {
    let is_media = lower.strip_suffix("media").is_some_and(|head| !head.is_empty() && is_one_word(head));
    is_media || lower == "social media" || UNCHANGED.contains(&lower)
}

fn is_one_word(text: &str) -> bool {
    text.chars().all(|it| it == '_' || it.is_ascii_alphanumeric())
}

fn inflected(word: &str, lower: &str, irregular: Option<&str>, endings: &[Ending]) -> String {
    let made = match irregular {
        Some(other) => other.to_owned(),
        None => endings.iter().find_map(|ending| replaced(word, lower, ending)).unwrap_or_else(|| word.to_owned()),
    };
    like(&made, word)
}

fn replaced(word: &str, lower: &str, (before, end, put): &Ending) -> Option<String> {
    let head = lower.strip_suffix(end)?;
    let fits = match before {
        Anything => true,
        One(texts) => texts.iter().any(|text| head.ends_with(text)),
        Whole(texts) => texts.contains(&head),
        Not(letters) => head.chars().next_back().is_some_and(|letter| !letters.contains(letter)),
        Consonant => head.ends_with("qu") || head.chars().next_back().is_some_and(|letter| !"aeiouy".contains(letter)),
    };
    fits.then(|| format!("{}{put}", &word[..head.len()]))
}

/// A word in the capitals of another: all small, all large, or the first letter large; else as it is.
fn like(word: &str, other: &str) -> String {
    if other.to_lowercase() == other {
        return word.to_lowercase();
    }
    if other.to_uppercase() == other {
        return word.to_uppercase();
    }
    match (other.chars().next(), word.chars().next()) {
        (Some(model), Some(first)) if model.is_uppercase() => {
            format!("{}{}", first.to_uppercase(), &word[first.len_utf8()..])
        }
        _ => word.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::{plural, plural_studly, singular};

    #[test]
    fn singulars_are_laravels() {
        let cases = [
            ("photos", "photo"),
            ("categories", "category"),
            ("news", "news"),
            ("people", "person"),
            ("team_people", "team_person"),
            ("statuses", "status"),
            ("order-statuses", "order-status"),
            ("status", "status"),
            ("boxes", "box"),
            ("taxes", "tax"),
            ("addresses", "address"),
            ("address", "address"),
            ("user-profiles", "user-profile"),
            ("series", "series"),
            ("taxRates", "taxRate"),
            ("warehouses", "warehouse"),
            ("licenses", "license"),
            ("purchases", "purchase"),
            ("profile", "profile"),
            ("movies", "movie"),
            ("cookies", "cookie"),
            ("children", "child"),
            ("media", "medium"),
            ("social_media", "social_media"),
            ("data", "data"),
            ("metadata", "metadata"),
            ("criteria", "criterion"),
            ("indices", "index"),
            ("leaves", "leaf"),
            ("shelves", "shelf"),
            ("wives", "wife"),
            ("archives", "archive"),
            ("databases", "database"),
            ("bases", "basis"),
            ("analyses", "analysis"),
            ("aliases", "alias"),
            ("heroes", "hero"),
            ("buses", "bus"),
            ("menus", "menu"),
            ("women", "woman"),
            ("People", "Person"),
            ("NEWS", "NEWS"),
            ("ties", "ty"),
            ("axes", "axe"),
            ("viri", "virus"),
            ("", ""),
        ];
        for (plural, expected) in cases {
            assert_eq!(singular(plural), expected, "{plural}");
        }
    }

    #[test]
    fn plurals_are_laravels() {
        let cases = [
            ("user", "users"),
            ("category", "categories"),
            ("day", "days"),
            ("soliloquy", "soliloquies"),
            ("status", "statuses"),
            ("bus", "buses"),
            ("virus", "viri"),
            ("address", "addresses"),
            ("branch", "branches"),
            ("person", "people"),
            ("people", "people"),
            ("child", "children"),
            ("woman", "women"),
            ("media", "media"),
            ("medium", "media"),
            ("datum", "data"),
            ("data", "data"),
            ("money", "money"),
            ("software", "software"),
            ("series", "series"),
            ("analysis", "analyses"),
            ("axis", "axes"),
            ("matrix", "matrices"),
            ("index", "indices"),
            ("leaf", "leaves"),
            ("shelf", "shelves"),
            ("life", "lives"),
            ("hero", "heroes"),
            ("photo", "photos"),
            ("quiz", "quizzes"),
            ("criterion", "criteria"),
            ("settings", "settings"),
            ("Child", "Children"),
            ("API", "APIS"),
            ("level_2", "level_2s"),
            ("weird!", "weird!"),
            ("Straße", "Straßes"),
            ("", ""),
        ];
        for (singular, expected) in cases {
            assert_eq!(plural(singular), expected, "{singular}");
        }
        assert_eq!(plural_studly("BlogPost"), "BlogPosts");
        assert_eq!(plural_studly("UserFeedback"), "UserFeedback");
        assert_eq!(plural_studly("TeamMedia"), "TeamMedia");
    }
}
