//! How positive a text is: VADER's compound score (Hutto & Gilbert 2014), by the rules of vaderSentiment 3.3.2, so that
//! both give the same score. Knows words, and nothing of where they come from.

use std::collections::HashMap;
use std::sync::LazyLock;

/// What an intensifier (`very`) adds, and a dampener (`hardly`) takes off.
const BOOST: f64 = 0.293;
/// What capitals add where not all words are in capitals.
const CAPITALS: f64 = 0.733;
/// What a negation makes of a word's valence.
const NEGATION: f64 = -0.74;
/// What an exclamation mark adds, up to four of them.
const EXCLAMATION: f64 = 0.292;
/// What a question mark adds where there are two or three.
const QUESTION: f64 = 0.18;
/// What four question marks and more add together.
const QUESTIONS: f64 = 0.96;
/// The largest sum that is expected: compound = s / √(s² + α).
const ALPHA: f64 = 15.0;

const LEXICON: &str = include_str!("vader/lexicon.tsv");
const EMOJI: &str = include_str!("vader/emoji.tsv");

/// Words that turn a valence round, beside all that hold `n't`.
const NEGATIONS: &str = "aint arent cannot cant couldnt darent didnt doesnt dont hadnt hasnt havent isnt mightnt \
    mustnt neither neednt never none nope nor not nothing nowhere oughtnt shant shouldnt uhuh uh-uh wasnt werent \
    without wont wouldnt rarely seldom despite";

const INTENSIFIERS: &str = "absolutely amazingly awfully completely considerable considerably decidedly deeply effing \
    enormous enormously entirely especially exceptional exceptionally extreme extremely fabulously flipping flippin \
    frackin fracking fricking frickin frigging friggin fully fuckin fucking fuggin fugging greatly hella highly hugely \
    incredible incredibly intensely major majorly more most particularly purely quite really remarkably so \
    substantially thoroughly total totally tremendous tremendously uber unbelievably unusually utter utterly very";

const DAMPENERS: &str = "almost barely hardly kinda kindof kind-of less little marginal marginally occasional \
    occasionally partly scarce scarcely slight slightly somewhat sorta sortof sort-of";

/// Dampeners of two words.
const DAMPENING_PAIRS: [&[&str]; 3] = [&["just", "enough"], &["kind", "of"], &["sort", "of"]];

/// Phrases with a valence of their own.
const PHRASES: [(&[&str], f64); 8] = [
    (&["the", "shit"], 3.0),
    (&["the", "bomb"], 3.0),
    (&["bad", "ass"], 1.5),
    (&["bus", "stop"], 0.0),
    (&["yeah", "right"], -2.0),
    (&["kiss", "of", "death"], -1.5),
    (&["to", "die", "for"], 3.0),
    (&["beating", "heart"], 3.5),
];

/// Words that the rules below name.
const NAMED: &str = "no or least at this doubt but";

/// What is known of a word in small letters.
#[derive(Debug, Clone, Copy, Default)]
struct Facts {
    /// The word itself, where it is known at all.
    text: &'static str,
    valence: Option<f64>,
    /// What it adds to a valence as intensifier (or, below 0, as dampener).
    boost: Option<f64>,
    negates: bool,
    /// It is part of a phrase or a dampening pair.
    in_phrase: bool,
}

/// A word of a text.
#[derive(Debug, Clone, Copy)]
struct Word {
    is: Facts,
    capitals: bool,
}

/// Words by their hash (FNV-1a: words are short, and no user fills the table). Most words of a text aren't known: a set of
/// marks, small enough for the nearest cache, tells so without a look into the table.
struct Words {
    marks: Box<[u64; MARKS / 64]>,
    table: Vec<Option<Box<Facts>>>,
}

const MARKS: usize = 1 << 16;
const PLACES: usize = 1 << 15;

fn hash(word: &str) -> usize {
    let fnv = |h: u64, byte: u8| (h ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3);
    let h = word.bytes().fold(0xcbf2_9ce4_8422_2325, fnv);
    // The high half is the better mixed one.
    (h ^ (h >> 32)) as usize
}

impl Words {
    /// The place of a word, or the empty one where it belongs.
    fn place(&self, word: &str, hash: usize) -> usize {
        let mut at = hash % PLACES;
        while self.table[at].as_ref().is_some_and(|known| known.text != word) {
            at = (at + 1) % PLACES;
        }
        at
    }

    fn learn(&mut self, text: &'static str, learn: &dyn Fn(&mut Facts)) {
        let hash = hash(text);
        self.marks[hash % MARKS / 64] |= 1 << (hash % 64);
        let at = self.place(text, hash);
        learn(self.table[at].get_or_insert_with(|| Box::new(Facts { text, ..Facts::default() })));
    }

    fn get(&self, word: &str) -> Option<Facts> {
        let hash = hash(word);
        if self.marks[hash % MARKS / 64] & (1 << (hash % 64)) == 0 {
            return None;
        }
        self.table[self.place(word, hash)].as_deref().copied()
    }
}

static WORDS: LazyLock<Words> = LazyLock::new(|| {
    let mut words = Words { marks: Box::new([0; MARKS / 64]), table: vec![None; PLACES] };
    let mut known = |text: &'static str, facts: &dyn Fn(&mut Facts)| words.learn(text, facts);
    for (word, rating) in rows(LEXICON) {
        known(word, &|w| w.valence = rating.parse().ok());
    }
    NAMED.split_whitespace().for_each(|word| known(word, &|_| {}));
    NEGATIONS.split_whitespace().for_each(|word| known(word, &|w| w.negates = true));
    INTENSIFIERS.split_whitespace().for_each(|word| known(word, &|w| w.boost = Some(BOOST)));
    DAMPENERS.split_whitespace().for_each(|word| known(word, &|w| w.boost = Some(-BOOST)));
    for phrase in PHRASES.iter().map(|(phrase, _)| phrase).chain(&DAMPENING_PAIRS) {
        phrase.iter().for_each(|word| known(word, &|w| w.in_phrase = true));
    }
    words
});

/// Emoji that are one character, and what they show in words.
static PICTURES: LazyLock<HashMap<char, &'static str>> = LazyLock::new(|| {
    let one = |(emoji, text): (&'static str, _)| Some((emoji.chars().next()?, text));
    rows(EMOJI).filter_map(one).collect()
});

fn rows(table: &'static str) -> impl Iterator<Item = (&'static str, &'static str)> {
    table.lines().filter_map(|line| line.split_once('\t'))
}

/// Scores texts, one after the other; keeps its buffers.
#[derive(Debug, Default)]
pub struct Sentiment {
    plain: String,
    lower: String,
    words: Vec<Word>,
    scores: Vec<f64>,
}

impl Sentiment {
    /// The compound score of a text, −1 (bad) to 1 (good), to four decimals as VADER gives it; 0 where nothing in it
    /// says either.
    pub fn score(&mut self, text: &str) -> f64 {
        let mut plain = std::mem::take(&mut self.plain);
        let text = if describe(text, &mut plain) { plain.as_str() } else { text };
        self.read(text);
        let mut sum: f64 = self.scores.iter().sum();
        let emphasis = emphasis(text);
        if sum > 0.0 {
            sum += emphasis;
        } else if sum < 0.0 {
            sum -= emphasis;
        }
        self.plain = plain;
        four_decimals((sum / (sum * sum + ALPHA).sqrt()).clamp(-1.0, 1.0))
    }

    /// The valence of each word.
    fn read(&mut self, text: &str) {
        self.words.clear();
        self.scores.clear();
        for token in text.split(is_space).filter(|t| !t.is_empty()) {
            let word = bare(token);
            self.words.push(Word { is: facts(word, &mut self.lower), capitals: in_capitals(word) });
        }
        let capitals = self.words.iter().filter(|w| w.capitals).count();
        let some_capitals = 0 < capitals && capitals < self.words.len();
        let sentence = Sentence { words: &self.words, some_capitals };
        self.scores.extend((0..self.words.len()).map(|i| sentence.valence(i)));
        if let Some(but) = self.words.iter().position(|w| w.is.text == "but") {
            shift(&mut self.scores, but);
        }
    }
}

/// White space as Python's `str.split` has it.
fn is_space(c: char) -> bool {
    c.is_whitespace() || matches!(c, '\u{1c}'..='\u{1f}')
}

/// Without punctuation at its ends; a token of which at most two characters would be left is an emoticon and stays.
fn bare(token: &str) -> &str {
    let stripped = token.trim_matches(|c: char| c.is_ascii_punctuation());
    if stripped.len() <= 8 && stripped.chars().count() <= 2 { token } else { stripped }
}

/// At least one letter that has a case, and none that isn't a capital.
fn in_capitals(word: &str) -> bool {
    if word.is_ascii() {
        return word.bytes().any(|b| b.is_ascii_uppercase()) && !word.bytes().any(|b| b.is_ascii_lowercase());
    }
    let title = |c: char| matches!(c, 'ǅ' | 'ǈ' | 'ǋ' | 'ǲ' | 'ᾈ'..='ᾏ' | 'ᾘ'..='ᾟ' | 'ᾨ'..='ᾯ' | 'ᾼ' | 'ῌ' | 'ῼ');
    word.chars().any(char::is_uppercase) && !word.chars().any(|c| c.is_lowercase() || title(c))
}

/// What is known of a word, whatever its case.
fn facts(word: &str, lower: &mut String) -> Facts {
    lower.clear();
    if word.is_ascii() {
        lower.push_str(word);
        lower.make_ascii_lowercase();
    } else {
        lower.push_str(&word.to_lowercase());
    }
    let mut facts = WORDS.get(lower).unwrap_or_default();
    // Short words: looking byte by byte costs less than making a searcher ready.
    facts.negates = facts.negates || lower.as_bytes().windows(3).any(|w| w == b"n't");
    facts
}

/// Puts words in the place of emoji, a space before each (after it none, as VADER has it). False where there are none.
fn describe(text: &str, into: &mut String) -> bool {
    let picture = |c: char| if c.is_ascii() { None } else { PICTURES.get(&c) };
    if text.is_ascii() || !text.chars().any(|c| picture(c).is_some()) {
        return false;
    }
    into.clear();
    let mut after_space = true;
    for c in text.chars() {
        match picture(c) {
            Some(words) => {
                if !after_space {
                    into.push(' ');
                }
                into.push_str(words);
                after_space = false;
            }
            None => {
                into.push(c);
                after_space = c == ' ';
            }
        }
    }
    true
}

/// What exclamation and question marks add.
fn emphasis(text: &str) -> f64 {
    let count = |mark: u8| text.bytes().filter(|b| *b == mark).count();
    let question = match count(b'?') {
        0 | 1 => 0.0,
        n @ 2..=3 => n as f64 * QUESTION,
        _ => QUESTIONS,
    };
    count(b'!').min(4) as f64 * EXCLAMATION + question
}

/// As Python's `round(x, 4)`: to the nearest, by the exact value of the binary number.
fn four_decimals(x: f64) -> f64 {
    let scaled = x * 1e4;
    let near_half = (scaled.fract().abs() - 0.5).abs() < 1e-6;
    if near_half { format!("{x:.4}").parse().unwrap_or(x) } else { scaled.round() / 1e4 }
}

/// What follows the first `but` counts half as much again, what stands before it half. VADER looks each score up by its
/// value, so that of two equal scores the first is changed, twice if need be; so do we.
fn shift(scores: &mut [f64], but: usize) {
    // Zeros stay zeros.
    let felt: Vec<usize> = (0..scores.len()).filter(|i| scores[*i] != 0.0).collect();
    for k in 0..felt.len() {
        let value = scores[felt[k]];
        let Some(at) = felt.iter().copied().find(|i| scores[*i] == value) else { continue };
        match at.cmp(&but) {
            std::cmp::Ordering::Less => scores[at] = value * 0.5,
            std::cmp::Ordering::Greater => scores[at] = value * 1.5,
            std::cmp::Ordering::Equal => {}
        }
    }
}

fn phrase(words: &[Word]) -> Option<f64> {
    let known = words.iter().all(|w| w.is.in_phrase);
    let of = || PHRASES.iter().find(|(phrase, _)| spells(words, phrase)).map(|(_, valence)| *valence);
    if known { of() } else { None }
}

fn spells(words: &[Word], phrase: &[&str]) -> bool {
    words.len() == phrase.len() && words.iter().zip(phrase).all(|(word, text)| word.is.text == *text)
}

/// The words of a text.
struct Sentence<'a> {
    words: &'a [Word],
    /// Some words, and not all, are in capitals.
    some_capitals: bool,
}

impl Sentence<'_> {
    /// The word `n` places before the one at `i`.
    fn before(&self, i: usize, n: usize) -> Option<&Word> {
        i.checked_sub(n).and_then(|at| self.words.get(at))
    }

    fn is(&self, i: usize, n: usize, text: &str) -> bool {
        self.before(i, n).is_some_and(|w| w.is.text == text)
    }

    /// What the word at `i` adds to the whole.
    fn valence(&self, i: usize) -> f64 {
        let word = &self.words[i];
        let next = self.words.get(i + 1);
        let (Some(own), None) = (word.is.valence, word.is.boost) else { return 0.0 };
        if word.is.text == "kind" && next.is_some_and(|w| w.is.text == "of") {
            return 0.0;
        }
        let mut valence = own;
        // A "no" before a word that counts only negates that word.
        if word.is.text == "no" && next.is_some_and(|w| w.is.valence.is_some()) {
            valence = 0.0;
        }
        let after_or = self.is(i, 1, "or") || self.is(i, 1, "nor");
        if self.is(i, 1, "no") || self.is(i, 2, "no") || self.is(i, 3, "no") && after_or {
            valence = own * NEGATION;
        }
        if word.capitals && self.some_capitals {
            valence += if valence > 0.0 { CAPITALS } else { -CAPITALS };
        }
        for (n, weight) in [(1, 1.0), (2, 0.95), (3, 0.9)] {
            let Some(earlier) = self.before(i, n).filter(|w| w.is.valence.is_none()) else { continue };
            valence += self.boost(earlier, valence) * weight;
            valence *= self.negation(i, n, earlier);
            if n == 3 {
                valence = self.idioms(i, valence);
            }
        }
        let least = self.before(i, 1).is_some_and(|w| w.is.valence.is_none() && w.is.text == "least");
        if least && !self.is(i, 2, "at") && !self.is(i, 2, "very") { valence * NEGATION } else { valence }
    }

    /// What an intensifier adds to a valence, away from 0.
    fn boost(&self, word: &Word, valence: f64) -> f64 {
        let Some(boost) = word.is.boost else { return 0.0 };
        let boost = if valence < 0.0 { -boost } else { boost };
        match word.capitals && self.some_capitals {
            true if valence > 0.0 => boost + CAPITALS,
            true => boost - CAPITALS,
            false => boost,
        }
    }

    /// By what the word `n` places before `i` multiplies its valence.
    fn negation(&self, i: usize, n: usize, earlier: &Word) -> f64 {
        let so = |n: usize| self.is(i, n, "so") || self.is(i, n, "this");
        let doubt = |n: usize| self.is(i, n, "doubt");
        let (emphasis, no_doubt) = match n {
            2 => (self.is(i, 2, "never") && so(1), self.is(i, 2, "without") && doubt(1)),
            // "so" and "this" right before the word count here without a "never" as well.
            3 => (self.is(i, 3, "never") && so(2) || so(1), self.is(i, 3, "without") && (doubt(2) || doubt(1))),
            _ => (false, false),
        };
        match (emphasis, no_doubt, earlier.is.negates) {
            (true, ..) => 1.25,
            (_, false, true) => NEGATION,
            _ => 1.0,
        }
    }

    /// Phrases that the word at `i` (from the fourth on) is part of.
    fn idioms(&self, i: usize, valence: f64) -> f64 {
        let part = |from: usize, to: usize| self.words.get(i + from - 3..=i + to - 3).unwrap_or(&[]);
        // Places are counted from the third word before this one: 3 is this one.
        let ending = [(2, 3), (1, 3), (1, 2), (0, 2), (0, 1)];
        let own = ending.iter().find_map(|(from, to)| phrase(part(*from, *to)));
        let starting = [(3, 5), (3, 4)].iter().find_map(|(from, to)| phrase(part(*from, *to)));
        let dampened = |from, to| DAMPENING_PAIRS.iter().any(|pair| spells(part(from, to), pair));
        let mut valence = starting.or(own).unwrap_or(valence);
        for (from, to) in [(0, 1), (1, 2)] {
            if dampened(from, to) {
                valence -= BOOST;
            }
        }
        valence
    }
}
