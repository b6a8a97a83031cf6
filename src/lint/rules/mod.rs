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
    no_owner
    no_description
    no_scope
    same_goal
    vague_title
    up_or_down
    two_things
    unknown_value
    other_case
    nameless_twice
    // M: measurable
    implied_metric
    targets_disagree
    zero_denominator
    flow_over_stock
    which_reading
    coarser_than_needed
    no_time_column
    stale_data
    gappy_data
    percent_above_one
    ends_early
    equals_measured
    per_or_every
    total_row
    implied_step
    // A: attainable
    beyond_history
    over_cap
    already_met
    against_direction
    chance_low
    cannot_all_hold
    too_easy
    run_rate
    plans_disagree
    // R: relevant
    supports_nothing
    objective_without_goal
    untied_kpi
    kpi_against
    unused_metric
    gameable
    unused_table
    unused_segment
    unused_let
    unused_campaign
    moved_goalposts
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
