//! The card of a goal: each letter of SMART kept, doubtful or broken, and why. Knows findings and no single rule.

use super::context::Context;
use super::rule::{Letter, Mark};
use super::run::Hit;
use rayon::prelude::*;
use serde::Serialize;

/// The card of one goal.
#[derive(Debug, Clone, PartialEq)]
pub struct Card {
    /// The goal's name.
    pub goal: String,
    /// Its title.
    pub title: Option<String>,
    /// In the order of the word.
    pub letters: [LetterCard; 5],
    /// True where the rules that read data have looked as well.
    pub with_data: bool,
}

/// One letter.
#[derive(Debug, Clone, PartialEq)]
pub struct LetterCard {
    /// Which.
    pub letter: Letter,
    /// The worst mark of what was found and isn't silenced.
    pub mark: Mark,
    /// What was found, the silenced too: worst first.
    pub why: Vec<Why>,
}

/// One finding on a card.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Why {
    /// The rule.
    pub code: &'static str,
    /// What it said.
    pub message: String,
    /// What it does to the letter.
    pub mark: Mark,
    /// The reason that a silencer gives.
    pub allowed: Option<String>,
}

/// With fewer goals than this, threads cost more than they bring.
const FEW: usize = 512;

/// A card for each goal, in the order of the plan.
pub(super) fn cards(context: &Context<'_>, hits: &[Hit], with_data: bool) -> Vec<Card> {
    let blank = |letter| LetterCard { letter, mark: Mark::Kept, why: Vec::new() };
    let goals = &context.plan.goals;
    let numbered = (0..goals.len()).into_par_iter().with_min_len(FEW).filter_map(|n| goals.get_index(n));
    let mut cards: Vec<Card> = numbered
        .map(|(_, g)| Card { goal: g.name.clone(), title: g.title.clone(), letters: Letter::ALL.map(blank), with_data })
        .collect();
    for hit in hits {
        let Some(letter) = hit.rule.letter() else { continue };
        for goal in &hit.goals {
            let Some(card) = cards.get_mut(*goal).and_then(|c| c.letters.get_mut(letter as usize)) else { continue };
            card.why.push(Why {
                code: hit.rule.code,
                message: hit.finding.message.clone(),
                mark: hit.rule.mark,
                allowed: hit.allowed.clone(),
            });
        }
    }
    cards.par_iter_mut().with_min_len(FEW).flat_map_iter(|c| &mut c.letters).for_each(|letter| {
        letter.why.sort_by(|a, b| (a.allowed.is_some(), b.mark, a.code).cmp(&(b.allowed.is_some(), a.mark, b.code)));
        let open = letter.why.iter().filter(|w| w.allowed.is_none());
        letter.mark = open.map(|w| w.mark).max().unwrap_or_default();
    });
    cards
}
