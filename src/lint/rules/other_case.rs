//! S109: a text that the data writes in another case, or with other white space.

use crate::diagnostic::Level;
use crate::format::quoted;
use crate::lint::literals::{self, Kin};
use crate::lint::{Correction, Finding, Found, Look, Mark, Observed, Rule, words};
use crate::model::written;

pub static RULE: Rule = Rule {
    code: "S109",
    name: "other-case",
    level: Level::Warning,
    mark: Mark::Doubtful,
    since: "0.1",
    correction: Correction::Unsafe,
    look: Look::PlanData(look),
    page: include_str!("other_case.md"),
};

fn look(observed: &Observed<'_, '_>, found: &mut Found) {
    for absent in literals::absent(observed) {
        let Kin::Spelling(values) = &absent.kin else { continue };
        let (table, column) = (observed.context.table_name(absent.table), absent.column);
        let spellings: Vec<String> = values.iter().map(|v| quoted(v)).collect();
        let rows: u64 = values.iter().filter_map(|v| absent.values.get(*v)).map(|c| c.rows).sum();
        let theirs = words::and(&spellings);
        let effect = if absent.negated { "leaves nothing out" } else { "lets nothing through" };
        let have = if rows == 1 { "row has" } else { "rows have" };
        let finding = Finding::new(
            format!("{table} writes the {column} {} as {theirs}", quoted(absent.text)),
            absent.at,
            "written otherwise",
        )
        .because(format!(
            "Texts are compared letter by letter, capitals and spaces too: as written, this {effect}; {rows} {have} \
             {theirs}."
        ));
        let finding = match spellings.as_slice() {
            [one] if absent.exact => {
                finding.help(format!("write {one}")).fix(format!("write {one}"), [(absent.at, one.clone())])
            }
            [one] => finding.help(format!("write {one}")),
            _ => finding.help(format!("take each of them: {} in ({})", written(column), spellings.join(", "))),
        };
        found.say(absent.goals.iter().fold(finding, |finding, goal| finding.concerns(*goal)));
    }
}
