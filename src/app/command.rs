//! Everything a user can do, with its words and keys. Menus, palette, shortcuts and the help page read this list.

use egui::{Key, KeyboardShortcut, Modifiers};

use super::backdrop::Doing;
use super::canvas::align::{Line, Way};
use super::canvas::study::Study;
use super::pages::Drawn;
use super::state::SiteView;
use super::tool::Tool;
use crate::site::Layer;
use crate::site::backdrop::Under;
use crate::site::inventory::Topic;

/// A command with nothing to enter.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Command {
    ShowGallery,
    /// What the program draws from numbers.
    Draw(Drawn),
    Open,
    Save,
    SaveAs,
    ImportWeather,
    ImportPrices,
    ImportLoad,
    ImportEquipment,
    ImportHistory,
    OwnHistory,
    EnterBills,
    CloseFile,
    Quit,
    Undo,
    Redo,
    AbortEdit,
    AddScenario,
    RemoveScenario,
    NextScenario,
    BaseCase,
    ShowBoth,
    ShowSite,
    /// The parts of the site in one of its views.
    View(SiteView),
    ShowAnswer,
    ShowWhy,
    /// What is believed of a market, or of machines.
    Assumptions(Topic),
    FindAssumption,
    CopyAssumptions,
    Fit,
    ZoomToSelection,
    ZoomIn,
    ZoomOut,
    AddPart,
    JoinPart,
    TakeOut,
    Duplicate,
    CopyParts,
    CutParts,
    PasteParts,
    CopyTable,
    SelectAll,
    /// Something to do with the drawing.
    Tool(Tool),
    NudgeLeft,
    NudgeRight,
    NudgeUp,
    NudgeDown,
    SelectNext,
    SelectPrevious,
    ClearSelection,
    ToggleInspector,
    ToggleProblems,
    ToggleLegend,
    /// What is laid over the drawing.
    Study(Option<Study>),
    CountPlannedWork,
    Play,
    StepForward,
    StepBack,
    GoToStart,
    GoToEnd,
    Solve,
    SolveFull,
    WholeDecisions,
    CancelSolve,
    DrawFrontier,
    DrawFineFrontier,
    CancelFrontier,
    ThemeSystem,
    ThemeLight,
    ThemeDark,
    FullScreen,
    Palette,
    Help,
}

/// The menu a command is listed in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Menu {
    File,
    Edit,
    Drawing,
    View,
    Plan,
    Help,
}

impl Menu {
    pub const ALL: [Self; 6] = [Self::File, Self::Edit, Self::Drawing, Self::View, Self::Plan, Self::Help];

    pub fn text(self) -> &'static str {
        match self {
            Self::File => "File",
            Self::Edit => "Edit",
            Self::Drawing => "Drawing",
            Self::View => "View",
            Self::Plan => "Plan",
            Self::Help => "Help",
        }
    }
}

/// What decides whether a command can be given now.
#[derive(Clone, Copy, Debug, Default)]
pub struct Situation {
    pub has_document: bool,
    pub can_undo: bool,
    pub can_redo: bool,
    pub editing: bool,
    pub has_plan: bool,
    pub solving: bool,
    /// A frontier is being drawn.
    pub drawing: bool,
    pub has_selection: bool,
    /// Parts, or parts or a link, are selected.
    pub has_parts: bool,
    pub has_drawn: bool,
    pub has_link: bool,
    /// How many parts are selected.
    pub parts: usize,
    /// One of them is of a group.
    pub has_group: bool,
    /// They are a whole group.
    pub is_group: bool,
    /// Places of parts are shown, and not taken yet.
    pub has_ghosts: bool,
    pub has_scenarios: bool,
    pub in_scenario: bool,
    pub can_solve: bool,
    /// The view on show, where a backdrop may be under it, and whether there is one.
    pub backdrop_view: Option<Under>,
    pub has_backdrop: bool,
    /// The file carries a price history.
    pub has_own_history: bool,
}

const COMMAND: Modifiers = Modifiers::COMMAND;
const COMMAND_SHIFT: Modifiers = Modifiers::COMMAND.plus(Modifiers::SHIFT);

impl Command {
    /// Every command, in the order of the menus.
    pub const ALL: [Self; 124] = [
        Self::ShowGallery,
        Self::Tool(Tool::Blank),
        Self::Draw(Drawn::NewSite),
        Self::Open,
        Self::Save,
        Self::SaveAs,
        Self::ImportWeather,
        Self::ImportPrices,
        Self::ImportLoad,
        Self::ImportEquipment,
        Self::ImportHistory,
        Self::OwnHistory,
        Self::EnterBills,
        Self::CloseFile,
        Self::Quit,
        Self::Undo,
        Self::Redo,
        Self::AbortEdit,
        Self::AddScenario,
        Self::RemoveScenario,
        Self::NextScenario,
        Self::BaseCase,
        Self::ShowBoth,
        Self::ShowSite,
        Self::View(SiteView::OneLine),
        Self::View(SiteView::Plan),
        Self::View(SiteView::Map),
        Self::View(SiteView::Halls),
        Self::View(SiteView::Table),
        Self::View(SiteView::Assessment),
        Self::Assumptions(Topic::Bitcoin),
        Self::Assumptions(Topic::Power),
        Self::Assumptions(Topic::Customers),
        Self::Assumptions(Topic::Equipment),
        Self::ShowAnswer,
        Self::ShowWhy,
        Self::FindAssumption,
        Self::CopyAssumptions,
        Self::Fit,
        Self::ZoomToSelection,
        Self::ZoomIn,
        Self::ZoomOut,
        Self::Tool(Tool::Layer(Layer::Power)),
        Self::Tool(Tool::Layer(Layer::Cooling)),
        Self::Tool(Tool::Layer(Layer::Fibre)),
        Self::Tool(Tool::Backdrop(Doing::Layer)),
        Self::Tool(Tool::Minimap),
        Self::Tool(Tool::Backdrop(Doing::Show)),
        Self::Tool(Tool::Backdrop(Doing::Put)),
        Self::Tool(Tool::Backdrop(Doing::Calibrate)),
        Self::Tool(Tool::Backdrop(Doing::Lock)),
        Self::Tool(Tool::Backdrop(Doing::TakeOut)),
        Self::Tool(Tool::Steps),
        Self::Draw(Drawn::Convertible),
        Self::Draw(Drawn::Blueprint),
        Self::Draw(Drawn::KeepBlueprint),
        Self::Draw(Drawn::Split),
        Self::Draw(Drawn::SplitInTwo),
        Self::TakeOut,
        Self::Duplicate,
        Self::CopyParts,
        Self::CutParts,
        Self::PasteParts,
        Self::CopyTable,
        Self::SelectAll,
        Self::Tool(Tool::Find),
        Self::AddPart,
        Self::Tool(Tool::Next),
        Self::JoinPart,
        Self::Tool(Tool::Split),
        Self::Tool(Tool::Replace),
        Self::Tool(Tool::Rename),
        Self::Tool(Tool::Group),
        Self::Tool(Tool::Ungroup),
        Self::Tool(Tool::IntoGroup),
        Self::Tool(Tool::Lock),
        Self::Tool(Tool::Turn),
        Self::Tool(Tool::Flip),
        Self::Tool(Tool::Align(Line::Left)),
        Self::Tool(Tool::Align(Line::Centre)),
        Self::Tool(Tool::Align(Line::Right)),
        Self::Tool(Tool::Align(Line::Top)),
        Self::Tool(Tool::Align(Line::Middle)),
        Self::Tool(Tool::Align(Line::Bottom)),
        Self::Tool(Tool::Distribute(Way::Across)),
        Self::Tool(Tool::Distribute(Way::Down)),
        Self::Tool(Tool::Arrange),
        Self::Tool(Tool::PlaceGhosts),
        Self::NudgeLeft,
        Self::NudgeRight,
        Self::NudgeUp,
        Self::NudgeDown,
        Self::SelectNext,
        Self::SelectPrevious,
        Self::ClearSelection,
        Self::ToggleInspector,
        Self::ToggleProblems,
        Self::ToggleLegend,
        Self::Study(None),
        Self::Study(Some(Study::Loading)),
        Self::Study(Some(Study::Margin)),
        Self::Study(Some(Study::Availability)),
        Self::Study(Some(Study::Heat)),
        Self::Study(Some(Study::Latency)),
        Self::Study(Some(Study::Worth)),
        Self::CountPlannedWork,
        Self::Play,
        Self::StepForward,
        Self::StepBack,
        Self::GoToStart,
        Self::GoToEnd,
        Self::Solve,
        Self::SolveFull,
        Self::WholeDecisions,
        Self::CancelSolve,
        Self::DrawFrontier,
        Self::DrawFineFrontier,
        Self::CancelFrontier,
        Self::ThemeSystem,
        Self::ThemeLight,
        Self::ThemeDark,
        Self::FullScreen,
        Self::Palette,
        Self::Help,
    ];

    pub fn menu(self) -> Menu {
        match self {
            Self::Tool(tool) => tool.menu(),
            Self::AddPart
            | Self::JoinPart
            | Self::NudgeLeft
            | Self::NudgeRight
            | Self::NudgeUp
            | Self::NudgeDown => Menu::Drawing,
            Self::ShowGallery
            | Self::Open
            | Self::Save
            | Self::SaveAs
            | Self::ImportWeather
            | Self::ImportPrices
            | Self::ImportLoad
            | Self::ImportEquipment
            | Self::ImportHistory
            | Self::OwnHistory
            | Self::EnterBills
            | Self::CloseFile
            | Self::Quit => Menu::File,
            Self::Draw(what) => what.menu(),
            Self::Undo
            | Self::Redo
            | Self::AbortEdit
            | Self::AddScenario
            | Self::RemoveScenario
            | Self::NextScenario
            | Self::BaseCase
            | Self::TakeOut
            | Self::Duplicate
            | Self::CopyParts
            | Self::CutParts
            | Self::PasteParts
            | Self::CopyTable
            | Self::SelectAll
            | Self::SelectNext
            | Self::SelectPrevious
            | Self::ClearSelection
            | Self::FindAssumption
            | Self::CopyAssumptions => Menu::Edit,
            Self::ShowBoth
            | Self::ShowSite
            | Self::View(_)
            | Self::ShowAnswer
            | Self::ShowWhy
            | Self::Assumptions(_)
            | Self::Fit
            | Self::ZoomToSelection
            | Self::ZoomIn
            | Self::ZoomOut
            | Self::ToggleInspector
            | Self::ToggleProblems
            | Self::ToggleLegend
            | Self::Study(_)
            | Self::CountPlannedWork
            | Self::ThemeSystem
            | Self::ThemeLight
            | Self::ThemeDark
            | Self::FullScreen => Menu::View,
            Self::Play
            | Self::StepForward
            | Self::StepBack
            | Self::GoToStart
            | Self::GoToEnd
            | Self::Solve
            | Self::SolveFull
            | Self::WholeDecisions
            | Self::CancelSolve
            | Self::DrawFrontier
            | Self::DrawFineFrontier
            | Self::CancelFrontier => Menu::Plan,
            Self::Palette | Self::Help => Menu::Help,
        }
    }

    /// The words on a button.
    pub fn text(self) -> &'static str {
        match self {
            Self::ShowGallery => "New from template…",
            Self::Draw(what) => what.text(),
            Self::Open => "Open…",
            Self::Save => "Save",
            Self::SaveAs => "Save as…",
            Self::ImportWeather => "Import weather…",
            Self::ImportPrices => "Import hourly prices…",
            Self::ImportLoad => "Import a metered load…",
            Self::ImportEquipment => "Import an equipment list…",
            Self::ImportHistory => "Import a price history…",
            Self::OwnHistory => "Use the program's price history",
            Self::EnterBills => "Enter bills…",
            Self::CloseFile => "Close",
            Self::Quit => "Quit",
            Self::Undo => "Undo",
            Self::Redo => "Redo",
            Self::AbortEdit => "Leave field unchanged",
            Self::AddScenario => "New scenario",
            Self::RemoveScenario => "Remove scenario",
            Self::NextScenario => "Next scenario",
            Self::BaseCase => "Base case",
            Self::ShowBoth => "Site and answer",
            Self::ShowSite => "Site",
            Self::View(SiteView::OneLine) => "One-line diagram",
            Self::View(SiteView::Plan) => "Plan in metres",
            Self::View(SiteView::Map) => "Map of fibre",
            Self::View(SiteView::Halls) => "Rows of the halls",
            Self::View(SiteView::Table) => "Table of parts",
            Self::View(SiteView::Assessment) => "Assessment of the site",
            Self::ShowAnswer => "Answer",
            Self::ShowWhy => "Why this plan",
            Self::Assumptions(Topic::Bitcoin) => "Assumptions on bitcoin",
            Self::Assumptions(Topic::Power) => "Assumptions on power",
            Self::Assumptions(Topic::Customers) => "Assumptions on customers",
            Self::Assumptions(Topic::Equipment) => "Assumptions on equipment",
            Self::FindAssumption => "Find an assumption",
            Self::CopyAssumptions => "Copy assumptions as table",
            Self::Fit => "Fit drawing",
            Self::ZoomToSelection => "Zoom to selection",
            Self::ZoomIn => "Zoom in",
            Self::ZoomOut => "Zoom out",
            Self::AddPart => "Add a part…",
            Self::JoinPart => "Join to…",
            Self::TakeOut => "Take out",
            Self::Duplicate => "Duplicate",
            Self::CopyParts => "Copy parts",
            Self::CutParts => "Cut parts",
            Self::PasteParts => "Paste parts",
            Self::CopyTable => "Copy as table",
            Self::SelectAll => "Select all parts",
            Self::Tool(tool) => tool.text(),
            Self::NudgeLeft => "Move left",
            Self::NudgeRight => "Move right",
            Self::NudgeUp => "Move up",
            Self::NudgeDown => "Move down",
            Self::SelectNext => "Select next part",
            Self::SelectPrevious => "Select previous part",
            Self::ClearSelection => "Clear selection",
            Self::ToggleInspector => "Inspector",
            Self::ToggleProblems => "Problems",
            Self::ToggleLegend => "Legend",
            Self::Study(None) => "Megawatts by use",
            Self::Study(Some(Study::Loading)) => "Study of loading",
            Self::Study(Some(Study::Margin)) => "Study of N-1 margin",
            Self::Study(Some(Study::Availability)) => "Study of availability",
            Self::Study(Some(Study::Heat)) => "Study of heat",
            Self::Study(Some(Study::Latency)) => "Study of latency",
            Self::Study(Some(Study::Worth)) => "Study of worth",
            Self::CountPlannedWork => "Count planned work in availability",
            Self::Play => "Play timeline",
            Self::StepForward => "Next period",
            Self::StepBack => "Previous period",
            Self::GoToStart => "First period",
            Self::GoToEnd => "Last period",
            Self::Solve => "Solve again",
            Self::SolveFull => "Solve by months",
            Self::WholeDecisions => "Plan in whole decisions",
            Self::CancelSolve => "Stop solving",
            Self::DrawFrontier => "Draw the frontier",
            Self::DrawFineFrontier => "Draw the frontier finely",
            Self::CancelFrontier => "Stop drawing the frontier",
            Self::ThemeSystem => "Theme of the system",
            Self::ThemeLight => "Light theme",
            Self::ThemeDark => "Dark theme",
            Self::FullScreen => "Full screen",
            Self::Palette => "Find a command…",
            Self::Help => "Keys and commands",
        }
    }

    /// What the command does, in a sentence.
    pub fn tooltip(self) -> &'static str {
        match self {
            Self::ShowGallery => "Starts a site from one of the templates",
            Self::Draw(what) => what.tooltip(),
            Self::Open => "Opens a site file",
            Self::Save => "Writes the site to its file",
            Self::SaveAs => "Writes the site to another file",
            Self::ImportWeather => {
                "Reads a year of hourly weather (EPW, TMY3, CSV) and shows it before it is taken"
            }
            Self::ImportPrices => {
                "Reads hourly power prices (CSV) and shows them before they become a price deck"
            }
            Self::ImportLoad => {
                "Reads a metered load by the hour or quarter-hour and shows it before it is taken"
            }
            Self::ImportHistory => {
                "Reads daily or monthly prices of bitcoin (CSV) and shows them before they are taken"
            }
            Self::ImportEquipment => {
                "Reads a list of equipment (Excel, CSV) and shows what it adds and changes before it is taken"
            }
            Self::OwnHistory => "Goes back to the months of bitcoin that come with the program",
            Self::EnterBills => "Takes the utility's bills, so that the tariff can be held against them",
            Self::CloseFile => "Closes the site and shows the templates",
            Self::Quit => "Closes the window",
            Self::Undo => "Takes the last change back",
            Self::Redo => "Makes the change again that was taken back",
            Self::AbortEdit => "Leaves the field being edited as it was",
            Self::AddScenario => "Adds a scenario that starts out equal to what is shown",
            Self::RemoveScenario => "Removes the scenario that is shown",
            Self::NextScenario => "Shows the next scenario",
            Self::BaseCase => "Shows the site without a scenario",
            Self::ShowBoth => "Shows the drawing with the two charts beneath",
            Self::ShowSite => "Shows the drawing alone",
            Self::View(SiteView::OneLine) => "Shows the site as a one-line diagram",
            Self::View(SiteView::Plan) => "Shows where the parts stand on the ground, in metres",
            Self::View(SiteView::Map) => "Shows the ways of fibre from the site to the metros, in kilometres",
            Self::View(SiteView::Halls) => {
                "Shows the rows of a hall in a table and from above, today and after the fit-out"
            }
            Self::View(SiteView::Assessment) => {
                "Lists what has to be true before tenants come, with evidence, cost and gates"
            }
            Self::View(SiteView::Table) => {
                "Lists the parts of the site with their values, to be edited there"
            }
            Self::ShowAnswer => "Shows the plan: charts, commitments, limits that bind, comparison",
            Self::ShowWhy => "Shows what a steadier income costs, what binds, and plans worth as much",
            Self::Assumptions(Topic::Bitcoin) => {
                "Shows every number on bitcoin with its source, and what follows"
            }
            Self::Assumptions(Topic::Power) => {
                "Shows tariffs, power prices and curtailment with their sources"
            }
            Self::Assumptions(Topic::Customers) => "Shows offers, rents and GPU rental with their sources",
            Self::Assumptions(Topic::Equipment) => "Shows fleets and GPU systems with their sources",
            Self::FindAssumption => "Searches the numbers by name, object, unit and source",
            Self::CopyAssumptions => {
                "Copies the numbers that are listed, with their sources, for a spreadsheet"
            }
            Self::Fit => "Shows the whole drawing",
            Self::ZoomToSelection => "Brings the selected part near",
            Self::ZoomIn => "Makes the drawing larger",
            Self::ZoomOut => "Makes the drawing smaller",
            Self::AddPart => "Lists what can be drawn and puts it where the pointer is",
            Self::JoinPart => "Lists the parts that the selected one can be joined to",
            Self::TakeOut => "Takes the selected parts or the selected link out of the drawing",
            Self::Duplicate => "Puts a copy of the selected parts beside them",
            Self::CopyParts => "Puts the selected parts on the clipboard, for this or another site",
            Self::CutParts => "Puts the selected parts on the clipboard and takes them out",
            Self::PasteParts => "Puts the parts of the clipboard in where the pointer is",
            Self::CopyTable => {
                "Copies the selected lines of the table of parts, or all, or the assessment, for a spreadsheet"
            }
            Self::SelectAll => "Selects every part of the drawing",
            Self::Tool(tool) => tool.tooltip(),
            Self::NudgeLeft => "Moves the selected parts left by a step of the grid",
            Self::NudgeRight => "Moves the selected parts right by a step of the grid",
            Self::NudgeUp => "Moves the selected parts up by a step of the grid",
            Self::NudgeDown => "Moves the selected parts down by a step of the grid",
            Self::SelectNext => "Selects the next part of the drawing",
            Self::SelectPrevious => "Selects the previous part of the drawing",
            Self::ClearSelection => {
                "Selects nothing and shows the site's own values; inside of a group, selects the group first"
            }
            Self::ToggleInspector => "Shows or hides the values at the right",
            Self::ToggleProblems => "Shows or hides the list of problems",
            Self::ToggleLegend => "Shows or hides the legend of the drawing",
            Self::Study(None) => "Shows the drawing with its megawatts by use, without a study",
            Self::Study(Some(Study::Loading)) => "Colours parts by what they carry of their rating",
            Self::Study(Some(Study::Margin)) => "Colours parts by what is left after the worst single loss",
            Self::Study(Some(Study::Availability)) => {
                "Colours parts by the hours a year they take hosting down"
            }
            Self::Study(Some(Study::Heat)) => {
                "Colours cooling by the heat it takes of what it can at the design hour"
            }
            Self::Study(Some(Study::Latency)) => "Colours halls and metros by the round trip between them",
            Self::Study(Some(Study::Worth)) => {
                "Colours parts by what one more MW of them would add to the NPV of the plan"
            }
            Self::CountPlannedWork => "Counts the hours of yearly upkeep as downtime, or leaves them out",
            Self::Play => "Runs through the horizon, or stops",
            Self::StepForward => "Goes one period forward",
            Self::StepBack => "Goes one period back",
            Self::GoToStart => "Goes to the first period",
            Self::GoToEnd => "Goes to the last period",
            Self::Solve => "Works the plan out again, by quarters and years",
            Self::SolveFull => "Works the plan out by months; takes longer",
            Self::WholeDecisions => {
                "Keeps to whole blocks, fixed prices, options, least sizes and exclusions, or splits them; takes longer"
            }
            Self::CancelSolve => "Stops the calculation and keeps the last answer",
            Self::DrawFrontier => {
                "Works out what a steadier income costs: 11 plans from no worst-year floor to the highest there is"
            }
            Self::DrawFineFrontier => "Works out what a steadier income costs with 21 plans; takes longer",
            Self::CancelFrontier => "Stops the work on the frontier",
            Self::ThemeSystem => "Light or dark as the system is",
            Self::ThemeLight => "Dark on light",
            Self::ThemeDark => "Light on dark",
            Self::FullScreen => "Fills the screen, or not",
            Self::Palette => "Lists commands, scenarios and parts as you type",
            Self::Help => "Lists every command with its key",
        }
    }

    pub fn shortcut(self) -> Option<KeyboardShortcut> {
        let (modifiers, key) = match self {
            Self::ShowGallery => (COMMAND, Key::N),
            Self::Open => (COMMAND, Key::O),
            Self::Draw(Drawn::NewSite) => (COMMAND_SHIFT, Key::N),
            Self::Save => (COMMAND, Key::S),
            Self::SaveAs => (COMMAND_SHIFT, Key::S),
            Self::CloseFile => (COMMAND, Key::W),
            Self::Quit => (COMMAND, Key::Q),
            Self::Undo => (COMMAND, Key::Z),
            Self::Redo => (COMMAND_SHIFT, Key::Z),
            Self::NextScenario => (COMMAND, Key::E),
            Self::ShowBoth => (COMMAND, Key::Num1),
            Self::ShowSite => (COMMAND, Key::Num2),
            Self::View(SiteView::OneLine) => (Modifiers::ALT, Key::Num1),
            Self::View(SiteView::Plan) => (Modifiers::ALT, Key::Num2),
            Self::View(SiteView::Map) => (Modifiers::ALT, Key::Num3),
            Self::View(SiteView::Halls) => (Modifiers::ALT, Key::Num4),
            Self::View(SiteView::Table) => (Modifiers::ALT, Key::Num5),
            Self::View(SiteView::Assessment) => (Modifiers::ALT, Key::Num6),
            Self::Assumptions(Topic::Bitcoin) => (COMMAND, Key::Num3),
            Self::ShowAnswer => (COMMAND, Key::Num4),
            Self::ShowWhy => (COMMAND, Key::Num5),
            Self::Tool(tool) => return tool.shortcut(),
            Self::CopyAssumptions => (COMMAND_SHIFT, Key::T),
            Self::Fit => (Modifiers::NONE, Key::F),
            Self::ZoomToSelection => (Modifiers::SHIFT, Key::F),
            Self::ZoomIn => (Modifiers::NONE, Key::Plus),
            Self::ZoomOut => (Modifiers::NONE, Key::Minus),
            Self::AddPart => (Modifiers::NONE, Key::A),
            Self::JoinPart => (Modifiers::NONE, Key::J),
            Self::TakeOut => (Modifiers::NONE, Key::Delete),
            Self::Duplicate => (COMMAND, Key::D),
            Self::CopyParts => (COMMAND, Key::C),
            Self::CutParts => (COMMAND, Key::X),
            Self::PasteParts => (COMMAND, Key::V),
            Self::SelectAll => (COMMAND, Key::A),
            Self::NudgeLeft => (Modifiers::SHIFT, Key::ArrowLeft),
            Self::NudgeRight => (Modifiers::SHIFT, Key::ArrowRight),
            Self::NudgeUp => (Modifiers::SHIFT, Key::ArrowUp),
            Self::NudgeDown => (Modifiers::SHIFT, Key::ArrowDown),
            Self::SelectNext => (Modifiers::NONE, Key::CloseBracket),
            Self::SelectPrevious => (Modifiers::NONE, Key::OpenBracket),
            Self::ClearSelection => (Modifiers::NONE, Key::Escape),
            Self::ToggleInspector => (COMMAND, Key::I),
            Self::ToggleProblems => (COMMAND, Key::P),
            Self::ToggleLegend => (Modifiers::NONE, Key::L),
            Self::Study(None) => (Modifiers::NONE, Key::Num0),
            Self::Study(Some(Study::Loading)) => (Modifiers::NONE, Key::Num1),
            Self::Study(Some(Study::Margin)) => (Modifiers::NONE, Key::Num2),
            Self::Study(Some(Study::Availability)) => (Modifiers::NONE, Key::Num3),
            Self::Study(Some(Study::Heat)) => (Modifiers::NONE, Key::Num4),
            Self::Study(Some(Study::Latency)) => (Modifiers::NONE, Key::Num5),
            Self::Study(Some(Study::Worth)) => (Modifiers::NONE, Key::Num6),
            Self::Play => (Modifiers::NONE, Key::Space),
            Self::StepForward => (Modifiers::NONE, Key::ArrowRight),
            Self::StepBack => (Modifiers::NONE, Key::ArrowLeft),
            Self::GoToStart => (Modifiers::NONE, Key::Home),
            Self::GoToEnd => (Modifiers::NONE, Key::End),
            Self::Solve => (COMMAND, Key::R),
            Self::SolveFull => (COMMAND_SHIFT, Key::R),
            Self::DrawFrontier => (COMMAND_SHIFT, Key::F),
            Self::FullScreen => (Modifiers::NONE, Key::F11),
            Self::Palette => (COMMAND, Key::K),
            Self::Help => (Modifiers::NONE, Key::F1),
            Self::Assumptions(_)
            | Self::AbortEdit
            | Self::Draw(_)
            | Self::AddScenario
            | Self::RemoveScenario
            | Self::BaseCase
            | Self::WholeDecisions
            | Self::CancelSolve
            | Self::DrawFineFrontier
            | Self::CancelFrontier
            | Self::ImportWeather
            | Self::ImportPrices
            | Self::ImportLoad
            | Self::ImportEquipment
            | Self::ImportHistory
            | Self::OwnHistory
            | Self::EnterBills
            | Self::CountPlannedWork
            | Self::FindAssumption
            | Self::CopyTable
            | Self::ThemeSystem
            | Self::ThemeLight
            | Self::ThemeDark => return None,
        };
        Some(KeyboardShortcut::new(modifiers, key))
    }

    /// The shortcut as text, empty without one.
    pub fn shortcut_text(self, ctx: &egui::Context) -> String {
        self.shortcut().map(|shortcut| ctx.format_shortcut(&shortcut)).unwrap_or_default()
    }

    /// True when the key belongs to text fields while one has the focus.
    pub fn key_is_for_text(self) -> bool {
        self.shortcut().is_some_and(|shortcut| !shortcut.modifiers.command && shortcut.logical_key < Key::F1)
            || matches!(
                self,
                Self::Undo
                    | Self::Redo
                    | Self::SelectAll
                    | Self::CopyParts
                    | Self::CutParts
                    | Self::PasteParts
                    | Self::Duplicate
            )
    }

    pub fn is_enabled(self, now: &Situation) -> bool {
        match self {
            Self::ShowGallery
            | Self::Open
            | Self::Quit
            | Self::ThemeSystem
            | Self::ThemeLight
            | Self::ThemeDark
            | Self::FullScreen
            | Self::Palette
            | Self::Help => true,
            Self::Save
            | Self::SaveAs
            | Self::CloseFile
            | Self::AddScenario
            | Self::ShowBoth
            | Self::ShowSite
            | Self::View(_)
            | Self::ShowAnswer
            | Self::ShowWhy
            | Self::Assumptions(_)
            | Self::FindAssumption
            | Self::CopyAssumptions
            | Self::Fit
            | Self::ZoomIn
            | Self::ZoomOut
            | Self::AddPart
            | Self::PasteParts
            | Self::CopyTable
            | Self::SelectAll
            | Self::SelectNext
            | Self::SelectPrevious
            | Self::ToggleInspector
            | Self::ToggleProblems
            | Self::ToggleLegend
            | Self::ImportWeather
            | Self::ImportPrices
            | Self::ImportLoad
            | Self::ImportEquipment
            | Self::ImportHistory
            | Self::EnterBills
            | Self::Study(_)
            | Self::CountPlannedWork => now.has_document,
            Self::Tool(tool) => tool.is_enabled(now),
            Self::Draw(what) => what.is_enabled(now),
            Self::OwnHistory => now.has_own_history,
            Self::Undo => now.can_undo,
            Self::Redo => now.can_redo,
            Self::AbortEdit => now.editing,
            Self::RemoveScenario | Self::BaseCase => now.in_scenario,
            Self::NextScenario => now.has_scenarios,
            Self::ZoomToSelection => now.has_selection,
            Self::ClearSelection => now.has_selection || now.has_ghosts,
            Self::TakeOut => now.has_drawn,
            Self::JoinPart
            | Self::Duplicate
            | Self::CopyParts
            | Self::CutParts
            | Self::NudgeLeft
            | Self::NudgeRight
            | Self::NudgeUp
            | Self::NudgeDown => now.has_parts,
            Self::Play | Self::StepForward | Self::StepBack | Self::GoToStart | Self::GoToEnd => now.has_plan,
            Self::Solve
            | Self::SolveFull
            | Self::WholeDecisions
            | Self::DrawFrontier
            | Self::DrawFineFrontier => now.has_document && now.can_solve,
            Self::CancelSolve => now.solving,
            Self::CancelFrontier => now.drawing,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// True where no situation of a group and of places that are shown lets both be given.
    fn never_both(one: Command, other: Command) -> bool {
        let all = [[false, false], [false, true], [true, false], [true, true]];
        let situations = all.map(|[is_group, has_ghosts]| Situation {
            is_group,
            has_ghosts,
            has_document: true,
            has_selection: true,
            has_parts: true,
            has_drawn: true,
            has_group: true,
            parts: 2,
            ..Situation::default()
        });
        let enabled = |command: Command| situations.iter().any(|now| command.is_enabled(now));
        let both = |now: &Situation| one.is_enabled(now) && other.is_enabled(now);
        enabled(one) && enabled(other) && !situations.iter().any(both)
    }

    #[test]
    fn words_and_keys_are_unique() {
        for (index, command) in Command::ALL.iter().enumerate() {
            for other in &Command::ALL[..index] {
                assert_ne!(command, other);
                assert_ne!(command.text(), other.text());
                assert_ne!(command.tooltip(), other.tooltip());
                if let (Some(a), Some(b)) = (command.shortcut(), other.shortcut())
                    && a == b
                {
                    assert!(never_both(*command, *other), "{command:?} and {other:?}");
                }
            }
        }
    }
}
