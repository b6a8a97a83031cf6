//! Which files a file imports, and circles of imports. Reads no file: the edge that does asks here.

use crate::diagnostic::{Diagnostic, Label};
use crate::source::{FileId, Loc, Span};
use crate::syntax::tree::{Fact, File, StatementKind};
use indexmap::IndexMap;
use thiserror::Error;

/// What is wrong with how files import each other.
#[derive(Debug, Error, miette::Diagnostic)]
pub enum ImportError {
    /// A file that comes back to itself.
    #[error("these files import each other in a circle: {path}")]
    #[diagnostic(code("N093"), help("take one of these imports out; what both need can stand in a file of its own"))]
    Circle {
        /// The way round.
        path: String,
        /// The first import on it.
        #[label("imports `{next}`")]
        at: Span,
        /// What it imports.
        next: String,
    },
}

impl crate::diagnostic::Finding for ImportError {}

/// The paths that a file imports, as written, with the place of each, in its order.
pub fn imports(file: &File) -> Vec<(String, Span)> {
    file.statements
        .iter()
        .filter_map(|s| match &s.node {
            StatementKind::Fact(Fact::Import(path)) => Some((path.node.clone(), path.span)),
            _ => None,
        })
        .collect()
}

/// Who imports whom: filled by the edge as it reads files.
#[derive(Debug, Clone, Default)]
pub struct ImportGraph {
    edges: IndexMap<FileId, Vec<(FileId, Span)>>,
    names: IndexMap<FileId, String>,
}

impl ImportGraph {
    /// Says how people know a file.
    pub fn file(&mut self, file: FileId, name: impl Into<String>) {
        self.names.insert(file, name.into());
    }

    /// `from` imports `to`, said at `at` in `from`.
    pub fn import(&mut self, from: FileId, to: FileId, at: Span) {
        self.edges.entry(from).or_default().push((to, at));
    }

    /// One error a circle, with the way round: a label for each import on it.
    pub fn circles(&self) -> Vec<Diagnostic> {
        let mut done: IndexMap<FileId, bool> = IndexMap::new();
        let mut found = Vec::new();
        for start in self.edges.keys() {
            if done.contains_key(start) {
                continue;
            }
            // The way down to here: a file, and which of its imports comes next.
            let mut way: Vec<(FileId, usize)> = vec![(*start, 0)];
            done.insert(*start, false);
            while let Some((file, next)) = way.last_mut() {
                let file = *file;
                let Some((to, _)) = self.edges.get(&file).and_then(|e| e.get(*next)).copied() else {
                    done.insert(file, true);
                    way.pop();
                    continue;
                };
                *next += 1;
                match done.get(&to) {
                    Some(true) => {}
                    Some(false) => found.push(self.circle(&way, to)),
                    None => {
                        done.insert(to, false);
                        way.push((to, 0));
                    }
                }
            }
        }
        found
    }

    /// The error of the circle that the last import of `way` closes at `to`.
    fn circle(&self, way: &[(FileId, usize)], to: FileId) -> Diagnostic {
        let from = way.iter().position(|(f, _)| *f == to).unwrap_or(0);
        let edges: Vec<(FileId, FileId, Span)> = way[from..]
            .iter()
            .filter_map(|(f, next)| {
                let (to, at) = self.edges.get(f)?.get(next.checked_sub(1)?)?;
                Some((*f, *to, *at))
            })
            .collect();
        let name = |f: &FileId| self.names.get(f).cloned().unwrap_or_default();
        let mut path: Vec<String> = edges.iter().map(|(f, _, _)| name(f)).collect();
        path.push(name(&to));
        let (file, next, at) = edges.first().copied().unwrap_or((to, to, Span::default()));
        let error = ImportError::Circle { path: path.join(" → "), at, next: name(&next) };
        let mut diagnostic = Diagnostic::of(&error, file);
        diagnostic.labels.extend(edges.iter().skip(1).map(|(file, to, span)| Label {
            at: Loc { file: *file, span: *span },
            text: format!("imports `{}`", name(to)),
        }));
        diagnostic
    }
}
