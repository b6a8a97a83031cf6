//! Text to tree. The only room that names pest's types; knows no meaning of names.

mod build;
pub mod error;
mod expected;
mod grammar;
mod place;
mod recover;
mod scan;
mod slips;
pub mod tree;

pub use error::SyntaxError;
pub use slips::SlipError;

use crate::diagnostic::{Diagnostic, Edit};
use crate::source::{FileId, Span};
use pest::Parser;
use rayon::prelude::*;
use scan::{Piece, Scan};

/// The largest text that is read unless the caller says otherwise, in bytes.
pub const LARGEST: usize = 64 << 20;

/// With fewer pieces than this, threads cost more than they bring.
const FEW: usize = 256;

/// A text as a tree, and everything that is wrong with it.
#[derive(Debug, Default)]
pub struct Parsed {
    /// The statements that could be read, and all comments.
    pub file: tree::File,
    /// In the order of the text.
    pub errors: Vec<SyntaxError>,
}

impl Parsed {
    /// The errors as findings about the file that was read. A correction that would take out a comment isn't certain.
    pub fn findings(&self, file: FileId) -> Vec<Diagnostic> {
        let finding = |error: &SyntaxError| {
            let mut found = Diagnostic::of(error, file);
            found.fix = found.fix.filter(|fix| fix.edits.iter().all(|edit| self.keeps_comments(edit)));
            found
        };
        self.errors.iter().map(finding).collect()
    }

    fn keeps_comments(&self, edit: &Edit) -> bool {
        let span = edit.at.span;
        let next = self.file.comments.partition_point(|c| c.span.start < span.start);
        self.file.comments.get(next).is_none_or(|c| c.span.start >= span.end)
    }
}

/// Reads a plan's text of at most [`LARGEST`] bytes. Any text gives an answer: what can't be read is in the errors,
/// and the rest in the tree.
pub fn parse(text: &str) -> Parsed {
    parse_limited(text, LARGEST)
}

/// Like [`parse`], for texts of at most `max_bytes` bytes.
pub fn parse_limited(text: &str, max_bytes: usize) -> Parsed {
    let limit = max_bytes.min(u32::MAX as usize);
    if text.len() > limit {
        let errors = vec![SyntaxError::TooLarge { bytes: text.len(), limit }];
        return Parsed { errors, ..Parsed::default() };
    }
    let Scan { pieces, comments, errors } = scan::scan(text);
    let read = |piece: &Piece| read(text, piece, &comments);
    let outcomes: Vec<Outcome> = if pieces.len() < FEW {
        pieces.iter().map(read).collect()
    } else {
        pieces.par_iter().with_min_len(FEW / 4).map(read).collect()
    };
    let mut parsed = Parsed { errors, ..Parsed::default() };
    if outcomes.iter().all(Result::is_ok) {
        // In the place of the outcomes: the statements of a large plan aren't moved.
        parsed.file.statements = outcomes.into_iter().filter_map(Result::ok).collect();
    } else {
        for outcome in outcomes {
            match outcome {
                Ok(statement) => parsed.file.statements.push(statement),
                Err(trouble) => {
                    parsed.file.statements.extend(trouble.statements);
                    parsed.errors.extend(trouble.errors);
                }
            }
        }
    }
    parsed.errors.sort_by_key(|e| e.place().start);
    parsed.file.comments = comments;
    parsed
}

/// A piece's statement, or what is wrong with it.
type Outcome = Result<tree::Statement, Box<Trouble>>;

/// What is wrong with a piece, and what could be read in spite of it.
#[derive(Debug, Default)]
struct Trouble {
    statements: Vec<tree::Statement>,
    errors: Vec<SyntaxError>,
}

fn read(text: &str, piece: &Piece, comments: &[tree::Comment]) -> Outcome {
    // Every node's place is held against the comments: of a large plan, only the few that matter.
    let first = comments.partition_point(|c| c.span.start < piece.at.start);
    let count = comments[first..].iter().take_while(|c| c.span.start < piece.at.end).count();
    let comments = &comments[first..first + count];
    if let Some(at) = piece.too_deep {
        let at = Span::new(at as usize, at as usize + 1);
        let errors = vec![SyntaxError::TooDeep { limit: scan::DEEPEST, at }];
        return Err(Box::new(Trouble { errors, ..Trouble::default() }));
    }
    let plain = piece.opened && piece.repairs.is_empty();
    let node =
        plain.then(|| grammar::GoalParser::parse(grammar::Rule::piece, text.get(piece.at.range())?).ok()?.next());
    let Some(node) = node.flatten() else { return Err(Box::new(recover::recover(text, piece, comments))) };
    let places = place::Places::new(text, comments, piece.at.start as usize, &[]);
    match build::Build::new(places).run(node) {
        (Some(statement), errors) if errors.is_empty() => Ok(statement),
        (statement, errors) => Err(Box::new(Trouble { statements: statement.into_iter().collect(), errors })),
    }
}
