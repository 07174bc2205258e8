//! What a plan was made on, as CSV: every market series and band, and what engineering says of halls, fleets and
//! offers. With the site file this is all the data of the program, so that others can rebuild it from
//! `docs/model.md` alone; no coefficient of the program itself is among it. `docs/model.md` names the columns.

use super::context::Context;
use super::pairs::Pairs;
use super::planner::{Markets, scenario_context};
use super::program::LossRow;
use super::result::Detail;
use super::solve::{PlanError, Solved, scenario_site};
use crate::market::World;
use crate::market::power;
use crate::site::{PriceDeck, Site};
use std::fmt::Write as _;

/// Files by name: one a series (rows are paths, columns months), the bands, the tenants, the calendar, what each
/// hall is fit for, and the rows that losses cut from `solved`.
///
/// # Errors
/// [`PlanError`] when the site cannot be planned with.
pub fn dump_world(
    site: &Site,
    scenario: Option<&str>,
    seed: Option<u64>,
    solved: &Solved,
) -> Result<Vec<(String, String)>, PlanError> {
    let site = &scenario_site(site, scenario, seed)?;
    let context = scenario_context(site, Detail::Full, &mut Pairs::default())?;
    let world = Markets::sample(&context)?.program;
    let mut files = vec![
        ("hashprice_usd_per_ph_day.csv".to_owned(), matrix(&world.hashprice)),
        ("btc_price_usd.csv".to_owned(), matrix(&world.btc_price)),
        ("network_eh_per_s.csv".to_owned(), matrix(&world.network_eh)),
        ("power_scale.csv".to_owned(), matrix(&world.power_scale)),
        ("gpu_index.csv".to_owned(), matrix(&world.gpu_index)),
        ("colocation_index.csv".to_owned(), matrix(&world.colocation_index)),
    ];
    for system in &world.gpu_systems {
        files.push((format!("gpu_index_{}.csv", system.system), matrix(&system.index)));
    }
    files.push(("tenants.csv".to_owned(), tenants(&world)));
    files.push(("bands.csv".to_owned(), bands(site)));
    files.push(("calendar.csv".to_owned(), calendar(&context)));
    files.push(("halls.csv".to_owned(), halls(&context)));
    files.push(("fleets_in_halls.csv".to_owned(), fleets_in_halls(&context)));
    files.push(("pairs.csv".to_owned(), pairs(&context)));
    files.push(("pairs_lean_on.csv".to_owned(), pairs_lean_on(&context)));
    files.push(("loss_rows.csv".to_owned(), loss_rows(&context, solved)));
    Ok(files)
}

fn matrix(series: &[Vec<f64>]) -> String {
    let months = series.first().map_or(0, Vec::len);
    let mut text = String::from("path");
    for month in 0..months {
        let _ = write!(text, ",m{month}");
    }
    text.push('\n');
    for (path, values) in series.iter().enumerate() {
        let _ = write!(text, "{path}");
        for value in values {
            let _ = write!(text, ",{value}");
        }
        text.push('\n');
    }
    text
}

fn tenants(world: &World) -> String {
    let mut text = String::from("offer,path,default_month,delay_months\n");
    for tenant in &world.tenants {
        for (path, (default, delay)) in tenant.default_month.iter().zip(&tenant.delay_months).enumerate() {
            let default = default.map_or_else(String::new, |month| month.to_string());
            let _ = writeln!(text, "{},{path},{default},{delay}", tenant.offer);
        }
    }
    text
}

/// Bands of every deck; of a feed whose energy is no index, under `tariff of FEED`.
fn bands(site: &Site) -> String {
    let mut text = String::from("price_deck,calendar_month,band,share_of_hours,usd_per_mwh\n");
    let mut write = |name: &str, deck: &PriceDeck| {
        for (month, bands) in deck.months.iter().enumerate() {
            for (index, band) in bands.iter().enumerate() {
                let _ = writeln!(text, "{name},{},{index},{},{}", month + 1, band.share, band.usd_per_mwh);
            }
        }
    };
    for deck in &site.assumptions.price_decks {
        write(&deck.id, deck);
    }
    for (component, feed) in site.grid_feeds().filter(|(_, feed)| !feed.tariff.energy.is_index()) {
        if let Some(deck) = power::deck_of(site, &feed.tariff) {
            write(&format!("tariff of {}", component.id), &deck);
        }
    }
    text
}

fn calendar(context: &Context<'_>) -> String {
    let mut text = String::from("month,date,discount_factor,cost_level\n");
    for month in 0..context.calendar.months {
        let date = context.calendar.date_of(month);
        let (discount, level) = (context.calendar.discount(month), context.calendar.inflation(month));
        let _ = writeln!(text, "{month},{date},{discount},{level}");
    }
    text
}

/// Critical MW of tenants that survive the losses of each class in the hall alone, at full build.
fn halls(context: &Context<'_>) -> String {
    let mut text = String::from("hall,liquid_share_of_hosting,n_mw,n_plus_1_mw,maintainable_mw\n");
    for (component, _) in context.site.halls() {
        if let Some(hall) = context.judged(&component.id) {
            let firm = &hall.firm_mw;
            let _ = writeln!(
                text,
                "{},{},{},{},{}",
                hall.id, hall.liquid_share, firm.n, firm.n_plus_1, firm.maintainable
            );
        }
    }
    text
}

fn fleets_in_halls(context: &Context<'_>) -> String {
    let mut text = String::from("hall,fleet,grid_feed,utility_mwh_per_it_mwh\n");
    for class in &context.classes {
        let hall = &context.component(class.hall).id;
        let feed = &context.component(context.feeds[class.feed].component).id;
        let _ = writeln!(text, "{hall},{},{feed},{}", context.fleet(class).id, class.gross_factor);
    }
    text
}

fn pairs(context: &Context<'_>) -> String {
    let mut text = String::from(
        "hall,offer,grid_feed,most_mw,utility_mwh_per_it_mwh,design_hour_utility_mw_per_it_mw,credited_share_of_rent\n",
    );
    for candidate in &context.candidates {
        let pair = &candidate.pair;
        let feed = &context.component(context.feeds[candidate.feed].component).id;
        let _ = writeln!(
            text,
            "{},{},{feed},{},{},{},{}",
            pair.hall,
            pair.offer,
            pair.hosting_max_mw,
            pair.gross.typical,
            pair.gross.design_hour,
            pair.sla_credit_share
        );
    }
    text
}

fn pairs_lean_on(context: &Context<'_>) -> String {
    let mut text = String::from("hall,offer,component\n");
    for candidate in &context.candidates {
        for part in &candidate.pair.requires {
            let _ = writeln!(text, "{},{},{part}", candidate.pair.hall, candidate.pair.offer);
        }
    }
    text
}

/// Terms of `sum hosting <= sum rating + sum firm_mw + constant`, a line each.
fn loss_rows(context: &Context<'_>, solved: &Solved) -> String {
    let mut text = String::from("program,row,period_start,survives,side,component,weight\n");
    for (program, rows) in [("plan", &solved.loss_rows), ("keep mining", &solved.keep_mining_loss_rows)] {
        for (number, LossRow { period, cut }) in rows.iter().enumerate() {
            let start = solved.plan.periods.get(*period).map(|period| period.start.to_string());
            let row = format!("{program},{number},{},{}", start.unwrap_or_default(), cut.class.label());
            for (side, terms) in [("hosting", &cut.hosting), ("rating", &cut.capacity), ("firm", &cut.firm)] {
                for (part, weight) in terms {
                    let _ = writeln!(text, "{row},{side},{},{weight}", context.component(*part).id);
                }
            }
            let _ = writeln!(text, "{row},constant,,{}", cut.constant);
        }
    }
    text
}
