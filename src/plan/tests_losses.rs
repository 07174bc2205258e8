//! (C7): what a plan hosts survives the losses its tenants ask to survive, jointly over halls and in every period.

use super::context::Context;
use super::planner::{End, Markets};
use super::program::{Freedom, Losses, Program};
use super::result::{Detail, Plan};
use super::solve::{Options, Progress, Watch, solve_with};
use super::testing;
use crate::engineering::carry::Layout;
use crate::engineering::supply::Standing;
use crate::engineering::{FirmCut, Screen};
use crate::lp;
use crate::site::{Component, Electrical, FailureClass, Kind, Link, Site, State};

/// Two halls behind two transformers of 9 MW each; everything else stands and has a unit to spare.
///
/// A transformer carries `H * (1 + 0.1 + 0.1) / 0.96 = 1.25 H`: the CDU and the dry cooler of the hall's own heat at
/// the design hour, and the losses of the UPS.
pub(super) fn two_halls(survives: FailureClass) -> Site {
    let mut site = testing::site();
    let offer = &mut site.offers[0];
    (offer.needs.survives, offer.max_mw, offer.start_mw_per_month) = (survives, 20.0, None);
    (offer.default_per_year, offer.probability) = (0.0, 1.0);
    site.limits.capex_by_year_usd.clear();
    for component in &mut site.components {
        if ["G", "S", "U", "C", "D"].contains(&component.id.as_str()) {
            (component.units, component.spare_units) = (3, 1);
            component.state = State::Existing(None);
        }
    }
    for component in &mut site.components {
        match &mut component.kind {
            Kind::GridFeed(feed) => {
                (feed.interconnection_mw, feed.minimum_take_share) = (60.0, 0.0);
            }
            Kind::Switchgear(electrical) => electrical.rating_mva = 40.0,
            Kind::Ups(ups) => ups.rating_mw = 20.0,
            Kind::Cdu(cooling) | Kind::DryCooler(cooling) => cooling.heat_mw = 20.0,
            Kind::Transformer(electrical) => *electrical = Electrical { rating_mva: 9.0, loss_share: 0.01 },
            _ => {}
        }
        if component.id == "T" {
            component.state = State::Existing(None);
        }
    }
    let copy = |site: &Site, id: &str, new: &str| Component {
        id: new.into(),
        tag: new.into(),
        ..site.component(id).unwrap().clone()
    };
    for (id, new) in [("T", "T2"), ("H", "H2")] {
        let part = copy(&site, id, new);
        site.components.push(part);
    }
    let doubled: Vec<Link> = site
        .links
        .iter()
        .flat_map(|link| {
            [("T", "T2"), ("H", "H2")].into_iter().filter_map(|(id, new)| {
                let end = |end: &str| if end == id { new.to_owned() } else { end.to_owned() };
                let (from, to) = (end(&link.from), end(&link.to));
                (from != link.from || to != link.to).then(|| Link {
                    id: format!("{from}-{to}"),
                    from,
                    to,
                    ..link.clone()
                })
            })
        })
        .collect();
    site.links.extend(doubled);
    site
}

fn plan_of(site: &Site) -> Plan {
    solve_with(site, None, Options::default(), &|_| true).unwrap().plan
}

fn most_hosted(plan: &Plan) -> f64 {
    plan.hosting_mw().into_iter().fold(0.0, f64::max)
}

#[test]
fn halls_that_share_a_transformer_share_what_survives_its_loss() {
    // Both in service: 18 MW of transformers.
    let without = most_hosted(&plan_of(&two_halls(FailureClass::N)));
    assert!((without - 18.0 / 1.25).abs() < 1e-4, "{without}");
    // One left: each hall alone could have its 7.2 MW, and not both.
    let plan = plan_of(&two_halls(FailureClass::NPlusOne));
    let survives = most_hosted(&plan);
    assert!((survives - 9.0 / 1.25).abs() < 1e-4, "{survives}");
    let told = plan.binding.iter().find(|binding| binding.constraint == "C7 loss").unwrap();
    assert!(told.object.contains("loss of T"), "{}", told.object);
    assert!(told.shadow_price > 0.0 && told.unit == "USD per MW");
}

#[test]
fn nothing_survives_a_loss_before_the_second_side_stands() {
    let mut site = two_halls(FailureClass::NPlusOne);
    let second = site.component_mut("T2").unwrap();
    second.state = State::Planned(crate::site::Planned {
        usd_per_mw: 0.2e6,
        lead_months: 30.0,
        ..crate::site::Planned::default()
    });
    let plan = plan_of(&site);
    let hosted = plan.hosting_mw();
    let (early, late): (Vec<_>, Vec<_>) = plan
        .periods
        .iter()
        .zip(&hosted)
        .partition(|(period, _)| period.start < crate::quantity::Date::constant(2028, 7, 1));
    assert!(early.iter().all(|(_, mw)| **mw < 1e-6), "{hosted:?}");
    assert!(late.iter().any(|(_, mw)| **mw > 5.0), "{hosted:?}");
}

/// Every loss of every period solved afresh by a screen that remembers nothing of the others.
fn broken(site: &Site) -> Vec<FirmCut> {
    let context = Context::new(site, Detail::Quick).unwrap();
    let markets = Markets::new(&context).unwrap();
    let mut program = Program::new(&context, &markets, Freedom::Everything, Vec::new());
    let (solution, _) = End::default()
        .go_on(
            &mut program,
            &mut Losses::new(&context),
            lp::Solver::default(),
            &Watch::new(&|_: Progress| true),
        )
        .unwrap();
    let (layout, _) = Layout::new(site, Standing::Drawn).unwrap();
    let mut found = Vec::new();
    for period in 0..program.periods() {
        let mut screen = Screen::new(&layout).unwrap();
        screen.set_ratings(program.ratings_in_service(period, &solution.values));
        for class in FailureClass::ALL {
            let hosting = program.must_survive(class, period, &solution.values);
            found.extend(screen.broken_rows(class, &hosting, &|_| None).unwrap());
        }
    }
    found
}

#[test]
fn no_loss_of_any_period_breaks_a_finished_plan() {
    for class in FailureClass::ALL {
        let mut site = two_halls(class);
        assert_eq!(broken(&site), Vec::new(), "{class:?}");
        // A side that comes late, and works that take the other away meanwhile.
        site.component_mut("T2").unwrap().state = State::Planned(crate::site::Planned {
            usd_per_mw: 0.2e6,
            lead_months: 18.0,
            works_outage: vec!["T".into()],
            works_outage_months: 3.0,
            ..crate::site::Planned::default()
        });
        assert_eq!(broken(&site), Vec::new(), "{class:?}, second side planned");
    }
}
