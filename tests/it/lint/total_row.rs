//! M214 on Netflix's memberships, whose TOTAL row is the sum of its regions.

use super::{codes, said};
use std::path::Path;

const PLAN: &str = r#"table memberships from "memberships.csv" time period_end every quarter
segment abroad = region <> "UCAN"
metric subs = last(memberships.paid_memberships) unit members
goal intl: subs +5% where abroad from Q4 2020 by 2021-09-30
"#;

/// The table, as it was published and as the example has it; the shared one only where it is there.
fn memberships() -> Vec<String> {
    let own = Path::new(env!("CARGO_MANIFEST_DIR"));
    let shared = own.join("../shared/data/netflix/memberships.csv");
    let mut texts = vec![std::fs::read_to_string(own.join("examples/netflix/memberships.csv")).unwrap()];
    match std::fs::read_to_string(&shared) {
        Ok(text) => texts.push(text),
        Err(_) => eprintln!("skipped: {} isn't there", shared.display()),
    }
    texts
}

#[test]
fn netflix_counts_its_members_abroad_twice() {
    for text in memberships() {
        let said = said("M214", PLAN, &[("memberships", &text)], "");
        // 203.663M + 129.727M at the end of 2020: the file's TOTAL, and EMEA, LATAM and APAC.
        let words = said.split_whitespace().collect::<Vec<_>>().join(" ");
        let expected = "On all 28 dates TOTAL = UCAN + EMEA + LATAM + APAC, so members abroad would be 333.390M at \
                        2020-12-31, not 129.727M.";
        assert!(words.contains(expected), "{said}");
        assert!(words.contains("lets region \"TOTAL\" through"), "{said}");
        assert!(words.contains("leave it out once, on the table: where region <> \"TOTAL\""), "{said}");
    }
}

#[test]
fn what_keeps_the_total_out_or_reads_it_alone_is_fine() {
    let text = memberships().remove(0);
    for scope in ["where region = \"TOTAL\"", "where region = \"UCAN\"", "where region in (\"EMEA\", \"APAC\")"] {
        let plan = PLAN.replace("where abroad", scope);
        assert!(!codes(&plan, &[("memberships", &text)], "").contains(&"M214"), "{plan}");
    }
    for scope in ["", "where region in (\"EMEA\", \"TOTAL\")"] {
        let plan = PLAN.replace("where abroad", scope);
        assert!(codes(&plan, &[("memberships", &text)], "").contains(&"M214"), "{plan}");
    }
}

#[test]
fn one_filter_is_told_once_for_all_its_goals() {
    let text = memberships().remove(0);
    let more = "goal later: subs +9% where abroad from Q4 2020 by 2021-12-31\n";
    let found = codes(&format!("{PLAN}{more}"), &[("memberships", &text)], "");
    assert_eq!(found.iter().filter(|c| **c == "M214").count(), 1, "{found:?}");
}

#[test]
fn an_undeclared_table_is_asked_to_be_declared() {
    let text = memberships().remove(0);
    let said = said("M214", "goal paid_memberships +5% from Q4 2020 by 2021-09-30", &[("memberships", &text)], "");
    assert!(said.contains("declare the table"), "{said}");
}

/// Rows of a table with the columns `day,kind,n`.
fn days(rows: &[&[(&str, f64)]]) -> String {
    let mut text = "day,kind,n\n".to_owned();
    for (i, row) in rows.iter().enumerate() {
        for (kind, n) in *row {
            text += &format!("2021-01-{:02},{kind},{n}\n", i + 1);
        }
    }
    text
}

const COUNTED: &str = "table t from \"t.csv\" time day\ngoal (sum(t.n)) >= 1 in 2021-01";

#[test]
fn chance_is_no_total() {
    // Small counts that add up on three days, and the same sum three times.
    let small = days(&[
        &[("a", 3.0), ("b", 1.0), ("c", 2.0)],
        &[("a", 5.0), ("b", 2.0), ("c", 3.0)],
        &[("a", 4.0), ("b", 3.0), ("c", 1.0)],
    ]);
    let same: Vec<(&str, f64)> = vec![("a", 300_123.0), ("b", 100_100.0), ("c", 200_023.0)];
    let same = days(&[&same, &same, &same]);
    for text in [small, same] {
        assert!(!codes(COUNTED, &[("t", &text)], "").contains(&"M214"), "{text}");
    }
}

#[test]
fn rounded_numbers_add_up_as_far_as_rounding_lets_them() {
    // In millions with one decimal: 66.7 + 37.5 + 25.5 = 129.7, and 129.6 or 129.8 are the same sum rounded late.
    let text = days(&[
        &[("all", 129.8), ("b", 66.7), ("c", 37.5), ("d", 25.5)],
        &[("all", 133.2), ("b", 68.5), ("c", 37.9), ("d", 26.9)],
        &[("all", 135.3), ("b", 68.7), ("c", 38.7), ("d", 27.9)],
        &[("all", 139.5), ("b", 70.5), ("c", 39.0), ("d", 30.1)],
    ]);
    assert!(codes(COUNTED, &[("t", &text)], "").contains(&"M214"));
}

#[test]
fn a_condition_with_or_gets_brackets_before_another_joins_it() {
    let text = days(&[
        &[("all", 73_000.0), ("b", 41_123.0), ("c", 31_877.0)],
        &[("all", 75_011.0), ("b", 42_310.0), ("c", 32_701.0)],
        &[("all", 78_900.0), ("b", 44_001.0), ("c", 34_899.0)],
        &[("all", 80_345.0), ("b", 45_222.0), ("c", 35_123.0)],
    ]);
    let plan = COUNTED.replacen("time day", "time day where n > 0 or n < 0", 1);
    assert_ne!(plan, COUNTED);
    let (plan, linted) = super::linted(&plan, &[("t", &text)], "");
    let found: Vec<_> = linted.diagnostics.into_iter().filter(|d| d.code == "M214").collect();
    let corrected = milepost::diagnostic::fix::correct(&found, plan.sources(), true);
    let text = corrected.texts.values().next().expect("a correction");
    assert!(text.contains("where (n > 0 or n < 0) and "), "{text}");
}
