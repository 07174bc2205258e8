//! What is drawn, from the outside in. Panels read and send actions; nothing is changed here but view state that
//! belongs to a widget, such as pan and zoom.

mod answer;
mod bar;
mod certificate;
mod changes;
mod forwards;
pub mod found;
mod gallery;
mod holds;
mod overlay;
mod palette;
mod reasons;
mod repairs;
mod replanning;
pub mod sizes;
mod status;
mod tools;
mod views;
mod weather;
mod why;

use egui::{CentralPanel, Frame, Margin, Panel, Rect, Stroke, Ui, UiBuilder, pos2, vec2};

use super::chart::{self, ChartInput};
use super::state::{Action, AnswerPage, Place, Progress};
use super::{App, assumptions, canvas, figures, inspector, theme};
use crate::plan::Plan;
use crate::quantity::format;
use crate::site::backdrop::Under;

/// Least width of the window at which the inspector stands beside the drawing.
const INSPECTOR_FROM: f32 = 760.0;
const FIGURES_FROM: f32 = 420.0;

impl App {
    pub(super) fn draw(&mut self, ui: &mut Ui) {
        let palette = theme::of(ui);
        let screen = ui.max_rect();
        if screen.width() < 40.0 || screen.height() < 40.0 {
            return;
        }
        if self.document.is_none() {
            let frame = Frame::new().fill(palette.canvas);
            CentralPanel::default().frame(frame).show(ui, |ui| {
                gallery::show(ui, &self.services.templates, &self.view.recent, &mut self.actions);
            });
        } else {
            self.draw_document(ui, screen);
        }
        overlay::show(self, ui);
    }

    fn draw_document(&mut self, ui: &mut Ui, screen: Rect) {
        let palette = theme::of(ui);
        let line = Stroke::new(1.0, palette.border);
        let bar = Frame::new().fill(palette.panel).inner_margin(Margin::symmetric(12, 0));
        Panel::top("bar")
            .frame(bar)
            .exact_size(theme::BAR_HEIGHT)
            .resizable(false)
            .show(ui, |ui| bar::show(self, ui));
        Panel::bottom("status")
            .frame(bar)
            .exact_size(theme::STATUS_HEIGHT)
            .resizable(false)
            .show(ui, |ui| status::show(self, ui));
        if screen.height() > FIGURES_FROM {
            let strip = Frame::new().fill(palette.canvas).inner_margin(Margin {
                left: 10,
                right: 10,
                top: 8,
                bottom: 0,
            });
            Panel::top("figures")
                .frame(strip)
                .exact_size(theme::FIGURE_HEIGHT + 8.0)
                .resizable(false)
                .show_separator_line(false)
                .show(ui, |ui| self.draw_figures(ui));
            if let Some(since) = &self.answer.since {
                Panel::top("changes")
                    .frame(Frame::new().fill(palette.canvas).inner_margin(Margin::symmetric(12, 1)))
                    .exact_size(changes::HEIGHT)
                    .resizable(false)
                    .show_separator_line(false)
                    .show(ui, |ui| changes::show(ui, since));
            }
        }
        if self.view.problems && screen.height() > 300.0 {
            let list = Frame::new().fill(palette.panel).inner_margin(Margin::symmetric(12, 8)).stroke(line);
            Panel::bottom("problems")
                .frame(list)
                .resizable(true)
                .default_size(132.0)
                .size_range(80.0..=320.0)
                .show(ui, |ui| status::problems(self, ui));
        }
        let assumptions = self.view.place == Place::Assumptions;
        if self.view.inspector && screen.width() > INSPECTOR_FROM && !assumptions {
            let side = Frame::new().fill(palette.panel).inner_margin(Margin {
                left: 14,
                right: 6,
                top: 10,
                bottom: 0,
            });
            Panel::right("inspector")
                .frame(side)
                .resizable(true)
                .default_size(theme::INSPECTOR_WIDTH)
                .size_range(260.0..=480.0)
                .show(ui, |ui| self.draw_inspector(ui));
        }
        CentralPanel::default().frame(Frame::new().fill(palette.canvas)).show(ui, |ui| {
            if assumptions {
                self.draw_assumptions(ui);
            } else {
                self.draw_centre(ui);
            }
        });
    }

    fn draw_assumptions(&mut self, ui: &mut Ui) {
        let Some(document) = &self.document else { return };
        // Its widgets change what the place shows; the rest of the view is read meanwhile.
        let mut own = std::mem::take(&mut self.view.assumptions);
        assumptions::show(ui, document, &self.view, &mut own, &self.markets, &mut self.actions);
        self.view.assumptions = own;
    }

    fn draw_inspector(&mut self, ui: &mut Ui) {
        let Some(document) = &self.document else { return };
        let plan = self.answer.plan.as_deref();
        let period = plan.map_or(0, |plan| chart::period_at(plan, self.view.month));
        let findings = self.findings.as_deref();
        let counts_planned_work = self.view.planned_work;
        let (is_stale, edits) = (self.is_stale(), self.answer.edits.len());
        let inspected =
            inspector::Inspected { document, plan, period, findings, counts_planned_work, is_stale, edits };
        inspector::show(ui, &inspected, &self.view, &mut self.actions);
    }

    fn draw_figures(&mut self, ui: &mut Ui) {
        let cards = &self.answer.figures;
        let area = ui.available_rect_before_wrap();
        let count = 5.0;
        let width = (area.width() - theme::GAP * (count - 1.0)) / count;
        let stale = self.is_stale();
        if cards.is_empty() {
            self.draw_no_plan(ui, area);
            return;
        }
        for index in 0..5_u8 {
            let left = area.left() + f32::from(index) * (width + theme::GAP);
            let rect = Rect::from_min_size(pos2(left, area.top()), vec2(width, theme::FIGURE_HEIGHT));
            if let Some(figure) = cards.get(usize::from(index)) {
                figure_card(ui, rect, figure, stale);
            }
        }
    }

    /// One card in the place of the figures, with why there are none.
    fn draw_no_plan(&self, ui: &mut Ui, area: Rect) {
        let palette = theme::of(ui);
        let text = match &self.answer.progress {
            Progress::Failed(why) => why.clone(),
            Progress::Idle => "No plan yet".to_owned(),
            _ => "Working out the first plan…".to_owned(),
        };
        let ground = Rect::from_min_size(area.min, vec2(area.width(), theme::FIGURE_HEIGHT));
        let border = Stroke::new(1.0, palette.border);
        ui.painter().rect(ground, theme::RADIUS, palette.card, border, egui::StrokeKind::Inside);
        let mut child = ui.new_child(
            UiBuilder::new()
                .max_rect(ground.shrink(8.0))
                .layout(egui::Layout::centered_and_justified(egui::Direction::TopDown)),
        );
        child.label(text);
    }

    fn draw_centre(&mut self, ui: &mut Ui) {
        let area = ui.available_rect_before_wrap();
        if area.width() < 30.0 || area.height() < 30.0 {
            return;
        }
        let has_plan = self.answer.plan.is_some();
        let timeline = if has_plan && area.height() > 220.0 { theme::TIMELINE_HEIGHT } else { 0.0 };
        let charts = match self.view.place {
            Place::Both if has_plan && area.height() > 380.0 => {
                ((area.height() - timeline) * 0.4).clamp(170.0, 400.0)
            }
            Place::Answer => area.height() - timeline,
            _ => 0.0,
        };
        let canvas_bottom = area.bottom() - charts - timeline;
        let canvas_rect = Rect::from_min_max(area.min, pos2(area.right(), canvas_bottom));
        if canvas_rect.height() > 20.0 && self.view.place != Place::Answer {
            self.draw_site(ui, canvas_rect);
        }
        let timeline_top = if self.view.place == Place::Answer { area.top() } else { canvas_bottom };
        let timeline_rect =
            Rect::from_min_size(pos2(area.left(), timeline_top), vec2(area.width(), timeline));
        let charts_rect = Rect::from_min_max(pos2(area.left(), timeline_rect.bottom()), area.max);
        self.draw_answer(ui, timeline_rect, charts_rect);
        ui.advance_cursor_after_rect(area);
    }

    fn draw_canvas(&mut self, ui: &mut Ui, rect: Rect) {
        let backdrop = self.shown_backdrop(Under::OneLine, ui.ctx());
        let Some(document) = &self.document else { return };
        let plan = self.answer.plan.as_ref();
        let revision = document.revision();
        let ghosts = self.view.ghosts.as_ref().filter(|ghosts| ghosts.revision == revision);
        let scene = canvas::Scene {
            site: document.shown(),
            plan,
            period: plan.map_or(0, |plan| chart::period_at(plan, self.view.month)),
            selection: self.view.selection.as_ref(),
            also: &self.view.also,
            legend: self.view.legend,
            minimap: self.view.minimap,
            layers: self.view.layers,
            backdrop: backdrop.as_ref(),
            study: self.view.study,
            findings: self.findings.as_ref(),
            ghosts: ghosts.map(|ghosts| ghosts.centres.as_slice()),
            renaming: self.view.renaming.as_ref(),
        };
        let mut child = ui.new_child(UiBuilder::new().max_rect(rect).id_salt("canvas area"));
        child.set_clip_rect(rect.intersect(ui.clip_rect()));
        canvas::show(&mut child, &scene, &mut self.view.camera, &mut self.view.gesture, &mut self.actions);
        if scene.ghosts.is_some() {
            tools::ghosts(&mut child, rect, &mut self.actions);
        }
    }

    fn draw_answer(&mut self, ui: &mut Ui, timeline_rect: Rect, charts_rect: Rect) {
        let palette = theme::of(ui);
        let stale = self.is_stale();
        let is_answer = self.view.place == Place::Answer;
        let is_why = is_answer && self.view.page == AnswerPage::Why;
        let charts_rect = if is_answer { self.draw_pages(ui, charts_rect) } else { charts_rect };
        let (Some(document), Some(plan)) = (&self.document, self.answer.plan.clone()) else {
            if is_why {
                let area = UiBuilder::new().max_rect(charts_rect.shrink2(vec2(10.0, 8.0)));
                let mut actions = Vec::new();
                if let Some(why) = self.why() {
                    why::show(&mut ui.new_child(area), &why, None, &mut actions);
                }
                self.actions.extend(actions);
            } else if is_answer {
                let mut child = ui.new_child(
                    UiBuilder::new()
                        .max_rect(charts_rect)
                        .layout(egui::Layout::centered_and_justified(egui::Direction::TopDown)),
                );
                child.weak("There is no plan yet");
            }
            return;
        };
        let input = ChartInput {
            site: document.shown(),
            plan: &plan,
            month: self.view.month,
            footer: footer(document.site(), &plan),
            stale,
        };
        if timeline_rect.height() > 1.0 {
            ui.painter().rect_filled(timeline_rect, 0.0, palette.panel);
            ui.painter().hline(
                timeline_rect.x_range(),
                timeline_rect.top(),
                Stroke::new(1.0, palette.border),
            );
            ui.painter().hline(
                timeline_rect.x_range(),
                timeline_rect.bottom(),
                Stroke::new(1.0, palette.border),
            );
            let mut child = ui.new_child(
                UiBuilder::new().max_rect(timeline_rect.shrink2(vec2(12.0, 0.0))).id_salt("timeline"),
            );
            chart::timeline(&mut child, &input, self.view.playing, &mut self.actions);
        }
        if charts_rect.height() > 100.0 {
            let mut child = ui
                .new_child(UiBuilder::new().max_rect(charts_rect.shrink2(vec2(10.0, 8.0))).id_salt("charts"));
            if stale {
                child.set_opacity(0.72);
            }
            if is_why {
                let mut actions = Vec::new();
                if let Some(why) = self.why() {
                    why::show(&mut child, &why, Some(&input), &mut actions);
                }
                self.actions.extend(actions);
            } else if is_answer {
                answer::show(&mut child, &input, document, &mut self.actions);
            } else {
                two_charts(&mut child, &input, &mut self.actions);
            }
        }
    }

    /// The line of pages above the answer; what is left under it.
    fn draw_pages(&mut self, ui: &mut Ui, area: Rect) -> Rect {
        if area.height() < 160.0 {
            return area;
        }
        let (line, rest) = area.split_top_bottom_at_y(area.top() + why::PAGES);
        let mut child =
            ui.new_child(UiBuilder::new().max_rect(line.shrink2(vec2(10.0, 0.0))).id_salt("pages"));
        let mut actions = Vec::new();
        if let Some(why) = self.why() {
            why::pages(&mut child, self.view.page, &why, &mut actions);
        }
        self.actions.extend(actions);
        rest.with_min_y(rest.top() - 4.0)
    }

    /// What the page of reasons is drawn from.
    fn why(&self) -> Option<why::Why<'_>> {
        let document = self.document.as_ref()?;
        Some(why::Why {
            document,
            frontier: &self.frontier,
            detail: self.answer.detail,
            can_draw: self.workers.is_some(),
            is_busy: self.answer.is_busy(),
            footer: footer_of(document.site(), document.scenario().unwrap_or_default()),
        })
    }

    /// The plan in hand belongs to an earlier state of the document.
    pub(super) fn is_stale(&self) -> bool {
        self.document.as_ref().is_some_and(|document| document.revision() != self.answer.made_from)
    }
}

/// Ribbon and fan side by side, or one over the other where it is narrow.
fn two_charts(ui: &mut Ui, input: &ChartInput<'_>, actions: &mut Vec<Action>) {
    let area = ui.available_rect_before_wrap();
    let half = vec2((area.width() - theme::GAP) / 2.0, area.height());
    let left = Rect::from_min_size(area.min, half);
    let right = Rect::from_min_size(pos2(area.right() - half.x, area.top()), half);
    let mut child = ui.new_child(UiBuilder::new().max_rect(left).id_salt("ribbon"));
    chart::ribbon(&mut child, input, actions);
    let mut child = ui.new_child(UiBuilder::new().max_rect(right).id_salt("fan"));
    chart::fan(&mut child, input, actions);
    ui.advance_cursor_after_rect(area);
}

/// Scenario, as-of date and revision, for the foot of every chart.
fn footer(site: &crate::site::Site, plan: &Plan) -> String {
    footer_of(site, &plan.scenario)
}

fn footer_of(site: &crate::site::Site, scenario: &str) -> String {
    let scenario = if scenario.is_empty() { "Base case" } else { scenario };
    format!("{scenario} · as of {} · revision {}", format::date(site.as_of), site.revision)
}

fn figure_card(ui: &mut Ui, rect: Rect, figure: &figures::Figure, stale: bool) {
    let palette = theme::of(ui);
    let response = ui.interact(rect, ui.scope_id().with(figure.name), egui::Sense::hover());
    let change =
        figure.change.as_ref().map(|(text, _)| format!(", {text} against keep mining")).unwrap_or_default();
    let spoken = format!("{}: {}{change}, {}", figure.name, figure.value, figure.detail);
    response.widget_info(|| egui::WidgetInfo::labeled(egui::Role::Label, true, spoken.clone()));
    let painter = ui.painter_at(rect);
    painter.rect(
        rect,
        theme::RADIUS,
        palette.card,
        Stroke::new(1.0, palette.border),
        egui::StrokeKind::Inside,
    );
    let inner = rect.shrink2(vec2(12.0, 9.0));
    let ink = if stale { palette.text_weak } else { palette.text };
    painter.text(
        inner.left_top(),
        egui::Align2::LEFT_TOP,
        figure.name,
        theme::font(theme::SMALL + 0.5),
        palette.text_weak,
    );
    let middle = inner.center().y + 0.5;
    let wide = rect.width() > 165.0;
    let size = if wide { theme::FIGURE } else { theme::FIGURE - 4.0 };
    let value = painter.text(
        pos2(inner.left(), middle),
        egui::Align2::LEFT_CENTER,
        &figure.value,
        theme::bold(size),
        ink,
    );
    if let Some((text, trend)) = &figure.change {
        let colour = match trend {
            figures::Trend::Better => palette.good,
            figures::Trend::Worse => palette.error,
            figures::Trend::Neutral => palette.text_weak,
        };
        let galley = painter.layout_no_wrap(text.clone(), theme::bold(theme::SMALL + 0.5), colour);
        let beside = value.right() + 10.0 + galley.size().x <= inner.right();
        let at = if beside {
            pos2(value.right() + 9.0, middle + 2.0 - galley.size().y / 2.0)
        } else {
            pos2(inner.right() - galley.size().x, inner.top())
        };
        painter.galley(at, galley, colour);
    }
    let detail =
        painter.layout(figure.detail.clone(), theme::font(theme::SMALL), palette.text_weak, f32::INFINITY);
    painter.galley(pos2(inner.left(), inner.bottom() - detail.size().y), detail, palette.text_weak);
    response.on_hover_ui(|ui| {
        ui.set_max_width(280.0);
        ui.label(theme::strong(figure.name, theme::BODY));
        ui.label(figure.meaning);
        if let Some((text, _)) = &figure.change {
            ui.weak(format!("{text} against keep mining"));
        }
    });
}
