//! The block of one goal: bar, numbers, what is still needed, KPIs, parts, notes.

use super::{NAMES, each, heading, paint, timeline};
use crate::eval::verdict::{
    CheckpointReading, GuardrailReading, KpiReading, PlainReading, Projection, Reading, Report, Required, Status,
    TargetReading, Verdict,
};
use crate::quantity::{Digits, Unit, change, same, share, show};
use crate::report::paint::{Line, Paint, WIDTH, broken, wrapped};

/// Cells of a bar.
const CELLS: usize = 20;
/// Before each line of a block but the first.
const INDENT: &str = "  ";

/// The lines of a goal.
pub fn block(v: &Verdict, report: &Report) -> Vec<Line> {
    let wanted = Line::of(Paint::Strong, &v.wanted);
    let mut lines = if wanted.width() <= WIDTH - NAMES - 2 {
        heading(v.status, &v.name, v.title.as_deref(), &wanted, 0)
    } else {
        let mut lines = heading(v.status, &v.name, v.title.as_deref(), &Line::default(), 0);
        lines.extend(wrapped(&" ".repeat(NAMES), &v.wanted, Paint::Strong));
        lines
    };
    lines.extend(body(v, report));
    lines.extend(standings(v));
    lines.extend(v.plain.iter().flat_map(|p| without_scenario(v, p)));
    lines.extend(checkpoints(v, &Numbers::of(v)));
    // Before its window begins, nobody asks why there is nothing in it.
    let started = v.status != Status::NotStarted;
    let briefly = |k: &KpiReading| KpiReading { reason: k.reason.clone().filter(|_| started), ..k.clone() };
    lines.extend(v.kpis.iter().flat_map(|k| kpi(&briefly(k))));
    lines.extend(v.guardrails.iter().flat_map(guardrail));
    lines.extend(v.next.iter().flat_map(|n| wrapped("  next: ", n, Paint::Plain)));
    lines.extend(v.notes.iter().flat_map(|n| wrapped("  note: ", n, Paint::Faint)));
    lines
}

/// Where the values of a dimension stand, where the target is a rank.
fn standings(v: &Verdict) -> Vec<Line> {
    let Some(standings) = &v.standings else { return Vec::new() };
    let shown = standings.shown();
    let values: Vec<f64> = shown.iter().map(|s| s.value).collect();
    let digits = Digits::of(&standings.unit, &values);
    let mut lines = Vec::new();
    let mut last = 0;
    for s in shown {
        let place = standings.all.iter().position(|x| x.key == s.key).unwrap_or_default() + 1;
        if place > last + 1 {
            lines.push(Line::of(Paint::Faint, format!("{INDENT}   …")));
        }
        last = place;
        let paint = if s.key == standings.own { Paint::Strong } else { Paint::Plain };
        lines.extend(wrapped(INDENT, &format!("{}. {}  {}", s.rank, s.key, digits.show(s.value)), paint));
    }
    if last < standings.all.len() {
        let rest = standings.all.len() - last;
        lines.push(Line::of(Paint::Faint, format!("{INDENT}   and {rest} more")));
    }
    lines
}

/// What tells where the goal stands, by its shape.
fn body(v: &Verdict, report: &Report) -> Vec<Line> {
    let mut lines = if !v.periods.is_empty() {
        timeline::lines(v)
    } else if let Some(summary) = &v.each {
        each::lines(v, summary)
    } else if !v.parts.is_empty() {
        parts(v, report)
    } else if v.current.value.is_some_and(f64::is_finite) {
        let mut lines = measured(v, report);
        lines.extend(lacking(v).iter().flat_map(|why| wrapped(INDENT, why, Paint::Plain)));
        lines
    } else {
        unknown(v)
    };
    if let (Some(reason), Some(_), Status::NoData) = (&v.current.reason, &v.each, v.status) {
        lines.extend(wrapped(INDENT, reason, Paint::Plain));
    }
    if says_why(v) {
        lines.extend(wrapped(INDENT, &v.decided, Paint::Plain));
    }
    lines
}

/// Where there is a value and yet nothing to judge: why.
fn lacking(v: &Verdict) -> Option<&str> {
    let nothing = v.status == Status::NoData && v.decided.is_empty();
    v.current.reason.as_deref().filter(|_| nothing)
}

/// True where the sentence that decided says more than the lines above it: while a goal is on its way, or met, the bar
/// has said it; a list has said how many kept it.
fn says_why(v: &Verdict) -> bool {
    let plain = v.periods.is_empty() && v.each.is_none() && v.parts.is_empty();
    let known = v.current.value.is_some();
    let late = v.decided.starts_with("the deadline is past");
    let bar_says =
        plain && has_way(v) && !late && !matches!(v.status, Status::Missed | Status::NotStarted | Status::NoData);
    let truth_says = plain && v.kind == "truth" && known && v.status != Status::MetLate;
    let list_says = v.each.as_ref().is_some_and(|e| v.decided.contains(&format!("{} of {}", e.kept, e.total)));
    let said_before = v.status == Status::NoData && plain && !known;
    let rail_says = v.decided.starts_with("guardrail ") && v.guardrails.iter().any(|g| g.broken);
    !(v.decided.is_empty() || bar_says || truth_says || list_says || said_before || rail_says)
}

/// Nothing to judge, or nothing yet: why.
fn unknown(v: &Verdict) -> Vec<Line> {
    let reason = match (&v.current.reason, v.decided.as_str()) {
        (_, decided) if !decided.is_empty() && v.status == Status::NoData => Some(decided),
        (_, decided) if !decided.is_empty() && v.status == Status::NotStarted => None,
        (Some(reason), decided) if reason != decided => Some(reason.as_str()),
        _ => None,
    };
    reason.map(|r| wrapped(INDENT, r, Paint::Plain)).unwrap_or_default()
}

/// The numbers of a goal and how finely they are shown.
pub struct Numbers {
    baseline: Option<f64>,
    current: Option<f64>,
    target: Option<f64>,
    digits: Digits,
}

impl Numbers {
    /// Baseline, current value and target, which are compared with one another.
    pub fn of(v: &Verdict) -> Self {
        let known = |value: Option<f64>| value.filter(|v| v.is_finite());
        let baseline = known(v.baseline.as_ref().and_then(|b| b.value));
        let (current, target) = (known(v.current.value), known(v.target.value));
        let all: Vec<f64> = [baseline, current, target, known(v.target.upper)].into_iter().flatten().collect();
        Self { baseline, current, target, digits: Digits::of(&v.unit, &all) }
    }

    /// An amount beside those numbers, as finely as they are, or finer if it is much smaller.
    fn amount(&self, value: f64, unit: &Unit) -> String {
        if self.digits.suits(value) { self.digits.amount(value) } else { Digits::of(unit, &[value]).amount(value) }
    }
}

/// True where there is a way from a baseline to the target, so that a share of it means something.
fn has_way(v: &Verdict) -> bool {
    let n = Numbers::of(v);
    let from_somewhere = match (n.baseline, n.target) {
        // A bound that its baseline keeps has to be held, not reached.
        _ if v.target.kind == "trend" => false,
        (Some(b), Some(t)) if v.target.kind == "bound" => short(v.target.op, b, t, None, &n.digits).is_some(),
        (Some(_), _) => true,
        // A total under an upper bound doesn't go anywhere: it has to stay there.
        (None, _) => v.kind == "flow" && !matches!(v.target.op, "<=" | "<"),
    };
    v.progress.is_some() && n.current.is_some() && v.kind != "truth" && v.target.upper.is_none() && from_somewhere
}

/// A goal with one value.
fn measured(v: &Verdict, report: &Report) -> Vec<Line> {
    if v.kind == "truth" {
        let holds = match (v.current.value, v.met_on) {
            (Some(0.0), _) => format!("it doesn't hold{}", day(v, report)),
            (_, Some(day)) => format!("it holds on {day}"),
            _ => format!("it holds{}", day(v, report)),
        };
        return wrapped(INDENT, &holds, Paint::Plain);
    }
    let numbers = Numbers::of(v);
    let mut lines = Vec::new();
    if let Some(progress) = v.progress.filter(|_| has_way(v)) {
        lines.extend(bar(v, progress, &numbers));
    }
    lines.extend(way(v, &numbers, report));
    if let Some(required) = v.required.as_ref().filter(|_| !is_over(v.status)) {
        lines.extend(still_needed(v, required, &numbers));
    }
    lines.extend(v.projection.iter().filter(|_| !is_over(v.status)).flat_map(|p| likely(v, p)));
    lines
}

/// Where it is likely to stand at the deadline.
pub fn likely(v: &Verdict, p: &Projection) -> Vec<Line> {
    let mut compared = vec![p.value];
    compared.extend([p.low, p.high, v.target.value, v.target.upper].into_iter().flatten());
    // A hundredth of the interval is as finely as a forecast is read.
    let error = p.low.zip(p.high).map_or(0.0, |(low, high)| (high - low) / 100.0);
    let digits = Digits::rough(&v.unit, &compared, error);
    let value = match (p.low, p.high) {
        (Some(low), Some(high)) if digits.show(low) != digits.show(high) => {
            format!("{}..{}", digits.show(low), digits.show(high))
        }
        _ => digits.show(p.value),
    };
    let chance = p.chance.map_or(String::new(), |c| format!(", chance {}", chance(c)));
    let text = format!("likely at the deadline {value}{chance} ({})", p.method);
    wrapped(INDENT, &text, Paint::Plain)
}

/// What of the verdict would be another without the scenario.
fn without_scenario(v: &Verdict, p: &PlainReading) -> Vec<Line> {
    if !p.changed {
        return wrapped(INDENT, "without the scenario: the same", Paint::Plain);
    }
    let mut compared = Numbers::of(v);
    let all: Vec<f64> = [compared.current, compared.target, p.current, p.target].into_iter().flatten().collect();
    compared.digits = Digits::of(&v.unit, &all);
    let other = |a: Option<f64>, b: Option<f64>| a.filter(|a| b.is_none_or(|b| !same(*a, b)));
    let after = v.projection.as_ref().and_then(|p| p.chance);
    let mut parts = vec![p.status.name().to_owned()];
    parts.extend(other(p.current, v.current.value).map(|x| {
        format!(
            "{} instead of {}",
            compared.digits.show(x),
            compared.current.map_or("no value".to_owned(), |c| compared.digits.show(c))
        )
    }));
    parts.extend(other(p.target, v.target.value).map(|x| format!("target {}", compared.digits.show(x))));
    parts.extend(other(p.progress, v.progress).map(|x| format!("{} of the way", share(x, &[1.0]))));
    parts.extend(other(p.chance, after).map(|x| format!("chance {}", chance(x))));
    wrapped(INDENT, &format!("without the scenario: {}", parts.join(", ")), Paint::Plain)
}

/// A probability in whole percent: what is forecast is never sure.
fn chance(of: f64) -> String {
    match of {
        c if c < 0.01 => "under 1%".to_owned(),
        c if c > 0.99 => "over 99%".to_owned(),
        c => format!("{:.0}%", c * 100.0),
    }
}

/// True where nothing is expected of the goal any more.
fn is_over(status: Status) -> bool {
    matches!(status, Status::Met | Status::MetLate | Status::Missed)
}

/// The bar and what it says, on a line of its own where both are too long for one.
fn bar(v: &Verdict, progress: f64, numbers: &Numbers) -> Vec<Line> {
    let filled = (progress * CELLS as f64).round().clamp(0.0, CELLS as f64) as usize;
    let filled = if progress < 1.0 { filled.min(CELLS - 1) } else { filled };
    let cells = format!("[{}{}]", "#".repeat(filled), "-".repeat(CELLS - filled));
    let cells = Line::of(Paint::Plain, INDENT).add(paint(v.status), cells);
    let way = Line::of(Paint::Plain, format!("{} of the way", share(progress, &[1.0])));
    let words = match v.status {
        Status::Missed => match gap(v, numbers) {
            Some(short) => way.add(Paint::Plain, " at the deadline, ").add(Paint::Bad, short),
            None => way.add(Paint::Plain, " at the deadline"),
        },
        Status::Met | Status::MetLate => way.add(Paint::Plain, reached(v)),
        _ if progress < 0.0 => way.add(Paint::Plain, ": it moves away from the target"),
        _ => way.add(Paint::Plain, pace(v)),
    };
    if cells.width() + 1 + words.width() <= WIDTH {
        return vec![cells.add(Paint::Plain, " ").join(words)];
    }
    let mut lines = vec![cells];
    lines.extend(wrapped(INDENT, &words.write(false), Paint::Plain));
    lines
}

fn reached(v: &Verdict) -> String {
    match (v.met_on, v.status) {
        (Some(on), Status::MetLate) => format!(", reached late, on {on}"),
        (Some(on), _) => format!(", reached on {on}"),
        _ => String::new(),
    }
}

/// What was expected by now. Marks for the pace are multiples of five percent as a rule: none is rounded across.
fn pace(v: &Verdict) -> String {
    let mark = |pace: f64| ((pace * 20.0).round() / 20.0).min(1.0);
    match (v.expected, v.pace) {
        (Some(e), _) if e <= 0.0 => ", nothing expected yet".to_owned(),
        (Some(e), Some(pace)) => format!(", {} expected: pace {}", share(e, &[1.0]), share(pace, &[mark(pace)])),
        (Some(e), None) => format!(", {} expected", share(e, &[1.0])),
        _ => String::new(),
    }
}

/// By how much the target isn't reached: `984k short`, `2 over`; `None` where it is reached.
fn gap(v: &Verdict, n: &Numbers) -> Option<String> {
    let (current, target) = (n.current?, n.target?);
    short(v.target.op, current, target, v.target.upper, &n.digits)
}

/// By how much `current` fails the target, in words; `None` where it doesn't.
pub fn short(op: &str, current: f64, target: f64, upper: Option<f64>, digits: &Digits) -> Option<String> {
    let above = upper.filter(|u| current > *u);
    match op {
        _ if same(current, target) => None,
        ">=" | ">" | "between" if current < target => Some(format!("{} short", digits.difference(target, current))),
        "<=" | "<" if current > target => Some(format!("{} over", digits.difference(current, target))),
        "between" => above.map(|u| format!("{} over", digits.difference(current, u))),
        "=" if current < target => Some(format!("{} below", digits.difference(target, current))),
        "=" => Some(format!("{} above", digits.difference(current, target))),
        _ => None,
    }
}

/// From where, to where, and where to.
fn way(v: &Verdict, n: &Numbers, report: &Report) -> Vec<Line> {
    let over = is_over(v.status);
    let mut stations = Vec::new();
    if let (Some(value), Some(reading)) = (n.baseline, &v.baseline) {
        stations.push(Line::of(Paint::Plain, format!("{}{}", n.digits.show(value), called(reading))));
    }
    if let Some(value) = n.current {
        let now = if over { "" } else { "now " };
        let changed = moved(v, n).map_or(String::new(), |m| format!(", {m}"));
        let on = day(v, report);
        stations.push(Line::of(Paint::Plain, format!("{now}{}{on}{changed}", n.digits.show(value))));
    }
    let Some(target) = target(&v.target, n) else { return joined(stations) };
    let target = match (gap(v, n), has_way(v)) {
        (Some(short), false) => target.add(Paint::Plain, ": ").add(Paint::Bad, short),
        (None, false) => target.add(Paint::Plain, reached(v)),
        _ => target,
    };
    if n.baseline.is_none() && stations.len() == 1 {
        // Nothing moves towards a bound: the value is in it or not.
        let now = stations.pop().unwrap_or_default();
        stations.push(now.add(Paint::Plain, ", ").join(target));
    } else {
        stations.push(target);
    }
    joined(stations)
}

/// The stations on as few lines as hold them.
fn joined(stations: Vec<Line>) -> Vec<Line> {
    let mut lines: Vec<Line> = Vec::new();
    for (i, station) in stations.into_iter().enumerate() {
        let arrow = if i == 0 { "" } else { " -> " };
        match lines.last_mut() {
            Some(line) if line.width() + arrow.len() + station.width() <= WIDTH => {
                *line = line.clone().add(Paint::Plain, arrow).join(station);
            }
            _ if station.width() + 5 <= WIDTH => {
                let open = if i == 0 { INDENT } else { "  -> " };
                lines.push(Line::of(Paint::Plain, open).join(station));
            }
            _ => {
                let open = if i == 0 { INDENT } else { "  -> " };
                let text = station.write(false);
                lines.extend(broken(&text, WIDTH - 5).iter().map(|t| Line::of(Paint::Plain, format!("{open}{t}"))));
            }
        }
    }
    lines
}

/// What the target asks, in numbers; `None` where it isn't known.
fn target(t: &TargetReading, n: &Numbers) -> Option<Line> {
    let written = matches!(t.kind, "to" | "bound" | "between" | "near");
    let shown = |value: f64| if written { n.digits.trimmed(value) } else { n.digits.show(value) };
    let value = t.value?;
    let text = match t.upper {
        Some(upper) => format!("target {} to {}", shown(value), shown(upper)),
        None if t.kind == "bound" || matches!(t.op, ">" | "<" | "=") => format!("target {} {}", t.op, shown(value)),
        None => format!("target {}", shown(value)),
    };
    Some(Line::of(Paint::Plain, text))
}

/// How far the value has moved, in the words of the target, once the goal is over.
fn moved(v: &Verdict, n: &Numbers) -> Option<String> {
    let (baseline, current) = (n.baseline.filter(|_| is_over(v.status))?, n.current?);
    match v.target.kind {
        "absolute" | "points" => Some(n.digits.signed(current, baseline)),
        _ if v.unit == Unit::Percent && v.target.kind != "relative" => Some(n.digits.signed(current, baseline)),
        _ if baseline == 0.0 => None,
        _ => {
            let wanted = n.target.map(|t| (t - baseline) / baseline.abs());
            Some(change((current - baseline) / baseline.abs(), wanted))
        }
    }
}

/// How a reading is called, in brackets.
fn called(r: &Reading) -> String {
    match (&r.label, r.at) {
        (label, _) if !label.is_empty() => format!(" ({label})"),
        (_, Some(at)) => format!(" ({at})"),
        _ => String::new(),
    }
}

/// Of which day or stretch a value is, where that isn't the day of judgement.
fn day(v: &Verdict, report: &Report) -> String {
    let r = &v.current;
    let today = report.as_of_day.map(|d| d.to_string());
    let level_of_today = (v.kind == "stock" || r.label.is_empty()) && r.at == report.as_of_day;
    if level_of_today || today.as_ref() == Some(&r.label) { String::new() } else { called(r) }
}

/// What each step that is left must bring, beside what the last one brought.
fn still_needed(v: &Verdict, r: &Required, n: &Numbers) -> Vec<Line> {
    let total = match (n.current, n.target) {
        (Some(current), Some(target)) if same(target - current, r.total) => n.digits.difference(target, current),
        _ => n.amount(r.total, &v.unit),
    };
    let length = r.step.times(r.periods.try_into().unwrap_or(i32::MAX));
    let left = match r.periods {
        0 => format!("still needed {total}, and no whole {} is left", r.step.unit.name()),
        1 => format!("still needed {total} in the {length} left"),
        _ => format!("still needed {total} in the {length} left, {} each", n.amount(r.per_period, &v.unit)),
    };
    let each = if r.step.count == 1 { r.step.unit.name().to_owned() } else { r.step.to_string() };
    let last = r.last_brought.map(|b| format!("; the last {each} brought {}", n.amount(b, &v.unit)));
    wrapped(INDENT, &(left + &last.unwrap_or_default()), Paint::Plain)
}

/// The goals of a combined goal and how they stand.
fn parts(v: &Verdict, report: &Report) -> Vec<Line> {
    let status = |name: &str| report.goals.iter().find(|g| g.name == *name).map(|g| g.status);
    let line = |name: &String| {
        let (word, look) = status(name).map_or(("", Paint::Plain), |s| (s.name(), paint(s)));
        let start = Line::of(Paint::Plain, INDENT).add(look, word).padded_to(2 + NAMES + 2);
        broken(name, WIDTH - start.width()).into_iter().map(move |piece| start.clone().add(Paint::Plain, piece))
    };
    v.parts.iter().flat_map(line).collect()
}

/// The last checkpoint that was passed and the next one.
fn checkpoints(v: &Verdict, n: &Numbers) -> Vec<Line> {
    let passed = v.checkpoints.iter().rev().find(|c| c.status.is_some());
    let next = v.checkpoints.iter().find(|c| c.status.is_none() && passed.is_none_or(|p| p.at < c.at));
    let next = next.filter(|_| !is_over(v.status));
    passed.into_iter().chain(next).flat_map(|c| wrapped(INDENT, &checkpoint(v, c, n), Paint::Plain)).collect()
}

fn checkpoint(v: &Verdict, c: &CheckpointReading, n: &Numbers) -> String {
    let shares = v.each.is_some() || v.kept.is_some();
    let way = match (c.progress, c.expected) {
        (Some(p), _) if v.kind == "truth" && !shares => (if p == 0.0 { " doesn't hold" } else { " holds" }).to_owned(),
        (Some(p), Some(e)) if shares => format!(" {} keep it, {} asked", share(p, &[e]), share(e, &[1.0])),
        (Some(p), Some(e)) => format!(" {} of the way, {} expected", share(p, &[1.0]), share(e, &[1.0])),
        (None, _) if c.status.is_none() => match c.expected_value {
            Some(value) => format!(" expects {}", n.digits.show(value)),
            None => ": to come".to_owned(),
        },
        _ => String::new(),
    };
    let status = c.status.map_or(String::new(), |s| format!(": {}", s.name()));
    format!("checkpoint {}{way}{status}", c.at)
}

/// An indicator.
pub fn kpi(k: &KpiReading) -> Vec<Line> {
    let all: Vec<f64> = [k.value, k.target].into_iter().flatten().collect();
    let digits = Digits::of(&k.unit, &all);
    let wanted = k.wanted.as_ref().map_or(String::new(), |w| format!(", wanted {w}"));
    let status = match k.status {
        Some(Status::Met) => ": kept",
        Some(Status::Missed) => ": not kept",
        Some(other) => return worded(k, &format!("{wanted}: {}", other.name()), &digits),
        None => "",
    };
    worded(k, &format!("{wanted}{status}"), &digits)
}

/// `guardrail cost 80k, wanted <= 100k: kept`; a note says why one can't be judged.
pub fn guardrail(g: &GuardrailReading) -> Vec<Line> {
    let all: Vec<f64> = [g.value, g.target, g.upper, g.broken_value].into_iter().flatten().collect();
    let digits = Digits::of(&g.unit, &all);
    let value = match (g.value, &g.wanted) {
        (Some(x), None) => if x == 0.0 { "doesn't hold" } else { "holds" }.to_owned(),
        (Some(x), Some(_)) => digits.show(x),
        (None, _) => "has no value".to_owned(),
    };
    let wanted = g.wanted.as_ref().map_or(String::new(), |w| format!(", wanted {w}"));
    let status = match (g.status, g.broken, g.broken_on, g.broken_value) {
        (_, true, Some(day), Some(x)) => format!("broken on {day} ({})", digits.show(x)),
        (_, true, ..) => "broken".to_owned(),
        (Status::Met, ..) => "kept".to_owned(),
        (other, ..) => other.name().to_owned(),
    };
    let paint = if g.broken { Paint::Bad } else { Paint::Plain };
    wrapped(INDENT, &format!("guardrail {} {value}{wanted}: {status}", g.name), paint)
}

fn worded(k: &KpiReading, rest: &str, digits: &Digits) -> Vec<Line> {
    let value = match (k.value, k.target) {
        (Some(value), Some(_)) => digits.show(value),
        (Some(value), None) => show(value, &k.unit),
        (None, _) => "has no value".to_owned(),
    };
    let why = k.reason.as_ref().filter(|_| k.value.is_none()).map_or(String::new(), |r| format!(" ({r})"));
    wrapped(INDENT, &format!("kpi {} {value}{why}{rest}", k.name), Paint::Plain)
}
