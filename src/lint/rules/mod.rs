//! The list of all rules: a file and a page each, and one line here.

/// Declares the rules: `NAME` is `NAME.rs` with a `RULE`, beside its page `NAME.md`.
macro_rules! rules {
    ($($name:ident)*) => {
        $(mod $name;)*

        /// Every rule, in the order of the codes.
        pub static ALL: &[&super::Rule] = &[$(&$name::RULE),*];
    };
}

rules! {
    // S: specific
    up_or_down
    // M: measurable
    // A: attainable
    already_met
    // R: relevant
    supports_nothing
    moved_goalposts
    // T: time-bound
    no_deadline
    // L: the lints themselves
    allow_without_reason
    allow_without_effect
    allow_of_nothing
}
