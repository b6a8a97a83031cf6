//! What counts as a use, where pages can't hold it, and how many cards are shown.

use super::codes;
use milepost::diagnostic::render::sorted;
use milepost::lint::{Card, Letter, LetterCard, Levels, Mark, lint};
use milepost::model::Catalog;
use milepost::report::cards;
use milepost::source::SourceFile;

/// The findings of a letter in a plan of several files, as `CODE name`.
fn found(files: &[(&str, &str)], letter: char) -> Vec<String> {
    let mut plan = milepost::Plan::default();
    for (path, text) in files {
        plan.add(SourceFile::new(*path, *text));
    }
    let (typed, wrong) = plan.resolve(&Catalog::default());
    assert!(wrong.is_empty() && plan.spelling().is_empty(), "{wrong:#?} {:#?}", plan.spelling());
    let linted = lint(plan.lintable(&typed, &[]).expect("no error"), &Levels::default());
    let name = |d: &&milepost::diagnostic::Diagnostic| {
        let at = d.place().expect("a place");
        format!("{} {}", d.code, plan.sources().get(at.file).slice(at.span))
    };
    sorted(&linted.diagnostics).iter().filter(|d| d.code.starts_with(letter)).map(name).collect()
}

/// Everything that can be unused, used in each of the ways.
const GOAL: &str = "table t from \"t.csv\"\nmetric base = sum(t.a)\ngoal first: base +5% by 2021-09-30\n";

fn with(more: &str) -> Vec<String> {
    found(&[("plan.goal", &format!("{GOAL}{more}"))], 'R')
}

#[test]
fn each_way_to_use_something_is_a_use() {
    let metric = "metric m = sum(t.b)\n";
    assert_eq!(with(metric), ["R405 m"]);
    for user in [
        "goal m +1% by 2021-09-30",
        "goal x: base up by 2021-09-30 guardrail m >= 3",
        "goal x: base up by 2021-09-30 measure m",
        "goal x: base to m[Q4 2020] by 2021-09-30",
        "goal x: base +1% from m[Q4 2020] by 2021-09-30",
        "goal x: base +1% by 2021-09-30 cap m[Q4 2020]",
        "alert low when m < 3",
        "milestone ms by 2021-06-30 when m > 3",
        "metric n = m / base\nalert low when n < 3",
        "metric n = sum(t.c) drives m",
        "scenario more set m +10%",
        "test \"t\" given m = 3\n  as of 2021-01-01\n  expect first no data",
        "test \"t\" given base = 3\n  as of 2021-01-01\n  expect m[2020-12] = 3",
        "let last_m = m[Q4 2020]\ngoal x: base to last_m by 2021-09-30",
    ] {
        assert_eq!(with(&format!("{metric}{user}\n")), Vec::<String>::new(), "{user}");
    }
}

#[test]
fn a_column_in_rows_is_no_metric_and_what_only_the_unused_read_is_used_by_them() {
    assert_eq!(with("metric b = sum(t.b)\nmetric c = sum(b)\ngoal c +1% by 2021-09-30\n"), ["R405 b"]);
    assert_eq!(with("metric a = sum(t.b)\nmetric c = a / base\n"), ["R405 c"]);
    // Its own past is no use.
    assert_eq!(with("metric a = a[-1 month] ?? sum(t.b)\n"), ["R405 a"]);
}

#[test]
fn segments_lets_tables_and_campaigns_are_used_in_rows_and_between_values() {
    let declared = "table u from \"u.csv\"\nsegment s = t.k = \"x\"\nlet l = 3\ncampaign c 2021-03-01..2021-03-31\n";
    assert_eq!(with(declared), ["R407 u", "R408 s", "R409 l", "R410 c"]);
    let in_rows = "goal x: sum(u.a where u.b > l) +1% in c\ngoal y: base[s] +1% by 2021-09-30\n";
    assert_eq!(with(&format!("{declared}{in_rows}")), Vec::<String>::new());
    let elsewhere = "segment both = s and t.b > l\ngoal z: base[both] +1% by 2021-09-30\n\
                     alert low when count(u) < 3\ngoal b: c.budget <= 3 in 2021\n";
    let budget = declared.replace("2021-03-31\n", "2021-03-31 budget 7\n");
    assert_eq!(with(&format!("{budget}{elsewhere}")), Vec::<String>::new());
    // What counts for nothing in a table doesn't read it.
    let excluded = "table u from \"u.csv\"\nexclude 2021-03-01 from u because \"broken\"\n";
    assert_eq!(with(excluded), ["R407 u"]);
}

#[test]
fn what_is_imported_is_a_library() {
    let library = "table t from \"t.csv\"\nmetric base = sum(t.a)\nmetric other = sum(t.b)\nobjective o\n\
                   goal own: base +1% by 2021-09-30\n";
    let user = "import \"../lib/./metrics.goal\"\nmetric mine = base * 2\ngoal base +5% by 2021-09-30\n";
    assert_eq!(found(&[("lib/metrics.goal", library)], 'R'), ["R405 other", "R402 o", "R401 own"]);
    let both = found(&[("a/plan.goal", user), ("lib/metrics.goal", library)], 'R');
    assert!(
        both.contains(&"R405 mine".to_owned()) && !both.iter().any(|f| f.contains("other") || f.starts_with("R402")),
        "{both:?}"
    );
}

#[test]
fn long_chains_of_formulas_are_followed_as_far_as_anybody_would() {
    let untied = |length: usize| {
        let mut plan =
            "table t from \"t.csv\"\ntable u from \"u.csv\"\nmetric m0 = sum(t.a)\nmetric k = sum(u.a)\n".to_owned();
        plan.extend((1..length).map(|i| format!("metric m{i} = m{} + 1\n", i - 1)));
        plan.push_str("goal m0 +1% by 2021-09-30 measure k\n");
        codes(&plan, &[], "").iter().filter(|c| **c == "R403").count()
    };
    assert_eq!((untied(1), untied(900), untied(3_000)), (1, 1, 0));
}

fn card(n: usize, mark: Mark) -> Card {
    let letters = Letter::ALL.map(|letter| LetterCard { letter, mark: Mark::Kept, why: Vec::new() });
    let mut card = Card { goal: format!("g{n}"), title: None, letters, with_data: false };
    card.letters[4].mark = mark;
    card
}

#[test]
fn of_many_cards_those_in_doubt_are_shown() {
    let all: Vec<Card> = (0..200).map(|n| card(n, Mark::Kept)).collect();
    assert_eq!(cards::text(&all).lines().count(), 1 + 200 + 1);
    let mark = |n: usize| if n.is_multiple_of(2) { Mark::Doubtful } else { Mark::Kept };
    let more: Vec<Card> = (0..3_000).map(|n| card(n, mark(n))).collect();
    let text = cards::text(&more);
    let lines: Vec<&str> = text.lines().collect();
    assert_eq!((lines[1], lines[200]), ("g0    +  +  +  +  ?", "g398  +  +  +  +  ?"));
    assert_eq!(lines[201..203], ["and 1,300 more in doubt", "and 1,500 with every letter kept"]);
}
