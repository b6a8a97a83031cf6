//! Units that don't go together, as errors. The rules are in `units`, the words in `unit_error`.

use super::unit_error::UnitError;
use super::units::{Clash, describe};
use super::{Reported, Resolver};
use crate::quantity::Unit;
use crate::source::{FileId, Span};

impl Resolver<'_> {
    /// Reports two units that don't go together. `verb` stands between them: `can't be added to`.
    pub(crate) fn clash(
        &mut self,
        clash: Clash,
        (a, at_a): (&Unit, Span),
        (b, at_b): (&Unit, Span),
        verb: &'static str,
        file: FileId,
    ) -> Reported {
        let (first, second) = (describe(a), describe(b));
        let error = match clash {
            Clash::Mixed => UnitError::Mixed { verb, first, second, at: at_b, other: at_a },
            Clash::Currencies => UnitError::Currencies { first, second, at: at_b, other: at_a },
            Clash::Product => UnitError::Product { first, second, at: at_b, other: at_a },
            Clash::PercentOnCount => {
                let (base, at_base, at) = if *a == Unit::Percent { (b, at_b, at_a) } else { (a, at_a, at_b) };
                let example = format!("{} * (1 + {})", self.text(file, at_base), self.text(file, at));
                UnitError::PercentOnCount { verb, base: describe(base), example, at, other: at_base, edit: None }
            }
            Clash::PointsOn => {
                let (base, other, at) = if *a == Unit::Points { (b, at_b, at_a) } else { (a, at_a, at_b) };
                let help = match base {
                    Unit::Plain => "say that it is a percentage: metric … unit %",
                    _ => "write a percentage or a number of the same unit instead",
                };
                UnitError::PointsOn { base: describe(base), at, other, help: help.to_owned() }
            }
        };
        self.report(file, &error)
    }
}
