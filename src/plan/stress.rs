//! The stress case: one named path on which the company's cash must suffice as well as on the mean (C13).

use super::context::{Context, MiningTable};
use crate::market::{OfferPath, World};
use crate::quantity::{date, statistics};
use crate::site::Offer;

/// Quantile of hashprice, month by month. A bad month in ten, every month: far worse than any path of the tenth.
const LOW_HASHPRICE: f64 = 0.10;

/// Plan month from which the riskiest tenant pays nothing.
const TENANT_LOST_MONTH: u32 = 24;

/// The two cases that cash is kept in.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Case {
    /// The mean of the plan's paths.
    Mean,
    Stress,
}

impl Case {
    pub const BOTH: [Self; 2] = [Self::Mean, Self::Stress];

    /// Used in names of rows and columns.
    pub fn key(self) -> &'static str {
        match self {
            Self::Mean => "mean",
            Self::Stress => "stress",
        }
    }
}

/// A world of one path: hashprice at its 10 % quantile in every month, power, GPU rental and rents at their mean,
/// every tenant on time, and the riskiest lost in month 24.
#[derive(Debug)]
pub struct Stress {
    pub world: World,
    pub mining: MiningTable,
}

impl Stress {
    /// From the paths that the plan is made on.
    pub fn new(context: &Context<'_>, world: &World) -> Self {
        let mean = |series: &[Vec<f64>]| vec![statistics::mean_by_month(series, world.months)];
        let low = |month| world.quantile_hashprice(month, LOW_HASHPRICE);
        let lost = riskiest_tenant(context).map(Offer::falls_with);
        let site = context.site;
        let world = World {
            months: world.months,
            paths: 1,
            hashprice: vec![(0..world.months).map(low).collect()],
            btc_price: mean(&world.btc_price),
            network_eh: mean(&world.network_eh),
            power_scale: mean(&world.power_scale),
            gpu_index: mean(&world.gpu_index),
            colocation_index: mean(&world.colocation_index),
            gpu_systems: world
                .gpu_systems
                .iter()
                .map(|path| crate::market::SystemPath {
                    system: path.system.clone(),
                    index: mean(&path.index),
                })
                .collect(),
            tenants: site
                .offers
                .iter()
                .map(|offer| OfferPath {
                    offer: offer.id.clone(),
                    default_month: vec![
                        (lost.as_ref() == Some(&offer.falls_with())).then_some(TENANT_LOST_MONTH),
                    ],
                    delay_months: vec![0],
                })
                .collect(),
        };
        let mining = MiningTable::new(context, &world);
        Self { world, mining }
    }
}

/// Of the offers that fit a hall the one with the highest yearly default rate, the largest of equals, the first of
/// those.
fn riskiest_tenant<'a>(context: &Context<'a>) -> Option<&'a Offer> {
    let fits = |index: &usize| context.candidates.iter().any(|candidate| candidate.offer == *index);
    let mut found: Option<&Offer> = None;
    for index in (0..context.site.offers.len()).filter(fits) {
        let offer = &context.site.offers[index];
        let rank = |offer: &Offer| (offer.default_rate(), offer.max_mw);
        if found.is_none_or(|known| rank(offer) > rank(known)) {
            found = Some(offer);
        }
    }
    found
}

/// The stress case in words, for notes and pictures.
pub fn words(context: &Context<'_>) -> String {
    let lost = match riskiest_tenant(context) {
        Some(offer) if (TENANT_LOST_MONTH as usize) < context.calendar.months => {
            let month = context.calendar.date_of(TENANT_LOST_MONTH as usize);
            format!(", and {} lost in {}", offer.name, date::month_label(month))
        }
        _ => String::new(),
    };
    format!("hashprice at its 1-in-10 low in every month{lost}")
}
