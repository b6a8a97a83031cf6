//! What each rule that needs no data takes of looking at a plan of 10,000 goals: all of them, none of them (views, cards
//! and silencers alone), and each by itself. `cargo bench --no-default-features --bench lint -- --write plan.goal 100000`
//! writes such a plan instead, to check it with the command.

mod corpus;

use corpus::repeated_corpus;
use criterion::{Criterion, SamplingMode, criterion_group};
use milepost::Plan;
use milepost::lint::{Levels, lint, rules};
use milepost::model::Catalog;
use std::hint::black_box;
use std::time::Duration;

const GOALS: usize = 10_000;

/// Only the rules that `on` names: a code, or `all`; none for an empty name.
fn levels(on: &str) -> Levels {
    let mut levels = Levels::default();
    if on != "all" {
        levels.set("all", "off").expect("all is a name, off a level");
    }
    if !on.is_empty() && on != "all" {
        levels.set(on, "warning").expect("the code of a rule");
    }
    levels
}

fn each_rule(criterion: &mut Criterion) {
    let plan = Plan::parse(&repeated_corpus(GOALS));
    let (typed, _) = plan.resolve(&Catalog::default());
    let mut group = criterion.benchmark_group("lint_10k");
    group.sample_size(10).sampling_mode(SamplingMode::Flat);
    group.warm_up_time(Duration::from_millis(200)).measurement_time(Duration::from_secs(1));
    let codes = rules::ALL.iter().filter(|r| !r.look.reads_data()).map(|r| (r.code, r.code));
    for (name, on) in [("all", "all"), ("none", "")].into_iter().chain(codes) {
        let levels = levels(on);
        let input = plan.lintable(&typed, &[]).expect("no error");
        group.bench_function(name, |b| b.iter(|| lint(black_box(input.clone()), &levels)));
    }
    group.finish();
}

criterion_group!(benches, each_rule);

fn main() {
    let arguments: Vec<String> = std::env::args().collect();
    let written = arguments.iter().position(|a| a == "--write").map(|i| &arguments[i + 1..]);
    if let Some([path, goals, ..]) = written {
        let goals = goals.parse().expect("a number of goals");
        std::fs::write(path, repeated_corpus(goals)).expect("the file can be written");
        return;
    }
    benches();
    Criterion::default().configure_from_args().final_summary();
}
