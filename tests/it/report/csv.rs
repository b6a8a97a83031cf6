//! One row a goal.

use super::examples::{screen, sources};
use milepost::report::csv;

#[test]
fn the_screen_as_rows() {
    let text = csv(&screen(), &sources()).expect("plain values");
    assert_eq!(text.lines().count(), 1 + screen().goals.len());
    insta::assert_snapshot!(text);
}
