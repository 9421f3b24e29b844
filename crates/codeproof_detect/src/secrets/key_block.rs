//! Private keys as text blocks: PEM of all kinds, PGP, SSH2, and PuTTY's own format.
//!
//! A header alone proves nothing: code that reads or writes keys, regexes, forms and manuals are full of them. A block
//! counts when at least 64 characters of base 64 follow, whatever stands between them (line ends, `\n` escapes,
//! indentation, quotes and concatenation, comment signs, RFC 1421 headers), and when they start as such a key does.

use codeproof_types::Span;

use super::placeholder::{longest_ordered_run, variety};

/// Characters of base 64 below which a body is no key: the smallest, Ed25519 in PKCS#8, has exactly 64.
const BODY_CHARACTERS_MIN: usize = 64;

/// Different characters a body has at least; random ones show over 40 of 64 in their first lines, made-up ones few.
const BODY_VARIETY_MIN: usize = 20;

/// Same or neighbouring characters in a row that no key has; OpenSSH's format has up to 11 zeros in base 64.
const ORDERED_RUN_MIN: usize = 20;

/// Characters of a line of a body; only the last line and PGP's checksum are shorter.
const LINE_CHARACTERS_MIN: usize = 16;

/// Bytes between two lines of a body at most: a line end, indentation, quotes and operators.
const GAP_BYTES_MAX: usize = 80;

/// Bytes of a label between `BEGIN ` and the dashes; RFC 7468 knows none over 25.
const LABEL_BYTES_MAX: usize = 48;

/// Every header starts with one of these.
pub(super) const HEADER_STARTS: [&str; 2] = ["-----BEGIN ", "---- BEGIN SSH2 ENCRYPTED PRIVATE KEY"];

/// PuTTY's line before the private part.
pub(super) const PUTTY_START: &str = "Private-Lines:";

/// A private key with its body.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct KeyBlock {
    /// From the header's first dash to the footer's last, or to the end of the body.
    pub span: Span,
    /// The parts of the body.
    pub hidden: Vec<Span>,
    /// Whether a passphrase protects it.
    pub is_encrypted: bool,
}

/// The block whose header starts at `start`, if a private key stands in it.
pub(super) fn block_at(text: &str, start: usize) -> Option<KeyBlock> {
    let header = header_at(text, start)?;
    let body = Body::read(text, header.end)?;
    let is_encrypted = header.label.contains("ENCRYPTED") || body.is_encrypted;
    let first = text.get(body.lines.first()?.range())?;
    let is_key = is_encrypted || starts_as(header.label, first);
    (is_key && is_random(text, &body.lines) && body.characters >= BODY_CHARACTERS_MIN).then_some(KeyBlock {
        span: Span { start, end: body.end },
        hidden: body.lines,
        is_encrypted,
    })
}

/// Whether the lines of a body were made by a die rather than by a person.
fn is_random(text: &str, lines: &[Span]) -> bool {
    variety(lines.iter().flat_map(|line| text[line.range()].bytes())) >= BODY_VARIETY_MIN
        && lines.iter().all(|line| longest_ordered_run(&text[line.range()]) < ORDERED_RUN_MIN)
}

struct Header<'t> {
    label: &'t str,
    end: usize,
}

fn header_at(text: &str, start: usize) -> Option<Header<'_>> {
    let rest = &text[start..];
    let dashes = rest.bytes().take_while(|byte| *byte == b'-').count();
    let after = rest[dashes..].trim_start_matches(' ').strip_prefix("BEGIN ")?;
    let label_end = after.bytes().take(LABEL_BYTES_MAX).position(|byte| byte == b'-')?;
    let label = &after[..label_end];
    let is_label = label.bytes().all(|byte| byte.is_ascii_uppercase() || byte.is_ascii_digit() || byte == b' ');
    let is_private = label.trim_end().ends_with("PRIVATE KEY") || label.trim_end().ends_with("PRIVATE KEY BLOCK");
    let closing = after[label_end..].bytes().take_while(|byte| *byte == b'-').count();
    let end = text.len() - after.len() + label_end + closing;
    (is_label && is_private && closing == dashes).then_some(Header { label, end })
}

/// Whether a body starts as its label says: DER's SEQUENCE, OpenSSH's magic word, or a PGP secret key packet.
fn starts_as(label: &str, first_line: &str) -> bool {
    match label.trim_end() {
        "OPENSSH PRIVATE KEY" => first_line.starts_with("b3BlbnNzaC1rZXkt"),
        label if label.starts_with("PGP") => first_line.starts_with(['l', 'x']),
        _ => first_line.starts_with('M'),
    }
}

/// What follows a header.
struct Body {
    lines: Vec<Span>,
    characters: usize,
    is_encrypted: bool,
    end: usize,
}

impl Body {
    /// Reads up to the footer, or to the first thing that belongs to no body. `None` when parts are left out.
    fn read(text: &str, start: usize) -> Option<Self> {
        let bytes = text.as_bytes();
        let mut body = Self { lines: Vec::new(), characters: 0, is_encrypted: false, end: start };
        let mut at = start;
        // Short runs count once a footer shows that they end the body.
        let mut pending: Vec<Span> = Vec::new();
        loop {
            let (next, is_elided) = skip_gap(bytes, at);
            if is_elided {
                return None;
            }
            if next - at > GAP_BYTES_MAX {
                break;
            }
            if body.lines.is_empty()
                && let Some(end) = armor_header(text, next)
            {
                body.is_encrypted |= text[next..end].contains("ENCRYPTED");
                at = end;
                continue;
            }
            if let Some(end) = footer(text, next) {
                body.accept(pending.drain(..));
                body.end = end;
                break;
            }
            let line = Span { start: next, end: run_end(bytes, next) };
            let run = line.end - next;
            at = line.end;
            if run == 0 || pending.len() > 2 {
                break;
            } else if run >= LINE_CHARACTERS_MIN {
                body.accept(pending.drain(..).chain([line]));
                body.end = line.end;
            } else if body.lines.is_empty() {
                break;
            } else {
                pending.push(line);
            }
        }
        Some(body)
    }

    fn accept(&mut self, lines: impl Iterator<Item = Span>) {
        for line in lines {
            self.characters += line.end - line.start;
            self.lines.push(line);
        }
    }
}

/// The end of a run of base 64, over slashes that JSON writers escape.
fn run_end(bytes: &[u8], start: usize) -> usize {
    let mut at = start;
    while let Some(byte) = bytes.get(at) {
        at += match byte {
            byte if is_body(*byte) => 1,
            b'\\' if at > start && bytes.get(at + 1) == Some(&b'/') => 2,
            _ => break,
        };
    }
    at
}

fn is_body(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || matches!(byte, b'+' | b'/' | b'=')
}

/// The end of what may stand between two lines of a body, and whether it says that lines were left out.
fn skip_gap(bytes: &[u8], start: usize) -> (usize, bool) {
    let mut at = start;
    while let Some(byte) = bytes.get(at) {
        let rest = &bytes[at..];
        at += match byte {
            b'.' if rest.starts_with(b"...") => return (at, true),
            _ if rest.starts_with("…".as_bytes()) || rest.starts_with(b"[...") || rest.starts_with(b"***") => {
                return (at, true);
            }
            b'\\' => 1 + usize::from(matches!(rest.get(1), Some(b'n' | b'r' | b't'))),
            b' ' | b'\t' | b'\r' | b'\n' | b'"' | b'\'' | b'`' | b'.' | b',' | b'#' | b'*' | b'|' | b'>' | b';' => 1,
            // A sign between strings or before a comment, not part of a body.
            b'+' | b'/' | b'=' if rest.get(1).is_none_or(|next| !is_body(*next)) => 1,
            b'/' if rest.starts_with(b"// ") => 2,
            b'<' if rest.starts_with(b"<br") => rest.iter().take(6).position(|byte| *byte == b'>').unwrap_or(0) + 1,
            b'&' if rest.starts_with(b"&#") => rest.iter().take(8).position(|byte| *byte == b';').unwrap_or(0) + 1,
            b'%' if rest.starts_with(b"%0A") || rest.starts_with(b"%0D") || rest.starts_with(b"%20") => 3,
            _ => return (at, false),
        };
    }
    (at, false)
}

/// The end of a header line of the body, such as `Proc-Type: 4,ENCRYPTED` or PGP's `Version: …`.
fn armor_header(text: &str, start: usize) -> Option<usize> {
    let rest = &text[start..];
    let name = rest.bytes().take_while(|byte| byte.is_ascii_alphabetic() || *byte == b'-').count();
    if name < 3 || !rest[name..].starts_with(": ") {
        return None;
    }
    let length = rest.bytes().take(120).position(|byte| matches!(byte, b'\n' | b'\r' | b'\\' | b'"' | b'\''))?;
    text.is_char_boundary(start + length).then_some(start + length)
}

/// The end of a footer that starts here.
fn footer(text: &str, start: usize) -> Option<usize> {
    let rest = &text[start..];
    let after = rest.trim_start_matches('-').trim_start_matches(' ').strip_prefix("END ")?;
    let dash = after.bytes().take(LABEL_BYTES_MAX).position(|byte| byte == b'-')?;
    let dashes = after[dash..].bytes().take_while(|byte| *byte == b'-').count();
    rest.starts_with("----").then(|| text.len() - after.len() + dash + dashes)
}

/// The private part of a PuTTY key whose `Private-Lines:` starts at `start`.
pub(super) fn putty_block_at(text: &str, start: usize) -> Option<KeyBlock> {
    /// Lines of the largest RSA key PuTTY makes, with room.
    const LINES_MAX: usize = 200;
    /// Bytes between the line on encryption and the private part: a comment and the public part.
    const HEAD_BYTES_MAX: usize = 4096;
    let rest = &text[start..];
    let count: usize = rest.lines().next()?.get(PUTTY_START.len()..)?.trim().parse().ok()?;
    if count > LINES_MAX {
        return None;
    }
    let head = &text[text.floor_char_boundary(start.saturating_sub(HEAD_BYTES_MAX))..start];
    let is_encrypted = head.rfind("Encryption:").is_some_and(|at| !head[at..].starts_with("Encryption: none"));
    let mut hidden = Vec::new();
    let mut at = start;
    for line in rest.split_inclusive('\n').take(count + 1) {
        let body = line.trim();
        if at > start && body.bytes().all(is_body) && !body.is_empty() {
            hidden.push(Span { start: at, end: at + line.trim_end().len() });
        }
        at += line.len();
    }
    let end = hidden.last()?.end;
    (hidden.len() == count && is_random(text, &hidden)).then_some(KeyBlock {
        span: Span { start, end },
        hidden,
        is_encrypted,
    })
}

/// Lines that look like the middle or the end of a block whose header is not in this text: two or more of the same
/// full width, or whatever stands before a footer. For text that was cut before it was masked.
pub(super) fn stray_lines(text: &str) -> Vec<Span> {
    /// Widths PEM, OpenSSH and MIME wrap at.
    const WIDTHS: [usize; 3] = [64, 70, 76];
    let mut stray = Vec::new();
    let mut block: Vec<Span> = Vec::new();
    let mut at = 0;
    for line in text.split_inclusive('\n') {
        let run = widest_run(line);
        let width = run.end - run.start;
        let span = Span { start: at + run.start, end: at + run.end };
        let is_footer = line.contains("-----END ") && line.contains("PRIVATE KEY");
        if is_footer && !line.contains("-----BEGIN ") {
            stray.append(&mut block);
        } else if WIDTHS.contains(&width) || (width > 0 && !block.is_empty() && is_bare(line, &run)) {
            block.push(span);
        } else {
            take_wide(&mut stray, &mut block, &WIDTHS);
        }
        at += line.len();
    }
    take_wide(&mut stray, &mut block, &WIDTHS);
    stray
}

/// Keeps a block that ended without a footer when two of its lines have full width.
fn take_wide(stray: &mut Vec<Span>, block: &mut Vec<Span>, widths: &[usize]) {
    let wide = block.iter().filter(|line| widths.contains(&(line.end - line.start))).count();
    if wide >= 2 {
        stray.append(block);
    }
    block.clear();
}

/// The longest run of base 64 in a line.
fn widest_run(line: &str) -> std::ops::Range<usize> {
    let mut widest = 0..0;
    let mut start = 0;
    for (at, byte) in line.bytes().chain([b'\n']).enumerate() {
        if !is_body(byte) {
            if at - start > widest.len() {
                widest = start..at;
            }
            start = at + 1;
        }
    }
    widest
}

/// Whether nothing but blanks and quotes stands around the run.
fn is_bare(line: &str, run: &std::ops::Range<usize>) -> bool {
    let is_filler = |c: char| c.is_whitespace() || matches!(c, '"' | '\'' | ',' | '+' | '.' | '\\');
    line[..run.start].trim_matches(is_filler).is_empty()
        && matches!(line[run.end..].trim_matches(is_filler), "" | "n" | "\\n")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn fence(word: &str, label: &str) -> String {
        format!("{}{word} {label}{}", "-".repeat(5), "-".repeat(5))
    }

    #[track_caller]
    fn check_quiet(text: &str) {
        let start = text.find("-----BEGIN").expect("the case has a header");
        assert_eq!(block_at(text, start), None, "{text}");
    }

    #[test]
    fn headers_without_a_body_are_quiet() {
        let (begin, end) = (fence("BEGIN", "RSA PRIVATE KEY"), fence("END", "RSA PRIVATE KEY"));
        for text in [
            begin.clone(),
            format!("if (strpos($k, '{begin}') === 0) {{ return true; }}"),
            format!("$k = '{begin}'.chunk_split($body, 64).'{end}';"),
            format!("re.compile(r'{begin}([A-Za-z0-9+/=\\s]+){end}')"),
            format!("{begin}\n...\n{end}"),
            format!("{begin}\nMIIEpAIBAAKCAQEA7bq8\n[...]\n{end}"),
            format!("{begin}\nyour-private-key-here\n{end}"),
            format!("{begin}\n{}\n{end}", "X".repeat(640)),
            format!("<textarea placeholder=\"{begin}&#10;MII&#10;{end}\">"),
            format!("{begin}\" + wrapTheBodyOfTheKeyInLinesOfSixtyFour + theBodyOfTheKeyItself + \"{end}"),
            format!("{begin} and then a text that goes on for long enough with words of a manual {end}"),
        ] {
            check_quiet(&text);
        }
    }

    #[test]
    fn certificates_and_public_keys_are_quiet() {
        let body: String = (0..128u32).map(|n| char::from(b'A' + (n * n % 23) as u8)).collect();
        for label in ["CERTIFICATE", "PUBLIC KEY", "PGP MESSAGE"] {
            check_quiet(&format!("{}\n{body}\n{}", fence("BEGIN", label), fence("END", label)));
        }
    }
}
