//! Cash, instruments and tax in the plan: hand-solved cases, the books kept a second time, and what must always hold.

use super::context::Context;
use super::decisions::Decisions;
use super::judge::judge;
use super::planner::{End, Markets};
use super::program::{Freedom, Losses, Program};
use super::result::{Detail, Plan, Status};
use super::solve::{Options, Progress, Watch, solve_with};
use super::stress::Stress;
use super::testing::site;
use super::treasury;
use crate::lp::Solver;
use crate::quantity::{Date, date, statistics};
use crate::site::{Instrument, InstrumentKind, Kind, Loan, Site};

fn plan_of(site: &Site) -> Plan {
    solve_with(site, None, Options::default(), &|_| true).unwrap().plan
}

fn instrument(id: &str, kind: InstrumentKind) -> Instrument {
    Instrument {
        id: id.to_owned(),
        name: format!("The {id}"),
        kind,
        limit_usd: 40e6,
        rate: 0.09,
        fee_share: 0.02,
        available_from: None,
        available_to: None,
        term_months: 48.0,
    }
}

fn construction() -> Instrument {
    instrument("loan", InstrumentKind::ConstructionLoan { loan_to_cost: 0.7, dscr: 1.2 })
}

/// The fixture with cash for a part of what pays, and a loan.
fn short_of_cash() -> Site {
    let mut site = site();
    site.company.opening_cash_usd = 10e6;
    site.company.overhead_usd_per_month = 50_000.0;
    site.limits.minimum_cash_usd = Some(2e6);
    site.company.instruments = vec![construction()];
    // Paying for energy that is not taken would empty the till in the stress case whatever is planned.
    if let Kind::GridFeed(feed) = &mut site.components[0].kind {
        feed.minimum_take_share = 0.0;
    }
    site
}

/// No machines, no offers, nothing that is charged: only what a test puts into the company.
fn only_a_company() -> Site {
    let mut site = site();
    site.fleets.clear();
    site.offers.clear();
    site.plan.horizon_years = 2;
    site.company.inflation = 0.0;
    site.company.opening_cash_usd = 1e6;
    site.limits.minimum_cash_usd = Some(0.5e6);
    if let Kind::GridFeed(feed) = &mut site.components[0].kind {
        feed.minimum_take_share = 0.0;
    }
    site
}

fn discount(site: &Site, month: usize) -> f64 {
    (1.0 + site.company.discount_rate).powf(-(month as f64 + 0.5) / 12.0)
}

fn near(found: f64, by_hand: f64) {
    assert!((found - by_hand).abs() <= 1e-6 * (1.0 + by_hand.abs()), "{found} against {by_hand}");
}

fn proven(plan: &Plan) {
    if cfg!(feature = "highs") {
        assert_eq!(plan.status, Status::Optimal, "{:?} {:?}", plan.certificate, plan.repairs);
    }
    assert!(plan.certificate.primal_residual <= 1e-6, "{:?}", plan.certificate);
    assert!(plan.certificate.cash_flow_residual <= 1e-6, "{:?}", plan.certificate);
}

/// Cash that an impossible plan would need more on the first day, USD.
fn missing(plan: &Plan, site: &Site) -> f64 {
    let mut changes = plan.repairs.iter().flat_map(|repair| &repair.changes);
    let raised = changes.find(|change| change.object == "cash on the first day").expect("it is asked for");
    raised.least.parse::<f64>().unwrap() - site.company.opening_cash_usd
}

#[test]
fn shares_are_sold_as_late_as_the_minimum_allows() {
    // 1.0 M$ in the bank, 0.1 a month spent, 0.5 to be kept: 0.7 after the first quarter, 0.4 after the second without
    // help. So 0.1 net is raised in the second quarter and 0.3 in each of the six after it, at a fee of 3 %.
    let mut site = only_a_company();
    site.company.overhead_usd_per_month = 0.1e6;
    let mut shares = instrument("shares", InstrumentKind::EquityAtMarket { usd_per_year: 2e6 });
    shares.fee_share = 0.03;
    site.company.instruments = vec![shares];
    let plan = plan_of(&site);
    proven(&plan);
    let net = [0.0, 0.1e6, 0.3e6, 0.3e6, 0.3e6, 0.3e6, 0.3e6, 0.3e6];
    let mut npv = 0.0;
    for (period, (net, raised)) in net.into_iter().zip(&plan.finance.debt[0].raised_usd).enumerate() {
        near(*raised, net / 0.97);
        npv -= net / 0.97 * 0.03 * discount(&site, period * 3);
    }
    near(plan.npv.expected_usd, npv);
    assert!(plan.finance.debt[0].balance_usd.iter().all(|usd| *usd == 0.0), "shares owe nothing");
    near(plan.finance.cash_by_month_usd[5], 0.5e6);
    near(plan.finance.stress_by_month_usd[23], 0.5e6);
    assert_eq!(plan.commitments.len(), 7);
    // 2026 takes 0.7 net in all; with 0.6 a year before fees the year is too poor, and the plan says by how much.
    site.company.instruments[0].kind = InstrumentKind::EquityAtMarket { usd_per_year: 0.6e6 };
    let short = plan_of(&site);
    assert_eq!(short.status, Status::Infeasible);
    // 1.2 sold in all bring 1.164 of the 1.9 that are missing at the end.
    near(missing(&short, &site), (1.9 - 1.2 * 0.97) * 1e6);
}

#[test]
fn notes_bridge_a_maturity_and_are_paid_back() {
    // A loan of 2.0 M$ falls due in month 6; 0.1 comes in each month. At the end of month 6 there are 1.0 + 0.7 - 2.0 =
    // -0.3, so D with 0.99 D = 0.8 is drawn on the first day of the third quarter; 1 % a month is paid on it for the
    // twelve months to month 18, and then D.
    let mut site = only_a_company();
    site.company.other_cash_usd_per_month = 0.1e6;
    site.company.loans = vec![Loan {
        id: "old".into(),
        name: "Old notes".into(),
        balance_usd: 2e6,
        rate: 0.0,
        maturity: date::add_months(site.plan.start, 6),
        amortisation_months: 0.0,
    }];
    let mut notes = instrument("notes", InstrumentKind::ConvertibleNotes { conversion_premium: 0.3 });
    (notes.rate, notes.fee_share, notes.term_months) = (0.12, 0.0, 12.0);
    site.company.instruments = vec![notes];
    let plan = plan_of(&site);
    proven(&plan);
    let drawn = 0.8e6 / 0.99;
    let debt = &plan.finance.debt;
    assert_eq!((debt[0].instrument.as_str(), debt[1].instrument.as_str()), ("old", "notes"));
    for (period, owed) in [2e6, 2e6, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0].into_iter().enumerate() {
        near(debt[0].balance_usd[period], owed);
    }
    for (period, owed) in [0.0, 0.0, drawn, drawn, drawn, drawn, 0.0, 0.0].into_iter().enumerate() {
        near(debt[1].balance_usd[period], owed);
    }
    near(plan.finance.cash_by_month_usd[6], 0.5e6);
    near(plan.finance.cash_by_month_usd[23], -0.3e6 + 17.0 * 0.1e6 + drawn - 12.0 * 0.01 * drawn - drawn);
    near(plan.debt_service_usd[2], 2e6 + 3.0 * 0.01 * drawn);
    near(plan.debt_service_usd[6], drawn);
    near(plan.npv.expected_usd, 0.0);
    // A term that ends beyond the horizon: owed at its end, and covered by the cash that is there.
    site.company.instruments[0].term_months = 600.0;
    let long = plan_of(&site);
    proven(&long);
    assert!(long.finance.debt[1].balance_usd[7] > 0.0);
    assert!(long.finance.debt[1].balance_usd[7] <= long.cash_usd[7] + 1.0);
}

#[test]
fn a_line_rests_on_bitcoin_and_is_paid_back_when_it_can_be() {
    let mut site = only_a_company();
    site.company.bitcoin_held = 20.0;
    site.company.other_cash_usd_per_month = 0.1e6;
    site.company.loans = vec![Loan {
        id: "old".into(),
        name: String::new(),
        balance_usd: 1.6e6,
        rate: 0.0,
        maturity: date::add_months(site.plan.start, 6),
        amortisation_months: 0.0,
    }];
    let kind = InstrumentKind::BitcoinBackedLine { initial_ltv: 0.5, call_ltv: 0.7, liquidation_ltv: 0.8 };
    let mut line = instrument("line", kind);
    (line.rate, line.fee_share, line.term_months) = (0.12, 0.01, 6.0);
    site.company.instruments = vec![line];
    let plan = plan_of(&site);
    proven(&plan);
    // 1.0 + 0.7 - 1.6 = 0.1 at the end of month 6: 0.98 of what is drawn, fee and a month's interest off, is 0.4.
    near(plan.finance.debt[1].raised_usd[2], 0.4e6 / 0.98);
    let headroom = &plan.finance.covenants[0];
    assert_eq!((headroom.name.as_str(), headroom.instrument.as_str()), ("loan to value of bitcoin", "line"));
    assert!(headroom.least_headroom_usd >= -1.0);
    // Without bitcoin there is no line, and the plan asks for what is missing.
    site.company.bitcoin_held = 0.0;
    let without = plan_of(&site);
    assert_eq!(without.status, Status::Infeasible);
    near(missing(&without, &site), 0.4e6);
}

/// Nothing to build or sell: cash is a sum over months, in both cases.
#[test]
fn cash_of_keep_mining_equals_its_closed_form() {
    let mut alone = site();
    alone.offers.clear();
    alone.limits.capex_total_usd = Some(0.0);
    alone.limits.minimum_cash_usd = Some(0.0);
    alone.company.opening_cash_usd = 50e6;
    alone.company.overhead_usd_per_month = 100_000.0;
    alone.company.mining_site_usd_per_mw_month = 0.0;
    alone.fleets[0].resale.scrap_usd_per_th = 0.0;
    alone.fleets[0].resale.margin_days = 0.0;
    alone.fleets[0].life_months = 600.0;
    if let Kind::GridFeed(feed) = &mut alone.components[0].kind {
        feed.tariff.demand_usd_per_kw_month = 0.0;
        feed.tariff.four_cp_usd_per_kw_year = 0.0;
        feed.minimum_take_share = 0.0;
    }
    let plan = plan_of(&alone);
    proven(&plan);
    let context = Context::new(&alone, Detail::Quick).unwrap();
    let world = Markets::sample(&context).unwrap().program;
    let paths = world.paths as f64;
    let gross = (1.0 + 0.05) / 0.99;
    let mut cash = [50e6, 50e6];
    for month in 0..context.calendar.months {
        let of_year = context.calendar.calendar_month(month);
        let cost = 3.0 * context.calendar.inflation(month);
        let earned = |hashprice: f64, scale: f64| {
            let revenue = crate::market::bitcoin::revenue_usd_per_mwh(hashprice, 17.5, 0.01, 0.0);
            let cell = context.feeds[0].deck.mining_month(of_year, revenue, scale, gross, cost, 0.93);
            20.0 * cell.margin_usd_per_mw
        };
        let on_path = |path: usize| earned(world.hashprice[path][month], world.power_scale[path][month]);
        let mut hashprices: Vec<f64> = world.hashprice.iter().map(|path| path[month]).collect();
        hashprices.sort_by(f64::total_cmp);
        let low = statistics::quantile_of_sorted(&hashprices, 0.1);
        let scale = world.power_scale.iter().map(|path| path[month]).sum::<f64>() / paths;
        let overhead = 100_000.0 * context.calendar.inflation(month);
        cash[0] += (0..world.paths).map(on_path).sum::<f64>() / paths - overhead;
        cash[1] += earned(low, scale) - overhead;
        near(plan.finance.cash_by_month_usd[month], cash[0]);
        near(plan.finance.stress_by_month_usd[month], cash[1]);
    }
}

/// The books of the plan, walked from its decisions, are the program's in both cases; no month's end breaks the minimum.
#[test]
fn the_books_agree_with_the_program_and_hold_in_every_month() {
    for rate in [0.0, 0.25] {
        let mut site = short_of_cash();
        site.company.tax.rate = rate;
        let context = Context::new(&site, Detail::Quick).unwrap();
        let markets = Markets::new(&context).unwrap();
        let (world, mining) = (&markets.worlds.program, &markets.mining);
        let mut program = Program::new(&context, &markets, Freedom::Everything, Vec::new());
        let watch: &dyn Fn(Progress) -> bool = &|_| true;
        let (solution, _) = End::default()
            .go_on(&mut program, &mut Losses::new(&context), Solver::default(), &Watch::new(&watch))
            .unwrap();
        let decisions = Decisions::read(&program, &solution.values);
        let walked = judge(&context, world, mining, &decisions);
        let stress = Stress::new(&context, world);
        let stressed = judge(&context, &stress.world, &stress.mining, &decisions);
        let books = [
            treasury::cash_by_month(&context, &walked),
            treasury::stressed_cash(&context, &walked, &stressed),
        ];
        for (case, books) in books.into_iter().enumerate() {
            for (own, programs) in books.iter().zip(program.cash_by_month(case, &solution.values)) {
                near(*own / 1e6, programs);
                assert!(*own >= 2e6 - 2.0, "{own} in case {case}");
            }
        }
        assert!(!decisions.draws.is_empty(), "the loan is needed");
        assert!(
            program.model.rows.iter().any(|row| row.name.starts_with("C13.month")),
            "orders are paid on the first day of a quarter"
        );
        if rate > 0.0 {
            // The program's tax is the recursion's, year by year.
            for (year, paid) in walked.taxes.by_year.iter().enumerate() {
                let label = program.year_label(year);
                let value = |what: &str| {
                    let name = format!("tax.{what}.{label}");
                    let found = program.model.columns.iter().position(|column| column.name == name);
                    solution.values[found.unwrap()]
                };
                near(rate * (value("income") - value("used")), paid / 1e6);
            }
            assert!(walked.taxes.by_year.iter().any(|usd| *usd > 0.0));
        }
    }
}

#[test]
fn money_that_is_not_needed_changes_nothing() {
    let mut rich = site();
    rich.company.opening_cash_usd = 500e6;
    let plain = plan_of(&rich);
    rich.limits.minimum_cash_usd = Some(1e6);
    rich.company.instruments = vec![construction()];
    rich.company.instruments[0].fee_share = 0.0;
    rich.company.instruments[0].rate = rich.company.discount_rate;
    let financed = plan_of(&rich);
    proven(&financed);
    near(financed.objective_usd / 1e6, plain.objective_usd / 1e6);
    for (with, without) in financed.hosting_mw().iter().zip(plain.hosting_mw()) {
        assert!((with - without).abs() < 1e-6, "{with} {without}");
    }
    assert!(financed.finance.debt.is_empty(), "what need not be drawn is not");
}

#[test]
fn a_loan_pays_for_what_cash_does_not() {
    let financed = plan_of(&short_of_cash());
    proven(&financed);
    let mut without = short_of_cash();
    without.company.instruments.clear();
    let without = plan_of(&without);
    proven(&without);
    let most = |plan: &Plan| plan.hosting_mw().into_iter().fold(0.0, f64::max);
    assert!(most(&financed) > most(&without) + 0.1, "{} {}", most(&financed), most(&without));
    assert!(financed.objective_usd > without.objective_usd + 1e5);
    assert!(without.binding.iter().any(|b| b.constraint == "C13"), "{:?}", without.binding);
    let names: Vec<&str> = financed.finance.covenants.iter().map(|covenant| covenant.name.as_str()).collect();
    assert_eq!(names, ["loan to cost", "debt service coverage"]);
    for covenant in &financed.finance.covenants {
        assert!(covenant.least_headroom_usd >= -2.0, "{covenant:?}");
    }
    // Owed, never more than seven tenths of what the works have cost.
    let owed = financed.finance.debt[0].balance_usd.iter().copied().fold(0.0, f64::max);
    assert!(owed > 1e6 && owed <= 0.7 * financed.capex.total_usd + 1.0, "{owed}");
    assert!(financed.notes.iter().any(|note| note.contains("stress case: hashprice at its 1-in-10 low")));
}

#[test]
fn relaxing_a_limit_of_money_never_lowers_the_optimum() {
    let mut tight = short_of_cash();
    tight.company.instruments[0].limit_usd = 4e6;
    tight
        .company
        .instruments
        .push(instrument("shares", InstrumentKind::EquityAtMarket { usd_per_year: 0.5e6 }));
    tight.company.instruments.push(instrument("rigs", InstrumentKind::AsicBackedLoan { loan_to_value: 0.2 }));
    tight.company.instruments.push(instrument("prefs", InstrumentKind::Preferred { dividend: 0.12 }));
    tight.company.instruments[3].limit_usd = 0.2e6;
    tight.company.tax.rate = 0.21;
    let base = plan_of(&tight);
    proven(&base);
    let relaxations: [fn(&mut Site); 9] = [
        |site| site.limits.minimum_cash_usd = Some(1e6),
        |site| site.company.opening_cash_usd += 1e6,
        |site| site.company.instruments[0].limit_usd *= 2.0,
        |site| {
            site.company.instruments[0].kind =
                InstrumentKind::ConstructionLoan { loan_to_cost: 0.9, dscr: 1.0 }
        },
        |site| site.company.instruments[1].kind = InstrumentKind::EquityAtMarket { usd_per_year: 1.5e6 },
        |site| site.company.instruments[1].fee_share = 0.0,
        |site| site.company.instruments[2].kind = InstrumentKind::AsicBackedLoan { loan_to_value: 0.5 },
        |site| site.company.instruments[3].kind = InstrumentKind::Preferred { dividend: 0.06 },
        |site| site.company.tax.opening_loss_usd = 5e6,
    ];
    for (index, relax) in relaxations.into_iter().enumerate() {
        let mut changed = tight.clone();
        relax(&mut changed);
        let more = plan_of(&changed).objective_usd;
        assert!(more >= base.objective_usd - 1.0, "relaxation {index}: {more} < {}", base.objective_usd);
    }
}

#[test]
fn tax_is_taken_off_every_plan_alike() {
    let before = plan_of(&site());
    let mut taxed = site();
    taxed.company.tax.rate = 0.25;
    let after = plan_of(&taxed);
    proven(&after);
    assert!(after.npv.expected_usd < before.npv.expected_usd);
    let keep = |plan: &Plan| plan.keep_mining().unwrap().npv_usd;
    assert!(keep(&after) < keep(&before), "the baselines are after tax too");
    assert!(after.finance.tax_usd.iter().sum::<f64>() > 0.0);
    assert!(after.notes.iter().any(|note| note.contains("after tax at 25.0 %")), "{:?}", after.notes);
    // A quarter of everything at most: what is written off and what falls in losses is relieved.
    assert!(after.npv.expected_usd > 0.5 * before.npv.expected_usd);
}

#[test]
fn a_minimum_out_of_reach_names_what_is_missing_and_the_repair_mends_it() {
    let mut greedy = short_of_cash();
    greedy.company.instruments.clear();
    greedy.limits.minimum_cash_usd = Some(60e6);
    let plan = plan_of(&greedy);
    assert_eq!(plan.status, Status::Infeasible);
    // A lower minimum and more on the first day do each.
    let objects: Vec<&str> = plan.repairs.iter().map(|repair| repair.object.as_str()).collect();
    assert_eq!(objects, ["minimum cash", "cash on the first day"]);
    for repair in &plan.repairs {
        let (mended, _) = crate::site::edit::apply(&greedy, &repair.edit(None)).unwrap();
        proven(&plan_of(&mended));
    }
    let missing = missing(&plan, &greedy);
    greedy.company.opening_cash_usd += missing * (1.0 - 1e-3);
    assert_eq!(plan_of(&greedy).status, Status::Infeasible);
    greedy.company.opening_cash_usd += missing * 2e-3;
    proven(&plan_of(&greedy));
}

#[test]
fn odd_money_is_answered_or_named() {
    let cases: [fn(&mut Site); 6] = [
        // A window that holds no first day of a period, and one that is the wrong way round.
        |site| site.company.instruments[0].available_from = Some(Date::constant(2099, 1, 1)),
        |site| {
            site.company.instruments[0].available_from = Some(Date::constant(2028, 1, 1));
            site.company.instruments[0].available_to = Some(Date::constant(2027, 1, 1));
        },
        |site| site.limits.capex_total_usd = Some(0.0),
        |site| site.company.instruments[0].limit_usd = 1e12,
        |site| {
            site.company.instruments[0].kind =
                InstrumentKind::ConstructionLoan { loan_to_cost: 0.0, dscr: 0.0 }
        },
        |site| site.company.instruments[0].term_months = 1.0,
    ];
    for (index, change) in cases.into_iter().enumerate() {
        let mut odd = short_of_cash();
        change(&mut odd);
        let plan = plan_of(&odd);
        if index == 2 {
            // Without works nothing can be borrowed, and mining alone keeps the minimum.
            assert!(plan.finance.debt.is_empty());
        }
        proven(&plan);
        let says = plan.notes.iter().any(|note| note.contains("The loan cannot be drawn"));
        assert_eq!(says, [0, 1, 4].contains(&index), "case {index}: {:?}", plan.notes);
    }
}

#[test]
fn a_plan_with_money_is_the_same_on_one_thread_and_on_many() {
    let mut site = short_of_cash();
    site.company.tax.rate = 0.21;
    let on = |threads: usize| {
        let pool = rayon::ThreadPoolBuilder::new().num_threads(threads).build().unwrap();
        pool.install(|| plan_of(&site))
    };
    assert_eq!(on(1), on(4));
}

#[test]
fn months_keep_the_minimum_too() {
    let mut site = short_of_cash();
    site.plan.horizon_years = 4;
    let options = Options { detail: Detail::Full, ..Options::default() };
    let plan = solve_with(&site, None, options, &|_| true).unwrap().plan;
    proven(&plan);
    for usd in plan.finance.cash_by_month_usd.iter().chain(&plan.finance.stress_by_month_usd) {
        assert!(*usd >= 2e6 - 2.0, "{usd}");
    }
}

/// Headroom of the loan, added up again from the payments and balances that the plan shows.
#[test]
fn loan_to_cost_is_what_the_plans_own_figures_say() {
    let plan = plan_of(&short_of_cash());
    let covenant = plan.finance.covenants.iter().find(|covenant| covenant.name == "loan to cost").unwrap();
    let mut cost = 0.0;
    let mut tested = 0;
    for period in 0..plan.periods.len() {
        cost += plan.builds.iter().map(|build| build.capex_usd[period]).sum::<f64>();
        if let Some(headroom) = covenant.headroom_usd[period] {
            near(headroom / 1e6, (cost - plan.finance.debt[0].balance_usd[period] / 0.7) / 1e6);
            tested += 1;
        }
    }
    assert!(tested > 10);
    let raised: f64 = plan.finance.debt[0].raised_usd.iter().sum();
    let drawn = plan.commitments.iter().filter(|commitment| commitment.item.starts_with("Draw $"));
    near(drawn.map(|commitment| commitment.cash_usd).sum::<f64>() / 1e6, raised * 0.02 / 1e6);
}

#[cfg(feature = "highs")]
#[test]
fn the_price_of_the_minimum_is_the_slope_of_the_optimum() {
    let base = plan_of(&short_of_cash());
    let price: f64 = base
        .binding
        .iter()
        .filter(|binding| binding.constraint == "C13")
        .map(|binding| binding.shadow_price)
        .sum();
    assert!(price < 0.0, "{:?}", base.binding);
    let step = 1_000.0;
    let slope = |sign: f64| {
        let mut changed = short_of_cash();
        changed.limits.minimum_cash_usd = Some(2e6 + sign * step);
        (plan_of(&changed).objective_usd - base.objective_usd) / (sign * step)
    };
    let (up, down) = (slope(1.0), slope(-1.0));
    // At a corner the price lies between the two slopes.
    assert!(price >= up - 1e-3 && price <= down + 1e-3, "{up} <= {price} <= {down}");
}
