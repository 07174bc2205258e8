//! What is different in a plan from the one before it, in words, by money.

use super::result::{BuildPlan, Plan, Status, UseOf};
use crate::quantity::{Date, date, format};
use crate::site::{Object, Site};
use std::collections::BTreeMap;

/// Changes that are told.
const TOLD: usize = 8;

/// Less than this is rounding, MW.
const ROUNDING_MW: f64 = 0.05;
/// Less than this share of an amount is rounding, and less than this many dollars.
const ROUNDING_SHARE: f64 = 1e-4;
const ROUNDING_USD: f64 = 5_000.0;

/// New limits that are told.
const NEW_LIMITS: usize = 3;

/// Objects that are named in one sentence.
const NAMED: usize = 3;

/// One thing that is different.
#[derive(Clone, Debug, PartialEq)]
pub struct Change {
    /// What it is ranked by, USD: the difference itself of money, the purchases or the rent of what is ordered or let, with a
    /// year's return at the discount rate for each year that they are moved, and of a limit what a unit of it is worth.
    pub usd: f64,
    pub sentence: String,
}

/// What is different in `new`, most money first, at most eight; nothing where nothing is beyond rounding. Names are those
/// of `site`, from which `new` was made; `before` names what is no longer in it.
pub fn changes(old: &Plan, new: &Plan, before: &Site, site: &Site) -> Vec<Change> {
    match (old.status == Status::Infeasible, new.status == Status::Infeasible) {
        (false, true) => return vec![only("No plan keeps every limit any more")],
        (true, false) => return vec![only("A plan keeps every limit again")],
        (true, true) => return Vec::new(),
        (false, false) => {}
    }
    let names = Names { before, site };
    let mut found = Vec::new();
    found.extend(amount("NPV", old.npv.expected_usd, new.npv.expected_usd));
    found.extend(amount("Capex", old.capex.total_usd, new.capex.total_usd));
    let money = RentOfAMw::new(old, new, site.company.discount_rate);
    found.extend(full_build(old, new, &money));
    found.extend(first_rent(old, new, &money));
    found.extend(builds(old, new, &names, site.company.discount_rate));
    found.extend(offers(old, new, &names, &money));
    found.extend(limits(old, new));
    found.sort_by(|a, b| b.usd.total_cmp(&a.usd));
    found.truncate(TOLD);
    found
}

fn only(sentence: &str) -> Change {
    Change { usd: f64::INFINITY, sentence: sentence.to_owned() }
}

fn is_rounding(old: f64, new: f64) -> bool {
    (new - old).abs() <= ROUNDING_USD.max(ROUNDING_SHARE * old.abs().max(new.abs()))
}

fn amount(name: &str, old: f64, new: f64) -> Option<Change> {
    if is_rounding(old, new) {
        return None;
    }
    let verb = if new > old { "rises" } else { "falls" };
    let sentence = format!("{name} {verb} by {} to {}", format::usd((new - old).abs()), format::usd(new));
    Some(Change { usd: (new - old).abs(), sentence })
}

/// What is rented by the MW and year in both plans, USD, undiscounted.
struct RentOfAMw {
    usd_per_mw_year: f64,
    discount_rate: f64,
}

impl RentOfAMw {
    fn new(old: &Plan, new: &Plan, discount_rate: f64) -> Self {
        let (mut usd, mut mw_years) = (0.0, 0.0);
        for plan in [old, new] {
            usd += plan.revenue.hosting.mean.iter().sum::<f64>();
            mw_years +=
                plan.periods.iter().zip(plan.hosting_mw()).map(|(of, mw)| mw * years(of.months)).sum::<f64>();
        }
        Self { usd_per_mw_year: if mw_years > 0.0 { usd / mw_years } else { 0.0 }, discount_rate }
    }
}

fn years(months: usize) -> f64 {
    months as f64 / 12.0
}

fn full_build(old: &Plan, new: &Plan, money: &RentOfAMw) -> Option<Change> {
    let most = |plan: &Plan| plan.hosting_mw().into_iter().fold(0.0, f64::max);
    let (was, is) = (most(old), most(new));
    ((is - was).abs() >= ROUNDING_MW).then(|| Change {
        usd: (is - was).abs() * money.usd_per_mw_year,
        sentence: format!("Hosting at full build goes from {} to {}", format::mw(was), format::mw(is)),
    })
}

fn first_rent(old: &Plan, new: &Plan, money: &RentOfAMw) -> Option<Change> {
    let first = |plan: &Plan| {
        let index = plan.hosting_mw().iter().position(|mw| *mw >= ROUNDING_MW)?;
        Some((plan.periods[index].start, plan.hosting_mw()[index]))
    };
    let ((was, mw), (is, _)) = (first(old)?, first(new)?);
    let months = date::months_between(was, is);
    (months != 0).then(|| Change {
        usd: f64::from(months.abs()) / 12.0 * mw * money.usd_per_mw_year,
        sentence: format!(
            "The first hosting starts in {}, {}",
            date::month_label(is),
            moved(f64::from(months))
        ),
    })
}

/// `3 months later`
fn moved(months: f64) -> String {
    let count = format::number(months.abs().round(), 0);
    let word = if count == "1" { "month" } else { "months" };
    format!("{count} {word} {}", if months > 0.0 { "later" } else { "earlier" })
}

/// Amounts by date: all of it, and the mean month counted from the year 0.
struct Amounts {
    mw: f64,
    month: f64,
}

impl Amounts {
    fn new(plan: &Plan, by_period: &[f64]) -> Self {
        let mw: f64 = by_period.iter().sum();
        let month_of = |day: Date| f64::from(day.year()) * 12.0 + f64::from(day.month());
        let moment: f64 = plan.periods.iter().zip(by_period).map(|(of, mw)| month_of(of.start) * mw).sum();
        Self { mw, month: if mw > 0.0 { moment / mw } else { 0.0 } }
    }

    fn is_nothing(&self) -> bool {
        self.mw < ROUNDING_MW
    }

    fn differs(&self, other: &Self) -> bool {
        (self.mw - other.mw).abs() >= ROUNDING_MW.max(0.01 * self.mw.max(other.mw))
    }
}

/// Things that change alike, told in one sentence.
#[derive(Default)]
struct Alike {
    usd: f64,
    names: Vec<String>,
}

fn builds(old: &Plan, new: &Plan, names: &Names<'_>, discount_rate: f64) -> Vec<Change> {
    let key = |build: &BuildPlan| (build.component.clone(), build.fit_out);
    let mut pairs: BTreeMap<(String, bool), [Option<&BuildPlan>; 2]> = BTreeMap::new();
    for (side, plan) in [old, new].into_iter().enumerate() {
        for build in &plan.builds {
            pairs.entry(key(build)).or_default()[side] = Some(build);
        }
    }
    let mut found = Vec::new();
    let mut alike: BTreeMap<&str, Alike> = BTreeMap::new();
    let mut shifted: BTreeMap<i64, Alike> = BTreeMap::new();
    for ((component, fit_out), [was, is]) in pairs {
        let of = |plan: &Plan, build: Option<&BuildPlan>| {
            Amounts::new(plan, build.map_or(&[], |build| &build.ordered_mw))
        };
        let paid = |build: Option<&BuildPlan>| build.map_or(0.0, |build| build.capex_usd.iter().sum::<f64>());
        let (before, after) = (of(old, was), of(new, is));
        let (cost_before, cost_after) = (paid(was), paid(is));
        let name = names.component(&component);
        let name = if fit_out { format!("the fit-out of {name}") } else { name };
        let months = (after.month - before.month).round();
        match (before.is_nothing(), after.is_nothing()) {
            (true, true) => {}
            (true, false) => alike.entry("now ordered").or_default().add(cost_after, name),
            (false, true) => alike.entry("ordered no more").or_default().add(cost_before, name),
            (false, false) if before.differs(&after) => {
                let verb = if after.mw > before.mw { "grows" } else { "shrinks" };
                let mut sentence =
                    format!("{} {verb} from {} to {}", name, format::mw(before.mw), format::mw(after.mw));
                if months != 0.0 {
                    sentence.push_str(&format!(", ordered {}", moved(months)));
                }
                let usd = (cost_after - cost_before).abs();
                found.push(Change { usd, sentence: capital(&sentence) });
            }
            (false, false) if months != 0.0 => {
                let usd = cost_after * discount_rate * months.abs() / 12.0;
                #[expect(clippy::cast_possible_truncation, reason = "months of a plan")]
                shifted.entry(months as i64).or_default().add(usd, name);
            }
            (false, false) => {}
        }
    }
    found.extend(alike.into_iter().map(|(words, alike)| alike.change(words)));
    found.extend(
        shifted.into_iter().map(|(months, alike)| alike.change(&format!("ordered {}", moved(months as f64)))),
    );
    found
}

impl Alike {
    fn add(&mut self, usd: f64, name: String) {
        self.usd += usd.abs();
        self.names.push(name);
    }

    fn change(self, words: &str) -> Change {
        let verb = if self.names.len() == 1 { "is" } else { "are" };
        let sentence = match self.names.as_slice() {
            [one] => format!("{one} {verb} {words}"),
            many if many.len() <= NAMED => {
                let (last, some) = many.split_last().map_or(("", many), |(last, some)| (last.as_str(), some));
                format!("{} and {last} {verb} {words}", some.join(", "))
            }
            many => format!(
                "{} and {} others {verb} {words}",
                many[..NAMED - 1].join(", "),
                many.len() + 1 - NAMED
            ),
        };
        Change { usd: self.usd, sentence: capital(&sentence) }
    }
}

fn offers(old: &Plan, new: &Plan, names: &Names<'_>, money: &RentOfAMw) -> Vec<Change> {
    let mut by_offer: BTreeMap<String, [Vec<f64>; 2]> = BTreeMap::new();
    for (side, plan) in [old, new].into_iter().enumerate() {
        for used in plan.halls.iter().flat_map(|hall| &hall.uses) {
            let UseOf::Hosting { offer } = &used.of else { continue };
            let series = &mut by_offer.entry(offer.clone()).or_default()[side];
            series.resize(plan.periods.len(), 0.0);
            series.iter_mut().zip(&used.mw).for_each(|(sum, mw)| *sum += mw);
        }
    }
    let mut found = Vec::new();
    for (offer, [was, is]) in by_offer {
        let name = names.offer(&offer);
        let most = |series: &[f64]| series.iter().copied().fold(0.0, f64::max);
        let mw_years = |plan: &Plan, series: &[f64]| {
            plan.periods.iter().zip(series).map(|(of, mw)| mw * years(of.months)).sum::<f64>()
        };
        let starts = |plan: &Plan, series: &[f64]| {
            let mut before = 0.0;
            let started: Vec<f64> =
                series.iter().map(|mw| (mw - std::mem::replace(&mut before, *mw)).max(0.0)).collect();
            Amounts::new(plan, &started).month
        };
        let (before, after) = (most(&was), most(&is));
        let more = mw_years(new, &is) - mw_years(old, &was);
        let rent = more.abs() * money.usd_per_mw_year;
        let months = (starts(new, &is) - starts(old, &was)).round();
        let sentence = match (before >= ROUNDING_MW, after >= ROUNDING_MW) {
            (false, false) => continue,
            (false, true) => format!("{name} is now hosted, {}", format::mw(after)),
            (true, false) => format!("{name} is hosted no more (it had {})", format::mw(before)),
            (true, true) if (after - before).abs() >= ROUNDING_MW => {
                let verb = if after > before { "gains" } else { "loses" };
                format!("{name} {verb} {} and has {}", format::mw((after - before).abs()), format::mw(after))
            }
            (true, true) if months != 0.0 => format!("{name} starts {}", moved(months)),
            (true, true) => continue,
        };
        let usd = rent.max(months.abs() / 12.0 * money.discount_rate * after * money.usd_per_mw_year);
        found.push(Change { usd, sentence });
    }
    found
}

fn limits(old: &Plan, new: &Plan) -> Vec<Change> {
    let worth = |plan: &Plan| -> BTreeMap<(String, String), f64> {
        let unit = |of: &super::Binding| if of.unit == "USD per USD" { 1e6 } else { 1.0 };
        plan.binding
            .iter()
            .map(|of| {
                let usd = of.step_worth_usd.unwrap_or((of.shadow_price * unit(of)).abs());
                ((of.constraint.clone(), of.object.clone()), usd)
            })
            .filter(|(_, usd)| *usd >= ROUNDING_USD)
            .collect()
    };
    let (was, is) = (worth(old), worth(new));
    let bound = |plan: &Plan, (constraint, object): &(String, String)| {
        plan.binding.iter().any(|of| of.constraint == *constraint && of.object == *object)
    };
    let mut began: Vec<Change> = is
        .iter()
        .filter(|(key, _)| !bound(old, key))
        .filter_map(|(key, usd)| {
            let of = new.binding.iter().find(|of| of.constraint == key.0 && of.object == key.1)?;
            Some(Change { usd: *usd, sentence: format!("New limit: {}", of.sentence) })
        })
        .collect();
    began.sort_by(|a, b| b.usd.total_cmp(&a.usd));
    began.truncate(NEW_LIMITS);
    let mut ceased: Vec<(f64, &String)> =
        was.iter().filter(|(key, _)| !bound(new, key)).map(|(key, usd)| (*usd, &key.1)).collect();
    ceased.sort_by(|a, b| b.0.total_cmp(&a.0));
    if let Some((usd, _)) = ceased.first().copied() {
        let mut alike = Alike::default();
        for (_, object) in ceased {
            if !alike.names.contains(object) {
                alike.add(0.0, object.clone());
            }
        }
        began.push(Change { usd, ..alike.change("no limit any more") });
    }
    began
}

/// What the user calls things, also those that are gone.
struct Names<'s> {
    before: &'s Site,
    site: &'s Site,
}

impl Names<'_> {
    fn component(&self, id: &str) -> String {
        let found = self.site.component(id).or_else(|| self.before.component(id));
        found.map_or_else(
            || id.to_owned(),
            |part| if part.tag.is_empty() { part.id.clone() } else { part.tag.clone() },
        )
    }

    fn offer(&self, id: &str) -> String {
        let site = if self.site.offer(id).is_some() { self.site } else { self.before };
        site.object_name(&Object::Offer(id.to_owned()))
    }
}

fn capital(text: &str) -> String {
    let mut chars = text.chars();
    chars.next().map(|first| first.to_uppercase().collect::<String>() + chars.as_str()).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::plan::planner::Planner;
    use crate::plan::solve::{Options, Progress};
    use crate::plan::testing;

    fn plan(planner: &mut Planner, site: &Site) -> Plan {
        planner.solve(site, None, Options::default(), &|_: Progress| true).unwrap().plan
    }

    fn words(changes: &[Change]) -> Vec<&str> {
        changes.iter().map(|change| change.sentence.as_str()).collect()
    }

    #[test]
    fn what_an_edit_does_is_told_and_nothing_where_it_does_nothing() {
        let mut planner = Planner::default();
        let site = testing::site();
        let old = plan(&mut planner, &site);
        assert_eq!(changes(&old, &plan(&mut planner, &site), &site, &site), Vec::new());
        // No tenant: nothing is built for one.
        let mut empty = site.clone();
        empty.offers.clear();
        let new = plan(&mut planner, &empty);
        let told = changes(&old, &new, &site, &empty);
        assert!(told.len() <= TOLD && told.windows(2).all(|two| two[0].usd >= two[1].usd), "{told:?}");
        let fall = old.npv.expected_usd - new.npv.expected_usd;
        assert!(told.iter().any(|change| (change.usd - fall).abs() < 1.0), "{told:?}");
        let told = words(&told);
        assert!(told.contains(&"Tenant is hosted no more (it had 8.0 MW)"), "{told:?}");
        assert!(told.iter().any(|line| line.contains("others are ordered no more")), "{told:?}");
        // And back.
        let back = changes(&new, &old, &empty, &site);
        assert!(words(&back).contains(&"Tenant is now hosted, 8.0 MW"), "{back:?}");
        let mut impossible = old.clone();
        impossible.status = Status::Infeasible;
        assert_eq!(words(&changes(&old, &impossible, &site, &site)), ["No plan keeps every limit any more"]);
        assert_eq!(words(&changes(&impossible, &old, &site, &site)), ["A plan keeps every limit again"]);
    }

    #[test]
    fn what_moves_and_what_grows_is_told_by_object() {
        let site = testing::site();
        let mut old = plan(&mut Planner::default(), &site);
        // Dates of our own, so that what is told can be counted.
        let last = old.periods.len();
        for build in &mut old.builds {
            build.ordered_mw = vec![0.0; last];
            build.ordered_mw[1] = 6.0;
            build.capex_usd = vec![1e6; last];
        }
        let mut new = old.clone();
        let of = |plan: &mut Plan, id: &str, series: [f64; 4]| {
            let build = plan.builds.iter_mut().find(|build| build.component == id).unwrap();
            build.ordered_mw[..4].copy_from_slice(&series);
        };
        // Half of U half a year later, all of T a quarter earlier, C two MW more.
        of(&mut new, "U", [0.0, 3.0, 0.0, 3.0]);
        of(&mut new, "T", [6.0, 0.0, 0.0, 0.0]);
        of(&mut new, "C", [0.0, 8.0, 0.0, 0.0]);
        new.binding.clear();
        let told = changes(&old, &new, &site, &site);
        let told = words(&told);
        for sentence in
            ["U is ordered 3 months later", "T is ordered 3 months earlier", "C grows from 6.0 MW to 8.0 MW"]
        {
            assert!(told.contains(&sentence), "{told:?}");
        }
        assert!(
            old.binding.is_empty() || told.iter().any(|line| line.ends_with("no limit any more")),
            "{told:?}"
        );
    }
}
