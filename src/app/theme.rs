//! Colours, sizes and fonts. The only place that names them.
//!
//! The palette follows Okabe and Ito (2008), so that it reads without colour vision: mining is amber, hosting is
//! blue, and whatever colour says is also said by a pattern, a shape or a word.

use egui::{
    Color32, CornerRadius, FontFamily, FontId, Margin, Shadow, Stroke, TextStyle, Theme, Vec2, Visuals,
};

/// Everything the window paints with, for one brightness.
#[derive(Clone, Copy, Debug)]
pub struct Palette {
    pub dark: bool,
    /// Behind the drawing.
    pub canvas: Color32,
    pub canvas_dot: Color32,
    /// Bars and panels.
    pub panel: Color32,
    /// Cards on panels.
    pub card: Color32,
    pub field: Color32,
    pub border: Color32,
    pub border_strong: Color32,
    pub text: Color32,
    pub text_weak: Color32,
    pub accent: Color32,
    pub accent_soft: Color32,
    pub on_accent: Color32,
    pub good: Color32,
    pub warning: Color32,
    pub error: Color32,
    pub info: Color32,
    pub mining: Color32,
    /// By tenant, in order.
    pub hosting: [Color32; 5],
    pub works: Color32,
    pub unused: Color32,
    pub symbol: Color32,
    pub symbol_fill: Color32,
    pub power: Color32,
    pub side_a: Color32,
    pub side_b: Color32,
    pub liquid: Color32,
    pub air: Color32,
    pub fibre: Color32,
    pub plan_line: Color32,
    pub keep_line: Color32,
    pub contracted: Color32,
    pub debt: Color32,
    /// Grades of a study, best first.
    pub grades: [Color32; 4],
    pub grid: Color32,
    /// What photos under the plan are multiplied by: they would outshine a dark window.
    pub backdrop: Color32,
    pub shade: Color32,
}

const fn rgb(hex: u32) -> Color32 {
    Color32::from_rgb((hex >> 16) as u8, (hex >> 8) as u8, hex as u8)
}

const LIGHT: Palette = Palette {
    dark: false,
    canvas: rgb(0x00F6_F7F9),
    canvas_dot: rgb(0x00DF_E3E9),
    panel: rgb(0x00FF_FFFF),
    card: rgb(0x00FF_FFFF),
    field: rgb(0x00F4_F5F7),
    border: rgb(0x00E4_E7EC),
    border_strong: rgb(0x00CB_D1DA),
    text: rgb(0x0017_1C26),
    text_weak: rgb(0x005B_6575),
    accent: rgb(0x0000_62B1),
    accent_soft: rgb(0x00E3_F0FB),
    on_accent: rgb(0x00FF_FFFF),
    good: rgb(0x0000_7A5A),
    warning: rgb(0x009A_5B00),
    error: rgb(0x00C2_3B0A),
    info: rgb(0x0000_62B1),
    mining: rgb(0x00E6_9F00),
    hosting: [rgb(0x0000_72B2), rgb(0x0056_B4E9), rgb(0x001F_4E79), rgb(0x0097_CDEF), rgb(0x0035_8DC4)],
    works: rgb(0x0078_8396),
    unused: rgb(0x00E7_EAEF),
    symbol: rgb(0x002B_3340),
    symbol_fill: rgb(0x00FF_FFFF),
    power: rgb(0x0044_4D5C),
    side_a: rgb(0x0000_8461),
    side_b: rgb(0x00A8_4A12),
    liquid: rgb(0x002A_93D5),
    air: rgb(0x00A3_B7C9),
    fibre: rgb(0x0085_5BB5),
    plan_line: rgb(0x0000_5A92),
    keep_line: rgb(0x00B2_7800),
    contracted: rgb(0x0000_72B2),
    debt: rgb(0x0011_151C),
    grades: [rgb(0x0000_9E73), rgb(0x00D8_C61E), rgb(0x00E6_8A00), rgb(0x00C2_3B0A)],
    grid: rgb(0x00E9_ECF1),
    backdrop: Color32::WHITE,
    shade: Color32::from_black_alpha(90),
};

const DARK: Palette = Palette {
    dark: true,
    canvas: rgb(0x0010_141B),
    canvas_dot: rgb(0x0026_2C37),
    panel: rgb(0x0017_1C25),
    card: rgb(0x001D_232E),
    field: rgb(0x0011_161E),
    border: rgb(0x002A_313D),
    border_strong: rgb(0x0043_4D5D),
    text: rgb(0x00E8_EBF0),
    text_weak: rgb(0x009F_A9B8),
    accent: rgb(0x005A_B4F0),
    accent_soft: rgb(0x0018_3A54),
    on_accent: rgb(0x0008_1420),
    good: rgb(0x0045_C79C),
    warning: rgb(0x00F0_B440),
    error: rgb(0x00FF_8458),
    info: rgb(0x0063_B8F0),
    mining: rgb(0x00E8_A61A),
    hosting: [rgb(0x001C_86CA), rgb(0x006F_C2F0), rgb(0x002C_5E8C), rgb(0x00A9_D8F5), rgb(0x0045_9BD0)],
    works: rgb(0x0093_9EAF),
    unused: rgb(0x0029_303B),
    symbol: rgb(0x00D9_DFE8),
    symbol_fill: rgb(0x001D_232E),
    power: rgb(0x00A7_B1C0),
    side_a: rgb(0x003F_C79C),
    side_b: rgb(0x00E8_8A4E),
    liquid: rgb(0x004F_B0EA),
    air: rgb(0x0060_7486),
    fibre: rgb(0x00B5_8FE0),
    plan_line: rgb(0x007F_C8F5),
    keep_line: rgb(0x00D9_A133),
    contracted: rgb(0x002F_93D3),
    debt: rgb(0x00F4_F6F9),
    grades: [rgb(0x002F_B58C), rgb(0x00E6_D94A), rgb(0x00F0_9A2E), rgb(0x00FF_6A3D)],
    grid: rgb(0x0026_2D38),
    backdrop: rgb(0x00A6_ABB4),
    shade: Color32::from_black_alpha(150),
};

impl Palette {
    pub fn grade(&self, grade: super::canvas::study::Grade) -> Color32 {
        self.grades[grade as usize]
    }
}

/// The palette of a brightness.
pub fn palette(dark: bool) -> &'static Palette {
    if dark { &DARK } else { &LIGHT }
}

/// The palette the window shows now.
pub fn of(ui: &egui::Ui) -> &'static Palette {
    palette(ui.visuals().dark_mode)
}

/// Sizes in points.
pub const RADIUS: u8 = 8;
pub const RADIUS_SMALL: u8 = 6;
pub const BAR_HEIGHT: f32 = 44.0;
pub const STATUS_HEIGHT: f32 = 28.0;
pub const INSPECTOR_WIDTH: f32 = 332.0;
pub const FIGURE_HEIGHT: f32 = 76.0;
pub const TIMELINE_HEIGHT: f32 = 52.0;
pub const GAP: f32 = 8.0;

pub const SMALL: f32 = 11.0;
pub const BODY: f32 = 13.0;
pub const TITLE: f32 = 15.0;
pub const FIGURE: f32 = 22.0;
pub const DISPLAY: f32 = 28.0;

/// Regular text of a size.
pub fn font(size: f32) -> FontId {
    FontId::new(size, FontFamily::Proportional)
}

/// Semi-bold text of a size.
pub fn bold(size: f32) -> FontId {
    FontId::new(size, FontFamily::Name(BOLD.into()))
}

/// Semi-bold text for a widget.
pub fn strong(text: impl Into<String>, size: f32) -> egui::RichText {
    egui::RichText::new(text).font(bold(size))
}

const REGULAR: &str = "regular";
const BOLD: &str = "semibold";
const SYMBOLS: &str = "symbols";

/// A colour between two, `share` of the way to `to`.
pub fn mix(from: Color32, to: Color32, share: f32) -> Color32 {
    from.lerp_to_gamma(to, share.clamp(0.0, 1.0))
}

/// The colour of the nth tenant.
pub fn tenant(palette: &Palette, index: usize) -> Color32 {
    palette.hosting[index % palette.hosting.len()]
}

/// Black or white, whichever reads better on `background`.
pub fn text_on(background: Color32) -> Color32 {
    // The luminance at which black and white contrast equally (WCAG 2).
    const EVEN: f32 = 0.179;
    if luminance(background) > EVEN { rgb(0x000B_0E13) } else { Color32::WHITE }
}

/// Relative luminance of an opaque colour (WCAG 2).
fn luminance(colour: Color32) -> f32 {
    let linear = egui::Rgba::from(colour);
    0.2126 * linear.r() + 0.7152 * linear.g() + 0.0722 * linear.b()
}

/// A card's frame.
pub fn card(palette: &Palette) -> egui::Frame {
    egui::Frame::new()
        .fill(palette.card)
        .stroke(Stroke::new(1.0, palette.border))
        .corner_radius(CornerRadius::same(RADIUS))
        .inner_margin(Margin::symmetric(12, 8))
}

/// A bar's or a panel's frame.
pub fn panel(palette: &Palette) -> egui::Frame {
    egui::Frame::new().fill(palette.panel).inner_margin(Margin::symmetric(12, 8))
}

/// Sets fonts and both styles. Safe to call again.
pub fn install(ctx: &egui::Context) {
    ctx.set_fonts(fonts());
    ctx.set_style_of(Theme::Light, style(&LIGHT));
    ctx.set_style_of(Theme::Dark, style(&DARK));
}

/// Inter with tabular figures, its semi-bold cut, and the signs it lacks.
fn fonts() -> egui::FontDefinitions {
    let mut fonts = egui::FontDefinitions::default();
    for (name, bytes) in [
        (REGULAR, include_bytes!("../../assets/fonts/WattshiftSans-Regular.ttf").as_slice()),
        (BOLD, include_bytes!("../../assets/fonts/WattshiftSans-SemiBold.ttf").as_slice()),
        (SYMBOLS, include_bytes!("../../assets/fonts/WattshiftSymbols-Regular.ttf").as_slice()),
    ] {
        fonts.font_data.insert(name.to_owned(), std::sync::Arc::new(egui::FontData::from_static(bytes)));
    }
    let fallback = fonts.families.get(&FontFamily::Proportional).cloned().unwrap_or_default();
    let family = |first: &str| {
        let mut names = vec![first.to_owned(), SYMBOLS.to_owned()];
        names.extend(fallback.iter().cloned());
        names
    };
    fonts.families.insert(FontFamily::Proportional, family(REGULAR));
    fonts.families.insert(FontFamily::Name(BOLD.into()), family(BOLD));
    fonts
}

fn style(palette: &Palette) -> egui::Style {
    let mut style = egui::Style { visuals: visuals(palette), ..Default::default() };
    style.text_styles = [
        (TextStyle::Small, font(SMALL)),
        (TextStyle::Body, font(BODY)),
        (TextStyle::Button, font(BODY)),
        (TextStyle::Heading, bold(TITLE)),
        (TextStyle::Monospace, FontId::new(BODY, FontFamily::Monospace)),
    ]
    .into();
    let spacing = &mut style.spacing;
    spacing.item_spacing = Vec2::new(8.0, 6.0);
    spacing.button_padding = Vec2::new(10.0, 5.0);
    spacing.interact_size = Vec2::new(32.0, 26.0);
    spacing.menu_margin = Margin::same(6);
    spacing.window_margin = Margin::same(16);
    spacing.combo_width = 80.0;
    spacing.scroll.bar_width = 8.0;
    style.interaction.tooltip_delay = 0.35;
    style.interaction.selectable_labels = false;
    style
}

fn visuals(palette: &Palette) -> Visuals {
    let mut visuals = if palette.dark { Visuals::dark() } else { Visuals::light() };
    let line = |colour| Stroke::new(1.0, colour);
    visuals.override_text_color = None;
    visuals.weak_text_color = Some(palette.text_weak);
    visuals.panel_fill = palette.panel;
    visuals.window_fill = palette.card;
    visuals.window_stroke = line(palette.border);
    visuals.window_corner_radius = CornerRadius::same(12);
    visuals.menu_corner_radius = CornerRadius::same(RADIUS);
    visuals.window_shadow =
        Shadow { offset: [0, 10], blur: 32, spread: 0, color: Color32::from_black_alpha(50) };
    visuals.popup_shadow =
        Shadow { offset: [0, 4], blur: 16, spread: 0, color: Color32::from_black_alpha(36) };
    visuals.extreme_bg_color = palette.field;
    visuals.faint_bg_color = palette.field;
    visuals.hyperlink_color = palette.accent;
    visuals.warn_fg_color = palette.warning;
    visuals.error_fg_color = palette.error;
    visuals.selection.bg_fill = palette.accent_soft;
    visuals.selection.stroke = line(palette.accent);
    visuals.slider_trailing_fill = true;
    let radius = CornerRadius::same(RADIUS_SMALL);
    let widgets = &mut visuals.widgets;
    for (state, fill, border, text) in [
        (&mut widgets.noninteractive, palette.panel, palette.border, palette.text),
        (&mut widgets.inactive, palette.field, palette.border, palette.text),
        (&mut widgets.hovered, mix(palette.field, palette.text, 0.06), palette.border_strong, palette.text),
        (&mut widgets.active, mix(palette.field, palette.text, 0.12), palette.accent, palette.text),
        (&mut widgets.open, mix(palette.field, palette.text, 0.06), palette.border_strong, palette.text),
    ] {
        state.bg_fill = fill;
        state.weak_bg_fill = fill;
        state.bg_stroke = line(border);
        state.fg_stroke = line(text);
        state.corner_radius = radius;
        state.expansion = 0.0;
    }
    visuals
}

#[cfg(test)]
mod tests {
    use super::*;

    /// WCAG contrast of two opaque colours.
    fn contrast(a: Color32, b: Color32) -> f32 {
        let (a, b) = (luminance(a), luminance(b));
        (a.max(b) + 0.05) / (a.min(b) + 0.05)
    }

    #[test]
    fn text_is_readable_on_every_ground() {
        for palette in [&LIGHT, &DARK] {
            for ground in [palette.panel, palette.card, palette.canvas, palette.field] {
                for text in [palette.text, palette.text_weak, palette.warning, palette.error, palette.good] {
                    let found = contrast(text, ground);
                    assert!(found >= 4.5, "dark {}: {text:?} on {ground:?} is {found}", palette.dark);
                }
            }
            for tenant in palette.hosting {
                assert!(contrast(text_on(tenant), tenant) >= 4.5, "label on {tenant:?}");
            }
        }
    }
}
