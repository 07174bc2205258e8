use super::super::capacity::capacity;
#[cfg(feature = "highs")]
use super::super::carry::{Program, rating_of};
use super::super::supply::Standing;
use super::super::testing::*;
#[cfg(feature = "highs")]
use super::loss::contingencies_of;
use super::*;
#[cfg(feature = "highs")]
use crate::lp::{self, Expression, Origin, Solver};
use crate::site::FailureClass;
use crate::site::{Component, Kind, Serves, Site};

/// Two halls behind a bus with two transformers of 6 MW, cooled by one wall each from the same bus.
fn shared() -> Site {
    let mut site = site_of(&[
        ("grid", grid(50.0)),
        ("t1", transformer(6.0, 0.0)),
        ("t2", transformer(6.0, 0.0)),
        ("bus", switchgear(40.0)),
    ]);
    site.component_mut("bus").unwrap().units = 2;
    site.component_mut("bus").unwrap().spare_units = 1;
    for transformer in ["t1", "t2"] {
        power(&mut site, "grid", transformer);
        power(&mut site, transformer, "bus");
    }
    for (hall, wall, mw) in [("a", "wall-a", 8.0), ("b", "wall-b", 4.0)] {
        site.components.push(component(hall, roomy_hall(mw)));
        site.components.push(component(wall, Kind::FanWall(cooling(20.0, 0.025))));
        let part = site.component_mut(wall).unwrap();
        (part.units, part.spare_units) = (2, 1);
        power(&mut site, "bus", hall);
        power(&mut site, "bus", wall);
        air(&mut site, hall, wall, Serves::Hosting);
    }
    site.component_mut("grid").unwrap().units = 2;
    site.component_mut("grid").unwrap().spare_units = 1;
    site
}

fn near(a: f64, b: f64) {
    assert!((a - b).abs() < 5e-6, "{a} is not {b}");
}

#[test]
fn two_transformers_carry_one_between_two_halls_when_one_is_lost() {
    let found = capacity(&shared());
    // Cooling adds 5 % to what the transformers see.
    near(found.hosting_mw, 12.0 / 1.05);
    let firm = &found.firm;
    let one = 6.0 / 1.05;
    near(firm.alone[0].1.mw.n_plus_1, one);
    near(firm.alone[1].1.mw.n_plus_1, 4.0);
    near(firm.joint.mw.n, 12.0 / 1.05);
    near(firm.joint.mw.n_plus_1, one);
    assert!(firm.joint.contingency[1].starts_with("loss of t"), "{:?}", firm.joint);
    assert!(firm.joint.cut[1] == ["t2"] || firm.joint.cut[1] == ["t1"], "{:?}", firm.joint);
    assert_eq!(firm.joint.mw.maintainable, 0.0);
    // The jointly firm vector is shared by what each could have alone with everything in service.
    near(firm.joint_by_hall[1].iter().sum(), one);
    near(firm.joint_by_hall[1][0] / 8.0, firm.joint_by_hall[1][1] / 4.0);
}

#[test]
fn a_row_says_what_both_halls_may_have_of_the_transformer_that_is_left() {
    let site = shared();
    let (layout, _) = Layout::new(&site, Standing::FullBuild).unwrap();
    let mut screen = Screen::new(&layout).unwrap();
    let rows = screen.broken_rows(FailureClass::NPlusOne, &[4.0, 3.0], &|_| None).unwrap();
    assert_eq!(rows.len(), 2, "{rows:?}");
    for row in &rows {
        let scale = row.capacity[0].1;
        assert_eq!(row.capacity.len(), 1);
        near(row.constant, 0.0);
        for (_, coefficient) in &row.hosting {
            near(coefficient / scale, 1.05);
        }
    }
    assert!(screen.broken_rows(FailureClass::NPlusOne, &[3.0, 2.7], &|_| None).unwrap().is_empty());
    // With half of each transformer built, half survives.
    let mut ratings = layout.full_build();
    for id in ["t1", "t2"] {
        ratings.parts[layout.network.node(id).unwrap()] = 3.0;
    }
    screen.set_ratings(ratings.clone());
    assert_eq!(screen.broken_rows(FailureClass::NPlusOne, &[3.0, 2.7], &|_| None).unwrap().len(), 2);
    let mut hosting = vec![0.0; site.components.len()];
    hosting[layout.halls[0].component] = 2.9;
    assert!(rows[0].excess(&hosting, &ratings) > 0.0);
    assert!(rows[0].excess(&hosting, &layout.full_build()) < 0.0);
}

#[test]
fn gensets_carry_what_the_utility_cannot_but_never_in_part() {
    let mut site = shared();
    site.components.push(component("gen", genset(3.0)));
    power(&mut site, "gen", "bus");
    let found = capacity(&site);
    // Both sources on one bus are either or: 6 MW of transformer, not 9.
    near(found.firm.joint.mw.n_plus_1, 6.0 / 1.05);
    let gensets = site.component_mut("gen").unwrap();
    (gensets.units, gensets.spare_units) = (4, 1);
    let found = capacity(&site);
    near(found.firm.joint.mw.n_plus_1, 9.0 / 1.05);
    // The whole bus is behind everything.
    assert_eq!(found.firm.joint.mw.maintainable, 0.0, "{:#?}", found.firm);
}

#[test]
fn halls_apart_may_run_on_different_sources() {
    let mut site = shared();
    // Hall b has a bus, a transformer and gensets of its own.
    site.links.retain(|link| {
        !(link.medium.is_power() && ["b", "wall-b", "t2"].contains(&link.to.as_str()) || link.from == "t2")
    });
    site.components.push(component("own", switchgear(20.0)));
    site.components.push(component("gen", genset(5.0)));
    for (from, to) in [("grid", "t2"), ("t2", "own"), ("gen", "own"), ("own", "b"), ("own", "wall-b")] {
        power(&mut site, from, to);
    }
    for id in ["t1", "gen", "own"] {
        let part = site.component_mut(id).unwrap();
        (part.units, part.spare_units) = (2, 1);
    }
    let found = capacity(&site);
    near(found.hosting_mw, 6.0 / 1.05 + 4.0);
    // t2 lost: b lives on its gensets, a stays on the utility.
    near(found.firm.joint.mw.n_plus_1, 6.0 / 1.05 + 4.0);
    assert!(found.firm.joint.contingency[1].is_empty(), "{:?}", found.firm.joint);
}

/// One transformer of 8 MW is left of two, and 7 MW of gensets have to carry the loss of the grid in any case.
#[test]
fn a_mild_loss_is_met_in_the_way_a_worse_one_needs_anyhow() {
    let mut site = shared();
    for (id, mva) in [("t1", 8.0), ("t2", 8.0)] {
        site.component_mut(id).unwrap().kind = transformer(mva, 0.0);
    }
    let feed = site.component_mut("grid").unwrap();
    (feed.units, feed.spare_units) = (1, 0);
    let gensets = component("gen", genset(3.5));
    site.components.push(Component { units: 3, spare_units: 1, ..gensets });
    power(&mut site, "gen", "bus");
    let (layout, _) = Layout::new(&site, Standing::FullBuild).unwrap();
    let asked = [6.0, 3.0];
    let short = |mode: &Mode, lost: &str| {
        let mut screen = Screen::new(&layout).unwrap();
        let loss = Contingency::Unit(layout.network.node(lost).unwrap());
        screen.judge_in(mode, loss, FailureClass::NPlusOne, &asked).unwrap().unwrap().0
    };
    near(short(&Mode::Gensets, "grid"), 9.0 - 7.0 / 1.05);
    // On the utility the loss of a transformer falls less short by itself, and would be one limit more.
    near(short(&Mode::Utility, "t1"), 9.0 - 8.0 / 1.05);
    near(short(&Mode::Gensets, "t1"), 9.0 - 7.0 / 1.05);
    let mut screen = Screen::new(&layout).unwrap();
    let rows = screen.broken_rows(FailureClass::NPlusOne, &asked, &|_| None).unwrap();
    assert!(rows.len() >= 3 && rows.iter().all(|row| row.mode == Mode::Gensets), "{rows:?}");
    // A loss that is held to a way is judged in that.
    let t1 = Contingency::Unit(layout.network.node("t1").unwrap());
    let held = |loss| (loss == t1).then_some(Mode::Utility);
    let rows = screen.broken_rows(FailureClass::NPlusOne, &asked, &held).unwrap();
    assert!(rows.iter().any(|row| row.loss == t1 && row.mode == Mode::Utility), "{rows:?}");
}

#[test]
fn more_losses_than_can_be_looked_at_are_said() {
    let mut site = shared();
    for number in 0..MOST_LOSSES / 3 {
        let id = format!("s{number}");
        site.components.push(component(&id, switchgear(1.0)));
        power(&mut site, "grid", &id);
        power(&mut site, &id, "bus");
    }
    let found = capacity(&site);
    assert!(found.hosting_mw > 11.0 && !found.firm.is_judged, "{}", found.hosting_mw);
    let problems: Vec<_> = found.report.problems.iter().map(|problem| problem.code).collect();
    assert_eq!(problems, ["firm-too-large"]);
    assert!(found.report.problems[0].message.contains("1200"), "{:?}", found.report);
}

/// Every loss of a class and those below, its way to run by the definition, each solved afresh.
#[cfg(feature = "highs")]
fn every_loss(screen: &mut Screen, class: FailureClass, hosting: &[f64]) -> Vec<(Contingency, Mode)> {
    let classes = FailureClass::ALL.into_iter().filter(|below| *below <= class);
    let all: Vec<Contingency> =
        classes.flat_map(|class| contingencies_of(screen.layout, &screen.leaning, class)).collect();
    all.into_iter()
        .map(|contingency| (contingency, screen.judge(contingency, class, hosting).unwrap().0))
        .collect()
}

/// The jointly firm total as one program: a copy of the flows for every loss, one set of halls.
#[cfg(feature = "highs")]
fn in_one_program(layout: &Layout, screen: &Screen, losses: &[(Contingency, Mode)]) -> f64 {
    let mut whole = lp::Model::default();
    let halls: Vec<usize> = layout
        .halls
        .iter()
        .map(|hall| whole.add_column(hall.component.to_string(), 0.0, hall.hosting_mw, 1.0))
        .collect();
    for (number, (contingency, mode)) in losses.iter().enumerate() {
        let mut program = Program::new(layout, &screen.streams(mode), &screen.ratings).unwrap();
        program.set_ratings(|limit| match factor(layout, *contingency, limit) {
            0.0 => 0.0,
            left => rating_of(layout, &screen.ratings, limit) * left,
        });
        let columns: Vec<usize> = program
            .model
            .columns
            .iter()
            .enumerate()
            .map(|(column, data)| match program.host.iter().position(|host| *host == column) {
                Some(place) => halls[place],
                None => whole.add_column(format!("{number}.{}", data.name), data.lower, data.upper, 0.0),
            })
            .collect();
        for row in &program.model.rows {
            let terms = row.terms.iter().map(|(column, a)| (columns[*column], *a)).collect();
            let left = Expression { terms, constant: 0.0 };
            let name = format!("{number}.{}", row.name);
            whole.add_row(name, left, row.sense, &Expression::constant(row.right), Origin::default());
        }
    }
    lp::solve(&whole, Solver::default(), None).unwrap().objective
}

// microlp cannot finish these degenerate programs: it ends "unbounded", or short of the optimum.
#[cfg(feature = "highs")]
#[test]
fn screening_finds_what_solving_every_loss_finds() {
    let mut some_lost = 0;
    for number in 0..200 {
        let site = random_site(number);
        let found = capacity(&site);
        let hosting: Vec<f64> = found.halls.iter().map(|hall| hall.hosting_mw).collect();
        let (layout, _) = Layout::new(&site, Standing::FullBuild).unwrap();
        let mut slow = Screen { remembers: false, ..Screen::new(&layout).unwrap() };
        let unscreened =
            screened(Screen { remembers: false, ..Screen::new(&layout).unwrap() }, &hosting).unwrap();
        let firm = &found.firm;
        let totals = |firm: &Firm| FailureClass::ALL.map(|class| firm.joint.mw.of(class));
        for (a, b) in totals(firm).into_iter().zip(totals(&unscreened)) {
            assert!((a - b).abs() < 1e-4, "{number}: {a} {b}");
        }
        assert!(firm.solved <= unscreened.solved, "{number}");
        for (place, (_, survival)) in firm.alone.iter().enumerate() {
            let mut mw = layout.halls[place].hosting_mw;
            for class in FailureClass::ALL {
                for contingency in contingencies_of(&layout, &slow.leaning, class) {
                    let mut target = vec![0.0; layout.halls.len()];
                    target[place] = layout.halls[place].hosting_mw;
                    let mut most: f64 = 0.0;
                    for mode in slow.modes(contingency) {
                        if !matches!(mode, Mode::Split(_)) {
                            most =
                                most.max(slow.serve(&mode, contingency, &target).unwrap().0.hosting[place]);
                        }
                    }
                    mw = mw.min(most);
                }
                let firm = survival.mw.of(class);
                assert!((firm - mw).abs() < 2e-5, "{number} {class:?}: {firm} {mw} {survival:?}");
            }
        }
        // One program with every loss in it, on some.
        if number % 10 == 0 {
            for class in FailureClass::ALL {
                let losses = every_loss(&mut slow, class, &hosting);
                let whole = in_one_program(&layout, &slow, &losses);
                let cut = firm.joint.mw.of(class);
                assert!((whole - cut).abs() < 1e-4, "{number} {class:?}: {whole} {cut}");
            }
        }
        let [n, one, any] = totals(firm);
        let alone = |class: FailureClass| -> f64 { firm.alone.iter().map(|(_, s)| s.mw.of(class)).sum() };
        assert!(n >= one - 1e-6 && one >= any - 1e-6, "{number}");
        assert!((n - found.hosting_mw).abs() < 1e-4, "{number}");
        for class in FailureClass::ALL {
            assert!(firm.joint.mw.of(class) <= alone(class) + 1e-4, "{number} {class:?}");
        }
        some_lost += usize::from([one, any].into_iter().any(|mw| mw > 0.1 && mw < n - 0.1));
        // Rows hold at every firm vector, and at least one is broken where more was asked.
        let ratings = layout.full_build();
        for class in FailureClass::ALL {
            let vector = slow.layout.by_component(&firm.joint_by_hall[class as usize]);
            for row in firm.cuts.iter().filter(|row| row.class <= class) {
                assert!(row.excess(&vector, &ratings) < 1e-4, "{number}: {row:?}");
            }
        }
        let asked = slow.layout.by_component(&hosting);
        let broken = firm.cuts.iter().any(|row| row.excess(&asked, &ratings) > 1e-6);
        assert_eq!(broken, any < n - 1e-3, "{number}");
    }
    assert!(some_lost >= 20, "only {some_lost} drawings lose part of their hosting");
}
