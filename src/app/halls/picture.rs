//! A hall from above: every position a cell, by what stands in it; today, after the fit-out, and in the plan.

use egui::emath::GuiRounding as _;
use egui::{
    Color32, Mesh, Painter, Rect, Role, Sense, Shape, Stroke, StrokeKind, Ui, WidgetInfo, pos2, vec2,
};

use super::{Shown, note, planned_mw, racks_mw, when};
use crate::app::theme::{self, Palette};
use crate::quantity::format;
use crate::site::{Component, Hall, Holder, RowGroup, Use};

const HEIGHT: f32 = 190.0;
/// More positions than this are painted as one ground each, not as cells.
const MOST_CELLS: u32 = 4000;
/// From this distance on cells stand on whole pixels.
const SHARP_FROM: f32 = 4.0;

/// What a picture shows of a hall.
struct Moment {
    title: String,
    /// Share of the positions that hold hosting racks.
    hosting: f64,
    /// Share that holds miners.
    mining: f64,
    words: String,
}

pub fn show(ui: &mut Ui, shown: &Shown<'_>, part: &Component, hall: &Hall) {
    let moments = moments(shown, part, hall);
    let gap = 14.0;
    let width = (ui.available_width() - gap * (moments.len() as f32 - 1.0)) / moments.len() as f32;
    ui.horizontal_top(|ui| {
        ui.spacing_mut().item_spacing.x = gap;
        for moment in &moments {
            ui.allocate_ui(vec2(width, HEIGHT + 44.0), |ui| {
                ui.vertical(|ui| {
                    ui.set_width(width);
                    ui.label(theme::strong(&moment.title, theme::BODY));
                    let (rect, response) = ui.allocate_exact_size(vec2(width, HEIGHT), Sense::hover());
                    let spoken = format!("{} from above, {}", moment.title, moment.words);
                    response.widget_info(|| WidgetInfo::labeled(Role::Image, true, &spoken));
                    paint(&ui.painter_at(rect), rect, hall, moment, theme::of(ui));
                    note(ui, &moment.words);
                });
            });
        }
    });
    legend(ui);
}

/// Today, after the fit-out of all that may become hosting, and the period of the plan that is looked at.
fn moments(shown: &Shown<'_>, part: &Component, hall: &Hall) -> Vec<Moment> {
    let (racks, miners) = (racks_mw(hall), hall.row_sums().mining_mw);
    let share = |mw: f64, of: f64| if of > 0.0 { (mw / of).clamp(0.0, 1.0) } else { 0.0 };
    let of = |title: String, hosting_mw: f64, mining_mw: f64| {
        let words = match (hosting_mw > 0.005, mining_mw > 0.005) {
            (true, true) => {
                format!("{} hosting and {} mining", format::mw(hosting_mw), format::mw(mining_mw))
            }
            (true, false) => format!("{} hosting", format::mw(hosting_mw)),
            (false, true) => format!("{} mining", format::mw(mining_mw)),
            (false, false) => "empty".to_owned(),
        };
        Moment { title, hosting: share(hosting_mw, racks), mining: share(mining_mw, miners), words }
    };
    // Miners fill the positions and the power that hosting leaves them.
    let beside = |hosting_mw: f64| {
        if hall.present_use != Use::Mining {
            return 0.0;
        }
        let positions = (1.0 - share(hosting_mw, racks)) * miners;
        positions.min((hall.critical_mw - hosting_mw).max(0.0))
    };
    let today =
        if hall.present_use == Use::Hosting { hall.hosting_max_mw() } else { hall.fitted_mw }.min(racks);
    let after = hall.hosting_max_mw().min(racks);
    let mut moments = vec![
        of("Today".to_owned(), today, beside(today)),
        of("After the fit-out".to_owned(), after, beside(after)),
    ];
    if let (Some((hosting, mining)), Some(when)) = (planned_mw(shown, part), when(shown)) {
        moments.push(of(format!("In the plan, {when}"), hosting, mining));
    }
    moments
}

fn paint(painter: &Painter, rect: Rect, hall: &Hall, moment: &Moment, palette: &Palette) {
    painter.rect(rect, 3.0, palette.field, Stroke::new(1.5, palette.border_strong), StrokeKind::Inside);
    let floor = rect.shrink(8.0);
    let all: f64 = hall.row_groups.iter().map(|group| f64::from(group.positions)).sum();
    if all <= 0.0 {
        return;
    }
    let mut top = floor.top();
    for group in &hall.row_groups {
        let share = (f64::from(group.positions) / all) as f32;
        let band = Rect::from_min_size(pos2(floor.left(), top), vec2(floor.width(), floor.height() * share));
        top = band.bottom();
        let inner = band.shrink2(vec2(0.0, 1.0));
        let overloaded = group.load_t_per_m2().is_some_and(|load| load > hall.floor_load_t_per_m2);
        cells(painter, inner, group, moment, overloaded, palette);
    }
}

/// Positions of a group in rows with an aisle after every second one.
fn cells(
    painter: &Painter,
    band: Rect,
    group: &RowGroup,
    moment: &Moment,
    overloaded: bool,
    palette: &Palette,
) {
    if group.positions == 0 || band.height() < 2.0 || band.width() < 2.0 {
        return;
    }
    let count = group.positions as f32;
    let hosting = (count * moment.hosting as f32).round();
    let mining = (hosting + count * moment.mining as f32).round();
    let ink = |index: f32| {
        if index < hosting {
            if overloaded { palette.error } else { palette.hosting[0] }
        } else if index < mining && group.mining_kw_per_position > 0.0 {
            palette.mining
        } else {
            palette.unused
        }
    };
    if group.positions > MOST_CELLS {
        let at = |index: f32| band.left() + band.width() * (index / count).min(1.0);
        for (from, to) in [(0.0, hosting), (hosting, mining), (mining, count)] {
            if from < to {
                painter.rect_filled(band.with_min_x(at(from)).with_max_x(at(to)), 0.0, ink(from));
            }
        }
        return;
    }
    // A container is long; racks and tanks are deeper than wide.
    let aspect = if group.holder == Holder::Containers { 3.0 } else { 0.7 };
    let columns = (count * band.width() / band.height() / aspect).sqrt().ceil().clamp(1.0, count);
    let rows = (count / columns).ceil();
    let aisles = ((rows - 1.0) / 2.0).floor();
    let pitch = vec2(band.width() / columns, band.height() / (rows + 0.5 * aisles));
    // One mesh: thousands of cells with soft edges take a hundred times as long.
    let mut mesh = Mesh::default();
    for index in 0..group.positions {
        let index = index as f32;
        let (row, column) = ((index / columns).floor(), index % columns);
        let y = (row + 0.5 * (row / 2.0).floor()) * pitch.y;
        let at = band.min + vec2(column * pitch.x, y);
        let gap = (pitch.min_elem() * 0.12).min(2.0);
        let cell = Rect::from_min_size(at, pitch).shrink(gap);
        // The smallest would come to stand on each other.
        let is_sharp = pitch.min_elem() > SHARP_FROM;
        let cell = if is_sharp { cell.round_to_pixels(painter.pixels_per_point()) } else { cell };
        symbol(&mut mesh, cell, group.holder, ink(index), palette);
    }
    painter.add(Shape::mesh(mesh));
}

/// A rack is a box, a container has doors at its end, a tank a rim.
fn symbol(mesh: &mut Mesh, cell: Rect, holder: Holder, ink: Color32, palette: &Palette) {
    mesh.add_colored_rect(cell, ink);
    let line = theme::mix(ink, palette.card, 0.55);
    match holder {
        Holder::Racks => {}
        Holder::Containers if cell.width() > 10.0 => {
            let doors = (cell.right() - cell.width() * 0.12).round();
            mesh.add_colored_rect(cell.with_min_x(doors).with_max_x(doors + 1.0), line);
        }
        Holder::Tanks if cell.width() > 6.0 && cell.height() > 6.0 => {
            let rim = cell.shrink((cell.size().min_elem() * 0.18).round());
            mesh.add_colored_rect(rim, line);
            mesh.add_colored_rect(rim.shrink(1.0), ink);
        }
        _ => {}
    }
}

fn legend(ui: &mut Ui) {
    let palette = theme::of(ui);
    ui.horizontal_wrapped(|ui| {
        for (ink, words) in [
            (palette.mining, "Miners"),
            (palette.hosting[0], "Hosting racks"),
            (palette.error, "Hosting racks the floor does not bear"),
            (palette.unused, "Empty"),
        ] {
            let (swatch, _) = ui.allocate_exact_size(vec2(10.0, 10.0), Sense::hover());
            ui.painter().rect_filled(swatch, 2.0, ink);
            ui.label(egui::RichText::new(words).size(theme::SMALL).color(palette.text_weak));
            ui.add_space(8.0);
        }
    });
}
