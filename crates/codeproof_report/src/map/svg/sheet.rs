//! All diagrams one below the other in one SVG that stands alone.

use std::io::{self, Write};

use codeproof_types::laravel::LaravelMap;

use crate::map::diagram;
use crate::map::{MapOptions, summary};

use super::draw::{self, Drawing};

/// Colours and fonts. A file that is opened by itself, or shown in a wiki, has a white ground.
const STYLE: &str = include_str!("../../../templates/drawing.css");

/// Around everything.
const MARGIN: f32 = 24.0;

/// The height of a heading with the room around it.
const HEADING: f32 = 48.0;

/// The height of a line of notes.
const NOTE: f32 = 20.0;

/// Writes the picture.
pub(in crate::map) fn write_map(map: &LaravelMap, options: &MapOptions, out: &mut dyn Write) -> io::Result<()> {
    let mut body = String::new();
    let mut y = MARGIN;
    let mut width = 600.0_f32;
    let line = |class: &str, text: &str, y: f32| {
        format!("<text class=\"{class}\" x=\"{MARGIN}\" y=\"{y:.1}\">{}</text>", draw::escaped(text))
    };
    y += 10.0;
    body.push_str(&line("sheet-title", &summary::title(map, options), y));
    for sentence in summary::sentences(map, options) {
        y += NOTE;
        body.push_str(&line("sheet-note", &sentence, y));
    }
    for diagram in diagram::diagrams(map, options) {
        y += HEADING;
        body.push_str(&line("sheet-heading", &diagram.title, y));
        let Drawing { elements, width: of_drawing, height } = draw::draw(&diagram, &|_| String::new());
        y += 10.0;
        body.push_str(&format!("<g transform=\"translate({:.0} {y:.0})\">{elements}</g>", MARGIN - 12.0));
        y += height;
        width = width.max(of_drawing);
        for note in &diagram.notes {
            y += NOTE;
            body.push_str(&line("sheet-note", note, y));
        }
    }
    let (width, height) = (width + 2.0 * MARGIN, y + MARGIN);
    writeln!(
        out,
        "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"{width:.0}\" height=\"{height:.0}\" \
         viewBox=\"0 0 {width:.0} {height:.0}\"><style>{STYLE}</style>\
         <rect class=\"sheet\" width=\"{width:.0}\" height=\"{height:.0}\"/>{body}</svg>"
    )
}
