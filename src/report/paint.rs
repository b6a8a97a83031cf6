//! Lines of coloured text that know their width, and how long ones are broken. Knows no verdict.

use unicode_width::UnicodeWidthStr;

/// No line is wider.
pub const WIDTH: usize = 80;

/// How a stretch of text looks on a terminal.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Paint {
    /// As the terminal writes.
    Plain,
    /// Bold.
    Strong,
    /// Green.
    Good,
    /// Bold green.
    Best,
    /// Yellow.
    Warn,
    /// Red.
    Bad,
    /// Bold red.
    Worst,
    /// Grey.
    Faint,
}

impl Paint {
    /// The parameters of the terminal's "select graphic rendition" (ECMA-48, section 8.3.117).
    fn code(self) -> Option<&'static str> {
        match self {
            Self::Plain => None,
            Self::Strong => Some("1"),
            Self::Good => Some("32"),
            Self::Best => Some("1;32"),
            Self::Warn => Some("33"),
            Self::Bad => Some("31"),
            Self::Worst => Some("1;31"),
            Self::Faint => Some("90"),
        }
    }
}

/// A line in the making.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Line {
    parts: Vec<(Paint, String)>,
}

impl Line {
    /// A line of one look.
    pub fn of(paint: Paint, text: impl AsRef<str>) -> Self {
        Self::default().add(paint, text)
    }

    /// Text at the end. Control characters become spaces: a title can't move the cursor.
    pub fn add(mut self, paint: Paint, text: impl AsRef<str>) -> Self {
        self.parts.push((paint, clean(text.as_ref())));
        self
    }

    /// All of another line at the end.
    pub fn join(mut self, other: Line) -> Self {
        self.parts.extend(other.parts);
        self
    }

    /// Spaces up to a column.
    pub fn padded_to(self, column: usize) -> Self {
        let spaces = column.saturating_sub(self.width());
        self.add(Paint::Plain, " ".repeat(spaces))
    }

    /// Columns it takes.
    pub fn width(&self) -> usize {
        self.parts.iter().map(|(_, text)| text.width()).sum()
    }

    /// `right` at the right edge if it fits there with two spaces between, else `None`.
    pub fn with_right(&self, right: &Line) -> Option<Line> {
        let room = WIDTH.checked_sub(self.width() + right.width())?;
        (room >= 2).then(|| self.clone().padded_to(WIDTH - right.width()).join(right.clone()))
    }

    /// The line as text, without spaces at its end.
    pub fn write(&self, color: bool) -> String {
        let mut out = String::new();
        let last = self.parts.iter().rposition(|(_, text)| !text.trim_end().is_empty());
        for (i, (paint, text)) in self.parts.iter().enumerate() {
            let text = match last {
                Some(last) if i < last => text.as_str(),
                Some(last) if i == last => text.trim_end(),
                _ => break,
            };
            match paint.code().filter(|_| color && !text.trim().is_empty()) {
                Some(code) => out.push_str(&format!("\u{1b}[{code}m{text}\u{1b}[0m")),
                None => out.push_str(text),
            }
        }
        out
    }
}

/// Without control characters.
fn clean(text: &str) -> String {
    text.chars().map(|c| if c.is_control() { ' ' } else { c }).collect()
}

/// Text broken between words into lines of at most [`WIDTH`] columns: `first` opens the first line, spaces as wide the others.
/// A word that is too long for a line is broken where the line ends.
pub fn wrapped(first: &str, text: &str, paint: Paint) -> Vec<Line> {
    let indent = first.width();
    let room = WIDTH.saturating_sub(indent).max(10);
    let open = |i: usize| if i == 0 { first.to_owned() } else { " ".repeat(indent) };
    broken(&clean(text), room)
        .iter()
        .enumerate()
        .map(|(i, piece)| Line::of(paint, format!("{}{piece}", open(i))))
        .collect()
}

/// The pieces of a text, each at most `room` columns wide.
pub fn broken(text: &str, room: usize) -> Vec<String> {
    let mut pieces: Vec<String> = Vec::new();
    let mut line = String::new();
    for word in text.split(' ').filter(|w| !w.is_empty()) {
        if !line.is_empty() && line.width() + 1 + word.width() > room {
            pieces.push(std::mem::take(&mut line));
        }
        if !line.is_empty() {
            line.push(' ');
        }
        for c in word.chars() {
            line.push(c);
            // Some characters are wider or narrower together than one by one: the line is measured as it is.
            if line.width() > room && line.len() > c.len_utf8() {
                line.truncate(line.len() - c.len_utf8());
                pieces.push(std::mem::take(&mut line));
                line.push(c);
            }
        }
    }
    if !line.is_empty() || pieces.is_empty() {
        pieces.push(line);
    }
    pieces
}
