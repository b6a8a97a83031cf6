//! Goals over the plan's campaigns: `for each campaign` judges each over its own window and under its own filter (language
//! reference, For each). Knows how one campaign is judged only through `measured`.

use super::each::{self, Each, One};
use super::formula::World;
use super::frame::Frame;
use super::measured;
use super::notes::Notes;
use super::recurring;
use super::subject::Subject;
use super::truth;
use super::verdict::{EachSummary, Status};
use crate::calendar::Window;
use crate::model::plan::{Campaign, From, Goal, Quantifier, Target, Timing, Type};

/// A goal over campaigns, worked out.
#[derive(Debug, Clone)]
pub struct OverCampaigns {
    /// The counts and the list.
    pub each: Each,
    /// From the first campaign's start to the last one's end.
    pub window: Window,
}

/// Judges the goal for every campaign that lies in the goal's period, or ends by its deadline; for all where neither is
/// written. `None` where there is none.
pub fn campaigns<'a>(
    world: &World<'a>,
    goal: &'a Goal,
    targets: &'a [Target],
    subject: &Subject<'a>,
    quantifier: Quantifier,
) -> Option<OverCampaigns> {
    let meant: Vec<&'a Campaign> = world.plan.campaigns.values().filter(|c| meant(goal, &c.window)).collect();
    let window = Window::new(meant.iter().map(|c| c.window.start).min()?, meant.iter().map(|c| c.window.end).max()?);
    let mut notes = Notes::default();
    notes.say("each campaign is judged over its own window, and under its own `where`");
    let mut out = Each {
        summary: EachSummary { what: "campaigns".to_owned(), ..EachSummary::default() },
        status: Status::NoData,
        progress: None,
        pace: None,
        decided: String::new(),
        notes,
        lacking: None,
        checkpoints: Vec::new(),
    };
    let judged: Vec<One<'a>> = meant
        .iter()
        .map(|campaign| {
            let (own, frame) = own(world, goal, subject, campaign, &mut out.notes);
            let judged = match subject.formula.gives {
                Type::Truth => truth::judge(world, goal, &own, &frame),
                _ => measured::judge(world, goal, targets, &own, &frame),
            };
            let over = own.known >= frame.last_end(&own) && world.as_of >= frame.deadline;
            One { key: &campaign.name, judged, over }
        })
        .collect();
    each::count(&mut out, &judged);
    let nothing_yet = judged.iter().all(|o| !o.over && o.judged.status == Status::NoData);
    if nothing_yet {
        out.lacking = judged.into_iter().find_map(|o| o.judged.lacking);
        return Some(OverCampaigns { each: out, window });
    }
    each::settle(world, &mut out, &judged, quantifier);
    Some(OverCampaigns { each: out, window })
}

/// A goal's subject under a campaign's filter, and the campaign's times.
pub fn own<'a>(
    world: &World<'a>,
    goal: &Goal,
    subject: &Subject<'a>,
    campaign: &'a Campaign,
    notes: &mut Notes,
) -> (Subject<'a>, Frame) {
    let mut own = subject.clone();
    filter(world, campaign, &mut own, notes);
    (own, recurring::period_frame(campaign.window, goal.hold))
}

/// True for a campaign that the goal is about.
fn meant(goal: &Goal, campaign: &Window) -> bool {
    let from = match &goal.from {
        Some(From::Period { window, .. }) => Some(window),
        _ => None,
    };
    match &goal.timing {
        Timing::In { window, .. } => window.holds(campaign),
        Timing::By { deadline, .. } => campaign.end <= *deadline,
        Timing::Within { span } => from.and_then(|w| span.shift_edge(w.end)).is_some_and(|end| campaign.end <= end),
        Timing::Open | Timing::Every { .. } => true,
    }
}

/// Adds a campaign's filter where all tables of the subject have its columns, and says where they don't.
fn filter<'a>(world: &World<'a>, campaign: &'a Campaign, subject: &mut Subject<'a>, notes: &mut Notes) {
    let Some(filter) = &campaign.filter else { return };
    let tables = world.tables(subject.formula);
    let missed = tables.into_iter().find_map(|t| world.reaches(filter, t).err().map(|why| (t, why)));
    match missed {
        None => subject.context.filters.push((filter, false)),
        Some((table, why)) => {
            let table = world.timelines.get(table).map_or("its table", |t| t.table.as_str());
            let (name, text) = (&campaign.name, &filter.text);
            notes.say(format!("the filter `{text}` of campaign {name} isn't applied to {table}: {why}"));
        }
    }
}
