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
    zero_denominator
    coarser_than_needed
    no_time_column
    stale_data
    gappy_data
    percent_above_one
    ends_early
    total_row
    // A: attainable
    already_met
    // R: relevant
    supports_nothing
    // T: time-bound
    no_deadline
    // L: the lints themselves
    allow_without_reason
    allow_without_effect
    allow_of_nothing
}
