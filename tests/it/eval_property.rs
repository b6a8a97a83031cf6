//! What must hold of every verdict, over small random tables and a fixed set of goals: nothing later than as-of is read,
//! order and other columns don't matter, the same goes in and the same comes out, the past stays.

use super::memory::*;
use jiff::ToSpan as _;
use jiff::civil::{Date, date};
use milepost::eval::verdict::{Report, Status, Verdict};
use proptest::prelude::*;

/// Day since 2020-12-01, dimension, value.
type Line = (u8, Option<char>, Option<i8>);

const GOALS: &str = "
metric total = sum(t.x)
metric rows = count(t)
metric level = last(t.x)
metric each_last = last(t.x per g)
metric mean = avg(t.x)
metric ratio = sum(t.x) / count(t)
campaign spring 2021-02-10..2021-03-31 where g <> \"b\"
goal g01: total >= 50 by 2021-04-30
goal g02: total +5% by Q2 2021
goal g03: total up in 2021-03
goal g04: level >= 3 by 2021-03-31
goal g05: level +10% from 2021-01-31 by Q2 2021 grace 2 weeks
goal g06: ratio >= 2 every month in H1 2021
goal g07: mean up by 2021-04-30 from 2021-01
goal g08: total >= 10 for each g in Q1 2021
goal g09: level +5% for 50% of g by 2021-03-31
goal g10: t.x >= 0 for 90% of t by 2021-04-30
goal g11: growth(total, 1 month) >= 0 every month in H1 2021
goal g12: (total over 28 days) >= 5 by 2021-03-31
goal g13: rows >= 1 every week in Q1 2021 for 50% of weeks
goal g14: total to 100 from 2021-01-01 by Q2 2021 checkpoints monthly measure level, mean >= 1
goal g15: total ytd >= 20 by 2021-03-31
goal g16: total >= 20 where g = \"a\" in 2021-02
goal g17: each_last >= 5 by 2021-03-31
goal g18: rows >= 5 in Q1 2021
goal g19: (total > total[-1 month]) by 2021-03-31
goal g21: total >= 5 every month in Q1 2021 for each g
goal g22: total <= 30 for at most 50% of g in Q1 2021
goal g23: (each_last > each_last[2020-12]) by Q1 2021
goal g24: mean +10% from 2020-12 in 2021-02 grace 1 month
goal g25: total +10% per 28 days from 2021-01-15 by 2021-03-31
goal g26: total +10% yoy by 2021-03-31
goal g27: level from 5 to 10 by 2021-03-31
goal g28: total +5% in spring measure mean up, level
goal g29: rows double within 1 month from 2021-01
goal g20: level between 0 and 5 by 2021-02-28
goal g30: total >= 50 in H1 2021 guardrail level >= 0, mean within 50% of 5, rows +20%, (total > 0)
goal g31: level +10% from 2021-01-31 by Q2 2021 hold 2 months guardrail total <= 60, level -50%
goal g32: total >= 60 from 2021-03-01 by 2021-06-30 pace seasonal cap 50
goal g33: level from 5 to 10 by 2021-06-30 pace compound checkpoints monthly
goal g34: level from 5 to 10 by 2021-06-30 checkpoints 2021-02-28 to 6, monthly
goal g35: total >= 5 every month in H1 2021 hold 2 months checkpoints quarterly guardrail rows <= 9
goal g36: t.x >= 0 for 90% of t from 2021-01-01 by 2021-04-30 checkpoints monthly grace 1 month guardrail rows >= 2
goal g37: (level > 3) by 2021-04-30 hold 2 weeks grace 2 weeks checkpoints monthly
goal g38: level >= 3 every month in Q1 2021 grace 2 weeks hold 1 week
goal g39: level +5% for each g by 2021-03-31 checkpoints monthly guardrail total >= 9
goal g40: all of g31, g35
milestone m1 by 2021-03-31 when total >= 20
milestone m2 by 2021-02-28 when level < 0
alert a1 when total = 0
alert a2 when level < 3 every month hold 2 months
";

const TABLES: [&str; 4] = ["", "sparse", "every month", "every week"];

fn day(n: u8) -> Date {
    date(2020, 12, 1).checked_add(i32::from(n).days()).unwrap()
}

fn csv(lines: &[Line], more: &str) -> String {
    let mut out =
        if more.is_empty() { "d,g,x\n2020-12-01,z,5\n".to_owned() } else { "d,g,x,w\n2020-12-01,z,5,v\n".to_owned() };
    for (d, g, x) in lines {
        let cell = |c: Option<String>| c.unwrap_or_default();
        let (g, x) = (cell(g.map(String::from)), cell(x.map(|x| x.to_string())));
        let more = if more.is_empty() { String::new() } else { format!(",{more}") };
        out.push_str(&format!("{},{g},{x}{more}\n", day(*d)));
    }
    out
}

fn judge(table: &str, csv: &str, as_of: Date) -> Report {
    let plan = format!("table t from \"t.csv\" time d {table}\n{GOALS}");
    report(&plan, &[("t", csv)], &as_of.to_string())
}

/// Verdicts as text. Rows of one value have no order of their own, and without a label they go by their place.
fn text(goals: &[Verdict]) -> Vec<String> {
    let shown = |v: &Verdict| {
        let mut v = v.clone();
        if let Some(each) = &mut v.each {
            each.listed.iter_mut().filter(|r| r.key.starts_with("row ")).for_each(|r| r.key.truncate(3));
            each.listed.sort_by_key(|r| format!("{r:?}"));
        }
        format!("{v:#?}")
    };
    goals.iter().map(shown).collect()
}

fn lines() -> impl Strategy<Value = Vec<Line>> {
    let line =
        (0u8..210, prop::option::weighted(0.9, prop::char::range('a', 'c')), prop::option::weighted(0.9, -9i8..20));
    prop::collection::vec(line, 0..25)
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 12, failure_persistence: None, ..ProptestConfig::default() })]

    // "No row later than it is read"
    #[test]
    fn an_earlier_day_is_judged_as_if_later_rows_were_not_there(lines in lines(), at in 0u8..220, table in 0usize..4) {
        let before: Vec<Line> = lines.iter().copied().filter(|l| l.0 <= at).collect();
        let all = judge(TABLES[table], &csv(&lines, ""), day(at));
        let cut = judge(TABLES[table], &csv(&before, ""), day(at));
        for (a, b) in text(&all.goals).iter().zip(text(&cut.goals)) {
            prop_assert_eq!(a, &b);
        }
        prop_assert_eq!(all.milestones, cut.milestones);
        prop_assert_eq!(all.alerts, cut.alerts);
    }

    #[test]
    fn order_and_other_columns_do_not_matter(lines in lines(), at in 0u8..220, table in 0usize..4, seed in any::<u64>()) {
        let mut other = lines.clone();
        // A shuffle that the seed decides.
        other.sort_by_key(|l| (u64::from(l.0) * 31 + l.2.map_or(7, |x| (i64::from(x) + 100) as u64)).wrapping_mul(seed | 1));
        let a = judge(TABLES[table], &csv(&lines, ""), day(at));
        let b = judge(TABLES[table], &csv(&other, "unrelated"), day(at));
        for (a, b) in text(&a.goals).iter().zip(text(&b.goals)) {
            prop_assert_eq!(a, &b);
        }
    }

    #[test]
    fn the_same_comes_out_again(lines in lines(), at in 0u8..220, table in 0usize..4) {
        let csv = csv(&lines, "");
        let (a, b) = (judge(TABLES[table], &csv, day(at)), judge(TABLES[table], &csv, day(at)));
        prop_assert_eq!(format!("{a:?}"), format!("{b:?}"));
    }

    // "A window that isn't complete is never `missed`, and after the deadline later data changes nothing."
    #[test]
    fn what_is_decided_stays(lines in lines(), at in 0u8..210, more in 1u8..30, table in 0usize..4) {
        let csv = csv(&lines, "");
        let earlier = judge(TABLES[table], &csv, day(at));
        let later = judge(TABLES[table], &csv, day(at + more));
        for (a, b) in earlier.goals.iter().zip(&later.goals) {
            let over = a.target.by.is_some_and(|by| by <= day(at));
            let open = a.target.by.is_none_or(|by| by > day(at));
            prop_assert!(!(open && a.status == Status::Missed), "{a:#?}");
            // A second row of a step would change what is known of it.
            if over && table < 2 && matches!(a.status, Status::Missed | Status::MetLate) {
                prop_assert_eq!(a.status, b.status, "{:#?} {:#?}", a, b);
            }
        }
    }
}
