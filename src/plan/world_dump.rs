//! Every market series and band a plan was made on, as CSV, so that others can rebuild the program.

use super::context::Context;
use super::planner::Markets;
use super::result::Detail;
use super::solve::{Failure, PlanError, scenario_site};
use crate::market::World;
use crate::market::power;
use crate::site::{PriceDeck, Site};
use std::fmt::Write as _;

/// Files by name: one a series (rows are paths, columns months), the bands, the tenants and the calendar.
///
/// # Errors
/// [`PlanError`] when the site cannot be planned with.
pub fn dump_world(
    site: &Site,
    scenario: Option<&str>,
    seed: Option<u64>,
) -> Result<Vec<(String, String)>, PlanError> {
    let site = &scenario_site(site, scenario, seed)?;
    let context = Context::new(site, Detail::Full).map_err(|report| PlanError(Failure::Problems(report)))?;
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
