//! S108: a text that no row has in the column that it is compared with.

use crate::diagnostic::Level;
use crate::format::quoted;
use crate::lint::literals::{self, Absent, Kin};
use crate::lint::{Correction, Finding, Found, Look, Mark, Observed, Rule, words};

pub static RULE: Rule = Rule {
    code: "S108",
    name: "unknown-value",
    level: Level::Warning,
    mark: Mark::Doubtful,
    since: "0.1",
    correction: Correction::Unsafe,
    look: Look::PlanData(look),
    page: include_str!("unknown_value.md"),
};

fn look(observed: &Observed<'_, '_>, found: &mut Found) {
    for absent in literals::absent(observed) {
        let near = match absent.kin {
            Kin::Spelling(_) => continue,
            Kin::Near(value) => Some(quoted(value)),
            Kin::None => None,
        };
        let (table, column) = (observed.context.table_name(absent.table), absent.column);
        let text = quoted(absent.text);
        let label = if near.is_some() { "misspelt?" } else { "not in the data" };
        let finding = Finding::new(format!("no row of {table} has the {column} {text}"), absent.at, label)
            .because(format!("{} {}", effect(&absent), there_are(&absent, table)));
        let finding = match near {
            Some(near) => {
                let finding = finding.help(format!("write {near}, if that is meant"));
                match absent.exact {
                    true => finding.fix(format!("write {near}"), [(absent.at, near)]),
                    false => finding,
                }
            }
            None => finding.help(
                "write a value that the data has; if this one is yet to come: # milepost: allow(S108) because …",
            ),
        };
        found.say(absent.goals.iter().fold(finding, |finding, goal| finding.concerns(*goal)));
    }
}

fn effect(absent: &Absent<'_, '_>) -> &'static str {
    match absent.negated {
        true => "So it leaves nothing out.",
        false => "So it lets nothing through.",
    }
}

/// The values that there are, where they are few.
fn there_are(absent: &Absent<'_, '_>, table: &str) -> String {
    const FEW: usize = 8;
    let column = absent.column;
    match absent.values.len() {
        1 => format!("The {column} is always {}.", absent.values.keys().map(|v| quoted(v)).collect::<String>()),
        n if n <= FEW => {
            let values: Vec<String> = absent.values.keys().map(|v| quoted(v)).collect();
            format!("The values of {column} are {}.", words::and(&values))
        }
        n => format!("The {column} has {n} other values in {table}."),
    }
}
