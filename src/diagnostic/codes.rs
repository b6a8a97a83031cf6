//! The registry of codes: one explicit list, a page each. Docs and `explain` are derived from it.

/// A code and what it stands for.
#[derive(Debug, Clone, Copy)]
pub struct Code {
    /// One letter and three digits: P syntax, N names, U units, D data, E evaluation; lints: S, M, A, R, T, and L for what
    /// concerns the lints themselves.
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
    P000 P001 P002 P003 P004 P005 P006 P007 P008 P009 P010 P011 P012 P013 P014 P015 P016 P017 P018 P020 P021
    P022 P023 P024 P025 P026 P027 P028 P030 P031 P032 P033 P040 P041 P042 P043 P044 P045 P046 P047 P048 P049
    P050 P051 P052 P053 P060 P061 P063 P090 P091 P095 P096
    // names and clauses
    N001 N002 N003 N004 N005 N006 N007 N008 N009 N010 N011 N012 N013 N014 N015 N016 N017 N018 N019
    N020 N021 N022 N023 N024 N025 N026 N027 N028 N029 N030 N031 N032 N033 N040 N041 N042 N043
    N060 N061 N062 N063 N091 N092 N093 N301 N302 N303
    // units
    U001 U002 U003 U004 U005 U006 U007 U008 U009 U010 U011 U012 U013
    // data
    D001 D002 D003 D004 D005 D006 D007 D008 D009 D010 D011 D012 D013 D014 D015 D016 D017 D018 D019 D020
    D021 D022 D030 D031 D032 D033 D034 D040 D041 D042 D043 D050 D051 D052
    // evaluation
    E002 E003 E004 E005 E006 E007
    E060 E061 E062 E063
};

/// True for the codes of lints: findings about how a plan is made, in a plan that is understood.
pub fn is_lint(code: &str) -> bool {
    code.starts_with(['S', 'M', 'A', 'R', 'T', 'L'])
}

/// The entry of a code, in any case.
pub fn find(code: &str) -> Option<&'static Code> {
    CODES.iter().find(|c| c.code.eq_ignore_ascii_case(code))
}
