//! The registry of codes: one explicit list, a page each. Docs and `explain` are derived from it.

/// A code and what it stands for.
#[derive(Debug, Clone, Copy)]
pub struct Code {
    /// One letter and three digits: P syntax, N names, U units, D data, E evaluation; lints: S, M, A, R, T.
    pub code: &'static str,
    /// The page, in Markdown; its first line is `# CODE: title`.
    pub page: &'static str,
}

impl Code {
    /// The title of its page.
    pub fn title(&self) -> &'static str {
        let first = self.page.lines().next().unwrap_or("");
        first.split_once(": ").map_or(first, |(_, title)| title)
    }
}

/// Pages stand beside this file, in `pages/CODE.md`.
macro_rules! codes {
    ($($code:ident)*) => {
        &[$(Code { code: stringify!($code), page: include_str!(concat!("pages/", stringify!($code), ".md")) }),*]
    };
}

/// Every code, in order.
pub static CODES: &[Code] = codes! {
    // syntax
    P000 P090 P091 P095 P096
    // names and clauses
    N091 N092
    // units
    // data
    D001 D002 D003 D004 D005 D006 D007 D008 D009 D010 D011 D012 D013 D014 D015 D016
    // evaluation
    E001 E002 E003 E004 E005 E006
};

/// The entry of a code, in any case.
pub fn find(code: &str) -> Option<&'static Code> {
    CODES.iter().find(|c| c.code.eq_ignore_ascii_case(code))
}
