//! The screen of `explain GOAL`: a verdict step by step, so that a person with the numbers at hand can check it. Works
//! nothing out: it words what the derivation holds, in as many digits as its arithmetic needs.

mod steps;

use super::{NAMES, Style, each, goal, heading, timeline};
use crate::calendar;
use crate::eval::derivation::milestone::MilestoneExplained;
use crate::eval::derivation::{Derivation, Derived, Explained, TableUse, TargetChange, Way};
use crate::eval::verdict::{CheckpointReading, Reading, Status, Verdict};
use crate::quantity::{Digits, Unit, change, same, share, show};
use crate::report::paint::{Line, Paint, wrapped};
use jiff::civil::Date;

/// Before each line that says more of the line above it.
const MORE: usize = NAMES + 2;

/// The derivation for people. `statement` is the goal as written, `place` its file and line.
pub fn derivation(e: &Explained, statement: &str, place: &str, style: Style) -> String {
    let (v, d) = (&e.verdict, &e.derivation);
    let mut lines = heading(v.status, &v.name, v.title.as_deref(), &Line::of(Paint::Faint, place), 0);
    lines.extend(section("goal", statement));
    for (i, m) in d.meaning.iter().enumerate() {
        lines.extend(section(if i == 0 { "meaning" } else { "" }, &format!("{} = {}", m.name, m.text)));
    }
    lines.extend(section("as of", &as_of(e)));
    lines.extend(body(e));
    let kpis = v.kpis.iter().map(|k| joined(&goal::kpi(k)));
    let beside: Vec<String> = kpis.chain(v.guardrails.iter().map(|g| joined(&goal::guardrail(g)))).collect();
    lines.extend(list("beside", &beside));
    lines.extend(rule(v, d));
    lines.extend(v.next.iter().flat_map(|n| section("next", n)));
    lines.extend(list("assumed", &v.notes));
    lines.extend(list("rows", &tables(e)));
    lines.iter().map(|line| line.write(style.color) + "\n").collect()
}

/// A goal's statement on one line, without the name and title that stand before it.
pub fn statement(written: &str, name: &str) -> String {
    let text = written.lines().map(|l| l.split(" #").next().unwrap_or(l).trim()).collect::<Vec<_>>().join(" ");
    let text = text.strip_prefix("goal").unwrap_or(&text).trim();
    let mut quoted = false;
    let colon = text.char_indices().find(|(_, c)| {
        quoted ^= *c == '"';
        *c == ':' && !quoted
    });
    let Some((at, _)) = colon else { return text.to_owned() };
    let head = text[..at].trim().trim_start_matches('`');
    let title = head.strip_prefix(name).unwrap_or(head).trim_start_matches('`').trim();
    let is_head = title.is_empty() || (title.starts_with('"') && title.ends_with('"'));
    if is_head { text[at + 1..].trim().to_owned() } else { text.to_owned() }
}

/// A line that opens with its name; what doesn't fit goes on below.
fn section(name: &str, text: &str) -> Vec<Line> {
    wrapped(&format!("{name:<NAMES$}"), text, Paint::Plain)
}

fn more(depth: usize, text: &str) -> Vec<Line> {
    wrapped(&" ".repeat(MORE + 2 * depth), text, Paint::Faint)
}

fn list(name: &str, sentences: &[String]) -> Vec<Line> {
    let named = |(i, s): (usize, &String)| section(if i == 0 { name } else { "" }, s);
    sentences.iter().enumerate().flat_map(named).collect()
}

/// Lines of another screen as one text.
fn joined(lines: &[Line]) -> String {
    lines.iter().map(|line| line.write(false).trim().to_owned()).collect::<Vec<_>>().join(" ")
}

fn as_of(e: &Explained) -> String {
    let why = e.report.as_of_from.as_ref().map(|t| format!(", the newest row of {t}")).unwrap_or_default();
    format!("{}{why}: nothing later is read", e.report.moment())
}

/// What tells how the goal stands, by its shape.
fn body(e: &Explained) -> Vec<Line> {
    let (v, d) = (&e.verdict, &e.derivation);
    if !v.periods.is_empty() {
        let mut lines = timeline::lines(v);
        lines.extend(each_of("periods", v, &d.periods));
        lines.extend(kept(v, d));
        return lines;
    }
    if let Some(summary) = &v.each {
        let mut lines = each::lines(v, summary);
        lines.extend(each_of("each", v, &d.values));
        lines.extend(kept(v, d));
        return lines;
    }
    if !v.parts.is_empty() {
        return d
            .parts
            .iter()
            .enumerate()
            .flat_map(|(i, (name, status, why))| {
                section(if i == 0 { "parts" } else { "" }, &format!("{name} is {}: {why}", status.name()))
            })
            .collect();
    }
    let numbers = Numbers::of(v, d);
    let mut lines = baseline(v, d, &numbers);
    lines.extend(target(v, d, &numbers));
    lines.extend(current(v, d, &numbers));
    lines.extend(progress(v, d, &numbers));
    lines.extend(expected(v, d));
    lines.extend(path(v, &numbers));
    if let Some(projection) = &v.projection {
        let told = joined(&goal::likely(v, projection));
        lines.extend(section("likely", told.strip_prefix("likely ").unwrap_or(&told)));
    }
    if let Some(held) = &v.held {
        let since = held.since.map(|day| format!(", since {day}")).unwrap_or_default();
        let steps = held.step.times(i32::try_from(held.needed).unwrap_or(i32::MAX));
        lines.extend(section(
            "held",
            &format!("{} of {} in a row{since}: it has to hold {steps}", held.held, held.needed),
        ));
    }
    if let Some(cap) = v.cap {
        lines.extend(section("cap", &format!("it can't pass {}", numbers.show(cap))));
    }
    lines
}

/// The digits in which baseline, target and current value are shown: enough for the arithmetic on them.
struct Numbers(Digits);

impl Numbers {
    fn of(v: &Verdict, d: &Derivation) -> Self {
        let baseline = v.baseline.as_ref().and_then(|b| b.value);
        let all = [baseline, v.current.value, v.target.value, v.target.upper];
        let all: Vec<f64> = all.into_iter().flatten().filter(|x| x.is_finite()).collect();
        let progress = v.progress.unwrap_or(0.0);
        let adds_up = |digits: &Digits| {
            let r = |x: f64| digits.rounded(x);
            let way = match d.way {
                Some(Way::Between { baseline, current, target }) => {
                    share((r(current) - r(baseline)) / (r(target) - r(baseline)), &[1.0]) == share(progress, &[1.0])
                }
                Some(Way::Of { current, target }) => share(r(current) / r(target), &[1.0]) == share(progress, &[1.0]),
                _ => true,
            };
            let target = match (d.target.as_ref().and_then(|t| t.change), baseline, v.target.value) {
                (Some(TargetChange::Share(x)), Some(b), Some(t)) => digits.alike(r(b) + x * r(b).abs(), t),
                (Some(TargetChange::Plus(x)), Some(b), Some(t)) => digits.alike(r(b) + x, t),
                (Some(TargetChange::Times(x)), Some(b), Some(t)) => digits.alike(r(b) * x, t),
                _ => true,
            };
            let splits = [&d.baseline, &d.current].into_iter().flatten().all(|d| {
                d.splits.iter().all(|s| {
                    let total: f64 = s.parts.iter().map(|(_, x)| x).sum();
                    digits.alike(s.parts.iter().map(|(_, x)| r(*x)).sum(), total)
                })
            });
            way && target && splits
        };
        Self(Digits::of(&v.unit, &all).until(adds_up))
    }

    fn show(&self, x: f64) -> String {
        self.0.show(x)
    }
}

/// `at 2021-09-30` for a level, `over 2021-01-01..2021-06-30` for what is measured over a time.
fn when(v: &Verdict, d: Option<&Derived>, at: Option<Date>) -> String {
    match (v.kind, d.and_then(|d| d.window), at) {
        ("stock", _, Some(at)) => format!(" at {at}"),
        (_, Some(window), _) => format!(" over {}", steps::named(&window)),
        (_, None, Some(at)) => format!(" at {at}"),
        _ => String::new(),
    }
}

fn baseline(v: &Verdict, d: &Derivation, n: &Numbers) -> Vec<Line> {
    let Some(reading) = &v.baseline else { return Vec::new() };
    let said = match (reading.implied, reading.label.as_str()) {
        (_, "") => String::new(),
        (true, label) => format!(", {label}: no `from` is written"),
        (false, label @ ("written in the goal" | "counted from 0" | "a year earlier")) => format!(", {label}"),
        (false, label) => format!(", from {label}, as written"),
    };
    let Some(value) = reading.value else { return not_known("baseline", reading, d.baseline.as_ref(), n) };
    let at = when(v, d.baseline.as_ref(), reading.at);
    let mut lines = section("baseline", &format!("{}{at}{said}", n.show(value)));
    if let Some(derived) = &d.baseline {
        if let (Some(times), Some(step)) = (derived.mean_of, &derived.step) {
            let whole = step.value.as_number().unwrap_or(value);
            let digits =
                Digits::of(&v.unit, &[whole, value]).until(|g| g.alike(g.rounded(whole) / f64::from(times), value));
            lines.extend(more(0, &format!("= {} / {times}: the mean of {times} such times", digits.show(whole))));
        }
        lines.extend(steps::lines(derived, &n.0));
    }
    lines
}

/// Why there is no value, and the steps on which it went missing.
fn not_known(name: &str, reading: &Reading, derived: Option<&Derived>, n: &Numbers) -> Vec<Line> {
    let mut lines = section(name, &format!("not known: {}", reading.reason.as_deref().unwrap_or("there is no value")));
    lines.extend(derived.into_iter().flat_map(|d| steps::lines(d, &n.0)));
    lines
}

fn current(v: &Verdict, d: &Derivation, n: &Numbers) -> Vec<Line> {
    let Some(value) = v.current.value else { return not_known("now", &v.current, d.current.as_ref(), n) };
    let derived = d.current.as_ref();
    let at = when(v, derived, v.current.at);
    let mut text = match v.kind {
        "truth" if value == 0.0 => format!("it doesn't hold{at}"),
        "truth" => format!("it holds{at}"),
        _ => format!("{}{at}", n.show(value)),
    };
    if let (Some(baseline), "relative" | "multiple" | "to") = (v.baseline.as_ref().and_then(|b| b.value), v.target.kind)
        && baseline != 0.0
    {
        let wanted = v.target.value.map(|t| (t - baseline) / baseline.abs());
        text.push_str(&format!(", {}", change((value - baseline) / baseline.abs(), wanted)));
    }
    let mut lines = section("now", &text);
    lines.extend(derived.into_iter().flat_map(|d| steps::lines(d, &n.0)));
    lines
}

fn target(v: &Verdict, d: &Derivation, n: &Numbers) -> Vec<Line> {
    let (Some(value), Some(derived)) = (v.target.value, &d.target) else { return Vec::new() };
    let baseline = v.baseline.as_ref().and_then(|b| b.value);
    let shown = |x: f64| if derived.change.is_some() { n.show(x) } else { n.0.trimmed(x) };
    let bound = match v.target.upper {
        Some(upper) => format!("{} to {}", shown(value), shown(upper)),
        None if derived.change.is_some() || v.target.kind == "to" => shown(value),
        None => format!("{} {}", v.target.op, shown(value)),
    };
    let how = match (derived.change, baseline) {
        (Some(TargetChange::Share(x)), Some(b)) if b > 0.0 => format!(" = {} x {}", n.show(b), times(1.0 + x)),
        (Some(TargetChange::Share(x)), Some(b)) => {
            format!(" = {} {} {} of {}", n.show(b), sign(x), show(x.abs(), &Unit::Percent), n.show(b.abs()))
        }
        (Some(TargetChange::Plus(x)), Some(b)) => {
            let unit = if v.unit == Unit::Percent { Unit::Points } else { v.unit.clone() };
            format!(" = {} {} {}", n.show(b), sign(x), show(x.abs(), &unit))
        }
        (Some(TargetChange::Times(x)), Some(b)) => format!(" = {} x {}", n.show(b), times(x)),
        _ if derived.steps.is_empty() => ", as written".to_owned(),
        _ => format!(", from `{}`", derived.text),
    };
    let mut lines = section("target", &format!("{bound}{how}"));
    lines.extend(derived.steps.iter().flat_map(|s| steps::under(s, &n.0, &[])));
    lines
}

fn sign(x: f64) -> char {
    if x < 0.0 { '-' } else { '+' }
}

/// A factor without superfluous digits: `1.05`.
fn times(x: f64) -> String {
    format!("{}", (x * 1e9).round() / 1e9)
}

fn progress(v: &Verdict, d: &Derivation, n: &Numbers) -> Vec<Line> {
    let (Some(progress), Some(way)) = (v.progress, d.way) else { return Vec::new() };
    let shown = share(progress, &[1.0]);
    match way {
        Way::Between { baseline, current, target } => {
            let (b, c, t) = (n.show(baseline), n.show(current), n.show(target));
            let mut lines = section("progress", &format!("{shown} = ({c} - {b}) / ({t} - {b})"));
            let amounts = format!("= {} / {}", n.0.difference(current, baseline), n.0.difference(target, baseline));
            let indent = " ".repeat(NAMES + shown.chars().count() + 1);
            lines.extend(wrapped(&indent, &amounts, Paint::Plain));
            lines
        }
        Way::Of { current, target } => {
            section("progress", &format!("{shown} = {} / {}", n.show(current), n.show(target)))
        }
        Way::Kept { .. } => Vec::new(),
    }
}

fn expected(v: &Verdict, d: &Derivation) -> Vec<Line> {
    let Some(expected) = v.expected.filter(|_| v.progress.is_some() && v.kind != "truth") else { return Vec::new() };
    let shown = share(expected, &[1.0]);
    let text = match d.time {
        Some(t) if same(t.days, t.of) => format!("{shown}, the deadline is reached ({} of {} days)", t.days, t.of),
        Some(t) => {
            let days = (t.days * 100.0).round() / 100.0;
            format!("{shown} = {days} of {} days, from {} to {}", t.of, t.from, t.to)
        }
        None => format!("{shown} by now{}", along(v.pace_rule)),
    };
    let mut lines = so_far(v, d);
    lines.extend(section("expected", &text));
    if let (Some(progress), Some(pace), false) = (v.progress, v.pace, same(expected, 1.0)) {
        // Digits with which the division comes out.
        let marks = d.marks.map_or(vec![1.0], |(a, b)| vec![a, b, 1.0]);
        let shown_pace = share(pace, &marks);
        let digits = Digits::of(&Unit::Percent, &[progress, expected])
            .until(|g| share(g.rounded(progress) / g.rounded(expected), &marks) == shown_pace);
        let division = format!("{shown_pace} = {} / {}", digits.show(progress), digits.show(expected));
        lines.extend(section("pace", &division));
    }
    lines
}

/// The line that the expected value runs along, where it isn't straight.
fn along(pace_rule: &str) -> &'static str {
    match pace_rule {
        "compound" => ", growing by the same percentage each day",
        "seasonal" => ", as in the same seasons before",
        "checkpoints" => ", along the targets of the checkpoints",
        _ => "",
    }
}

/// The part of a total's target that belongs to the time so far.
fn so_far(v: &Verdict, d: &Derivation) -> Vec<Line> {
    let (Some(t), Some(target)) = (d.so_far, v.target.value) else { return Vec::new() };
    let share_of_time = t.days / t.of;
    let part = target * share_of_time;
    let digits = Digits::of(&v.unit, &[target, part, v.current.value.unwrap_or(part)])
        .until(|g| g.alike(g.rounded(target) * share_of_time, part));
    let text = format!(
        "{} of {} days, {} to {}: {} of the target's {}",
        t.days,
        t.of,
        t.from,
        t.to,
        digits.show(part),
        digits.trimmed(target)
    );
    section("so far", &text)
}

fn path(v: &Verdict, n: &Numbers) -> Vec<Line> {
    let line = |(i, c): (usize, &CheckpointReading)| {
        let value = c.value.map_or_else(|| "-".to_owned(), |x| n.show(x));
        let done = c.progress.map(|p| format!("{} done, ", share(p, &[1.0]))).unwrap_or_default();
        let expected = match (c.expected, c.expected_value, c.value) {
            (_, Some(value), None) => format!("{} expected", n.show(value)),
            (Some(e), ..) => format!("{} expected", share(e, &[1.0])),
            _ => String::new(),
        };
        let status = c.status.map_or("to come", Status::name);
        let name = if i == 0 { "path" } else { "" };
        Line::of(Paint::Plain, format!("{name:<NAMES$}{}  {value:>10}  {done}{expected}: {status}", c.at))
    };
    v.checkpoints.iter().enumerate().map(line).collect()
}

/// The arithmetic behind each period or value.
fn each_of(name: &str, v: &Verdict, all: &[(String, Derived)]) -> Vec<Line> {
    let values: Vec<f64> = all.iter().filter_map(|(_, d)| d.value).collect();
    let digits = Digits::of_groups(&v.unit, &values.iter().map(std::slice::from_ref).collect::<Vec<_>>());
    // A target of its own for each period is told with it.
    let mut targets = v.periods.iter().filter_map(|p| p.target);
    let first = targets.next();
    let varies = targets.any(|t| Some(t) != first);
    let mut lines = Vec::new();
    for (label, derived) in all {
        let Some(value) = derived.value else { continue };
        let Some(text) = steps::on_a_line(derived, &digits) else { continue };
        let name = if lines.is_empty() { name } else { "" };
        let shown = if v.kind == "truth" { String::new() } else { digits.show(value) };
        let wanted = v.periods.iter().find(|p| p.label == *label).filter(|_| varies);
        let wanted = wanted.and_then(|p| Some((p.target?, p.kept?))).map(|(target, kept)| {
            let digits = Digits::of(&v.unit, &[value, target]);
            format!("; wanted {} {}: {}", v.target.op, digits.show(target), if kept { "kept" } else { "not kept" })
        });
        lines.extend(section(name, &format!("{label} {shown}{text}{}", wanted.unwrap_or_default())));
    }
    lines
}

fn kept(v: &Verdict, d: &Derivation) -> Vec<Line> {
    match (d.way, v.progress) {
        (Some(Way::Kept { kept, of }), Some(progress)) if of > 0 => {
            section("kept", &format!("{} = {kept} of {of}", share(progress, &[1.0])))
        }
        _ => Vec::new(),
    }
}

/// The sentence that decided, with the comparison or the mark that it was about.
fn rule(v: &Verdict, d: &Derivation) -> Vec<Line> {
    let decided = match (v.decided.as_str(), v.status) {
        ("", Status::NoData) => "there is nothing to judge",
        ("", status) => status.name(),
        (decided, _) => decided,
    };
    let mut text = decided.to_owned();
    // A broken guardrail decides, whether the target is reached or not.
    let railed = decided.starts_with("guardrail ");
    if railed {
        text = format!("{text}, so {}", v.status.name());
    }
    let single = v.periods.is_empty() && v.each.is_none() && v.parts.is_empty() && v.kind != "truth" && !railed;
    if let (Some(current), Some(target), true) = (v.current.value, v.target.value, single) {
        let n = Numbers::of(v, d);
        let settled = matches!(v.status, Status::Met | Status::MetLate | Status::Missed);
        let gap = goal::short(v.target.op, current, target, v.target.upper, &n.0);
        let side = match (&gap, v.target.upper) {
            (Some(gap), _) => format!(", {gap}"),
            (None, None) if !same(current, target) && current > target => {
                format!(", {} above", n.0.difference(current, target))
            }
            (None, None) if !same(current, target) => format!(", {} below", n.0.difference(target, current)),
            _ => String::new(),
        };
        let holds = match (gap.is_some(), settled) {
            (false, _) => "is",
            (true, true) => "is not",
            (true, false) => "is not yet",
        };
        let than = match v.target.op {
            ">=" => "at least",
            "<=" => "at most",
            ">" => "more than",
            "<" => "less than",
            "between" => "between",
            _ => "exactly",
        };
        let upper = v.target.upper.map(|u| format!(" and {}", n.show(u))).unwrap_or_default();
        let comparison = format!("{} {holds} {than} {}{upper}{side}", n.show(current), n.show(target));
        let so = if settled { format!(", so {}", v.status.name()) } else { String::new() };
        text = format!("{text}: {comparison}{so}");
    }
    let mut lines = section("rule", &text);
    if let (Some((on_track, at_risk)), Some(pace)) = (d.marks, v.pace) {
        let mark = |x: f64| show(x, &Unit::Percent);
        let text = match v.status {
            Status::OnTrack => format!("at least {} is on track", mark(on_track)),
            Status::AtRisk => format!("at least {} is at risk, {} would be on track", mark(at_risk), mark(on_track)),
            _ => format!("under {} is off track", mark(at_risk)),
        };
        lines.extend(section("", &format!("pace {}: {text}", share(pace, &[on_track, at_risk]))));
    }
    if let Some(day) = v.met_on {
        lines.extend(section("", &format!("reached on {day}")));
    }
    lines
}

/// A milestone for people.
pub fn milestone(e: &MilestoneExplained, place: &str, style: Style) -> String {
    let v = &e.verdict;
    let mut lines = heading(v.status, &v.name, v.title.as_deref(), &Line::of(Paint::Faint, place), 0);
    let condition = if e.condition.is_empty() { String::new() } else { format!(" when {}", e.condition) };
    lines.extend(section("milestone", &format!("by {}{condition}", v.wanted)));
    let meaning: Vec<String> = e.meaning.iter().map(|m| format!("{} = {}", m.name, m.text)).collect();
    lines.extend(list("meaning", &meaning));
    let day = calendar::day_before_edge(e.as_of);
    lines.extend(section("as of", &format!("{day}: nothing later is read")));
    if let Some(step) = &e.step {
        let until = step.window.map(|w| format!(" on {}", w.last_day())).unwrap_or_default();
        let holds = match step.value.as_truth() {
            Some(true) => "it holds",
            Some(false) => "it doesn't hold",
            None => "it isn't known",
        };
        lines.extend(section("condition", &format!("{holds}{until}")));
        lines.extend(steps::under(step, &Digits::of(&Unit::Plain, &[]), &[]));
    }
    lines.extend(section("rule", &v.decided));
    lines.extend(list("assumed", &v.notes));
    lines.extend(list("rows", &table_sentences(&e.tables, &day.to_string())));
    lines.iter().map(|line| line.write(style.color) + "\n").collect()
}

/// What was read of each table, and what wasn't.
fn tables(e: &Explained) -> Vec<String> {
    table_sentences(&e.derivation.tables, &e.report.moment())
}

fn table_sentences(tables: &[TableUse], moment: &str) -> Vec<String> {
    let sentence = |t: &TableUse| {
        let left = match t.left_out {
            0 => String::new(),
            n => format!("; {n} left out by the `where` of table {}, or without a time", t.table),
        };
        let later = match t.later {
            0 => String::new(),
            n => format!("; {n} after {moment} not read"),
        };
        format!("{} ({}): {} rows{left}{later}", t.source, t.table, t.rows)
    };
    tables.iter().map(sentence).collect()
}
