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
    implied_metric
    targets_disagree
    flow_over_stock
    which_reading
    equals_measured
    per_or_every
    implied_step
    // A: attainable
    already_met
    // R: relevant
    supports_nothing
    // T: time-bound
    no_deadline
    deadline_before_baseline
    window_shorter_than_step
    deadline_between_steps
    outside_horizon
    checkpoint_after_deadline
    title_disagrees
    campaign_over
    // L: the lints themselves
    allow_without_reason
    allow_without_effect
    allow_of_nothing
}
