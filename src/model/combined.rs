//! Goals over other goals: `all of`, `any of`, their parts and circles of them.

use super::error::NameError;
use super::goals::goal_clause;
use super::names::Declared;
use super::{R, Resolver};
use crate::diagnostic::Label;
use crate::source::{FileId, Loc};
use crate::syntax::tree;
use std::collections::{HashMap, HashSet};

impl Resolver<'_> {
    /// A goal over others takes only what describes it.
    pub(crate) fn combined_clauses(&mut self, tree: &tree::Goal, file: FileId) -> R<()> {
        let mut result = Ok(());
        for clause in &tree.clauses {
            let name = goal_clause(&clause.node);
            if !matches!(name, "supports" | "owner" | "weight" | "about") {
                result = Err(self.report(file, &NameError::CombinedClause { clause: name, at: clause.span }));
            }
        }
        result
    }

    /// `all of` and `any of`: the goals they name, and circles of them.
    pub(crate) fn combined(&mut self, declared: &[Declared<'_, tree::Goal>], broken: &HashSet<String>) {
        if !declared.iter().any(|d| matches!(d.tree.body, tree::GoalBody::Combined { .. })) {
            return;
        }
        let by_name: HashMap<&str, &Declared<'_, tree::Goal>> =
            declared.iter().filter_map(|d| d.tree.name.as_ref().map(|n| (n.node.as_str(), d))).collect();
        for d in declared {
            let tree::GoalBody::Combined { goals, .. } = &d.tree.body else { continue };
            for goal in goals {
                // A goal with an error of its own is no unknown one.
                if self.plan.goals.contains_key(&goal.node) || broken.contains(&goal.node) {
                    continue;
                }
                let known = self.plan.goals.keys().chain(broken).map(String::as_str);
                let help = self.suggestion(&goal.node, known);
                let error = NameError::UnknownOf { what: "goal", name: goal.node.clone(), at: goal.span, help };
                self.report(d.file, &error);
            }
        }
        self.goal_circles(&by_name);
    }

    fn goal_circles(&mut self, by_name: &HashMap<&str, &Declared<'_, tree::Goal>>) {
        let parts = |name: &str| match by_name.get(name).map(|d| &d.tree.body) {
            Some(tree::GoalBody::Combined { goals, .. }) => goals.as_slice(),
            _ => &[],
        };
        let mut starts: Vec<&str> = by_name.keys().copied().filter(|n| !parts(n).is_empty()).collect();
        starts.sort_by_key(|n| by_name.get(n).map(|d| d.loc()));
        let mut done: HashMap<&str, bool> = HashMap::new();
        for start in starts {
            if done.contains_key(start) {
                continue;
            }
            done.insert(start, false);
            let mut way: Vec<(&str, usize)> = vec![(start, 0)];
            while let Some((name, next)) = way.last_mut() {
                let name = *name;
                let Some(part) = parts(name).get(*next) else {
                    done.insert(name, true);
                    way.pop();
                    continue;
                };
                *next += 1;
                match done.get(part.node.as_str()) {
                    Some(true) => {}
                    Some(false) => {
                        let from = way.iter().position(|(n, _)| *n == part.node).unwrap_or(0);
                        let edges: Vec<(&str, &tree::Name)> = way[from..]
                            .iter()
                            .filter_map(|(n, next)| Some((*n, parts(n).get(next.checked_sub(1)?)?)))
                            .collect();
                        self.goal_circle(&edges, by_name);
                    }
                    None => {
                        done.insert(&part.node, false);
                        way.push((&part.node, 0));
                    }
                }
            }
        }
    }

    /// Goals that are judged by one another: each with the part that leads on.
    fn goal_circle(&mut self, edges: &[(&str, &tree::Name)], by_name: &HashMap<&str, &Declared<'_, tree::Goal>>) {
        let Some((first, part)) = edges.first() else { return };
        let mut path: Vec<&str> = edges.iter().map(|(name, _)| *name).collect();
        path.push(first);
        let label = |(name, part): &(&str, &tree::Name)| format!("{name} needs {}", part.node);
        let file = |name: &str| by_name.get(name).map_or(FileId(0), |d| d.file);
        let more = edges.iter().skip(1).map(|e| Label { at: Loc { file: file(e.0), span: e.1.span }, text: label(e) });
        let error = NameError::Circle {
            what: format!("`{first}` is judged by itself"),
            path: path.join(" → "),
            at: part.span,
            edge: label(&edges[0]),
            help: "take one of these names out",
        };
        let more = more.collect();
        self.report_with(file(first), &error, more);
    }
}
