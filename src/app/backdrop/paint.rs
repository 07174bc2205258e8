//! A backdrop on the screen, beneath all else.

use egui::emath::TSTransform;
use egui::{
    Align2, Color32, Mesh, Painter, Pos2, Rect, Role, Sense, Shape, Stroke, StrokeKind, TextureHandle, Ui,
    WidgetInfo, pos2, vec2,
};

use super::{Look, Shown, screen_point};
use crate::app::canvas::layers::Seen;
use crate::app::theme::{self, Palette};
use crate::site::backdrop::Under;

/// Half a side of the square at a corner that scales the picture, pixels of the screen.
pub(super) const HANDLE: f32 = 5.0;

impl Shown {
    /// The corners on the screen, from the upper left clockwise.
    pub(super) fn on_screen(&self, to_screen: TSTransform) -> [Pos2; 4] {
        self.corners().map(|corner| to_screen * screen_point(self.backdrop.to_view(corner)))
    }

    /// True where a corner may be dragged: on the plan the scale is measured.
    pub(super) fn has_handles(&self) -> bool {
        self.open && !self.backdrop.locked && self.under == Under::OneLine
    }
}

/// Paints a backdrop, with its edge while its panel is open.
pub fn paint(painter: &Painter, shown: &Shown, to_screen: TSTransform, palette: &Palette) {
    if shown.seen == Seen::Hidden {
        return;
    }
    let corners = shown.on_screen(to_screen);
    let view = painter.clip_rect();
    let bounds = corners.iter().fold(Rect::NOTHING, |rect, corner| rect.union(Rect::from_pos(*corner)));
    if !bounds.is_finite() || !view.intersects(bounds.expand(HANDLE)) {
        return;
    }
    let edge = match &shown.look {
        Look::Ready(sizes) => {
            let pixels = (corners[1] - corners[0]).length() * painter.ctx().pixels_per_point();
            if let Some(texture) = size_for(sizes, pixels) {
                painter.add(Shape::mesh(mesh(texture, corners, ink(shown, palette))));
            }
            shown.open.then_some(palette.accent)
        }
        Look::Waiting | Look::Broken(_) => Some(palette.border_strong),
    };
    if let Some(colour) = edge {
        let mut line = corners.to_vec();
        line.push(corners[0]);
        painter.extend(Shape::dashed_line(&line, Stroke::new(1.2, colour), 6.0, 4.0));
    }
    let words = match &shown.look {
        Look::Ready(_) => None,
        Look::Waiting => Some(format!("{} is being unpacked…", shown.backdrop.name)),
        Look::Broken(why) => Some(format!("{} is not shown: {why}", shown.backdrop.name)),
    };
    if let Some(words) = words {
        let at = bounds.intersect(view).center_top() + vec2(0.0, 60.0);
        painter.text(at, Align2::CENTER_CENTER, words, theme::font(theme::BODY), palette.text_weak);
    }
    if shown.has_handles() {
        for corner in corners {
            let square = Rect::from_center_size(corner, vec2(HANDLE, HANDLE) * 2.0);
            painter.rect(square, 1.0, palette.card, Stroke::new(1.4, palette.accent), StrokeKind::Inside);
        }
    }
}

/// What a screen reader is told of it. Nothing is pressed there: the view below has the pointer.
pub fn name(ui: &Ui, shown: &Shown, view: Rect, to_screen: TSTransform) {
    let seen = view.intersect(to_screen * shown.bounds());
    if shown.seen == Seen::Hidden || !seen.is_positive() {
        return;
    }
    let id = ui.scope_id().with(("backdrop", shown.under));
    let words = format!("Backdrop of the {}: {}", shown.under.word(), shown.backdrop.name);
    let response = ui.interact(seen, id, Sense::empty());
    response.widget_info(|| WidgetInfo::labeled(Role::Image, true, words.clone()));
}

/// The smallest size that still has a pixel for each of the screen.
fn size_for(sizes: &[TextureHandle], pixels: f32) -> Option<&TextureHandle> {
    let enough = |size: &&TextureHandle| size.size()[0] as f32 >= pixels;
    sizes.iter().rev().find(enough).or(sizes.first())
}

/// What the picture is multiplied by: a photo is dimmed in the dark; a sheet is light on dark there already.
fn ink(shown: &Shown, palette: &Palette) -> Color32 {
    #[expect(clippy::cast_possible_truncation, reason = "0.05 to 1")]
    let opacity = shown.backdrop.opacity as f32;
    let whole = if shown.under == Under::Plan { palette.backdrop } else { Color32::WHITE };
    whole.gamma_multiply(opacity * shown.seen.ink())
}

/// A square of a picture with its corners where they belong, however it is turned.
fn mesh(texture: &TextureHandle, corners: [Pos2; 4], ink: Color32) -> Mesh {
    let mut mesh = Mesh::with_texture(texture.id());
    let of_texture = [(0.0, 0.0), (1.0, 0.0), (1.0, 1.0), (0.0, 1.0)];
    for (pos, (u, v)) in corners.into_iter().zip(of_texture) {
        mesh.vertices.push(egui::epaint::Vertex { pos, uv: pos2(u, v), color: ink });
    }
    mesh.add_triangle(0, 1, 2);
    mesh.add_triangle(0, 2, 3);
    mesh
}
