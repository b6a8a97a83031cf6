//! A batch's rows by the atom of time that they lie in. Knows times and edges only.

use super::block::Rows;
use super::plan::Plan;
use datafusion::arrow::array::{Array, Int64Array};

/// Rows by atom.
pub struct Runs {
    /// Each atom with its rows' places.
    runs: Vec<(usize, usize, usize)>,
    /// Rows in order of their atoms, where they aren't side by side.
    order: Option<Vec<u32>>,
}

impl Runs {
    /// The runs of a batch. Rows without a time are in the last atom; without any times, all are in one.
    pub fn new(plan: &Plan, times: Option<&Int64Array>, rows: usize) -> Self {
        let Some(times) = times else { return Self { runs: vec![(0, 0, rows)], order: None } };
        let values = times.values();
        if times.null_count() == 0 && values.is_sorted() {
            return Self { runs: sorted(plan, values), order: None };
        }
        let last = plan.atoms() - 1;
        let atom = |row: usize| if times.is_null(row) { last } else { plan.atom(values[row]) };
        let atoms: Vec<u32> = (0..rows).map(|row| atom(row) as u32).collect();
        let mut starts = vec![0u32; plan.atoms() + 1];
        atoms.iter().for_each(|a| starts[*a as usize + 1] += 1);
        for at in 0..plan.atoms() {
            starts[at + 1] += starts[at];
        }
        let runs = (0..plan.atoms()).map(|a| (a, starts[a] as usize, starts[a + 1] as usize));
        let runs = runs.filter(|(_, from, to)| from < to).collect();
        let mut order = vec![0u32; rows];
        for (row, atom) in atoms.iter().enumerate() {
            let place = &mut starts[*atom as usize];
            order[*place as usize] = row as u32;
            *place += 1;
        }
        Self { runs, order: Some(order) }
    }

    /// Each atom that has rows, with them.
    pub fn iter(&self) -> impl Iterator<Item = (usize, Rows<'_>)> {
        self.runs.iter().map(|(atom, from, to)| match &self.order {
            None => (*atom, Rows::Range(*from, *to)),
            Some(order) => (*atom, Rows::List(&order[*from..*to])),
        })
    }
}

fn sorted(plan: &Plan, times: &[i64]) -> Vec<(usize, usize, usize)> {
    let mut runs = Vec::new();
    let mut from = 0;
    while let Some(time) = times.get(from) {
        let atom = plan.atom(*time);
        let to = match plan.edges.get(atom) {
            Some(edge) => from + times[from..].partition_point(|t| t < edge),
            None => times.len(),
        };
        runs.push((atom, from, to));
        from = to;
    }
    runs
}
