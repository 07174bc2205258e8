//! The panel of a backdrop: what it is, how it is seen, where it lies, how large it is.

use egui::{Align, Button, Frame, Grid, Id, Layout, Rect, RichText, Slider, Ui, Window, vec2};

use super::{Ask, Calibration, Doing, Look, Shown, doing};
use crate::app::canvas::layers::Seen;
use crate::app::state::Action;
use crate::app::theme::Palette;
use crate::app::{App, theme, widgets};
use crate::quantity::{Unit, format};
use crate::site::backdrop::{Change, OPACITY, Under};
use crate::site::{Backdrop, Point};

const WIDTH: f32 = 268.0;
const FIELD: f32 = 92.0;

impl App {
    /// Shows the panel of the view on show over its area, where it is open.
    pub(in crate::app) fn draw_backdrop_panel(&mut self, ui: &Ui, area: Rect) {
        let Some(under) = self.backdrop_view().filter(|_| self.view.backdrop.open) else { return };
        if area.width() < WIDTH || area.height() < 60.0 {
            return;
        }
        let shown = self.shown_backdrop(under, ui.ctx());
        let mut stays = true;
        let beside = vec2(if area.width() > 3.0 * WIDTH { 150.0 } else { 10.0 }, 44.0);
        let mut actions = Vec::new();
        let calibration = self.view.backdrop.calibration.as_ref();
        Window::new(format!("Backdrop of the {}", under.word()))
            .id(Id::unique("backdrop panel").with(under))
            .default_pos(area.min + beside)
            .constrain_to(area)
            // A bar of its own would hide more of the picture than it says; the panel is moved by its ground.
            .title_bar(false)
            .frame(Frame::window(ui.style()).inner_margin(10))
            .resizable(false)
            .show(ui.ctx(), |ui| {
                ui.set_width(WIDTH);
                ui.spacing_mut().item_spacing.y = 5.0;
                stays = heading(ui, under);
                match (&shown, calibration) {
                    (Some(_), Some(calibration)) => calibrating(ui, calibration, &mut actions),
                    (Some(shown), None) => settings(ui, shown, &mut actions),
                    (None, _) => nothing(ui, under, &mut actions),
                }
            });
        self.actions.extend(actions);
        if !stays {
            self.actions.push(Action::Backdrop(Ask::Close));
        }
    }
}

/// The name of the panel, and what closes it; false once that was pressed.
fn heading(ui: &mut Ui, under: Under) -> bool {
    let mut stays = true;
    ui.horizontal(|ui| {
        ui.label(theme::strong(format!("Backdrop of the {}", under.word()), theme::BODY + 1.0));
        ui.with_layout(Layout::right_to_left(Align::Center), |ui| {
            let close = widgets::icon_button(ui, "Close the backdrop", true, |painter, rect, stroke| {
                let rect = rect.shrink(2.0);
                painter.line_segment([rect.left_top(), rect.right_bottom()], stroke);
                painter.line_segment([rect.right_top(), rect.left_bottom()], stroke);
            });
            stays = !close.clicked();
        });
    });
    stays
}

fn weak(ui: &mut Ui, words: &str, palette: &Palette) {
    ui.add(egui::Label::new(RichText::new(words).size(theme::SMALL).color(palette.text_weak)).wrap());
}

/// A button that carries a command out, with its sentence and key.
fn command(ui: &mut Ui, text: &str, what: Doing, actions: &mut Vec<Action>) {
    let key = what.shortcut().map(|key| format!(" ({})", ui.ctx().format_shortcut(&key))).unwrap_or_default();
    if ui.button(text).on_hover_text(format!("{}{key}", what.tooltip())).clicked() {
        actions.push(doing(what));
    }
}

fn nothing(ui: &mut Ui, under: Under, actions: &mut Vec<Action>) {
    let palette = theme::of(ui);
    weak(
        ui,
        match under {
            Under::OneLine => {
                "A picture of a one-line diagram to draw over: an export as PNG, or a photo of a print as JPEG. It is kept \
                 in the site file."
            }
            Under::Plan => {
                "An aerial photo or a site plan (PNG or JPEG) to lay halls on. Two points and the distance between them \
                 give it its scale. It is kept in the site file."
            }
        },
        palette,
    );
    ui.horizontal(|ui| {
        command(ui, "Choose a picture…", Doing::Put, actions);
        weak(ui, "or drop one here", palette);
    });
}

fn settings(ui: &mut Ui, shown: &Shown, actions: &mut Vec<Action>) {
    let palette = theme::of(ui);
    let backdrop = &shown.backdrop;
    ui.add(egui::Label::new(theme::strong(&backdrop.name, theme::BODY)).truncate());
    weak(ui, &about(shown), palette);
    opacity(ui, backdrop, actions);
    ui.horizontal(|ui| {
        let choices = [(Seen::Shown, "Shown"), (Seen::Dimmed, "Dimmed"), (Seen::Hidden, "Hidden")];
        if let Some(seen) = widgets::segmented(ui, shown.seen, &choices) {
            actions.push(Action::Backdrop(Ask::See(seen)));
        }
        let mut locked = backdrop.locked;
        if ui.checkbox(&mut locked, "Locked").on_hover_text(Doing::Lock.tooltip()).changed() {
            actions.push(Action::Backdrop(Ask::Change(Change::Lock(locked))));
        }
    });
    place(ui, shown, actions);
    let words = match (shown.under, backdrop.locked, backdrop.calibrated) {
        (_, true, _) => "Unlock it to move it",
        (Under::OneLine, false, _) => "Drag the picture to move it, a corner to scale it",
        (Under::Plan, false, true) => "Drag the picture to move it",
        (Under::Plan, false, false) => "Lengths on it are a guess until it is calibrated; drag it to move it",
    };
    weak(ui, words, palette);
    ui.horizontal_wrapped(|ui| {
        if shown.under == Under::Plan {
            command(ui, "Calibrate…", Doing::Calibrate, actions);
        }
        command(ui, "Replace…", Doing::Put, actions);
        command(ui, "Take out", Doing::TakeOut, actions);
    });
}

/// `4 096 x 3 072 px, 2.3 MB; covers 410 m x 307 m`
fn about(shown: &Shown) -> String {
    if let Look::Broken(why) = &shown.look {
        return format!("Not shown: {why}");
    }
    let bytes = shown.backdrop.picture.bytes().map_or(0, |bytes| bytes.len());
    let (width, height) = shown.size;
    let pixels = format!("{} x {} px", format::number(width, 0), format::number(height, 0));
    let size = match bytes as f64 / f64::from(1 << 20) {
        megabytes if megabytes < 0.1 => format!("{} kB", format::number(bytes as f64 / 1024.0, 0)),
        megabytes => format!("{} MB", format::number(megabytes, 1)),
    };
    let covers = |side: f64| {
        let metres = side * shown.backdrop.scale;
        format::number(metres, if metres < 100.0 { 1 } else { 0 })
    };
    match shown.under {
        Under::OneLine => format!("{pixels}, {size}"),
        Under::Plan => format!("{pixels}, {size}; covers {} x {} m", covers(width), covers(height)),
    }
}

/// Shown while it is dragged, one step when it is let go.
fn opacity(ui: &mut Ui, backdrop: &Backdrop, actions: &mut Vec<Action>) {
    let mut percent = backdrop.opacity * 100.0;
    ui.horizontal(|ui| {
        let label = ui.label("Opacity");
        ui.spacing_mut().slider_width = 120.0;
        let range = OPACITY.min * 100.0..=OPACITY.max * 100.0;
        let slider = Slider::new(&mut percent, range).integer().suffix(" %").update_while_editing(false);
        let response = ui.add(slider).labelled_by(label.id);
        let opacity = percent / 100.0;
        let is_done = response.drag_stopped() || (response.changed() && !response.dragged());
        if is_done {
            actions.push(Action::Backdrop(Ask::Change(Change::Opacity(opacity))));
        } else if response.changed() {
            actions.push(Action::Backdrop(Ask::ShowOpacity(Some(opacity))));
        }
    });
}

/// Place, size of a pixel and turn, in figures.
fn place(ui: &mut Ui, shown: &Shown, actions: &mut Vec<Action>) {
    let Backdrop { at, scale, turn_degrees, .. } = shown.backdrop;
    let (unit, lengths) = match shown.under {
        Under::OneLine => ("units", Unit::None),
        Under::Plan => ("m", Unit::Metre),
    };
    let change = |at: Point, scale: f64, turn_degrees: f64| Change::Place { at, scale, turn_degrees };
    let width = shown.size.0;
    Grid::new("place of the backdrop").num_columns(4).spacing(vec2(6.0, 5.0)).show(ui, |ui| {
        let tenths = |value: f64| usize::from(value.abs() < 1000.0);
        let rows: [(&str, f64, usize, &str, Unit); 4] = [
            ("Left", at.x, tenths(at.x), unit, lengths),
            ("Top", at.y, tenths(at.y), unit, lengths),
            ("Width", width * scale, tenths(width * scale), unit, lengths),
            ("Turn", turn_degrees, 2, "°", Unit::Degrees),
        ];
        for (row, (name, value, decimals, symbol, parsed)) in rows.into_iter().enumerate() {
            ui.label(name);
            ui.horizontal(|ui| {
                let id = ui.scope_id().with(("backdrop", name));
                let now = format::number(value, decimals);
                let label = format!("{name} of the backdrop");
                let typed = ui
                    .add_enabled_ui(!shown.backdrop.locked, |ui| {
                        widgets::draft_number(ui, id, &label, &now, FIELD - 30.0)
                    })
                    .inner;
                ui.label(RichText::new(symbol).size(theme::SMALL).color(theme::of(ui).text_weak));
                let Some(typed) = typed else { return };
                actions.push(match parsed.parse(&typed) {
                    Err(why) => Action::Say(why),
                    Ok(value) => Action::Backdrop(Ask::Change(match row {
                        0 => change(Point { x: value, ..at }, scale, turn_degrees),
                        1 => change(Point { y: value, ..at }, scale, turn_degrees),
                        2 => change(at, value / width, turn_degrees),
                        // About the middle, or a small turn would carry it off.
                        _ => change(shown.backdrop.about(shown.middle(), scale, value).at, scale, value),
                    })),
                });
            });
            if row % 2 == 1 {
                ui.end_row();
            }
        }
    });
}

fn calibrating(ui: &mut Ui, calibration: &Calibration, actions: &mut Vec<Action>) {
    let palette = theme::of(ui);
    ui.label(theme::strong("Calibrate", theme::BODY));
    ui.add(egui::Label::new(calibration.words()).wrap());
    let mut taken = None;
    if calibration.points().is_some() {
        let id = ui.scope_id().with("distance");
        let draft = ui.data(|data| data.get_temp::<String>(id));
        let mut text = draft.unwrap_or_else(|| calibration.text.clone());
        ui.horizontal(|ui| {
            let field =
                egui::TextEdit::singleline(&mut text).hint_text("120 m, 0.4 km, 350 ft").desired_width(176.0);
            let field = ui.add(field);
            let is_new = ui.data(|data| data.get_temp::<String>(id)).is_none();
            field.clone().accessible_name("Distance between the points");
            if is_new {
                field.request_focus();
            }
            let enters = field.lost_focus() && ui.input(|input| input.key_pressed(egui::Key::Enter));
            let apply = Button::new(RichText::new("Apply").color(palette.on_accent)).fill(palette.accent);
            if ui.add(apply).clicked() || enters {
                taken = Some(text.clone());
            }
        });
        ui.data_mut(|data| data.insert_temp(id, text));
        if let Some(error) = &calibration.error {
            ui.add(egui::Label::new(RichText::new(error).color(palette.error)).wrap());
        }
        if taken.is_some() {
            ui.data_mut(|data| data.remove::<String>(id));
        }
    }
    let escapes = ui.input(|input| input.key_pressed(egui::Key::Escape));
    let leaves = ui.button("Leave").on_hover_text("Leaves the picture as it is (Escape)").clicked();
    if leaves || (escapes && calibration.points().is_some()) {
        let id = ui.scope_id().with("distance");
        ui.data_mut(|data| data.remove::<String>(id));
        actions.push(Action::Backdrop(Ask::LeaveCalibration));
    } else if let Some(text) = taken {
        actions.push(Action::Backdrop(Ask::TakeDistance(text)));
    }
}
