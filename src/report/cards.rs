//! The SMART cards of goals, as text and in the form of the JSON contract. Knows no rule.

use crate::diagnostic::render::grouped;
use crate::lint::{Card, Letter, LetterCard, Mark, Why};
use serde::Serialize;
use unicode_width::UnicodeWidthStr;

/// A card in the form of `check --format json`.
#[derive(Debug, Serialize)]
pub struct CardEntry<'a> {
    goal: &'a str,
    title: Option<&'a str>,
    #[serde(rename = "S")]
    specific: LetterEntry<'a>,
    #[serde(rename = "M")]
    measurable: LetterEntry<'a>,
    #[serde(rename = "A")]
    attainable: LetterEntry<'a>,
    #[serde(rename = "R")]
    relevant: LetterEntry<'a>,
    #[serde(rename = "T")]
    time_bound: LetterEntry<'a>,
    /// True where the rules that read data have looked as well.
    with_data: bool,
}

#[derive(Debug, Serialize)]
struct LetterEntry<'a> {
    mark: Mark,
    why: &'a [Why],
}

/// The cards as JSON holds them.
pub fn entries(cards: &[Card]) -> Vec<CardEntry<'_>> {
    cards
        .iter()
        .map(|card| {
            let letter = |l: Letter| {
                let LetterCard { mark, why, .. } = &card.letters[l as usize];
                LetterEntry { mark: *mark, why }
            };
            CardEntry {
                goal: &card.goal,
                title: card.title.as_deref(),
                specific: letter(Letter::Specific),
                measurable: letter(Letter::Measurable),
                attainable: letter(Letter::Attainable),
                relevant: letter(Letter::Relevant),
                time_bound: letter(Letter::TimeBound),
                with_data: card.with_data,
            }
        })
        .collect()
}

/// The sign of a mark: `+` kept, `?` doubtful, `-` broken, as in the rows of recurring goals.
fn sign(mark: Mark) -> char {
    match mark {
        Mark::Kept => '+',
        Mark::Doubtful => '?',
        Mark::Broken => '-',
    }
}

/// How wide a goal's name may be before its letters move to the right.
const WIDEST: usize = 24;

/// So many cards are all shown; of more, so many of those in doubt.
const MOST: usize = 200;

/// The cards as a table, a line a goal: its letters, and the codes that say why. Nothing without goals. Of more than
/// anybody reads, the first with a letter in doubt are shown and the rest counted.
pub fn text(cards: &[Card]) -> String {
    let doubted = |c: &&Card| cards.len() <= MOST || c.letters.iter().any(|l| l.mark != Mark::Kept);
    let in_doubt = cards.iter().filter(doubted).count();
    let shown: Vec<&Card> = cards.iter().filter(doubted).take(MOST).collect();
    if cards.is_empty() {
        return String::new();
    }
    let widest = shown.iter().map(|c| c.goal.width()).max().unwrap_or_default();
    let width = widest.clamp(4, WIDEST);
    let letters: String = Letter::ALL.iter().map(|l| format!("  {}", l.sign())).collect();
    let mut out = format!("{:width$}{letters}\n", "goal");
    for card in &shown {
        let pad = " ".repeat(width.saturating_sub(card.goal.width()));
        out.push_str(&card.goal);
        out.push_str(&pad);
        for letter in &card.letters {
            out.push_str("  ");
            out.push(sign(letter.mark));
        }
        let codes = codes(card);
        if !codes.is_empty() {
            out.push_str("   ");
            out.push_str(&codes);
        }
        out.push('\n');
    }
    for (n, words) in [(in_doubt - shown.len(), "more in doubt"), (cards.len() - in_doubt, "with every letter kept")] {
        if n > 0 {
            out.push_str(&format!("and {} {words}\n", grouped(n)));
        }
    }
    out.push_str("+ kept   ? doubtful   - broken");
    if cards.iter().all(|c| !c.with_data) {
        out.push_str("   (without looking at data)");
    }
    out.push('\n');
    out
}

/// The codes that put a letter in doubt, each once.
fn codes(card: &Card) -> String {
    let all = card.letters.iter().flat_map(|l| &l.why).filter(|w| w.mark != Mark::Kept && w.allowed.is_none());
    let mut codes: Vec<&str> = all.map(|w| w.code).collect();
    codes.dedup();
    codes.join(" ")
}
