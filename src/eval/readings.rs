//! Worked-out numbers in the report's form. Computes none.

use super::aim::{self, Aim};
use super::formula::World;
use super::frame::Baseline;
use super::value::Datum;
use super::verdict::{Reading, TargetReading};
use crate::calendar::{self, Window};
use crate::model::plan::Target;
use jiff::civil::DateTime;

/// A baseline as the report shows it.
pub fn baseline_reading(baseline: &Baseline) -> Reading {
    Reading {
        value: baseline.datum.number(),
        at: baseline.window.map(|w| w.last_day()),
        window: baseline.window,
        implied: baseline.implied,
        label: baseline.label.clone(),
        reason: baseline.datum.value.reason(),
    }
}

/// A current value as the report shows it.
pub fn current_reading(world: &World<'_>, current: &(Datum, Option<Window>)) -> Reading {
    let (datum, window) = current;
    // Nothing is counted yet.
    let window = &window.filter(|w| w.start < w.end);
    let until = datum.until.or(window.map(|w| w.end));
    let value = datum.value.as_figure();
    Reading {
        value,
        at: until.map(calendar::day_before_edge),
        window: *window,
        implied: false,
        label: window.map_or_else(String::new, |w| calendar::step_name(&w, &world.plan.facts.rules)),
        reason: datum.value.reason(),
    }
}

/// A target as the report shows it.
pub fn target_reading(aim: Option<&Aim>, targets: &[Target], deadline: Option<DateTime>) -> TargetReading {
    let by = deadline.map(calendar::day_before_edge);
    match aim {
        Some(aim) => TargetReading {
            kind: aim.kind,
            op: aim.wanted.op(),
            value: Some(aim.wanted.value()),
            upper: aim.wanted.upper(),
            by,
        },
        None => {
            let (kind, op) = aim::deciding(targets).map_or(("truth", "="), |t| aim::form(&t.kind));
            TargetReading { kind, op, value: None, upper: None, by }
        }
    }
}
