//! Customers: what each offer is worth, and where rents and GPU rental may go.

use egui::{RichText, ScrollArea, Stroke, Ui, UiBuilder};

use super::bitcoin::{nearest, quantiles};
use super::pictures::{KeyFigure, Picture, Scene, nothing};
use super::plot::{Plot, figure};
use crate::app::chart::{Words, card, round_up};
use crate::app::state::Action;
use crate::app::{theme, widgets};
use crate::market::summary::Fan;
use crate::quantity::{date, format};
use crate::site::{Offer, OfferStatus, Terms};

pub const PICTURES: &[Picture] = &[
    Picture { name: "Offers", paint: offers },
    Picture { name: "GPU rental", paint: gpu_rental },
    Picture { name: "Rents", paint: rents },
];

pub fn figures(scene: &Scene<'_>) -> Vec<KeyFigure> {
    let offers = &scene.site.offers;
    let mw = |wanted: &dyn Fn(&&Offer) -> bool| {
        offers.iter().filter(wanted).map(|offer| offer.max_mw).sum::<f64>()
    };
    let signed = mw(&|offer| offer.status == OfferStatus::Signed);
    let expected: f64 = offers.iter().map(|offer| offer.max_mw * offer.probability).sum();
    vec![
        KeyFigure {
            name: "Offers",
            value: offers.len().to_string(),
            detail: format!("{} critical at most", format::mw(mw(&|_| true))),
            meaning: "Every contract a customer offers, has reserved or has signed".to_owned(),
        },
        KeyFigure {
            name: "Signed",
            value: format::mw(signed),
            detail: format!("{} by probability", format::mw(expected)),
            meaning: "Critical MW under signed contracts; by probability: the most of each offer times its probability"
                .to_owned(),
        },
        KeyFigure {
            name: "GPU rental",
            value: format!("{} a year", format::percent(scene.site.assumptions.gpu_rental.drift)),
            detail: format!("new generation every {} years", format::number(scene.site.assumptions.gpu_rental.generation_years, 1)),
            meaning: "Trend of the rental index between the steps that new generations bring".to_owned(),
        },
    ]
}

fn offers(ui: &mut Ui, scene: &Scene<'_>, _: &mut Vec<Action>) {
    let offers = &scene.site.offers;
    if offers.is_empty() {
        return nothing(ui, "No customer has made an offer in this site");
    }
    let palette = theme::of(ui);
    let rented = offers.iter().filter_map(|offer| Some((offer, rent_of(offer)?)));
    let (low, high) =
        rented.fold((f64::INFINITY, 0.0_f64), |(low, high), (_, rent)| (low.min(rent), high.max(rent)));
    let headline = if high > 0.0 {
        format!(
            "{} offers ask {} to {} $/kW-month in the first year",
            offers.len(),
            format::number(low, 0),
            format::number(high, 0)
        )
    } else {
        format!("{} offers", offers.len())
    };
    let words = Words { headline, axis: "As entered, at the most MW of each".to_owned(), name: "Offers" };
    let Some((_, plot)) = card(ui, palette, &words, &scene.footer) else { return };
    let rect = egui::Rect::from_min_max(egui::pos2(plot.left() - 38.0, plot.top() - 14.0), plot.max);
    figure(ui, rect, &words);
    let mut table = ui.new_child(UiBuilder::new().max_rect(rect).id_salt("offers"));
    let weak = |text: &str| RichText::new(text).size(theme::SMALL).color(palette.text_weak);
    let width = ((rect.width() - 110.0) / 5.0).clamp(44.0, 92.0);
    let heads = ["MW", "Rent, year 1", "Term", "Default", "Backstop"].map(weak);
    widgets::table_row(&mut table, weak("Customer"), &heads, width);
    ScrollArea::vertical().id_salt("offer rows").auto_shrink(false).show(&mut table, |ui| {
        ui.spacing_mut().item_spacing.y = 1.0;
        for offer in offers {
            let numbers = [
                format::number(offer.max_mw, 0),
                price_words(offer),
                format!("{} y", format::number(offer.term_months / 12.0, 0)),
                format::percent(offer.default_per_year),
                offer
                    .backstop
                    .as_ref()
                    .map_or_else(|| "–".to_owned(), |backstop| format::percent(backstop.share)),
            ];
            let row = widgets::table_row(ui, RichText::new(&offer.name), &numbers.map(RichText::new), width);
            row.on_hover_text(format!("{}, {}. {}", offer.customer, offer.status.label(), offer.note));
        }
    });
    ui.painter().hline(rect.x_range(), rect.top() + 22.0, Stroke::new(1.0, palette.border));
}

fn rent_of(offer: &Offer) -> Option<f64> {
    match offer.terms {
        Terms::Colocation { rent_usd_per_kw_month, .. } => Some(rent_usd_per_kw_month),
        Terms::GpuCloud { .. } | Terms::BitcoinHosting { .. } => None,
    }
}

fn price_words(offer: &Offer) -> String {
    match offer.terms {
        Terms::Colocation { rent_usd_per_kw_month, .. } => {
            format!("${}/kW-mo", format::number(rent_usd_per_kw_month, 0))
        }
        Terms::GpuCloud { usd_per_gpu_hour, .. } => format!("${}/GPU-h", format::number(usd_per_gpu_hour, 2)),
        Terms::BitcoinHosting { usd_per_mwh, .. } => format!("${}/MWh", format::number(usd_per_mwh, 0)),
    }
}

fn gpu_rental(ui: &mut Ui, scene: &Scene<'_>, _: &mut Vec<Action>) {
    index(ui, scene, &scene.outlook.summary.gpu_index, "GPU rental over the horizon", "GPU rental");
}

fn rents(ui: &mut Ui, scene: &Scene<'_>, _: &mut Vec<Action>) {
    index(
        ui,
        scene,
        &scene.outlook.summary.colocation_index,
        "Asking rents over the horizon",
        "The rent asked of new tenants",
    );
}

fn index(ui: &mut Ui, scene: &Scene<'_>, series: &Fan, name: &'static str, what: &str) {
    if series.p50.is_empty() {
        return nothing(ui, "The horizon has no months: set it under Plan");
    }
    let months: Vec<f64> = (0..series.p50.len()).map(|month| month as f64).collect();
    let last = months.len() - 1;
    let years = format::number(months.len() as f64 / 12.0, 0);
    let change = series.p50[last] - 1.0;
    let words = Words {
        headline: format!(
            "{what} {} {} % in {years} years on the median path; one path in twenty is below {} % of today",
            if change < 0.0 { "falls by" } else { "rises by" },
            format::number(change.abs() * 100.0, 0),
            format::number(series.p5[last] * 100.0, 0)
        ),
        axis: "Index, today = 100".to_owned(),
        name,
    };
    let scaled = |series: &[f64]| series.iter().map(|value| value * 100.0).collect::<Vec<f64>>();
    let shown = Fan {
        mean: scaled(&series.mean),
        p5: scaled(&series.p5),
        p25: scaled(&series.p25),
        p50: scaled(&series.p50),
        p75: scaled(&series.p75),
        p95: scaled(&series.p95),
    };
    let high = shown.p95.iter().copied().fold(100.0, f64::max);
    let x = (0.0, (last as f64).max(1.0));
    let Some((plot, response)) = Plot::new(ui, &words, &scene.footer, x, (0.0, round_up(high * 1.06))) else {
        return;
    };
    plot.year_axis(scene.outlook.start);
    plot.line([(0.0, 100.0), (x.1, 100.0)], Stroke::new(1.0, plot.palette.border_strong), None);
    plot.fan(&months, &shown, plot.palette.hosting[0]);
    if let Some(at) = response.hover_pos() {
        let month = nearest(plot.value_at(at).0, months.len());
        let title = date::month_label(date::add_months(scene.outlook.start, month as i32));
        response.on_hover_ui_at_pointer(|ui| {
            quantiles(ui, &title, &shown, month, |value| format!("{} %", format::number(value, 0)));
        });
    }
}
