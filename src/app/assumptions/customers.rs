//! Customers: what each offer is worth, and where rents and GPU rental may go.

use egui::{RichText, ScrollArea, Stroke, Ui, UiBuilder};

use super::bars::{self, Bar, Part};
use super::fan;
use super::pictures::{KeyFigure, Picture, Scene, nothing};
use super::plot::{Plot, figure};
use crate::app::chart::{Words, card, round_up};
use crate::app::state::Action;
use crate::app::{theme, widgets};
use crate::market::summary::Fan;
use crate::plan::hosting::HostedOffer;
use crate::quantity::format;
use crate::site::{Address, Object, Offer, OfferStatus};

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
            detail: format!("{} at most", format::mw(mw(&|_| true))),
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
            detail: format!("generation every {} y", format::number(scene.site.assumptions.gpu_rental.generation_years, 1)),
            meaning: "Trend of the rental index between the steps that new generations bring".to_owned(),
        },
    ]
}

fn offers(ui: &mut Ui, scene: &Scene<'_>, _: &mut Vec<Action>) {
    let hosting = &scene.outlook.hosting;
    if hosting.offers.is_empty() {
        return nothing(ui, "No customer has made an offer in this site: add one from the library");
    }
    let area = ui.available_rect_before_wrap();
    let rows = hosting.offers.len() + usize::from(hosting.mining.is_some());
    let table = 124.0 + rows as f32 * 26.0;
    if area.height() - table > LEAST_BARS {
        let (above, below) = area.split_top_bottom_at_y(area.top() + table);
        let mut child = ui.new_child(UiBuilder::new().max_rect(above).id_salt("offers above"));
        offers_table(&mut child, scene);
        let below = below.with_min_y(below.top() + theme::GAP);
        let mut child = ui.new_child(UiBuilder::new().max_rect(below).id_salt("offers beneath"));
        earnings(&mut child, scene);
        ui.advance_cursor_after_rect(area);
    } else {
        offers_table(ui, scene);
    }
}

/// Least height of the bars under the table.
const LEAST_BARS: f32 = 135.0;

/// First-year NOI of a MWh of the utility, let or mined.
fn earnings(ui: &mut Ui, scene: &Scene<'_>) {
    let hosting = &scene.outlook.hosting;
    let palette = theme::of(ui);
    let bar = |name: &str, value: f64, colour, hatched, tooltip, source| Bar {
        name: name.to_owned(),
        parts: vec![Part { value, name: "", colour, hatched }],
        total: format::number(value, 0),
        tooltip,
        source,
    };
    let mut bars: Vec<Bar> = hosting
        .offers
        .iter()
        .filter_map(|hosted| {
            let figures = &hosted.figures;
            let noi = figures.year1_noi_usd_per_mwh_gross.filter(|_| hosted.refused.is_none())?;
            let margin = figures.noi_margin().map_or_else(|| "–".to_owned(), format::percent);
            let tooltip =
                vec![("NOI of the first year", format::usd(figures.year1().noi_usd)), ("NOI margin", margin)];
            let source = scene.source_of(Address::whole(Object::Offer(figures.id.clone())));
            Some(bar(&figures.name, noi, palette.hosting[0], false, tooltip, source))
        })
        .collect();
    let mining =
        hosting.mining.as_ref().and_then(|mining| Some((mining, *mining.usd_per_mwh_gross.first()?)));
    if let Some((mining, usd)) = mining {
        let fleet =
            scene.site.fleet(&mining.fleet).map_or(mining.fleet.as_str(), |fleet| fleet.model.as_str());
        let range = format!(
            "{} to {} $/MWh",
            format::number(mining.year1_p5, 0),
            format::number(mining.year1_p95, 0)
        );
        let tooltip = vec![("One year in twenty is worse, one better", range)];
        let source = "Mean of the sampled paths, all hours of the year".to_owned();
        bars.push(bar(&format!("Mining, {fleet}"), usd, palette.mining, true, tooltip, source));
    }
    if bars.is_empty() {
        return nothing(ui, "No hall of the drawing fits an offer yet");
    }
    let words = Words {
        headline: "What a MWh set aside at the utility earns in the first year".to_owned(),
        axis: "Net operating income, $/MWh".to_owned(),
        name: "Earnings of a MWh",
    };
    bars::show(ui, &words, &scene.footer, &bars, &[], 0);
}

fn offers_table(ui: &mut Ui, scene: &Scene<'_>) {
    let hosting = &scene.outlook.hosting;
    let palette = theme::of(ui);
    let words = Words {
        headline: offers_headline(scene),
        axis: "Contract value at the most MW; NOI of the first year on a MWh of the utility".to_owned(),
        name: "Offers",
    };
    let Some((_, plot)) = card(ui, palette, &words, &scene.footer) else { return };
    let rect = egui::Rect::from_min_max(egui::pos2(plot.left() - 38.0, plot.top() - 14.0), plot.max);
    figure(ui, rect, &words);
    let mut table = ui.new_child(UiBuilder::new().max_rect(rect).id_salt("offers"));
    let weak = |text: &str| RichText::new(text).size(theme::SMALL).color(palette.text_weak);
    // Columns that give way where it is narrow, from the right.
    let columns = ["$/kW-mo", "TCV", "NOI/MWh", "Term", "Default", "Credits"];
    let width = 68.0;
    #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "a small positive count")]
    let count = (((rect.width() - 120.0) / width).max(2.0) as usize).min(columns.len());
    let heads: Vec<RichText> = columns[..count].iter().map(|text| weak(text)).collect();
    widgets::table_row(&mut table, weak("Customer"), &heads, width);
    ScrollArea::vertical().id_salt("offer rows").auto_shrink(false).show(&mut table, |ui| {
        ui.spacing_mut().item_spacing.y = 1.0;
        for hosted in &hosting.offers {
            let figures = &hosted.figures;
            let ink = if hosted.refused.is_some() { palette.text_weak } else { palette.text };
            let numbers = [
                format::number(figures.year1_usd_per_kw_month, 0),
                format::usd(figures.tcv_usd),
                figures
                    .year1_noi_usd_per_mwh_gross
                    .map_or_else(|| "–".to_owned(), |usd| format::number(usd, 0)),
                format!("{} y", format::number(figures.term_months as f64 / 12.0, 0)),
                format::percent(figures.default_per_year),
                format!("{} %", format::number(figures.credit_share * 100.0, 2)),
            ];
            let cells: Vec<RichText> =
                numbers.into_iter().take(count).map(|text| RichText::new(text).color(ink)).collect();
            let name = RichText::new(&figures.name).color(ink);
            let row = widgets::table_row(ui, name, &cells, width);
            row.on_hover_ui(|ui| details(ui, scene, hosted));
        }
        if let Some(mining) = hosting.mining.as_ref().and_then(|mining| mining.usd_per_mwh_gross.first()) {
            let mut cells = vec![RichText::new("–"); count];
            if let Some(cell) = cells.get_mut(2) {
                *cell = RichText::new(format::number(*mining, 0));
            }
            widgets::table_row(ui, RichText::new("Mining").color(palette.warning), &cells, width);
        }
    });
    ui.painter().hline(rect.x_range(), rect.top() + 22.0, Stroke::new(1.0, palette.border));
}

/// Everything known of an offer where it fits best.
fn details(ui: &mut Ui, scene: &Scene<'_>, hosted: &HostedOffer) {
    let figures = &hosted.figures;
    ui.set_max_width(340.0);
    ui.label(theme::strong(&figures.name, theme::BODY));
    let year = figures.year1();
    let mut facts = vec![
        ("Kind", figures.kind.to_owned()),
        ("Critical MW", format::mw(figures.mw)),
        ("Year 1", format!("{}, NOI {}", format::usd(year.revenue_usd), format::usd(year.noi_usd))),
        ("Mean over the term", format!("{} $/kW-month", format::number(figures.usd_per_kw_month, 0))),
        ("Contract value", format::usd(figures.tcv_usd)),
        ("Expected with default and re-letting", format::usd(figures.expected_tcv_usd)),
        ("Pays to the end", format::percent(figures.survival_to_end)),
        ("Credits a year", format::usd(year.credits_usd)),
    ];
    if let Some(share) = figures.yield_on_cost {
        facts.push(("Yield on cost", format::percent(share)));
    }
    if let Some(prepayment) = &figures.prepayment {
        facts.push(("Prepayment", format::usd(prepayment.usd)));
    }
    if let Some(backstop) = &figures.backstop {
        facts.push(("Backstop", format!("{} by {}", format::percent(backstop.share), backstop.by)));
    }
    for (name, figure) in facts {
        widgets::fact(ui, name, figure, String::new());
    }
    match (&hosted.refused, &hosted.hall) {
        (Some(why), _) => {
            ui.add(egui::Label::new(format!("Fits no hall: {why}")).wrap());
        }
        (None, Some(hall)) => {
            let hall = scene.site.object_name(&Object::Component(hall.clone()));
            ui.weak(format!(
                "Judged in {hall}: {} outages a year of {} h",
                format::number(hosted.outages_per_year, 2),
                format::number(hosted.outage_hours, 1)
            ));
        }
        (None, None) => {}
    }
    ui.weak(scene.source_of(Address::whole(Object::Offer(figures.id.clone()))));
}

fn offers_headline(scene: &Scene<'_>) -> String {
    let hosting = &scene.outlook.hosting;
    let best = hosting
        .offers
        .iter()
        .filter(|hosted| hosted.refused.is_none())
        .filter_map(|hosted| Some((hosted.figures.year1_noi_usd_per_mwh_gross?, &hosted.figures.name)))
        .max_by(|a, b| a.0.total_cmp(&b.0));
    let mining = hosting.mining.as_ref().and_then(|mining| mining.usd_per_mwh_gross.first());
    match (best, mining) {
        (Some((usd, name)), Some(mining)) => format!(
            "A MWh of the utility earns {} $ let to {name}, {} $ from mining",
            format::number(usd, 0),
            format::number(*mining, 0)
        ),
        (Some((usd, name)), None) => {
            format!("A MWh of the utility earns {} $ let to {name}", format::number(usd, 0))
        }
        _ => format!("{} offers, and no hall of the drawing fits one", hosting.offers.len()),
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
    let shown = series.map(|value| value * 100.0);
    let high = shown.p95.iter().copied().fold(100.0, f64::max);
    let x = (0.0, (last as f64).max(1.0));
    let Some((plot, response)) = Plot::new(ui, &words, &scene.footer, x, (0.0, round_up(high * 1.06))) else {
        return;
    };
    plot.year_axis(scene.outlook.start);
    plot.line([(0.0, 100.0), (x.1, 100.0)], Stroke::new(1.0, plot.palette.border_strong), None);
    plot.fan(&months, &shown, plot.palette.hosting[0]);
    let of_today = fan::Shown {
        start: scene.outlook.start,
        fan: &shown,
        past: &[],
        past_name: "",
        past_source: "",
        in_words: |value| format!("{} %", format::number(value, 0)),
    };
    of_today.tell(&plot, response);
}
