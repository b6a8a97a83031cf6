//! The status of one measured goal: what is reached, by when, for how long, and what its pace says otherwise (language
//! reference, Verdicts). Knows a target and moments; works out neither baseline nor progress.

use super::aim::{self, Aim};
use super::frame::Frame;
use super::hold;
use super::measured::{Judge, Judged, by_pace};
use super::value::Datum;
use super::verdict::Status;
use crate::calendar;
use crate::model::plan::Comparison;
use crate::quantity::Digits;
use jiff::civil::DateTime;

impl Judge<'_, '_> {
    /// Puts status, day and deciding rule; `scaled` is the part of the target that belongs to the time so far.
    pub(super) fn status(&self, judged: &mut Judged, value: f64, scaled: &aim::Wanted) {
        let Some(aim) = judged.aim else { return };
        let kept = aim.wanted.kept(value);
        let held = self.held(judged, &aim, self.frame, self.frame.deadline);
        judged.held = held.map(|run| run.reading());
        let reached = kept && held.is_none_or(|run| run.enough());
        let name = self.moment_name();
        if let Some(run) = held.filter(|run| kept && !run.enough()) {
            judged.notes.say(run.words());
        }
        if self.complete() {
            judged.settled = true;
            judged.decided =
                format!("{name}, {}", if reached { "and it was reached" } else { "and it was not reached" });
            if reached {
                judged.status = Status::Met;
                // What is judged once is reached at its end, whatever it was on the way.
                let since = match (self.by() || self.early(&aim), held) {
                    (true, Some(run)) => run.completed,
                    (true, None) => self.reached_since(judged, &aim),
                    (false, _) => None,
                };
                judged.met_on = since.or_else(|| self.at(judged));
                return;
            }
            if let Some(run) = held.filter(|_| kept) {
                judged.decided = format!("{name}; {}", run.words());
            }
            return self.after_deadline(judged, &aim);
        }
        if reached && (self.by() || self.early(&aim)) {
            judged.status = Status::Met;
            judged.met_on = match held {
                Some(run) => run.completed,
                None => self.reached_since(judged, &aim),
            };
            judged.decided = format!("reached before the deadline; {name}");
            return;
        }
        if self.by()
            && !kept
            && let Some(day) = self.lost(judged, &aim)
        {
            judged.notes.say(format!("it was reached on {day} and lost again since"));
        }
        if self.world.as_of >= self.frame.deadline {
            let known = calendar::day_before_edge(self.subject.known);
            judged.notes.say(format!(
                "the deadline is past, but {} is complete only to {known}: not judged as missed",
                self.subject.tables.join(", ")
            ));
        }
        judged.status = match judged.lacking {
            Some(_) => Status::OffTrack,
            None => by_pace(self.world, judged.pace),
        };
        judged.decided = match judged.pace {
            None if judged.lacking.is_some() => "it was there from the start and has to stay so".to_owned(),
            None => "nothing is expected yet".to_owned(),
            Some(_) if !aim.way && self.unfinished_total() && self.held_to_part(&aim) => {
                let part = Digits::of(&self.subject.formula.gives.unit(), &[value, scaled.value()]);
                let is = if scaled.kept(value) { "is" } else { "is not" };
                let part = part.show(scaled.upper().filter(|u| value > *u).unwrap_or(scaled.value()));
                format!("the part of the bound that belongs to the time so far, {part}, {is} kept")
            }
            Some(_) => format!("pace is measured against {}; {name}", judged.line.words()),
        };
    }

    /// True where what is counted so far is held against a part of the bound: `<=`, `=` and ranges of a total.
    fn held_to_part(&self, aim: &Aim) -> bool {
        !matches!(aim.wanted, aim::Wanted::Bound(Comparison::AtLeast | Comparison::Above, bound) if bound > 0.0)
    }

    /// After the deadline and not reached: met late within the grace, else missed once that is over.
    fn after_deadline(&self, judged: &mut Judged, aim: &Aim) {
        let grace = self.goal.grace.and_then(|grace| Some((grace, grace.shift_edge(self.frame.deadline)?)));
        let Some((grace, end)) = grace else {
            judged.status = Status::Missed;
            return;
        };
        let longer = self.frame.until(end);
        let late = self.ends_between(&longer, self.frame.deadline, end);
        let found = late.into_iter().find(|at| {
            let (datum, _) = longer.value_at(self.world, self.subject, *at);
            let held = self.held(judged, aim, &longer, *at).is_none_or(|run| run.enough());
            held && datum.number().is_some_and(|x| aim.wanted.kept(x))
        });
        let over = self.world.as_of >= end && self.subject.known >= longer.last_end(self.subject);
        match (found, over) {
            (Some(at), _) => {
                judged.status = Status::MetLate;
                judged.met_on = Some(calendar::day_before_edge(at));
                judged.decided = format!("reached within the grace of {grace}");
            }
            (None, true) => judged.status = Status::Missed,
            (None, false) => {
                judged.settled = false;
                judged.status = by_pace(self.world, judged.pace);
                judged.decided = format!("the deadline is past; its grace runs to {}", calendar::day_before_edge(end));
            }
        }
    }

    /// How long the target has been held up to a moment; `None` where the goal doesn't ask.
    fn held(&self, judged: &Judged, aim: &Aim, frame: &Frame, upto: DateTime) -> Option<hold::Run> {
        let asked = frame.hold?;
        let kept = |datum: &Datum| datum.number().is_some_and(|x| aim.wanted.kept(x));
        Some(hold::run(self.world, self.subject, frame, asked, (self.opens(judged), upto), kept))
    }
}
