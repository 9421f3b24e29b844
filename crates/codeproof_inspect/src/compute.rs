//! What pure functions of Python's own give for known arguments: joining, slicing, decoding. This is how a name that is
//! put together from pieces becomes a name again. Nothing else is ever computed, and every result is bounded.

mod texts;

use std::rc::Rc;

use base64::Engine;
use base64::engine::DecodePaddingMode;
use base64::engine::general_purpose::{GeneralPurpose, GeneralPurposeConfig};
use ruff_python_ast::Operator;

use super::value::{Arguments, HOLE, Origins, Shape, Value};

pub(super) use texts::text_method;
use texts::{character, percent};

/// Bytes of a computed text at most.
const TEXT_BYTES_MAX: usize = 1 << 20;

/// Elements of a computed list at most.
const ELEMENTS_MAX: usize = 4_096;

/// The text of a value as `str()` would write it, a hole where it is not known.
pub(super) fn as_piece(value: &Value) -> Rc<str> {
    match &value.shape {
        Shape::Integer(number) => number.to_string().into(),
        Shape::Nothing => "None".into(),
        Shape::Boolean(truth) => if *truth { "True" } else { "False" }.into(),
        Shape::Bytes(_) | Shape::Choice(_) => HOLE.to_string().into(),
        _ => value.as_text().unwrap_or_else(|| HOLE.to_string().into()),
    }
}

/// Puts pieces together. The origins are those of all pieces.
pub(super) fn joined(pieces: &[Value]) -> Value {
    let origins = pieces.iter().fold(Origins::NONE, |all, piece| all.with(piece.origins));
    let mut text = String::new();
    for piece in pieces {
        text.push_str(&as_piece(piece));
        if text.len() > TEXT_BYTES_MAX {
            return Value::unknown(origins);
        }
    }
    Value::text(text).from(origins)
}

/// A number, a text or a date that stands in the program: what the clock is compared with to wait for a date.
pub(super) fn is_fixed_time(value: &Value) -> bool {
    let made = |class: &str| {
        let date = class.starts_with("datetime.") || class.starts_with("pandas.") || class.starts_with("time.");
        date || class.starts_with("date.") || class.starts_with("str.")
    };
    value.alternatives().iter().any(|single| match &single.shape {
        Shape::Object(class, arguments) => {
            !single.origins.any(Origins::CLOCK) && made(class) && arguments.values().all(Value::is_constant)
        }
        _ => single.is_constant() && !matches!(single.shape, Shape::Nothing | Shape::Boolean(_)),
    })
}

/// `time.time() - before`: how long something took, unless it is counted from a fixed time.
fn is_elapsed(left: &Value, operator: Operator, right: &Value) -> bool {
    operator == Operator::Sub
        && left.origins.any(Origins::CLOCK)
        && (right.as_integer() == Some(0) || !is_fixed_time(right))
}

/// A binary operation.
pub(super) fn operation(left: &Value, operator: Operator, right: &Value) -> Value {
    let origins = left.origins.with(right.origins);
    let origins = if is_elapsed(left, operator, right) { origins.without(Origins::CLOCK) } else { origins };
    let computed = match (operator, &left.shape, &right.shape) {
        (Operator::Add, Shape::Text(_), _) | (Operator::Add, _, Shape::Text(_)) => {
            Some(joined(&[left.clone(), right.clone()]))
        }
        (Operator::Add, Shape::Bytes(one), Shape::Bytes(two)) => Some(Value::bytes([&**one, &**two].concat())),
        (Operator::Add, Shape::List(one), Shape::List(two)) if one.len() + two.len() <= ELEMENTS_MAX => {
            Some(Value::list([&**one, &**two].concat()))
        }
        (Operator::BitOr, Shape::Dictionary(one), Shape::Dictionary(two)) => {
            Some(Value { shape: Shape::Dictionary([&**one, &**two].concat().into()), origins })
        }
        (Operator::Div, Shape::Object(class, _), _) if &**class == "pathlib.Path" => Some(below(left, right)),
        (Operator::Mod, Shape::Text(text), _) => Some(percent(text, right)),
        (Operator::Mult, Shape::Text(text), Shape::Integer(times)) => repeated(text, *times),
        (Operator::Mult, Shape::Bytes(bytes), Shape::Integer(times)) => {
            let times = usize::try_from(*times).unwrap_or(0);
            let fits = bytes.len().checked_mul(times).is_some_and(|length| length <= TEXT_BYTES_MAX);
            fits.then(|| Value::bytes(bytes.repeat(times)))
        }
        // However often: `','.join('?' * len(values))` says nothing that `?` does not say.
        (Operator::Mult, Shape::Text(_) | Shape::List(_), Shape::Unknown | Shape::Object(..)) if left.is_constant() => {
            Some(left.clone())
        }
        (_, Shape::Integer(one), Shape::Integer(two)) => arithmetic(*one, operator, *two).map(Value::integer),
        _ => None,
    };
    let hidden = match operator {
        // Letters by exclusive or: nobody computes prices like that.
        Operator::BitXor if computed.is_some() => Origins::DECODED,
        _ => Origins::NONE,
    };
    computed.unwrap_or_default().from(origins).from(hidden)
}

fn arithmetic(one: i64, operator: Operator, two: i64) -> Option<i64> {
    match operator {
        Operator::Add => one.checked_add(two),
        Operator::Sub => one.checked_sub(two),
        Operator::Mult => one.checked_mul(two),
        Operator::Mod => one.checked_rem_euclid(two),
        Operator::FloorDiv => one.checked_div_euclid(two),
        Operator::Pow => one.checked_pow(u32::try_from(two).ok()?),
        Operator::LShift => one.checked_mul(1_i64.checked_shl(u32::try_from(two).ok()?)?),
        Operator::RShift => one.checked_shr(u32::try_from(two).ok()?),
        Operator::BitAnd => Some(one & two),
        Operator::BitOr => Some(one | two),
        Operator::BitXor => Some(one ^ two),
        Operator::Div | Operator::MatMult => None,
    }
}

fn repeated(text: &str, times: i64) -> Option<Value> {
    let times = usize::try_from(times).unwrap_or(0);
    (text.len().checked_mul(times)? <= TEXT_BYTES_MAX).then(|| Value::text(text.repeat(times)))
}

/// `left / right` of paths, `os.path.join`.
pub(super) fn below(left: &Value, right: &Value) -> Value {
    let origins = left.origins.with(right.origins);
    let hole = || Rc::from(HOLE.to_string());
    let folder = left.as_text().unwrap_or_else(hole);
    let name = right.as_text().unwrap_or_else(hole);
    Value::path(&join_paths(&folder, &name), origins)
}

pub(super) fn join_paths(folder: &str, name: &str) -> String {
    match () {
        () if name.starts_with('/') || folder.is_empty() || folder == "." => name.to_owned(),
        () if folder.ends_with('/') => format!("{folder}{name}"),
        () => format!("{folder}/{name}"),
    }
}

/// The folder a path is in; the parent of the working folder is `..`.
pub(super) fn parent(path: &str) -> String {
    let path = path.trim_end_matches('/');
    match path.rsplit_once('/') {
        _ if path == "." || path.is_empty() => "..".to_owned(),
        _ if path == ".." || path.ends_with("/..") => format!("{path}/.."),
        Some(("", _)) => "/".to_owned(),
        Some((folder, _)) => folder.to_owned(),
        None => ".".to_owned(),
    }
}

/// `value[start:stop:step]` of texts, bytes and lists with known bounds.
pub(super) fn slice(value: &Value, start: Option<i64>, stop: Option<i64>, step: i64) -> Value {
    let elements = value.elements();
    if elements.is_empty() || step == 0 || elements.len() > ELEMENTS_MAX {
        return Value::unknown(value.origins);
    }
    let count = i64::try_from(elements.len()).unwrap_or(i64::MAX);
    let at = |bound: i64| if bound < 0 { bound + count } else { bound };
    let (first, last) = match step > 0 {
        true => (at(start.unwrap_or(0)).clamp(0, count), at(stop.unwrap_or(count)).clamp(0, count)),
        false => {
            (at(start.unwrap_or(count - 1)).clamp(-1, count - 1), stop.map_or(-1, |stop| at(stop).clamp(-1, count - 1)))
        }
    };
    let mut picked = Vec::new();
    let mut place = first;
    while step > 0 && place < last || step < 0 && place > last {
        picked.extend(usize::try_from(place).ok().and_then(|place| elements.get(place)).cloned());
        place = place.saturating_add(step);
    }
    let hidden = if step == 1 { Origins::NONE } else { Origins::DECODED };
    let result = match &value.shape {
        Shape::Text(_) => joined(&picked).from(hidden),
        Shape::Bytes(_) => as_bytes(&picked).unwrap_or_default(),
        _ => Value::list(picked),
    };
    result.from(value.origins)
}

fn as_bytes(elements: &[Value]) -> Option<Value> {
    let bytes: Option<Vec<u8>> =
        elements.iter().map(|element| element.as_integer().and_then(|number| u8::try_from(number).ok())).collect();
    let origins = elements.iter().fold(Origins::NONE, |all, element| all.with(element.origins));
    Some(Value::bytes(bytes?).from(origins))
}

/// A pure function of the library, or `None` when the name is not one of those.
pub(super) fn function(path: &str, arguments: &Arguments) -> Option<Value> {
    let first = arguments.positional.first();
    let origins = arguments.origins();
    let value = match path {
        "builtins.chr" => Value::text(character(first?)).from(Origins::DECODED),
        "builtins.ord" => {
            let letter = first?.as_known_text()?.chars().next()?;
            Value::integer(i64::from(u32::from(letter)))
        }
        "builtins.str" | "builtins.format" | "builtins.repr" => Value::text(as_piece(first?)),
        "builtins.int" => integer(first?, arguments.positional.get(1))?,
        "builtins.bytes" | "builtins.bytearray" => match &first?.shape {
            Shape::List(elements) => as_bytes(elements)?.from(Origins::DECODED),
            Shape::Bytes(_) => first?.clone(),
            Shape::Text(text) if !text.contains(HOLE) => Value::bytes(text.as_bytes()),
            _ => return None,
        },
        "builtins.list" | "builtins.tuple" | "builtins.set" | "builtins.sorted" | "builtins.iter"
        | "builtins.frozenset" => {
            let elements = first?.elements();
            (!elements.is_empty()).then(|| Value::list(elements))?
        }
        "builtins.reversed" => {
            let mut elements = first?.elements();
            elements.reverse();
            Value::list(elements).from(Origins::DECODED)
        }
        "builtins.next" => first?.element(),
        "builtins.range" => range(arguments)?,
        "builtins.enumerate" => {
            let pairs = first?.elements().into_iter().enumerate();
            Value::list(
                pairs
                    .map(|(at, value)| Value::list(vec![Value::integer(i64::try_from(at).unwrap_or(0)), value]))
                    .collect(),
            )
        }
        "builtins.zip" => zip(arguments)?,
        "base64.b64decode"
        | "base64.urlsafe_b64decode"
        | "base64.standard_b64decode"
        | "base64.decodebytes"
        | "binascii.a2b_base64"
        | "base64.decodestring" => decode(first?, "base64").unwrap_or_default().from(Origins::DECODED),
        "base64.b16decode"
        | "binascii.unhexlify"
        | "binascii.a2b_hex"
        | "builtins.bytes.fromhex"
        | "builtins.bytearray.fromhex" => decode(first?, "hex").unwrap_or_default().from(Origins::DECODED),
        "base64.b32decode" | "base64.b85decode" | "base64.a85decode" | "zlib.decompress" | "bz2.decompress"
        | "lzma.decompress" | "gzip.decompress" | "marshal.loads" | "binascii.a2b_uu" => {
            Value::unknown(Origins::DECODED)
        }
        "codecs.decode" | "codecs.encode" => {
            match arguments.get(1, "encoding").and_then(Value::as_known_text).as_deref() {
                None | Some("utf-8" | "utf8" | "ascii" | "latin-1") => first?.clone(),
                Some(codec) => decode(first?, codec).unwrap_or_default().from(Origins::DECODED),
            }
        }
        "os.path.join" => arguments.positional.iter().skip(1).fold(first?.clone(), |folder, name| below(&folder, name)),
        "os.path.expanduser" | "os.path.expandvars" | "os.path.abspath" | "os.path.realpath" | "os.path.normpath"
        | "os.fspath" | "builtins.str.strip" => Value::text(as_piece(first?)),
        "os.path.dirname" => Value::text(parent(&first?.as_text()?)),
        "os.path.basename" => Value::text(as_piece(first?).rsplit('/').next().unwrap_or_default()),
        "os.getcwd" | "os.curdir" => Value::text("."),
        "pathlib.Path" => {
            let folder = Value::path(&first.map_or_else(|| ".".into(), as_piece), Origins::NONE);
            arguments.positional.iter().skip(1).fold(folder, |folder, name| below(&folder, name))
        }
        "pathlib.Path.home" => Value::path("~", Origins::NONE),
        "pathlib.Path.cwd" => Value::path(".", Origins::NONE),
        "site.getsitepackages" => Value::list(vec![Value::text("/usr/lib/python3/site-packages")]),
        "site.getusersitepackages" => Value::text("~/.local/lib/python3/site-packages"),
        "tempfile.gettempdir" => Value::text("/tmp"),
        _ => return None,
    };
    Some(value.from(origins))
}

/// A method of a path that gives a path.
pub(super) fn path_method(receiver: &Value, method: &str, arguments: &Arguments) -> Option<Value> {
    let text = receiver.as_text()?;
    let first = arguments.positional.first();
    let origins = receiver.origins.with(arguments.origins());
    let path = match method {
        "joinpath" => {
            return Some(arguments.positional.iter().fold(receiver.clone(), |folder, name| below(&folder, name)));
        }
        "with_name" => join_paths(&parent(&text), &as_piece(first?)),
        "with_suffix" | "resolve" | "absolute" | "expanduser" => text.to_string(),
        "as_posix" | "__str__" | "__fspath__" => return Some(Value::text(text).from(origins)),
        _ => return None,
    };
    Some(Value::path(&path, origins))
}

fn integer(value: &Value, base: Option<&Value>) -> Option<Value> {
    if let Some(number) = value.as_integer() {
        return Some(Value::integer(number));
    }
    let text = value.as_known_text()?;
    let base = base.and_then(Value::as_integer).and_then(|base| u32::try_from(base).ok()).unwrap_or(10);
    let digits = text.trim().trim_start_matches("0x").trim_start_matches("0b").trim_start_matches("0o");
    (2..=36).contains(&base).then(|| i64::from_str_radix(digits, base).ok()).flatten().map(Value::integer)
}

fn range(arguments: &Arguments) -> Option<Value> {
    let numbers: Option<Vec<i64>> = arguments.positional.iter().map(Value::as_integer).collect();
    let (start, stop, step) = match *numbers? {
        [stop] => (0, stop, 1),
        [start, stop] => (start, stop, 1),
        [start, stop, step] => (start, stop, step),
        _ => return None,
    };
    let step = usize::try_from(step).ok().filter(|&step| step > 0)?;
    let few = stop.checked_sub(start)? <= i64::try_from(ELEMENTS_MAX).unwrap_or(0);
    few.then(|| Value::list((start..stop).step_by(step).map(Value::integer).collect()))
}

fn zip(arguments: &Arguments) -> Option<Value> {
    let columns: Vec<Vec<Value>> = arguments.positional.iter().map(Value::elements).collect();
    let rows = columns.iter().map(Vec::len).min()?;
    let row = |at: usize| Value::list(columns.iter().filter_map(|column| column.get(at).cloned()).collect());
    (rows > 0).then(|| Value::list((0..rows.min(ELEMENTS_MAX)).map(row).collect()))
}

/// Decodes a constant by the name of Python's codec.
fn decode(value: &Value, codec: &str) -> Option<Value> {
    let text = value.as_known_text()?;
    let decoded = match codec {
        "rot13" | "rot_13" => Value::text(text.chars().map(rotated).collect::<String>()),
        "base64" | "base_64" => {
            let tolerant = GeneralPurposeConfig::new()
                .with_decode_padding_mode(DecodePaddingMode::Indifferent)
                .with_decode_allow_trailing_bits(true);
            let compact: String = text.chars().filter(|letter| !letter.is_whitespace()).collect();
            let compact = compact.replace('-', "+").replace('_', "/");
            let engine = GeneralPurpose::new(&base64::alphabet::STANDARD, tolerant);
            Value::bytes(engine.decode(compact).ok()?)
        }
        "hex" | "hex_codec" => {
            let digits: Vec<u8> = text.bytes().filter(|digit| !digit.is_ascii_whitespace()).collect();
            let pairs = digits.chunks(2).map(|pair| std::str::from_utf8(pair).ok());
            let bytes: Option<Vec<u8>> = pairs.map(|pair| u8::from_str_radix(pair?, 16).ok()).collect();
            Value::bytes(bytes?)
        }
        _ => Value::default(),
    };
    Some(decoded.from(Origins::DECODED))
}

fn rotated(letter: char) -> char {
    let turn = |first: u8, letter: char| char::from(first + (u8::try_from(letter).unwrap_or(first) - first + 13) % 26);
    match letter {
        'a'..='z' => turn(b'a', letter),
        'A'..='Z' => turn(b'A', letter),
        _ => letter,
    }
}
