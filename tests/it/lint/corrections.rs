//! Corrections are sound, over every page, the corpus, and plans put together from slips and lints: they come to an end,
//! a second run changes nothing, the text still parses, comments stay, and safe ones leave the typed plan as it is.

use super::{linted, pages};
use crate::sentences::root;
use milepost::Plan;
use milepost::diagnostic::codes::CODES;
use milepost::diagnostic::{Diagnostic, Level, fix};
use milepost::lint::rules;
use milepost::model::Catalog;
use proptest::prelude::*;
use proptest::test_runner::RngSeed;

/// The rounds that `check --fix` makes at most.
const ROUNDS: usize = 10;

/// A plan of one text, with data for the rules that read it.
#[derive(Debug, Clone, Default)]
struct Case {
    text: String,
    tables: Vec<(String, String)>,
    as_of: String,
}

impl Case {
    fn plain(text: impl Into<String>) -> Self {
        Self { text: text.into(), ..Self::default() }
    }

    /// All that is wrong; lints only where nothing is an error, as `check` looks.
    fn findings(&self) -> (Plan, Vec<Diagnostic>) {
        let plan = Plan::parse(&self.text);
        let mut found = plan.check();
        if !found.iter().any(|d| d.level == Level::Error) {
            let tables: Vec<(&str, &str)> = self.tables.iter().map(|(n, t)| (n.as_str(), t.as_str())).collect();
            found.extend(linted(&self.text, &tables, &self.as_of).1.diagnostics);
        }
        (plan, found)
    }

    /// After all corrections, and how many rounds that took.
    fn corrected(&self, unsafe_too: bool) -> (Self, usize) {
        let mut now = self.clone();
        for round in 0..ROUNDS {
            let (plan, found) = now.findings();
            let Some(text) = fix::correct(&found, plan.sources(), unsafe_too).texts.into_values().next() else {
                return (now, round);
            };
            now.text = text;
        }
        panic!("corrections don't come to an end:\n{}\nthen\n{}", self.text, now.text);
    }
}

/// How many slips of spelling there are.
fn slips(plan: &Plan) -> usize {
    plan.spelling().iter().filter(|d| d.level == Level::Error).count()
}

/// True where all of `before` is in `after`, in its order; a slip may become a comment: `// why` to `# why`.
fn kept(before: &[String], after: &[String]) -> bool {
    let mut rest = after.iter();
    before.iter().all(|comment| rest.any(|c| c == comment))
}

/// The comments in order, but for those that silence: one without effect is taken out.
fn comments(plan: &Plan) -> Vec<String> {
    let all = plan.trees().iter().flat_map(|(_, tree)| &tree.comments);
    all.map(|c| c.text.trim().to_owned()).filter(|t| !t.starts_with("milepost:")).collect()
}

/// The typed plan without places; none where it has errors.
fn meaning(plan: &Plan) -> Option<String> {
    let (typed, mut found) = plan.resolve(&Catalog::default());
    found.extend_from_slice(plan.spelling());
    let place = regex::Regex::new(
        r"Loc \{ file: FileId\(\d+\), span: Span \{ start: \d+, end: \d+ \} \}|Span \{ start: \d+, end: \d+ \}",
    );
    let wrong = found.iter().any(|d| d.level == Level::Error);
    (!wrong).then(|| place.expect("a pattern").replace_all(&format!("{typed:?}"), "@").into_owned())
}

/// Holds a plan against all that is promised of corrections; says whether there was one.
fn sound(case: &Case) -> bool {
    let (before, found) = case.findings();
    for unsafe_too in [false, true] {
        let (after, _) = case.corrected(unsafe_too);
        let (plan, left) = after.findings();
        let shown = || format!("{}\n--- corrected, unsafe too: {unsafe_too}\n{}\n{left:#?}", case.text, after.text);
        assert!(slips(&plan) <= slips(&before), "it has more slips than before\n{}", shown());
        assert!(kept(&comments(&before), &comments(&plan)), "a comment is lost\n{}", shown());
        let Some(meant) = meaning(&before) else { continue };
        let means = meaning(&plan);
        assert!(means.is_some(), "it isn't a plan any more\n{}", shown());
        if !unsafe_too {
            assert!(means.as_ref() == Some(&meant), "a safe correction changes what the plan means\n{}", shown());
        }
    }
    found.iter().any(|d| d.fix.is_some())
}

/// The wrong plans of the pages of slips, `goal bad`, each with its code.
fn wrong_pages() -> Vec<(&'static str, String)> {
    let pages = CODES.iter().filter(|c| c.code.starts_with('P'));
    let blocks = pages.flat_map(|c| c.page.split("```goal bad\n").skip(1).map(|rest| (c.code, rest)));
    blocks.filter_map(|(code, rest)| Some((code, rest.split("```").next()?.to_owned()))).collect()
}

fn wrong_plans() -> Vec<String> {
    wrong_pages().into_iter().map(|(_, text)| text).collect()
}

/// The wrong plans of the pages of lints, with their data.
fn doubtful_plans() -> Vec<Case> {
    let cases = rules::ALL.iter().flat_map(|rule| pages::cases(rule));
    cases.map(|c| Case { text: c.plan, tables: c.tables, as_of: c.as_of }).collect()
}

#[test]
fn of_the_pages_of_slips() {
    let corrected = wrong_plans().into_iter().filter(|text| sound(&Case::plain(text))).count();
    assert!(corrected >= 15, "{corrected} pages of slips show one that is corrected");
}

/// A slip that is corrected is gone.
#[test]
fn a_corrected_slip_is_gone() {
    for (code, text) in wrong_pages() {
        let case = Case::plain(&text);
        let (_, found) = case.findings();
        if found.iter().filter(|d| d.code == code).all(|d| d.fix.is_some()) {
            let (after, _) = case.corrected(false);
            let left = after.findings().1;
            assert!(!left.iter().any(|d| d.code == code), "{code}\n{text}\n{}\n{left:#?}", after.text);
        }
    }
}

#[test]
fn of_the_pages_of_lints() {
    let corrected = doubtful_plans().iter().filter(|case| sound(case)).count();
    assert!(corrected >= 1, "{corrected} pages of lints show one that is corrected");
}

/// Every plan of the corpus and the examples, also those that name what another file declares.
#[test]
fn of_the_corpus() {
    let mut seen = 0;
    let mut open = vec![root().join("tests/corpus"), root().join("examples")];
    while let Some(folder) = open.pop() {
        for entry in std::fs::read_dir(folder).expect("a folder").flatten() {
            let path = entry.path();
            if path.is_dir() {
                open.push(path);
            } else if path.extension().is_some_and(|e| e == "goal") {
                sound(&Case::plain(std::fs::read_to_string(path).expect("a plan")));
                seen += 1;
            }
        }
    }
    assert!(seen > 50, "{seen} plans");
}

/// The text with a comment and a new line in the place of one of its blanks, outside of quotes and comments.
fn broken(text: &str, pick: &prop::sample::Index) -> String {
    let mut quoted = false;
    let blanks = text.char_indices().filter(|(at, c)| {
        quoted ^= *c == '"';
        let line = text[..*at].rsplit('\n').next().unwrap_or("");
        *c == ' ' && !quoted && !line.contains(['#', '/'])
    });
    let blanks: Vec<usize> = blanks.map(|(at, _)| at).collect();
    if blanks.is_empty() {
        return text.to_owned();
    }
    let at = *pick.get(&blanks);
    format!("{} # inside\n  {}", &text[..at], &text[at + 1..])
}

/// What stands between statements, among it what mustn't be lost.
const BETWEEN: &[&str] =
    &["\n", "\n\n", "# why: größer ☃\n", "  # indented\n", "\r\n", "# milepost: allow(T501) because so\n"];

fn config() -> ProptestConfig {
    let plain = ProptestConfig { failure_persistence: None, max_shrink_iters: 200, ..ProptestConfig::default() };
    match std::env::var_os("PROPTEST_CASES") {
        Some(_) => plain,
        None => ProptestConfig { cases: 40, rng_seed: RngSeed::Fixed(2021), ..plain },
    }
}

proptest! {
    #![proptest_config(config())]

    /// Slips and lints in any company, with comments before, between and behind them.
    #[test]
    fn of_any_mix(
        picks in prop::collection::vec((any::<prop::sample::Index>(), 0..BETWEEN.len(), any::<bool>()), 1..8),
        breaks in prop::collection::vec(any::<prop::sample::Index>(), 0..3),
    ) {
        let slips = wrong_plans();
        let lints: Vec<String> = doubtful_plans().into_iter().filter(|c| c.tables.is_empty()).map(|c| c.text).collect();
        let mut text = String::new();
        for (pick, between, is_slip) in picks {
            let picked: &String = if is_slip { pick.get(&slips) } else { pick.get(&lints) };
            text.push_str(picked);
            text.push_str(BETWEEN[between]);
        }
        let text = breaks.iter().fold(text, |text, pick| broken(&text, pick));
        sound(&Case::plain(text));
    }

    /// Lints alone, so that the plan is understood and its meaning is compared.
    #[test]
    fn of_lints_together(
        picks in prop::collection::vec((any::<prop::sample::Index>(), 0..BETWEEN.len()), 1..5),
        breaks in prop::collection::vec(any::<prop::sample::Index>(), 0..3),
    ) {
        let lints: Vec<String> = doubtful_plans().into_iter().filter(|c| c.tables.is_empty()).map(|c| c.text).collect();
        let mut text = String::new();
        for (pick, between) in picks {
            // Names that two pages share are told apart by leaving the later page out.
            let next = format!("{text}{}{}", pick.get(&lints), BETWEEN[between]);
            if meaning(&Plan::parse(&next)).is_some() {
                text = next;
            }
        }
        let text = breaks.iter().fold(text, |text, pick| broken(&text, pick));
        sound(&Case::plain(text));
    }
}
