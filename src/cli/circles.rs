//! Circles of imports. Knows who imports whom, and no file.

use crate::source::{FileId, Loc};

/// An import: where it is said, and the file it leads to.
pub type Edge = (Loc, FileId);

/// Where a file stands while the way is searched.
#[derive(Clone, Copy, PartialEq)]
enum State {
    Unseen,
    OnTheWay,
    Done,
}

/// Every circle once, as the imports on the way round. `imports` holds those of each file, by its number.
pub fn circles(imports: &[&[Edge]]) -> Vec<Vec<Edge>> {
    let mut state = vec![State::Unseen; imports.len()];
    let mut circles = Vec::new();
    for start in 0..imports.len() {
        if state[start] != State::Unseen {
            continue;
        }
        // The way down to here: a file, and how many of its imports were followed.
        let mut way = vec![(start, 0usize)];
        state[start] = State::OnTheWay;
        while let Some((file, followed)) = way.last_mut() {
            let Some((_, to)) = imports[*file].get(*followed) else {
                state[*file] = State::Done;
                way.pop();
                continue;
            };
            *followed += 1;
            let to = to.0 as usize;
            match state[to] {
                State::Unseen => {
                    state[to] = State::OnTheWay;
                    way.push((to, 0));
                }
                State::OnTheWay => {
                    let from = way.iter().position(|(f, _)| *f == to).unwrap_or(0);
                    circles.push(way[from..].iter().map(|(f, next)| imports[*f][next - 1]).collect());
                }
                State::Done => {}
            }
        }
    }
    circles
}

#[cfg(test)]
mod tests {
    use super::*;

    fn found(edges: &[&[u32]]) -> Vec<Vec<u32>> {
        let edges: Vec<Vec<Edge>> =
            edges.iter().map(|to| to.iter().map(|t| (Loc::default(), FileId(*t))).collect()).collect();
        let edges: Vec<&[Edge]> = edges.iter().map(Vec::as_slice).collect();
        circles(&edges).iter().map(|c| c.iter().map(|(_, to)| to.0).collect()).collect()
    }

    #[test]
    fn each_circle_once() {
        assert_eq!(found(&[&[1, 2], &[2], &[]]), Vec::<Vec<u32>>::new());
        assert_eq!(found(&[&[0]]), [[0]]);
        assert_eq!(found(&[&[1], &[2], &[1, 0]]), vec![vec![2, 1], vec![1, 2, 0]]);
    }
}
