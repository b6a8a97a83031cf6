//! What is told from a text by itself, held against VADER 3.3.2.

use milepost::engine::text::Sentiment;

fn near(a: f64, b: f64) -> bool {
    (a - b).abs() < 1e-9
}

/// The scores are `SentimentIntensityAnalyzer().polarity_scores(text)["compound"]` of vaderSentiment 3.3.2 on Python 3.11.
#[test]
fn sentiment_is_vaders() {
    let mut sentiment = Sentiment::default();
    let texts = [
        ("The new season is great.", 0.6249),
        ("The new season is GREAT!!!", 0.7723),
        ("The new season is not great.", -0.5096),
        ("THE NEW SEASON IS GREAT", 0.6249),
        ("I can't say it was very good, but the cast was wonderful!", 0.8146),
        ("Not such a badass after all", -0.2584),
        ("It was kind of good", 0.3832),
        ("It was sort of a little bad", -0.4951),
        ("This is never so good", 0.6626),
        ("Nobody was ever this happy", 0.657),
        ("The least interesting show", -0.3089),
        ("It is at least interesting", 0.4019),
        ("Without a doubt the best show", 0.7438),
        ("No problem, no fun", 0.1139),
        ("no good or bad", 0.1139),
        ("Yeah right, a total success", 0.7346),
        ("That plot is to die for", -0.5994),
        ("She has a beating heart of gold", 0.875),
        ("It is the bomb", 0.6124),
        ("Catch 💘 and😁wow", 0.802),
        ("🆙🆙 good", 0.5399),
        ("good, but good but bad bad", -0.6908),
        ("Really? Really?? REALLY???? nice", 0.7452),
        ("", 0.0),
        ("   ", 0.0),
        ("!!!", 0.0),
        (":) :D ;-)", 0.8415),
        ("I’m so HAPPY", 0.6933),
        ("WITHOUT DOUBT very NICE", 0.7564),
        ("ΟΔΥΣΣΕΥΣ is HAPPY", 0.6633),
        ("we won’t fail", -0.5423),
        ("Hardly any fun", 0.4627),
        ("it was just enough fun for me", 0.4601),
        ("He is a VERY good man", 0.6028),
        ("He is a VERY bad man", -0.6732),
        ("it was the kiss of death for us", -0.6124),
        ("bus stop is a happy bus stop", 0.3612),
        ("love\u{1f}love hate", 0.6908),
    ];
    for (text, compound) in texts {
        let found = sentiment.score(text);
        assert!(near(found, compound), "{text:?}: {found}, and VADER gives {compound}");
    }
}

/// Every row of the shared texts: the column `compound` is VADER 3.3.2's own.
#[test]
fn sentiment_of_all_shared_texts_is_vaders() {
    let mut sentiment = Sentiment::default();
    for (name, rows) in [("tweets", 1050), ("amazonReviewSnippets", 927)] {
        let path = format!("{}/../shared/data/sentiment/{name}.tsv", env!("CARGO_MANIFEST_DIR"));
        let Ok(table) = std::fs::read_to_string(&path) else {
            eprintln!("skipped: {path} is not there");
            continue;
        };
        let wrong: Vec<String> = table
            .lines()
            .skip(1)
            .filter_map(|line| {
                let cells: Vec<&str> = line.split('\t').collect();
                let (compound, text) = (cells[5].parse::<f64>().unwrap(), cells[6]);
                let found = sentiment.score(text);
                (!near(found, compound)).then(|| format!("{found}, not {compound}: {text}"))
            })
            .collect();
        assert_eq!(table.lines().count(), rows + 1, "{path}");
        assert!(wrong.is_empty(), "{name}: {} rows differ:\n{}", wrong.len(), wrong.join("\n"));
    }
}
