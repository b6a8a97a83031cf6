//! Which statements an edit touches.

use milepost::lint::{Earlier, Touched};
use milepost::model::Catalog;
use milepost::source::{FileId, SourceFile};

const PLAN: &str = "plan \"P\"
currency USD
table m from \"m.csv\"
table p from \"p.csv\"
objective growth
metric subs = last(m.subs)
metric reach = sum(p.reach)
segment abroad = m.country <> \"US\"
goal more: subs +5% by 2021-09-30 supports growth
goal far: subs[abroad] +5% by 2021-09-30
goal seen: reach +5% by 2021-09-30
goal both: all of more, seen
alert low when reach < 3
";

/// The first words of the statements that are touched, `then` against `now`, in files of those names.
fn touched_in(then: &[(&str, &str)], now: &[(&str, &str)]) -> Vec<String> {
    let mut plan = milepost::Plan::default();
    for (path, text) in now {
        plan.add(SourceFile::new(*path, *text));
    }
    let (typed, wrong) = plan.resolve(&Catalog::default());
    assert!(wrong.is_empty() && plan.spelling().is_empty(), "{wrong:#?} {:#?}", plan.spelling());
    let earlier = |(path, text): &(&str, &str)| {
        let file = now.iter().position(|(p, _)| p == path).map(|i| FileId(i as u32));
        Earlier { file, text: (*text).to_owned(), tree: milepost::syntax::parse(text).file }
    };
    let earlier: Vec<Earlier> = then.iter().map(earlier).collect();
    let touched = Touched::of(&typed, plan.trees(), plan.sources(), &earlier);
    let mut found = Vec::new();
    for (file, tree) in plan.trees() {
        for s in &tree.statements {
            let at = milepost::source::Loc { file: *file, span: s.span };
            let label = milepost::diagnostic::Label { at, text: String::new() };
            let about = milepost::diagnostic::Diagnostic {
                code: "T501",
                level: milepost::diagnostic::Level::Hint,
                message: String::new(),
                reason: None,
                help: None,
                labels: vec![label],
                fix: None,
            };
            if touched.concerns(&about) {
                let text = plan.sources().get(*file).slice(s.span);
                let words: Vec<&str> = text.split_whitespace().take(2).collect();
                found.push(words.join(" ").trim_end_matches(':').to_owned());
            }
        }
    }
    found
}

/// What one edit of the plan touches.
fn touched(old: &str, new: &str) -> Vec<String> {
    assert_eq!(PLAN.matches(old).count(), 1, "{old}");
    touched_in(&[("plan.goal", PLAN)], &[("plan.goal", &PLAN.replace(old, new))])
}

const ALL: usize = 13;

#[test]
fn nothing_is_touched_where_nothing_says_something_else() {
    assert_eq!(touched_in(&[("plan.goal", PLAN)], &[("plan.goal", PLAN)]), Vec::<String>::new());
    let laid_out =
        PLAN.replace(" by 2021-09-30", "\n    by   2021-09-30 # in time\n").replace("table m", "# members\ntable m");
    assert_eq!(touched_in(&[("plan.goal", PLAN)], &[("plan.goal", &laid_out)]), Vec::<String>::new());
    let turned: String = PLAN.lines().rev().flat_map(|l| [l, "\n"]).collect();
    assert_eq!(touched_in(&[("plan.goal", PLAN)], &[("plan.goal", &turned)]), Vec::<String>::new());
}

#[test]
fn a_change_touches_what_depends_on_it() {
    assert_eq!(touched("reach +5%", "reach +6%"), ["goal seen", "goal both"]);
    assert_eq!(touched("reach < 3", "reach < 4"), ["alert low"]);
    assert_eq!(touched("\"US\"", "\"CA\""), ["segment abroad", "goal far"]);
    let by_reach = ["metric reach", "goal seen", "goal both", "alert low"];
    assert_eq!(touched("sum(p.reach)", "sum(p.seen)"), by_reach);
    assert_eq!(touched("\"p.csv\"", "\"q.csv\""), [&["table p"][..], &by_reach].concat());
    assert_eq!(touched("objective growth", "objective growth \"G\""), ["objective growth", "goal more", "goal both"]);
}

#[test]
fn what_a_goal_lets_go_of_is_touched_alone() {
    assert_eq!(touched(" supports growth", ""), ["objective growth", "goal more", "goal both"]);
    assert_eq!(touched("alert low when reach < 3\n", ""), ["metric reach"]);
    assert_eq!(touched("subs[abroad]", "subs"), ["segment abroad", "goal far"]);
    assert_eq!(touched("all of more, seen", "all of more, far"), ["goal seen", "goal both"]);
}

#[test]
fn facts_touch_all_and_titles_themselves() {
    assert_eq!(touched("USD", "EUR").len(), ALL);
    assert_eq!(touched("currency USD\n", "").len(), ALL - 1);
    assert_eq!(touched("currency USD", "currency USD\nhorizon 2021").len(), ALL + 1);
    assert_eq!(touched("plan \"P\"", "plan \"Q\""), ["plan \"Q\""]);
}

#[test]
fn what_is_excluded_touches_its_table() {
    let by_reach = ["table p", "metric reach", "goal seen", "goal both", "alert low", "exclude 2021-03-01"];
    let from = "reach < 3\nexclude 2021-03-01 from p because \"broken\"";
    assert_eq!(touched("reach < 3", from), by_reach);
    let all = touched("reach < 3", "reach < 3\nexclude 2021-03-01 because \"broken\"");
    // All but the title, the currency and the objective.
    assert_eq!(all.len(), ALL + 1 - 3);
}

#[test]
fn a_silencer_touches_its_statement() {
    let silenced = "# milepost: allow(T501) because we say so\ngoal more: subs";
    assert_eq!(touched("goal more: subs", silenced), ["goal more"]);
    assert_eq!(touched("goal more: subs", "# just a word\ngoal more: subs"), Vec::<String>::new());
    let then = PLAN.replace("goal more: subs", silenced);
    let now = then.replace("we say so", "of the season");
    assert_eq!(touched_in(&[("plan.goal", &then)], &[("plan.goal", &now)]), ["goal more"]);
    let head = format!("# milepost: allow(T501) because we say so\n\n{PLAN}");
    assert_eq!(touched_in(&[("plan.goal", PLAN)], &[("plan.goal", &head)]).len(), ALL);
}

#[test]
fn files_that_come_and_go() {
    assert_eq!(touched_in(&[], &[("plan.goal", PLAN)]).len(), ALL);
    let (more, rest) = ("goal extra: subs +9% by 2021-09-30\n", [("plan.goal", PLAN)]);
    assert_eq!(touched_in(&rest, &[rest[0], ("more.goal", more)]), ["goal extra"]);
    // The goal that read it is gone with its file.
    assert_eq!(touched_in(&[rest[0], ("more.goal", more)], &rest), ["metric subs"]);
}

#[test]
fn statements_without_a_name_are_told_apart_by_what_they_say() {
    let goals: Vec<String> = (0..300).map(|i| format!("goal x{i} +5% by 2021-09-30\n")).collect();
    let then: String = goals.concat();
    let now = then.replace(" by ", "\n  by ").replace("x150 +5%", "x150 +6%");
    assert_eq!(touched_in(&[("plan.goal", &then)], &[("plan.goal", &now)]), ["goal x150"]);
}
