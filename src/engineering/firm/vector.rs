//! The hosting that survives: of one hall, and jointly by cutting.

use super::super::capacity::{Fill, Joint, SAME_MW, to_watts};
use super::super::carry::{PRICE, Program, Sum};
use super::super::contingency::{FirmMw, OWN_SPACE};
use super::cut::FirmCut;
use super::loss::{Contingency, contingencies_of};
use super::screen::{Mode, Screen};
use super::{Firm, Survival};
use crate::lp::{Expression, Origin, Sense, Session, SolveError, Solver};
use crate::site::FailureClass;

/// Rounds of cutting before the joint vector is given up as not settling.
const MOST_ROUNDS: usize = 200;

impl Screen<'_> {
    /// What survives in one hall with every other hall empty. A single number is served or not, so that here the
    /// better of the utility and the gensets is taken, loss by loss.
    pub(super) fn alone(&mut self, place: usize) -> Result<Survival, SolveError> {
        let mut result = Survival::default();
        let space = self.layout.halls[place].hosting_mw;
        let mut target = vec![0.0; self.layout.halls.len()];
        target[place] = space;
        let mut mw = [0.0; 3];
        for (class_place, class) in FailureClass::ALL.into_iter().enumerate() {
            if class_place > 0 {
                let (below, here) = result.contingency.split_at_mut(class_place);
                here[0].clone_from(&below[class_place - 1]);
                let (below, here) = result.cut.split_at_mut(class_place);
                here[0].clone_from(&below[class_place - 1]);
            }
            for contingency in contingencies_of(self.layout, &self.leaning, class) {
                // Nothing survives less than nothing.
                if target[place] <= 0.0 {
                    break;
                }
                self.looked_at += 1;
                let mut best: Option<(f64, Vec<String>)> = None;
                let mut modes = self.modes(contingency);
                modes.retain(|mode| !matches!(mode, Mode::Split(_)));
                if self.proven_in_any(&modes, contingency, &target) {
                    continue;
                }
                for mode in modes {
                    let (served, solution) = self.serve(&mode, contingency, &target)?;
                    if served.short_mw <= SAME_MW {
                        best = None;
                        break;
                    }
                    let carried = served.hosting[place];
                    if best.as_ref().is_none_or(|(most, _)| carried > most + SAME_MW / 10.0) {
                        best = Some((carried, self.cut(&mode, contingency, class, &solution).cut));
                    }
                }
                if let Some((carried, cut)) = best {
                    target[place] = to_watts(carried.max(0.0));
                    result.contingency[class_place] = contingency.label(self.layout);
                    result.cut[class_place] = cut;
                }
            }
            mw[class_place] = to_watts(target[place]);
            if result.cut[class_place].is_empty() {
                result.cut[class_place].push(OWN_SPACE.to_owned());
            }
        }
        result.mw = FirmMw { n: mw[0], n_plus_1: mw[1], maintainable: mw[2] };
        Ok(result)
    }

    /// What survives in all halls together; `hosting` is the joint answer with everything in service.
    pub(super) fn joint(
        &mut self,
        hosting: &[f64],
        alone: &[f64],
        result: &mut Firm,
    ) -> Result<(), SolveError> {
        let mut judged: Vec<(Contingency, FailureClass, Mode)> = Vec::new();
        let mut cuts: Vec<FirmCut> = Vec::new();
        let mut vector = hosting.to_vec();
        let mut mw = [0.0; 3];
        for (place, class) in FailureClass::ALL.into_iter().enumerate() {
            let before = cuts.len();
            for contingency in contingencies_of(self.layout, &self.leaning, class) {
                let (mode, broken) = self.judge(contingency, class, hosting)?;
                cuts.extend(broken.map(|(_, cut)| cut));
                judged.push((contingency, class, mode));
            }
            let mut is_settled = cuts.len() == before;
            for round in 0.. {
                if is_settled {
                    break;
                }
                if round >= MOST_ROUNDS {
                    return Err(SolveError::Failed("the jointly firm hosting did not settle".to_owned()));
                }
                vector = self.most_within(&cuts, alone)?;
                is_settled = true;
                for (contingency, class, mode) in &judged {
                    if let Some((_, cut)) = self.judge_in(mode, *contingency, *class, &vector)? {
                        cuts.push(cut);
                        is_settled = false;
                    }
                }
            }
            mw[place] = to_watts(vector.iter().sum());
            result.joint_by_hall[place] = vector.iter().map(|mw| to_watts(*mw)).collect();
            let binding = cuts.iter().max_by(|a, b| {
                let tightness = |cut: &FirmCut| -> f64 {
                    let size: f64 = cut.hosting.iter().map(|(_, a)| a).sum::<f64>().max(PRICE);
                    cut.excess(&self.layout.by_component(&vector), &self.ratings) / size
                };
                // The first of several that bind alike.
                tightness(a).total_cmp(&tightness(b)).then(std::cmp::Ordering::Greater)
            });
            match binding {
                Some(cut) => {
                    result.joint.contingency[place].clone_from(&cut.contingency);
                    result.joint.cut[place].clone_from(&cut.cut);
                }
                None => result.joint.cut[place].push(OWN_SPACE.to_owned()),
            }
        }
        result.joint.mw = FirmMw { n: mw[0], n_plus_1: mw[1], maintainable: mw[2] };
        result.cuts = cuts;
        Ok(())
    }

    /// The fairest of the vectors with the most in all that keep to some rows.
    pub(super) fn most_within(&self, cuts: &[FirmCut], alone: &[f64]) -> Result<Vec<f64>, SolveError> {
        let mut program = Program::default();
        for (place, mw) in alone.iter().enumerate() {
            let column = program.model.add_column(format!("host{place}"), 0.0, mw.max(0.0), 0.0);
            program.host.push(column);
            program.mine.push(
                ["air", "liquid"]
                    .map(|medium| program.model.add_column(format!("mine{place}{medium}"), 0.0, 0.0, 0.0)),
            );
        }
        let nothing = vec![0.0; self.layout.site.components.len()];
        for (number, cut) in cuts.iter().enumerate() {
            let columns = self.layout.halls.iter().zip(&program.host);
            let left: Sum = columns
                .filter_map(|(hall, column)| {
                    let (_, coefficient) = cut.hosting.iter().find(|(node, _)| *node == hall.component)?;
                    Some((*column, *coefficient))
                })
                .collect();
            let right = Expression::constant(-cut.excess(&nothing, &self.ratings));
            let left = Expression { terms: left.into_iter().collect(), constant: 0.0 };
            program.model.add_row(format!("cut{number}"), left, Sense::AtMost, &right, Origin::default());
        }
        let fill = Fill::new(&mut program, alone.len());
        let mut joint = Joint { program, session: Session::new(Solver::default()), fill };
        joint.share_out(0, alone)
    }
}
