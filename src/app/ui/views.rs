//! The views of the site: a line of tabs, and under it the one that is chosen. All show the same parts and share one
//! selection.

use egui::{Layout, Rect, Ui, UiBuilder, vec2};

use crate::app::state::{Action, SiteView};
use crate::app::{App, Command, assessment, chart, halls, table, theme, widgets};
use crate::site::ground::Ground;

/// Height of the line of tabs.
const TABS: f32 = 34.0;
/// Least height at which there is room for it.
const TABS_FROM: f32 = 140.0;

impl App {
    pub(super) fn draw_site(&mut self, ui: &mut Ui, area: Rect) {
        let rest = self.draw_tabs(ui, area);
        match self.view.site {
            SiteView::OneLine => self.draw_canvas(ui, rest),
            SiteView::Plan => self.draw_ground(ui, rest, Ground::Plan),
            SiteView::Map => self.draw_ground(ui, rest, Ground::Map),
            SiteView::Halls => {
                let Some(document) = &self.document else { return };
                let plan = self.answer.plan.as_deref();
                let period = plan.map_or(0, |plan| chart::period_at(plan, self.view.month));
                let shown = halls::Shown { document, view: &self.view, plan, period };
                let mut child = ui.new_child(UiBuilder::new().max_rect(rest).id_salt("halls"));
                halls::show(&mut child, &shown, &mut self.actions);
            }
            SiteView::Assessment => {
                let Some(document) = &self.document else { return };
                let mut child = ui.new_child(UiBuilder::new().max_rect(rest).id_salt("assessment"));
                assessment::show(&mut child, document, self.findings.as_deref(), &mut self.actions);
            }
            SiteView::Table => {
                let Some(document) = &self.document else { return };
                // Its widgets change what the table shows; the rest of the view is read meanwhile.
                let mut own = std::mem::take(&mut self.view.table);
                let mut child = ui.new_child(UiBuilder::new().max_rect(rest).id_salt("table of parts"));
                table::show(&mut child, document, &self.view, &mut own, &mut self.actions);
                self.view.table = own;
            }
        }
        self.draw_backdrop_panel(ui, rest);
    }

    /// The tabs; what is left under them.
    fn draw_tabs(&mut self, ui: &mut Ui, area: Rect) -> Rect {
        if area.height() < TABS_FROM {
            return area;
        }
        let (line, rest) = area.split_top_bottom_at_y(area.top() + TABS);
        ui.painter().rect_filled(line, 0.0, theme::of(ui).panel);
        let mut child = ui.new_child(
            UiBuilder::new()
                .max_rect(line.shrink2(vec2(10.0, 0.0)))
                .id_salt("views")
                .layout(Layout::left_to_right(egui::Align::Center)),
        );
        let choices = SiteView::ALL.map(|view| (view, view.text()));
        if let Some(chosen) = widgets::segmented(&mut child, self.view.site, &choices) {
            self.actions.push(Action::Do(Command::View(chosen)));
        }
        rest
    }
}
