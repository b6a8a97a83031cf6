//! The entry of a function as a terminal shows it. Knows the table of functions, and no plan.

use crate::model::functions::FunctionInfo;
use crate::report::paint::{Line, Paint, wrapped};

/// The page of a function: signature, what it takes and gives, examples with their values, where it differs from a
/// spreadsheet's.
pub fn function(f: &FunctionInfo, color: bool) -> String {
    let mut lines = vec![Line::of(Paint::Strong, f.signature())];
    lines.extend(wrapped("", &plain(f.doc), Paint::Plain));
    lines.push(Line::default());
    lines.extend(f.arguments.iter().flat_map(|a| wrapped("  ", &a.described(), Paint::Plain)));
    let mut gives = format!("gives {}", f.gives.words());
    if !f.behaves().is_empty() {
        gives.push_str(&format!(", {}", f.behaves()));
    }
    gives.push_str(&format!("; used {}", f.places().join(", ")));
    lines.extend(wrapped("  ", &gives, Paint::Plain));
    lines.push(Line::default());
    lines.push(Line::of(Paint::Plain, "For example:"));
    for example in f.examples {
        lines.extend(wrapped("  ", &format!("{} is {}", example.call, example.value), Paint::Plain));
        let sheet = example.sheet_shown();
        if !sheet.is_empty() {
            lines.extend(wrapped("    in a spreadsheet ", &sheet, Paint::Faint));
        }
    }
    if !f.differs.is_empty() {
        lines.push(Line::default());
        lines.extend(wrapped("Where it differs: ", &plain(f.differs), Paint::Plain));
    }
    lines.iter().map(|line| line.write(color) + "\n").collect()
}

fn plain(text: &str) -> String {
    text.replace('`', "")
}
