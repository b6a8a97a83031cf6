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
    over_cap
    already_met
    against_direction
    cannot_all_hold
    plans_disagree
    // R: relevant
    supports_nothing
    gameable
    // T: time-bound
    no_deadline
    // L: the lints themselves
    allow_without_reason
    allow_without_effect
    allow_of_nothing
}
