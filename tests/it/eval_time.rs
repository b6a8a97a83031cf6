//! Language reference, sections 3 and 4: periods, fiscal years, spans and steps, a test a sentence.

use super::memory::*;

#[test]
fn first() {
    let csv = "date,subs\n2020-12-31,100\n2021-03-31,104\n2021-06-30,106\n";
    let v = verdict("goal subs +5% by 2021-06-30 from Q4 2020", &[("metrics", csv)], "2021-07-01");
    eprintln!("{v:#?}");
    assert_eq!(v.status.name(), "met");
}
