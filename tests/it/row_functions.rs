//! Functions within a row: what the model refuses, and edges that the corpus has no room for. Values of the usual cases
//! are in `tests/corpus/evaluated/row-*`.

use super::memory::{verdict, wrong};

const POSTS: &str = "date,text\n2021-01-05,café NETFLIX\n2021-01-06,\"a #b, ##c &#39; #1\"\n2021-01-07,C++ is fun\n";

fn plan(metric: &str) -> String {
    format!("table posts from \"posts.csv\" time date\nmetric m = {metric}\ngoal g: m >= 0 in 2021-01-05..2021-01-07\n")
}

fn value(metric: &str) -> Option<f64> {
    verdict(&plan(metric), &[("posts", POSTS)], "2021-01-31").current.value
}

#[test]
fn words_are_whole_in_any_script_and_case() {
    for (condition, expected) in [
        ("mentions(text, \"netflix\")", 1.0),
        ("mentions(text, \"CAFÉ\")", 1.0),
        ("mentions(text, \"caf\")", 0.0),
        ("mentions(text, \"c++\")", 1.0),
        ("mentions(text, \"#c\")", 2.0),
        ("has_hashtag(text, \"c\")", 1.0),
        ("has_hashtag(text, \"#B\")", 1.0),
        ("has_hashtag(text, \"39\")", 0.0),
        ("matches(text, \"netflix\")", 0.0),
        ("matches(text, \"(?i)^CAFÉ\")", 1.0),
    ] {
        assert_eq!(value(&format!("count(posts where {condition})")), Some(expected), "{condition}");
    }
    // #b and #c: #1 holds no letter.
    assert_eq!(value("sum(hashtags(posts.text))"), Some(2.0));
}

/// "A pattern that doesn't compile is an error before any data is read."
#[test]
fn what_is_looked_for_must_be_a_pattern() {
    let told = |metric: &str| wrong(&plan(metric), &[("posts", POSTS)], "2021-01-31");
    let message = told("count(posts where matches(text, \"(sale\"))");
    assert!(message.contains("N033") && message.contains("unclosed group"), "{message}");
    let message = told("count(posts where matches(text, \"a{1000}{1000}{1000}\"))");
    assert!(message.contains("N033") && message.contains("too much room"), "{message}");
    let message = told("count(posts where mentions(text, \" @ \"))");
    assert!(message.contains("N033") && message.contains("no word"), "{message}");
    let message = told("count(posts where mentions(text, text))");
    assert!(message.contains("N022") && message.contains("the same in every row"), "{message}");
    let message = told("sum(sentiment(date))");
    assert!(message.contains("N022") && message.contains("a text is needed"), "{message}");
    let message = told("sum(ifs(length(text) > 3, 1, length(text) > 1))");
    assert!(message.contains("in turns"), "{message}");
}

/// A let may hold the pattern: it is the same in every row.
#[test]
fn a_let_may_hold_what_is_looked_for() {
    let plan = "table posts from \"posts.csv\" time date\nlet brand = \"netflix\"\n\
                metric m = count(posts where mentions(text, brand))\ngoal g: m >= 1 in 2021-01-05..2021-01-07\n";
    assert_eq!(verdict(plan, &[("posts", POSTS)], "2021-01-31").current.value, Some(1.0));
}

/// A change over time needs times.
#[test]
fn retention_needs_a_time() {
    let plan = "table visits from \"visits.csv\"\nmetric m = retention(visits.user, 1 year)\ngoal g: m >= 1% in 2021\n";
    let message = wrong(plan, &[("visits", "user\nann\n")], "2021-12-31");
    assert!(message.contains("visits") && message.contains("time"), "{message}");
}
