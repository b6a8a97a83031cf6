//! The screen of `eval`.

use super::edges::edges;
use super::examples::{care, intl, met, regions, report, screen, shapes};
use jiff::civil::date;
use milepost::eval::verdict::Report;
use milepost::report::{Style, text};
use proptest::prelude::*;
use unicode_width::UnicodeWidthStr;

fn plain(report: &Report) -> String {
    text(report, Style { color: false, exit: Some(1) })
}

#[test]
fn the_screen() {
    insta::assert_snapshot!(plain(&screen()));
}

#[test]
fn every_shape() {
    insta::assert_snapshot!(plain(&shapes()));
}

#[test]
fn the_edges() {
    insta::assert_snapshot!(plain(&edges()));
}

#[test]
fn nothing_to_judge() {
    insta::assert_snapshot!(plain(&Report { data: Vec::new(), as_of_from: None, ..report(date(2021, 9, 30), vec![]) }));
}

#[test]
fn a_goal_that_is_met() {
    insta::assert_snapshot!(plain(&report(date(2021, 9, 30), vec![met()])));
}

#[test]
fn colours_only_when_asked() {
    let colored = text(&screen(), Style { color: true, exit: None });
    assert!(colored.contains("\u{1b}[32mON TRACK\u{1b}[0m") && colored.contains("\u{1b}[1;31mMISSED\u{1b}[0m"));
    assert!(!plain(&screen()).contains('\u{1b}'));
}

#[test]
fn no_line_is_wider_than_eighty_columns_or_ends_in_spaces() {
    for report in [screen(), shapes(), edges()] {
        let text = plain(&report);
        let wide: Vec<&str> = text.lines().filter(|l| l.width() > 80 || l.ends_with(' ')).collect();
        assert!(wide.is_empty(), "{wide:#?}");
    }
}

/// Words of every script and width, and things that a terminal would obey.
fn words() -> impl Strategy<Value = String> {
    prop_oneof!["[a-z ]{0,200}", "\\PC{0,120}", "[日本語 ]{0,90}", "(\u{1b}|\n|\t|x| ){0,40}"]
}

fn number() -> impl Strategy<Value = Option<f64>> {
    prop_oneof![Just(None), any::<f64>().prop_map(Some), (-1e9..1e9_f64).prop_map(Some)]
}

proptest! {
    #[test]
    fn whatever_stands_in_a_verdict_stays_on_the_screen(
        (name, title, wanted, said) in (words(), words(), words(), words()),
        numbers in prop::collection::vec(number(), 12),
        shape in 0..4_usize,
    ) {
        let mut goal = vec![intl(), regions(), care(), met()].swap_remove(shape);
        goal.name = name;
        goal.title = Some(title);
        goal.wanted = wanted;
        goal.decided = said.clone();
        goal.notes = vec![said.clone()];
        goal.next = Some(said.clone());
        goal.current.value = numbers[0];
        goal.target.value = numbers[1];
        goal.target.upper = numbers[2];
        goal.progress = numbers[3];
        goal.expected = numbers[4];
        goal.pace = numbers[5];
        goal.current.label = said.clone();
        if let Some(each) = &mut goal.each {
            for (e, n) in each.listed.iter_mut().zip(&numbers[6..]) {
                (e.value, e.key) = (*n, said.clone());
            }
        }
        for (p, n) in goal.periods.iter_mut().zip(&numbers[6..]) {
            (p.value, p.label) = (*n, said.clone());
        }
        if let (Some(required), Some(n)) = (&mut goal.required, numbers[7]) {
            required.total = n;
        }
        let text = plain(&report(date(2021, 6, 30), vec![goal]));
        for line in text.lines() {
            prop_assert!(line.width() <= 80 && !line.chars().any(char::is_control), "{line:?}");
        }
    }
}
