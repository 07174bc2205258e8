//! The one place where actions are carried out.

use std::cell::OnceCell;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::{Duration, Instant};

use egui::{Context, Event, ThemePreference, ViewportCommand};

use super::assumptions::outlook::Markets;
use super::assumptions::{self, entry};
use super::backdrop::{BackdropView, is_picture};
use super::canvas::gesture::Gesture;
use super::canvas::study::Study;
use super::command::{Command, Situation};
use super::drawing::typical_sketch;
use super::logic::DEBOUNCE;
use super::services::FileOutcome;
use super::state::{
    Action, Answer, AnswerPage, Camera, FieldEdit, Listed, Next, Overlay, Place, Progress, SiteView, Slot,
    UnsavedChoice,
};
use super::tool::Tool;
use super::weather::is_weather;
use super::{App, Document, Looked, frontier};
use crate::engineering::StudyOptions;
use crate::file::import::Kind;
use crate::plan::Detail;
use crate::quantity::{Report, Severity};
use crate::site::drawing::same_but_for_places;
use crate::site::edit::Edit;
use crate::site::inventory::Topic;
use crate::site::{Address, Object, Override, Scenario, Site, field};

const FILE_EXTENSION: &str = "site.ron";
const MOST_RECENT: usize = 8;

impl App {
    /// Carries out what was sent since the last frame.
    pub(super) fn carry_out(&mut self, ctx: &Context) {
        self.take_dropped_files(ctx);
        self.read_shortcuts(ctx);
        for action in std::mem::take(&mut self.actions) {
            self.dispatch(action, ctx);
            ctx.request_repaint();
        }
    }

    pub(super) fn situation(&self) -> Situation {
        let document = self.document.as_ref();
        Situation {
            has_document: document.is_some(),
            can_undo: document.is_some_and(|document| document.history().undo_label().is_some()),
            can_redo: document.is_some_and(|document| document.history().redo_label().is_some()),
            editing: self.view.field.is_some(),
            has_plan: self.answer.plan.is_some(),
            solving: self.answer.is_busy(),
            drawing: self.frontier.is_drawing(),
            has_selection: self.view.selection.is_some(),
            has_parts: matches!(self.view.selection, Some(Object::Component(_))),
            has_drawn: matches!(self.view.selection, Some(Object::Component(_) | Object::Link(_))),
            has_link: matches!(self.view.selection, Some(Object::Link(_))),
            parts: self.view.part_count(),
            has_group: self.has_group(),
            is_group: self.is_group(),
            has_ghosts: self.view.ghosts.is_some(),
            has_scenarios: document.is_some_and(|document| !document.site().scenarios.is_empty()),
            in_scenario: document.is_some_and(|document| document.scenario().is_some()),
            can_solve: self.workers.is_some(),
            backdrop_view: self.backdrop_view(),
            has_backdrop: self.has_backdrop(),
            has_own_history: document
                .is_some_and(|document| document.site().assumptions.price_history.is_some()),
        }
    }

    /// Text fields have had their keys while the frame was drawn; what is left are shortcuts.
    fn read_shortcuts(&mut self, ctx: &Context) {
        if self.view.overlay.is_some() {
            return;
        }
        let typing = ctx.text_edit_focused();
        // Escape leaves a field first, and only then the selection.
        if self.view.field.is_some()
            && ctx.input_mut(|input| input.consume_key(egui::Modifiers::NONE, egui::Key::Escape))
        {
            self.actions.push(Action::Do(Command::AbortEdit));
        }
        if !typing {
            self.read_clipboard(ctx);
        }
        let situation = self.situation();
        // Longer chords first: Ctrl+Shift+Z must not be taken for Ctrl+Z.
        let mut commands = Command::ALL.to_vec();
        commands.sort_by_key(|command| {
            command.shortcut().map_or(0, |shortcut| {
                -i32::from(shortcut.modifiers.shift) - 2 * i32::from(shortcut.modifiers.alt)
            })
        });
        for command in commands {
            let Some(shortcut) = command.shortcut() else { continue };
            if (typing && command.key_is_for_text()) || !command.is_enabled(&situation) {
                continue;
            }
            if ctx.input_mut(|input| input.consume_shortcut(&shortcut)) {
                self.actions.push(Action::Do(command));
            }
        }
    }

    /// The system tells of the clipboard in events of their own.
    fn read_clipboard(&mut self, ctx: &Context) {
        ctx.input(|input| {
            self.actions.extend(input.events.iter().filter_map(|event| match event {
                Event::Copy => Some(Action::Do(Command::CopyParts)),
                Event::Cut => Some(Action::Do(Command::CutParts)),
                Event::Paste(text) => Some(Action::Paste(text.clone())),
                _ => None,
            }));
        });
    }

    fn dispatch(&mut self, action: Action, ctx: &Context) {
        let now = ctx.input(|input| input.time);
        match action {
            Action::Do(command) => {
                if command.is_enabled(&self.situation()) {
                    self.run(command, ctx);
                }
            }
            Action::Edit(edit) => self.edit(&edit, now),
            Action::Change(change) => {
                let edit = self.edit_of(change);
                self.edit(&edit, now);
            }
            Action::Reset(like) => {
                if let Some(scenario) = self.scenario_name() {
                    self.edit(&Edit::ClearOverride { scenario, like }, now);
                }
            }
            Action::BeginField { at, slot, text } => {
                self.begin_field(FieldEdit { at, slot, text, error: None }, now);
            }
            Action::TypeField(text) => self.type_field(text),
            Action::CommitField { at, slot, text } => self.commit_field(at, slot, text, now),
            Action::Select(object) => self.select(object),
            Action::SelectAlso(part) => self.select_also(part),
            Action::SelectParts(parts) => self.select_parts(parts),
            Action::Draw(stroke) => self.stroke(stroke, now),
            Action::PlacePart { part, at } => self.place_part(part, at, now),
            Action::PlaceOn { part, spot } => self.place_on(typical_sketch(part), spot, now),
            Action::Carry(part) => self.view.gesture = Gesture::Carrying { part },
            Action::Favourite(part) => {
                if !self.view.favourites.remove(&part) {
                    self.view.favourites.insert(part);
                }
            }
            Action::TryOut(edit) => self.try_out(*edit),
            Action::TakeOut { parts, links } => self.take_out(parts, links, now),
            Action::Paste(text) if self.is_list(&text) => self.paste_list(&text, now),
            Action::Paste(text) => self.paste(&text, now),
            Action::Ask(ask) => self.ask(ask, now),
            Action::Backdrop(ask) => self.ask_backdrop(ask, now),
            Action::Reveal(object) => {
                self.select(Some(object));
                self.view.inspector = true;
                self.view.camera.zoom_to_selection = true;
            }
            Action::ChooseScenario(name) => self.choose_scenario(name, now),
            Action::ShowTab(tab) => {
                self.view.tab = tab;
                self.select(None);
            }
            Action::ShowPlace(place) => self.show_place(place),
            Action::ShowPage(page) => self.show_answer(page),
            Action::Scrub(month) => {
                self.view.month = month.clamp(0.0, self.last_month());
                self.view.playing = false;
            }
            Action::OpenTemplate(index) => self.unless_unsaved(Next::Template(index), ctx),
            Action::OpenDrawn(site) => self.unless_unsaved(Next::Drawn(site), ctx),
            Action::TakeDrawn(edit) => self.take_drawn(*edit, now),
            Action::InsertDrawn(edit) => self.insert_drawn(*edit, now),
            Action::KeepBlueprint(name) => self.keep_blueprint(&name, now),
            Action::ForgetBlueprint(index) => {
                if index < self.view.blueprints.len() {
                    let gone = self.view.blueprints.remove(index);
                    self.toast(now, Severity::Info, format!("{} is forgotten", gone.name));
                }
            }
            Action::OpenPath(path) if self.is_series(&path) => match self.view.assumptions.topic {
                Topic::Bitcoin => self.read_history(path, ctx),
                _ => self.read_series(path, ctx),
            },
            Action::OpenPath(path) if self.is_equipment(&path) => self.read_equipment(path, ctx),
            Action::OpenPath(path) if is_picture(&path) => self.drop_picture(path, now),
            Action::OpenPath(path) if is_weather(&path) => self.read_weather(path, ctx),
            Action::OpenPath(path) => self.unless_unsaved(Next::Path(path), ctx),
            Action::TakeWeather => self.take_weather(now),
            Action::AskSeries(question) => self.ask_series(*question, now),
            Action::TakeSeries => self.take_series(now),
            Action::AskEquipment(question) => self.ask_equipment(*question),
            Action::TakeEquipment => self.take_equipment(now),
            Action::TakeBills => self.take_bills(now),
            Action::TakeHistory => self.take_history(now),
            Action::Tariff { feed, change } => self.change_tariff(&feed, &change, now),
            Action::Unsaved(choice) => self.answer_unsaved(choice, ctx),
            Action::CloseOverlay => self.view.overlay = None,
            Action::Say(why) => self.toast(now, Severity::Error, why),
            Action::DismissToast(id) => self.view.toasts.retain(|toast| toast.id != id),
        }
    }

    fn run(&mut self, command: Command, ctx: &Context) {
        let now = ctx.input(|input| input.time);
        match command {
            Command::ShowGallery | Command::CloseFile => self.unless_unsaved(Next::Gallery, ctx),
            Command::Open => self.unless_unsaved(Next::OpenDialog, ctx),
            Command::Draw(what) => self.ask_to_draw(what, now),
            Command::Save => self.save(),
            Command::SaveAs => self.save_as(),
            Command::ImportWeather => self.weather_dialog(),
            Command::ImportPrices => self.series_dialog(Kind::Prices),
            Command::ImportLoad => self.series_dialog(Kind::Load),
            Command::ImportEquipment => self.equipment_dialog(),
            Command::ImportHistory => self.history_dialog(),
            Command::OwnHistory => self.edit(&Edit::SetPriceHistory(None), now),
            Command::EnterBills => self.open_bills(now),
            Command::Quit => ctx.send_viewport_cmd(ViewportCommand::Close),
            Command::Undo => self.undo_or_redo(Document::undo, now),
            Command::Redo => self.undo_or_redo(Document::redo, now),
            Command::AbortEdit => self.view.field = None,
            Command::AddScenario => self.add_scenario(now),
            Command::RemoveScenario => {
                if let Some(name) = self.scenario_name() {
                    self.edit(&Edit::RemoveScenario(name), now);
                }
            }
            Command::NextScenario => self.next_scenario(now),
            Command::BaseCase => self.choose_scenario(None, now),
            Command::ShowBoth => self.show_place(Place::Both),
            Command::ShowSite => self.show_place(Place::Site),
            Command::View(view) => self.show_view(view),
            Command::ShowAnswer => self.show_answer(AnswerPage::Decision),
            Command::ShowWhy => self.show_answer(AnswerPage::Why),
            Command::Assumptions(topic) => {
                self.view.assumptions.topic = topic;
                self.show_place(Place::Assumptions);
            }
            Command::FindAssumption => {
                self.show_place(Place::Assumptions);
                self.view.assumptions.focus_search = true;
            }
            Command::CopyAssumptions => {
                if let Some(document) = &self.document {
                    ctx.copy_text(assumptions::as_table(document, &self.view.assumptions));
                    self.toast(
                        now,
                        Severity::Info,
                        "The table of assumptions is on the clipboard".to_owned(),
                    );
                }
            }
            Command::Fit => self.view.camera = Camera::fitted(),
            Command::ZoomToSelection => self.view.camera.zoom_to_selection = true,
            Command::ZoomIn => self.view.camera.zoom_by = 1.25,
            Command::ZoomOut => self.view.camera.zoom_by = 0.8,
            Command::SelectNext => self.step_selection(1),
            Command::SelectPrevious => self.step_selection(-1),
            Command::ClearSelection if self.view.ghosts.is_some() => self.view.ghosts = None,
            Command::ClearSelection => self.leave_group(),
            Command::AddPart => self.list_parts(),
            Command::JoinPart => self.list_joins(),
            Command::TakeOut => self.ask_to_take_out(now),
            Command::Duplicate => self.duplicate(now),
            Command::CopyParts if self.shows_table() => self.copy_table(ctx, now),
            Command::CopyParts => self.copy_parts(ctx, now),
            Command::CutParts => {
                self.copy_parts(ctx, now);
                self.ask_to_take_out(now);
            }
            // The text comes from the system.
            Command::PasteParts => ctx.send_viewport_cmd(ViewportCommand::RequestPaste),
            Command::CopyTable => self.copy_table(ctx, now),
            Command::SelectAll => self.select_all(),
            Command::Tool(Tool::Blank) => self.unless_unsaved(Next::Blank, ctx),
            Command::Tool(tool) => self.use_tool(tool, now),
            Command::NudgeLeft => self.nudge(-1.0, 0.0, now),
            Command::NudgeRight => self.nudge(1.0, 0.0, now),
            Command::NudgeUp => self.nudge(0.0, -1.0, now),
            Command::NudgeDown => self.nudge(0.0, 1.0, now),
            Command::ToggleInspector => self.view.inspector = !self.view.inspector,
            Command::ToggleProblems => self.view.problems = !self.view.problems,
            Command::ToggleLegend => self.view.legend = !self.view.legend,
            Command::Study(None) => self.view.study = None,
            Command::Study(Some(study)) => self.show_study(study),
            Command::CountPlannedWork => {
                self.view.planned_work = !self.view.planned_work;
                self.study_soon();
            }
            Command::Play => self.play(),
            Command::StepForward => self.step_period(1),
            Command::StepBack => self.step_period(-1),
            Command::GoToStart => self.view.month = 0.0,
            Command::GoToEnd => self.view.month = self.last_month(),
            Command::Solve => self.solve_soon(Detail::Quick, now),
            Command::SolveFull => self.solve_soon(Detail::Full, now),
            Command::WholeDecisions => {
                self.view.whole = !self.view.whole;
                // They were made the other way.
                self.remembered.clear();
                self.solve_soon(self.answer.detail, now);
            }
            Command::CancelSolve => self.cancel_solve(),
            Command::DrawFrontier => self.draw_frontier(frontier::POINTS),
            Command::DrawFineFrontier => self.draw_frontier(frontier::FINE_POINTS),
            Command::CancelFrontier => self.cancel_frontier(),
            Command::ThemeSystem => ctx.set_theme(ThemePreference::System),
            Command::ThemeLight => ctx.set_theme(ThemePreference::Light),
            Command::ThemeDark => ctx.set_theme(ThemePreference::Dark),
            Command::FullScreen => {
                let full = ctx.input(|input| input.viewport().fullscreen.unwrap_or(false));
                ctx.send_viewport_cmd(ViewportCommand::Fullscreen(!full));
            }
            Command::Palette => {
                self.view.overlay = Some(Overlay::list(Listed::Everything));
            }
            Command::Help => self.view.overlay = Some(Overlay::Help),
        }
    }

    /// Prices and loads are dropped where power is looked at, a price history where bitcoin is: their files end like
    /// weather.
    fn is_series(&self, path: &Path) -> bool {
        let ending = path.extension().map(|ending| ending.to_string_lossy().to_lowercase());
        let is_text = matches!(ending.as_deref(), Some("csv" | "txt" | "tsv"));
        is_text && self.document.is_some() && self.view.place == Place::Assumptions
    }

    // Editing.

    pub(super) fn edit(&mut self, edit: &Edit, now: f64) {
        let Some(document) = &mut self.document else { return };
        let before = document.revision();
        match document.apply(edit) {
            Ok(label) if document.revision() != before => {
                if document.scenario().is_some() && edit.is_of_all_scenarios() {
                    self.toast(now, Severity::Info, label.clone());
                }
                self.answer.edits.push(label);
                self.document_changed(now);
            }
            Ok(_) => {}
            Err(why) => self.toast(now, Severity::Error, why),
        }
    }

    /// In a scenario a change goes into the scenario, and back to the base case when it says the same.
    fn edit_of(&self, change: Override) -> Edit {
        let Some((document, scenario)) =
            self.document.as_ref().and_then(|document| Some((document, document.scenario()?.to_owned())))
        else {
            return Edit::Change(change);
        };
        let mut base = Site::clone(document.site());
        if change.apply(&mut base).is_ok() && base == **document.site() {
            Edit::ClearOverride { scenario, like: change }
        } else {
            Edit::Override { scenario, change }
        }
    }

    /// Begins to edit; what was typed elsewhere and not understood is said once more and not lost in silence.
    fn begin_field(&mut self, edit: FieldEdit, now: f64) {
        let before = self.view.field.replace(edit);
        if let Some(error) = before.and_then(|before| before.error) {
            self.toast(now, Severity::Error, error);
        }
    }

    fn type_field(&mut self, text: String) {
        let Some(edit) = &self.view.field else { return };
        let error = self.read_field(&edit.at, edit.slot, &text).err();
        if let Some(edit) = &mut self.view.field {
            edit.text = text;
            edit.error = error;
        }
    }

    /// The change that was typed for an address, or why there is none.
    fn read_field(&self, at: &Address, slot: Slot, text: &str) -> Result<Option<Edit>, String> {
        let Some(document) = &self.document else { return Ok(None) };
        if slot == Slot::All {
            return self.read_all(at, text);
        }
        if slot != Slot::Value {
            return entry::edit(document, at, slot, text);
        }
        let Some(spec) = field::spec(document.shown(), at) else {
            return Err(format!("`{at}` does not exist any more"));
        };
        let value = entry::number(&spec, text)?;
        if value.is_none() && !spec.optional {
            return Err(format!("{} cannot be left out", spec.label));
        }
        let unchanged = document.shown().value(at) == Some(value);
        Ok((!unchanged).then(|| self.edit_of(Override::Value { at: at.clone(), value })))
    }

    /// Takes the typed number; text that is not understood stays with its message, and the value as it was.
    pub(super) fn commit_field(&mut self, at: Address, slot: Slot, text: String, now: f64) {
        let is_open = self.view.field.as_ref().is_none_or(|edit| edit.at == at && edit.slot == slot);
        match self.read_field(&at, slot, &text) {
            Ok(change) => {
                if is_open {
                    self.view.field = None;
                }
                if let Some(edit) = change {
                    self.edit(&edit, now);
                }
            }
            Err(error) if is_open => self.view.field = Some(FieldEdit { at, slot, text, error: Some(error) }),
            Err(error) => self.toast(now, Severity::Error, error),
        }
    }

    fn undo_or_redo(&mut self, step: fn(&mut Document) -> Option<String>, now: f64) {
        self.view.field = None;
        if self.document.as_mut().and_then(step).is_some() {
            self.answer.edits.clear();
            self.document_changed(now);
        }
    }

    /// What was drawn or solved may be out of date.
    pub(super) fn document_changed(&mut self, now: f64) {
        let Some(document) = &self.document else { return };
        let shown = document.shown();
        if self.view.selection.as_ref().is_some_and(|object| field::fields_of(shown, object).is_empty()) {
            self.view.selection = None;
        }
        self.view.also.retain(|id| shown.component(id).is_some());
        self.view.ghosts = None;
        self.remarks = document.scenario_report().clone();
        self.study_soon();
        self.look_at_markets(now);
        self.look_at_frontier(now);
        let Some(document) = &self.document else { return };
        let known = self.remembered.iter().find(|(site, scenario, _)| {
            scenario.as_deref() == document.scenario() && same_but_for_places(site, document.site())
        });
        if let Some((_, _, plan)) = known {
            self.answer.put(Arc::clone(plan), document.revision(), Some(document));
            self.cancel_solve();
            return;
        }
        self.solve_soon(self.answer.detail, now);
    }

    /// Has the drawing checked and studied anew: by the worker, or here where there is none.
    fn study_soon(&mut self) {
        let Some(document) = &self.document else { return };
        let (site, revision) = (Arc::clone(document.shown()), document.revision());
        let (check, study) = (self.services.check, self.services.study);
        let options = StudyOptions { planned_maintenance: self.view.planned_work };
        match &mut self.workers {
            Some(workers) => {
                workers.studies.submit(revision, move |reporter| {
                    let problems = check(&site);
                    reporter.first(Looked { problems: problems.clone(), findings: None });
                    Looked { problems, findings: Some(study(&site, options)) }
                });
            }
            None => {
                let findings = Some(study(&site, options));
                self.take_looked(Looked { problems: check(&site), findings });
            }
        }
        // What was gathered names parts as they were called.
        self.gathered = OnceCell::new();
    }

    pub(super) fn take_looked(&mut self, looked: Looked) {
        self.problems = looked.problems;
        self.findings = looked.findings.map(Arc::new).or(self.findings.take());
        self.gathered = OnceCell::new();
    }

    // Scenarios.

    fn scenario_name(&self) -> Option<String> {
        self.document.as_ref().and_then(Document::scenario).map(str::to_owned)
    }

    fn choose_scenario(&mut self, name: Option<String>, now: f64) {
        self.view.field = None;
        if let Some(document) = &mut self.document {
            document.choose_scenario(name);
            self.document_changed(now);
        }
    }

    fn add_scenario(&mut self, now: f64) {
        let Some(document) = &self.document else { return };
        let existing = &document.site().scenarios;
        let overrides: Vec<Override> = existing
            .iter()
            .find(|scenario| Some(scenario.name.as_str()) == document.scenario())
            .map(|scenario| scenario.overrides.clone())
            .unwrap_or_default();
        let name = (1..)
            .map(|number| format!("Scenario {number}"))
            .find(|name| existing.iter().all(|scenario| scenario.name != *name))
            .unwrap_or_default();
        self.edit(&Edit::AddScenario(Scenario { name: name.clone(), note: String::new(), overrides }), now);
        self.choose_scenario(Some(name), now);
    }

    /// Goes through base case and scenarios in turn.
    fn next_scenario(&mut self, now: f64) {
        let Some(document) = &self.document else { return };
        let scenarios = &document.site().scenarios;
        let next = match document.scenario() {
            None => scenarios.first(),
            Some(name) => scenarios.iter().skip_while(|scenario| scenario.name != name).nth(1),
        };
        let name = next.map(|scenario| scenario.name.clone());
        self.choose_scenario(name, now);
    }

    // Looking around.

    pub(super) fn select(&mut self, object: Option<Object>) {
        if self.view.selection != object {
            self.view.field = None;
        }
        self.view.also.clear();
        self.view.selection = object;
    }

    fn step_selection(&mut self, step: isize) {
        let Some(document) = &self.document else { return };
        let components = &document.shown().components;
        let count = components.len() as isize;
        if count == 0 {
            return;
        }
        let now = match &self.view.selection {
            Some(Object::Component(id)) => components.iter().position(|component| component.id == *id),
            _ => None,
        };
        let next = match now {
            Some(index) => (index as isize + step).rem_euclid(count),
            None if step > 0 => 0,
            None => count - 1,
        };
        #[expect(clippy::cast_sign_loss, reason = "the remainder is not negative")]
        let id = components[next as usize].id.clone();
        self.select(Some(Object::Component(id)));
    }

    /// The drawing comes into view with its study.
    fn show_study(&mut self, study: Study) {
        self.view.study = Some(study);
        if matches!(self.view.place, Place::Answer | Place::Assumptions) {
            self.show_place(Place::Both);
        }
    }

    /// A view of the site comes up, where the place shows none.
    fn show_view(&mut self, view: SiteView) {
        if matches!(self.view.place, Place::Answer | Place::Assumptions) {
            self.show_place(Place::Site);
        }
        self.view.field = None;
        self.view.backdrop.calibration = None;
        // What the pointer holds of one view means nothing in another, but for a part that is brought from the list.
        if !matches!(self.view.gesture, Gesture::Carrying { .. }) {
            self.view.gesture = Gesture::None;
        }
        self.view.site = view;
        if !self.takes_carried() {
            self.view.gesture = Gesture::None;
        }
        // The drawing may have had another size, or none, since it was fitted.
        self.view.camera.fit |= !self.view.camera.moved;
    }

    pub(super) fn show_place(&mut self, place: Place) {
        // A field left half typed is not of the place that comes.
        self.view.field = None;
        self.view.place = place;
        self.view.camera = Camera::fitted();
        self.look_at_markets(0.0);
    }

    pub(super) fn last_month(&self) -> f64 {
        self.answer
            .plan
            .as_ref()
            .and_then(|plan| plan.periods.last())
            .map_or(0.0, |period| (period.first_month + period.months) as f64)
    }

    fn play(&mut self) {
        if !self.view.playing && self.view.month >= self.last_month() - 1e-6 {
            self.view.month = 0.0;
        }
        self.view.playing = !self.view.playing;
    }

    fn step_period(&mut self, step: isize) {
        let Some(plan) = &self.answer.plan else { return };
        let index = super::chart::period_at(plan, self.view.month);
        let next = index.saturating_add_signed(step).min(plan.periods.len().saturating_sub(1));
        if let Some(period) = plan.periods.get(next) {
            self.view.month = period.first_month as f64;
        }
        self.view.playing = false;
    }

    // Solving.

    fn solve_soon(&mut self, detail: Detail, now: f64) {
        self.answer.detail = detail;
        self.answer.asked = None;
        if let Some(workers) = &mut self.workers {
            workers.solver.cancel();
            self.answer.progress = Progress::Due { at: now + DEBOUNCE };
        }
    }

    fn cancel_solve(&mut self) {
        if let Some(workers) = &mut self.workers {
            workers.solver.cancel();
        }
        self.answer.asked = None;
        self.answer.progress = Progress::Idle;
    }

    // Files.

    /// Shows a document and has its plan worked out.
    pub(super) fn show_document(&mut self, document: Document) {
        self.answer = Answer::default();
        self.forget_frontier();
        self.findings = None;
        self.problems = Report::default();
        self.markets = Markets::default();
        self.view.gallery = false;
        self.select(None);
        self.view.field = None;
        self.view.month = 0.0;
        self.view.playing = false;
        self.view.camera = Camera::fitted();
        self.view.backdrop = BackdropView::default();
        self.document = Some(document);
        self.document_changed(0.0);
    }

    fn unless_unsaved(&mut self, next: Next, ctx: &Context) {
        if self.document.as_ref().is_some_and(Document::is_modified) {
            self.view.overlay = Some(Overlay::Unsaved(next));
        } else {
            self.go_on(next, ctx);
        }
    }

    fn answer_unsaved(&mut self, choice: UnsavedChoice, ctx: &Context) {
        let Some(Overlay::Unsaved(next)) = self.view.overlay.take() else { return };
        match choice {
            UnsavedChoice::Cancel => {}
            UnsavedChoice::Discard => self.go_on(next, ctx),
            UnsavedChoice::Save => {
                self.after_save = Some(next);
                self.save();
            }
        }
    }

    /// Does what had to wait for the question about unsaved changes.
    pub(super) fn go_on(&mut self, next: Next, ctx: &Context) {
        match next {
            Next::Quit => {
                self.may_close = true;
                ctx.send_viewport_cmd(ViewportCommand::Close);
            }
            Next::Gallery => {
                self.cancel_solve();
                self.forget_frontier();
                self.document = None;
                self.findings = None;
                self.markets = Markets::default();
                (self.problems, self.remarks) = Default::default();
                self.gathered = OnceCell::new();
                self.answer = Answer::default();
                self.select(None);
                self.view.field = None;
                self.view.gallery = true;
            }
            Next::Blank => self.show_document(Document::new(Site::empty("New site"), None)),
            Next::Template(index) => {
                if let Some(template) = self.services.templates.get(index) {
                    let site = (*template.site).clone();
                    self.show_document(Document::new(site, None));
                }
            }
            Next::Drawn(site) => self.show_document(Document::drawn(Site::clone(&site))),
            Next::OpenDialog => self.open_dialog(),
            Next::Path(path) => self.open(path),
        }
    }

    pub(super) fn open(&mut self, path: PathBuf) {
        let files = self.files();
        if let Some(workers) = &mut self.workers {
            workers.files.submit(0, move |_| files.read(path));
        }
    }

    fn open_dialog(&mut self) {
        let files = self.files();
        if let Some(workers) = &mut self.workers {
            workers.files.submit(0, move |_| {
                let dialog =
                    rfd::FileDialog::new().set_title("Open site").add_filter("Wattshift site", &["ron"]);
                let asked = Instant::now();
                dialog.pick_file().map_or_else(|| unanswered(asked), |path| files.read(path))
            });
        }
    }

    fn save(&mut self) {
        let Some(document) = &self.document else { return };
        match document.path().map(Path::to_path_buf) {
            Some(path) => {
                let (files, site) = (self.files(), Arc::clone(document.site()));
                let known = document.stamp().map(str::to_owned);
                if let Some(workers) = &mut self.workers {
                    workers.files.submit(0, move |_| files.save(path, site, known.as_deref()));
                }
            }
            None => self.save_as(),
        }
    }

    /// Saves over what another program wrote; then what waited for it.
    pub(super) fn save_over(&mut self, path: PathBuf, next: Option<Next>) {
        let Some(document) = &self.document else { return };
        self.after_save = next;
        let (files, site) = (self.files(), Arc::clone(document.site()));
        if let Some(workers) = &mut self.workers {
            workers.files.submit(0, move |_| files.save(path, site, None));
        }
    }

    fn files(&self) -> Files {
        Files { read: self.services.read, save: self.services.save, stamp: self.services.stamp }
    }

    /// Saves beside what another program wrote; then what waited for it.
    pub(super) fn save_elsewhere(&mut self, next: Option<Next>) {
        self.after_save = next;
        self.save_as();
    }

    fn save_as(&mut self) {
        let Some(document) = &self.document else { return };
        let name = format!("{}.{FILE_EXTENSION}", file_stem(&document.site().name));
        let (files, site) = (self.files(), Arc::clone(document.site()));
        let folder = document.path().and_then(Path::parent).map(Path::to_path_buf);
        if let Some(workers) = &mut self.workers {
            workers.files.submit(0, move |_| {
                let mut dialog = rfd::FileDialog::new()
                    .set_title("Save site")
                    .set_file_name(name)
                    .add_filter("Wattshift site", &["ron"]);
                if let Some(folder) = folder {
                    dialog = dialog.set_directory(folder);
                }
                let asked = Instant::now();
                match dialog.save_file() {
                    Some(path) => files.save(with_extension(path), site, None),
                    None => unanswered(asked),
                }
            });
        }
    }

    pub(super) fn remember_path(&mut self, path: &Path) {
        self.view.recent.retain(|known| known != path);
        self.view.recent.insert(0, path.to_path_buf());
        self.view.recent.truncate(MOST_RECENT);
    }
}

/// How files are read and written.
struct Files {
    read: super::services::Read,
    save: super::services::Save,
    stamp: super::services::Stamp,
}

impl Files {
    fn read(&self, path: PathBuf) -> FileOutcome {
        // Before it is read: what is written meanwhile is then noticed when it is saved.
        let stamp = (self.stamp)(&path);
        let (site, report) = (self.read)(&path);
        FileOutcome::Read { path, site: site.map(Box::new), report, stamp }
    }

    /// Saves, unless the file is there and not as it was `known`.
    fn save(&self, path: PathBuf, site: Arc<Site>, known: Option<&str>) -> FileOutcome {
        let there = known.and_then(|known| (self.stamp)(&path).filter(|stamp| stamp != known));
        if there.is_some() {
            return FileOutcome::Changed { path };
        }
        let outcome = (self.save)(&path, &site);
        let stamp = (self.stamp)(&path);
        FileOutcome::Saved { path, site, outcome, stamp }
    }
}

/// A dialog that comes back without a file: closed by the user, or, sooner than anyone could, never shown. rfd does
/// not tell the two apart.
pub(super) fn unanswered(asked: Instant) -> FileOutcome {
    const SOONEST: Duration = Duration::from_millis(150);
    if asked.elapsed() < SOONEST { FileOutcome::NoDialog } else { FileOutcome::Cancelled }
}

/// A site's name as a file name: letters, digits and dashes.
fn file_stem(name: &str) -> String {
    let words: Vec<String> = name
        .split(|c: char| !c.is_alphanumeric())
        .filter(|word| !word.is_empty())
        .map(str::to_lowercase)
        .collect();
    if words.is_empty() { "site".to_owned() } else { words.join("-") }
}

fn with_extension(path: PathBuf) -> PathBuf {
    let named = path.file_name().is_some_and(|name| name.to_string_lossy().ends_with(".ron"));
    if named { path } else { path.with_added_extension(FILE_EXTENSION) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_site_name_becomes_a_file_name() {
        assert_eq!(file_stem("Permian 100 MW / phase 2"), "permian-100-mw-phase-2");
        assert_eq!(file_stem("…"), "site");
        assert_eq!(with_extension("a/b".into()), PathBuf::from("a/b.site.ron"));
        assert_eq!(with_extension("a/b.site.ron".into()), PathBuf::from("a/b.site.ron"));
    }
}
