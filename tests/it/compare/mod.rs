//! Two versions of a plan compared: pairs with their changes written by hand, laws, and moved goalposts.

mod goalposts;

use crate::sentences::{plans, root};
use milepost::Plan;
use milepost::compare::{self, Became, Changes, Effect, Evidence, Moment};
use milepost::diagnostic::{Diagnostic, Level};
use milepost::lint::{Context, Levels};
use milepost::model::{self, Catalog};
use std::fmt::Write;
use std::path::PathBuf;

/// A plan that is understood.
fn understood(text: &str) -> (Plan, model::Plan) {
    let parsed = Plan::parse(text);
    let (plan, wrong) = parsed.resolve(&Catalog::default());
    let found: Vec<&Diagnostic> = parsed.spelling().iter().chain(&wrong).filter(|d| d.level == Level::Error).collect();
    assert!(found.is_empty(), "{text}\nisn't a plan: {found:#?}");
    (parsed, plan)
}

/// What changed, and the findings about it.
pub fn compared(old: &str, new: &str, evidence: &Evidence) -> (Plan, Changes, Vec<Diagnostic>) {
    let ((a, before), (b, after)) = (understood(old), understood(new));
    let x = Context::new(&before, a.trees(), a.sources());
    let y = Context::new(&after, b.trees(), b.sources());
    let changes = compare::compare(&x, &y, evidence);
    let found = compare::findings(&changes, &y, &Levels::default());
    (b, changes, found)
}

/// The findings as of a day's end; empty: nobody knows when.
pub fn found(old: &str, new: &str, as_of: &str) -> (Plan, Vec<Diagnostic>) {
    let (plan, _, found) = compared(old, new, &at(as_of));
    (plan, found)
}

/// A moment of comparison.
pub fn at(as_of: &str) -> Evidence {
    let moment = as_of.parse::<jiff::civil::Date>().ok().map(|day| Moment {
        end: day.tomorrow().expect("a day").into(),
        day: as_of.to_owned(),
        from: None,
    });
    Evidence::new(moment, None)
}

/// The changes in the form of the corpus.
fn told(changes: &Changes) -> String {
    let mut out = String::new();
    for change in &changes.list {
        let became = format!("{:?} {:?}", change.became, change.thing).to_lowercase();
        let old = change.old_name.as_ref().map(|old| format!("{old} -> ")).unwrap_or_default();
        let _ = writeln!(out, "{became} {old}{}", change.name);
        if matches!(change.became, Became::Added | Became::Dropped) {
            continue;
        }
        for c in &change.clauses {
            let effect = format!("{:?}", c.effect).to_lowercase();
            let effect = if c.effect == Effect::None { None } else { Some(effect) };
            let _ = writeln!(out, "  {}: {}", c.what, line(&c.old, &c.new, [effect, c.how.clone()]));
        }
        for t in &change.through {
            let _ = writeln!(out, "  through {} {}: {}", t.kind, t.name, line(&t.old, &t.new, [t.how.clone(), None]));
        }
        if change.underneath && change.through.is_empty() {
            out.push_str("  meaning\n");
        }
    }
    out
}

fn line(old: &Option<String>, new: &Option<String>, more: [Option<String>; 2]) -> String {
    let said = match (old, new) {
        (Some(old), Some(new)) => format!("{old} -> {new}"),
        (Some(old), None) => format!("{old} removed"),
        (None, new) => format!("new {}", new.as_deref().unwrap_or("?")),
    };
    let more: Vec<String> = more.into_iter().flatten().collect();
    if more.is_empty() { said } else { format!("{said} ({})", more.join(", ")) }
}

/// The triples of a page: old plan, new plan, expected changes.
fn triples(page: &str) -> Vec<[String; 3]> {
    let mut triples = Vec::new();
    let mut open: Option<(String, String)> = None;
    let mut plans = [String::new(), String::new()];
    for line in page.lines() {
        match (open.as_mut(), line.strip_prefix("```")) {
            (None, Some(info)) => open = Some((info.to_owned(), String::new())),
            (Some((_, text)), None) => *text += &format!("{line}\n"),
            (Some(_), Some(_)) => {
                let (info, text) = open.take().expect("it is open");
                match info.as_str() {
                    "goal old" => plans[0] = text,
                    "goal new" => plans[1] = text,
                    "changes" => triples.push([std::mem::take(&mut plans[0]), std::mem::take(&mut plans[1]), text]),
                    other => panic!("what is a block of {other}?"),
                }
            }
            (None, None) => {}
        }
    }
    triples
}

#[test]
fn pairs_of_plans_change_as_written_by_hand() {
    let mut seen = 0;
    let mut wrong = String::new();
    let mut pages: Vec<PathBuf> = std::fs::read_dir(root().join("tests/corpus/compared"))
        .expect("the corpus")
        .map(|entry| entry.expect("a page").path())
        .collect();
    pages.sort();
    for path in pages {
        for [old, new, expected] in triples(&std::fs::read_to_string(&path).expect("a page")) {
            seen += 1;
            let (_, changes, _) = compared(&old, &new, &Evidence::default());
            let told = told(&changes);
            if told != expected {
                let _ = writeln!(wrong, "{}\n{old}--\n{new}-- expected\n{expected}-- told\n{told}", path.display());
            }
        }
    }
    assert!(wrong.is_empty(), "{wrong}");
    assert!(seen >= 13, "{seen}");
}

/// Every plan of the corpus that stands alone.
fn corpus() -> Vec<(PathBuf, String)> {
    plans("tests/corpus")
        .into_iter()
        .filter_map(|path| {
            let text = std::fs::read_to_string(&path).ok()?;
            let parsed = Plan::parse(&text);
            let wrong = parsed.resolve(&Catalog::default()).1;
            let fine = parsed.spelling().iter().chain(&wrong).all(|d| d.level != Level::Error);
            (fine && !text.contains("import ")).then_some((path, text))
        })
        .collect()
}

#[test]
fn formatting_and_the_order_of_statements_change_nothing() {
    let plans = corpus();
    assert!(plans.len() >= 50, "{}", plans.len());
    for (path, text) in plans {
        let parsed = milepost::syntax::parse(&text);
        let formatted = milepost::format::format(&parsed.file, &text).expect("it is a plan");
        let statements = parsed.file.statements.iter().rev().map(|s| format!("{}\n", &text[s.span.range()]));
        let reversed: String = statements.collect();
        for new in [formatted, reversed] {
            let (_, changes, _) = compared(&text, &new, &Evidence::default());
            assert_eq!(told(&changes), "", "{}", path.display());
        }
    }
}

/// What a target accepts, worked out here once more.
fn accepts(target: &str, x: f64) -> bool {
    let number = |text: &str| text.parse::<f64>().expect("a number");
    match target.split(' ').collect::<Vec<_>>()[..] {
        [">=", v] => x >= number(v),
        [">", v] => x > number(v),
        ["<=", v] => x <= number(v),
        ["<", v] => x < number(v),
        ["=", v] => x == number(v),
        ["between", a, "and", b] => number(a) <= x && x <= number(b),
        ["within", "50%", "of", v] => (x - number(v)).abs() <= 0.5 * number(v).abs(),
        _ => panic!("{target}"),
    }
}

/// Sound and complete over bounds and ranges: every value that one accepts is tried.
#[test]
fn easier_is_what_accepts_more() {
    const TARGETS: [&str; 16] = [
        ">= 10",
        "> 10",
        ">= 12",
        "> 8",
        "<= 10",
        "< 10",
        "<= 12",
        "< 8",
        "= 10",
        "= 12",
        "between 8 and 12",
        "between 10 and 12",
        "between 5 and 15",
        "between 8 and 15",
        "within 50% of 10",
        "within 50% of 8",
    ];
    let values: Vec<f64> = (0..400).map(|n| f64::from(n) / 10.0).collect();
    for old in TARGETS {
        for new in TARGETS {
            let plan = |target: &str| format!("goal a: subs {target} by 2021-09-30\n");
            let (_, changes, _) = compared(&plan(old), &plan(new), &Evidence::default());
            let all = |a: &str, b: &str| values.iter().filter(|x| accepts(a, **x)).all(|x| accepts(b, *x));
            let expected = match (all(old, new), all(new, old)) {
                (true, true) => Effect::None,
                (true, false) => Effect::Easier,
                (false, true) => Effect::Harder,
                (false, false) => Effect::Unknown,
            };
            let effect = changes.list.first().map_or(Effect::None, |c| c.clauses[0].effect);
            assert_eq!(effect, expected, "{old} -> {new}");
        }
    }
}
