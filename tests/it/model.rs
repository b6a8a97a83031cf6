//! Plans resolved: names, units, kinds, clauses; and every mistake as people read it.

use milepost::diagnostic::render::{self, Options};
use milepost::model::{Catalog, Plan, resolve};
use milepost::source::{FileId, SourceFile, Sources};
use milepost::syntax::parse;

/// A plan of one text that parses, resolved, with its errors as text.
fn resolved(text: &str, catalog: &Catalog) -> (Plan, String) {
    let mut sources = Sources::default();
    let id = sources.add(SourceFile::new("plan.goal", text));
    let parsed = parse(text);
    assert!(parsed.errors.is_empty(), "{text}\n{:#?}", parsed.errors);
    let files: Vec<(FileId, _)> = vec![(id, parsed.file)];
    let (plan, found) = resolve(&files, &sources, catalog);
    (plan, render::text(&found, &sources, Options::default()))
}

#[test]
fn one_line_plan() {
    let (plan, errors) = resolved("goal subs +5% by 2021-09-30 measure conversion_rate\n", &Catalog::default());
    assert_eq!(errors, "");
    println!("{plan:#?}");
}

#[test]
fn wrong_names() {
    insta::glob!("../corpus-wrong", "{names,units}/*.goal", |path| {
        let text = std::fs::read_to_string(path).expect("a readable file");
        let (_, errors) = resolved(&text, &Catalog::default());
        insta::assert_snapshot!(format!("{text}\n---\n{errors}"));
    });
}
