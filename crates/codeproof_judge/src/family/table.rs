//! The families, by what they do.

use super::Family;

/// Every family; no number stands in two.
pub(super) const FAMILIES: &[Family] = &[
    Family {
        numbers: &[78, 77, 88],
        title: "Command injection",
        why: "Whoever controls a part of the command runs programs with the rights of this process.",
        remediation: "Start the program with a list of arguments and without a shell; choose its name from a fixed list.",
    },
    Family {
        numbers: &[94, 95, 96, 913],
        title: "Code injection",
        why: "Whoever controls a part of the code runs anything this process may run.",
        remediation: "Do not evaluate text; parse data with a parser for data, and choose actions from a fixed table.",
    },
    Family {
        numbers: &[89, 564],
        title: "SQL injection",
        why: "Whoever controls a part of the statement reads or changes what the database account may.",
        remediation: "Pass values as parameters of the statement; choose names of tables and columns from a fixed list.",
    },
    Family {
        numbers: &[943],
        title: "Query injection",
        why: "Whoever controls operators of the query decides which records match.",
        remediation: "Accept plain values only, checked for their type, and build the query's operators in the program.",
    },
    Family {
        numbers: &[90],
        title: "LDAP injection",
        why: "Whoever controls a part of the filter decides which entries match, and may pass a login.",
        remediation: "Escape values for LDAP filters with the library's function for it.",
    },
    Family {
        numbers: &[643, 91],
        title: "XML or XPath injection",
        why: "Whoever controls a part of the expression or document decides what is selected or said.",
        remediation: "Pass values as variables of the expression, or escape them for XML.",
    },
    Family {
        numbers: &[79, 80, 83, 87],
        title: "Cross-site scripting",
        why: "Script of an attacker runs in the browser of a visitor, with the visitor's session.",
        remediation: "Escape the value for the place where it stands; let the template engine do it, and do not switch it off.",
    },
    Family {
        numbers: &[1336, 917],
        title: "Template injection",
        why: "Whoever controls the template's text runs expressions on the server.",
        remediation: "Keep templates in files of the program and pass foreign text as values only.",
    },
    Family {
        numbers: &[22, 23, 24, 35, 36, 73],
        title: "Path traversal",
        why: "Whoever controls a part of the path reads or writes files outside of the intended folder.",
        remediation: "Resolve the path and check that it lies in the intended folder, or choose the file from a list.",
    },
    Family {
        numbers: &[59, 61],
        title: "Link following",
        why: "A link that somebody else put there leads the program to a file it should not touch.",
        remediation: "Open without following links, and check what was opened instead of what was named.",
    },
    Family {
        numbers: &[98, 829],
        title: "Inclusion of foreign code",
        why: "Whoever controls what is included runs code of their choice.",
        remediation: "Include files from a fixed list, and pin what comes from elsewhere by its hash.",
    },
    Family {
        numbers: &[434],
        title: "Upload of dangerous files",
        why: "An uploaded file that the server runs is code of whoever uploaded it.",
        remediation: "Accept few kinds, choose name and extension in the program, and store where nothing is executed.",
    },
    Family {
        numbers: &[502],
        title: "Unsafe deserialisation",
        why: "The data decides which objects are made, and with them which code runs.",
        remediation: "Use a format that holds data only, such as JSON, or verify a signature before reading.",
    },
    Family {
        numbers: &[611, 827],
        title: "XML external entities",
        why: "The document makes the parser read local files or send requests.",
        remediation: "Switch off document types and external entities in the parser.",
    },
    Family {
        numbers: &[776, 409],
        title: "Input that grows when it is unpacked",
        why: "A small input takes all memory.",
        remediation: "Limit what is expanded, and stop when it is reached.",
    },
    Family {
        numbers: &[918, 441],
        title: "Server-side request forgery",
        why: "The server sends requests where an attacker wants, behind the firewall too.",
        remediation: "Choose the host from a list, and check the address after resolving it, redirects included.",
    },
    Family {
        numbers: &[601],
        title: "Open redirect",
        why: "A link to this site leads visitors to another one that looks like it.",
        remediation: "Redirect to paths of this site only, or to hosts of a list.",
    },
    Family {
        numbers: &[93, 113, 644],
        title: "Header injection",
        why: "Line ends in a value add headers, or a whole answer.",
        remediation: "Refuse CR and LF in values of headers.",
    },
    Family {
        numbers: &[117],
        title: "Log forging",
        why: "Line ends in a value write entries that never happened.",
        remediation: "Escape control characters before values are logged.",
    },
    Family {
        numbers: &[120, 119, 121, 122, 124, 126, 127, 125, 131, 170, 193, 680, 787, 788, 805, 806, 823, 242],
        title: "Memory access out of bounds",
        why: "Reading or writing beyond a buffer crashes the program, leaks its memory or runs code of an attacker.",
        remediation: "Pass the size of the target to every copy and check each index against it.",
    },
    Family {
        numbers: &[416, 415, 825, 590, 763, 562],
        title: "Use of freed memory",
        why: "Memory that was given back may belong to something else: its new content is used as the old one.",
        remediation: "Give memory back in one place, and forget every pointer to it there.",
    },
    Family {
        numbers: &[190, 191, 194, 195, 196, 197, 681, 192, 128],
        title: "Integer overflow",
        why: "A number that wraps around makes a size or a check wrong.",
        remediation: "Check before computing, or use arithmetic that reports overflow, in a type that is wide enough.",
    },
    Family {
        numbers: &[476, 690],
        title: "Use of a null pointer",
        why: "The program crashes where something is missing.",
        remediation: "Check the result before it is used, and end the operation when it is missing.",
    },
    Family {
        numbers: &[457, 908, 824, 456, 909],
        title: "Use of uninitialised memory",
        why: "What memory held before decides what the program does, or leaves the program.",
        remediation: "Give every variable its value where it is declared.",
    },
    Family {
        numbers: &[134],
        title: "Foreign format string",
        why: "Directives in the text read and write memory of the process.",
        remediation: "Pass a constant format and the text as its argument.",
    },
    Family {
        numbers: &[362, 367, 366, 363],
        title: "Race",
        why: "What was checked is not what is used, when somebody acts in between.",
        remediation: "Check and use in one step: open first and check what was opened, or hold a lock over both.",
    },
    Family {
        numbers: &[400, 770, 789, 1333, 407, 674, 834, 835, 606],
        title: "Unbounded use of resources",
        why: "A small request takes memory or time without limit.",
        remediation: "Limit sizes, counts and times before work is done for them.",
    },
    Family {
        numbers: &[798, 259, 321, 522],
        title: "Credential in the code",
        why: "Whoever reads the code has it, for as long as it is valid.",
        remediation: "Revoke it, and read it from the environment or a secret store.",
    },
    Family {
        numbers: &[327, 328, 326, 916, 329, 323, 780, 1240],
        title: "Weak cryptography",
        why: "What it protects can be read or forged with known means.",
        remediation: "Use a current algorithm of a library as its manual shows it; for passwords a slow hash made for them.",
    },
    Family {
        numbers: &[330, 338, 335, 331, 340],
        title: "Predictable random values",
        why: "Who has seen some values can compute others.",
        remediation: "Take values that must not be guessed from the system's generator for cryptography.",
    },
    Family {
        numbers: &[295, 297, 296, 299],
        title: "Certificate not verified",
        why: "Whoever sits on the line can take the server's place.",
        remediation: "Leave verification on; add the certificate of a private authority to the trusted ones.",
    },
    Family {
        numbers: &[319, 311, 312, 614],
        title: "Sensitive data without encryption",
        why: "Whoever sits on the line or has the file reads it.",
        remediation: "Use TLS on the way and encryption where it lies.",
    },
    Family {
        numbers: &[347, 345, 353],
        title: "Signature not verified",
        why: "Anybody can make data that is taken for genuine.",
        remediation: "Verify signature and algorithm before anything in the data is believed.",
    },
    Family {
        numbers: &[287, 306, 288, 290, 303, 304, 305, 307, 384, 613],
        title: "Missing or weak authentication",
        why: "Somebody else can act as a user, or without being one.",
        remediation: "Check who asks before anything is done, at one place for all ways in.",
    },
    Family {
        numbers: &[862, 863, 285, 284, 639, 566, 425],
        title: "Missing or weak authorisation",
        why: "A user reaches what belongs to others.",
        remediation: "Check for every object that the one who asks may do this with it.",
    },
    Family {
        numbers: &[352],
        title: "Cross-site request forgery",
        why: "Another site makes a visitor's browser act here in the visitor's name.",
        remediation: "Require a token of the session for everything that changes something.",
    },
    Family {
        numbers: &[942, 346, 1385],
        title: "Origin not checked",
        why: "Other sites read answers that were meant for this one.",
        remediation: "Allow the origins of a list, and never all of them together with credentials.",
    },
    Family {
        numbers: &[915, 1321],
        title: "Mass assignment",
        why: "A request sets fields that it should not reach.",
        remediation: "Name the fields that may be set.",
    },
    Family {
        numbers: &[200, 201, 209, 532, 538, 497, 215],
        title: "Disclosure of information",
        why: "Somebody learns what helps an attack, or what was private.",
        remediation: "Send and log only what the receiver needs; keep details of errors in the log.",
    },
    Family {
        numbers: &[732, 276, 277, 279],
        title: "Permissions too wide",
        why: "Others on the machine read or change what they should not.",
        remediation: "Create with the narrowest permissions, not wide ones that are narrowed later.",
    },
    Family {
        numbers: &[377, 379, 378],
        title: "Insecure temporary file",
        why: "Somebody else on the machine can be there first.",
        remediation: "Use the function that creates and opens the file in one step, under a name nobody can guess.",
    },
    Family {
        numbers: &[20, 1284, 129],
        title: "Missing check of input",
        why: "Input that was not expected leads the program where it was not meant to go.",
        remediation: "Check type, range and length where the input comes in, and refuse what does not fit.",
    },
];

#[cfg(test)]
mod tests {
    use std::collections::HashSet;

    use super::*;

    #[test]
    fn no_number_stands_in_two_families() {
        let mut seen = HashSet::new();
        for family in FAMILIES {
            assert!(!family.numbers.is_empty(), "{}", family.title);
            for number in family.numbers {
                assert!(seen.insert(number), "CWE-{number} stands in {} and before", family.title);
            }
        }
    }
}
