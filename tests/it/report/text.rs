//! The screen of `eval`.

use super::examples::{met, report, screen, shapes};
use jiff::civil::date;
use milepost::eval::verdict::Report;
use milepost::report::{Style, text};
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
    for report in [screen(), shapes()] {
        let text = plain(&report);
        let wide: Vec<&str> = text.lines().filter(|l| l.width() > 80 || l.ends_with(' ')).collect();
        assert!(wide.is_empty(), "{wide:#?}");
    }
}
