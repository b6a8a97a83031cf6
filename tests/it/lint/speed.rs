//! No rule takes more than a plan's size is worth: formulas that name the same thing twice at every level, long chains,
//! and many goals about one metric.

use super::codes;
use std::fmt::Write;
use std::time::{Duration, Instant};

/// What a small plan may take in a build without optimisation on a busy machine; what grows as a power of two never ends.
const LONG: Duration = Duration::from_secs(60);

fn soon(plan: &str) {
    let start = Instant::now();
    let found = codes(plan, &[], "");
    let taken = start.elapsed();
    assert!(taken < LONG, "{taken:?} for {} findings in a plan of {} bytes", found.len(), plan.len());
}

#[test]
fn what_is_named_twice_at_every_level_is_looked_at_once() {
    let mut plan = String::from(
        "table t from \"t.csv\"\nlet l0 = 2\nmetric f0 = sum(t.a)\nmetric s0 = last(t.b)\nmetric q0 = f0 / s0\n\
         segment c0 = t.k = \"x\"\nmetric h0 = 1\n",
    );
    for i in 1..60 {
        let before = i - 1;
        let _ = writeln!(plan, "let l{i} = l{before} + l{before}\nmetric f{i} = f{before} + f{before}");
        let _ = writeln!(plan, "metric s{i} = max(s{before}, s{before})\nmetric q{i} = q{before} - q{before}");
        let _ = writeln!(plan, "metric h{i} = h{before} * h{before}\nmetric r{i} = f{before} / q{before}");
    }
    for m in ["f59", "s59", "q59", "r59", "h59"] {
        let _ = writeln!(plan, "goal {m} = 5 by 2021-09-30 cap l59 measure f0, s59 guardrail q59 >= 0");
        let _ = writeln!(plan, "goal {m}_more: {m} +5% to l59 from 2020-12-31 by 2021-09-30");
        let _ = writeln!(plan, "goal {m}_low: {m} <= l59 every month in 2021 for 90% of months");
    }
    soon(&plan);
}

#[test]
fn many_goals_about_one_metric_and_a_long_chain() {
    let mut plan = String::from("table t from \"t.csv\"\nmetric m0 = sum(t.a)\nobjective o\n");
    for i in 1..2_000 {
        let _ = writeln!(plan, "metric m{i} = m{} + 1", i - 1);
        let _ = writeln!(plan, "goal g{i} \"More of {i}\": m0 +{i}% by 2021-09-30 supports o");
    }
    plan.push_str("goal last: m1999 +1% by 2021-09-30 measure m3 guardrail m7 >= 0\n");
    soon(&plan);
}
