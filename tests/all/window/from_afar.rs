//! A drawing of two thousand parts at the scales between all of it and one screen of it.

use egui::emath::TSTransform;
use egui::vec2;
use wattshift::app::canvas::layout::Layout;
use wattshift::app::{App, Command, state::Action};
use wattshift::file;
use wattshift::site::drawing::Sketch;
use wattshift::site::{Point, Site};

use super::{harness_of, picture_of, services};

const PARTS: usize = 2_000;

/// Copies of a template beside each other.
fn large() -> Site {
    let template = file::read_text(file::templates()[0].text).0.unwrap();
    let sketch = Sketch::of_site(template.clone());
    let bounds = Layout::new(&template).bounds.unwrap();
    let mut site = Site::empty("Large");
    site.offers.clone_from(&template.offers);
    for copy in 0..PARTS.div_ceil(template.components.len()) {
        let by = Point {
            x: (copy % 7) as f64 * f64::from(bounds.width() + 120.0),
            y: (copy / 7) as f64 * f64::from(bounds.height() + 120.0),
        };
        let copy = sketch.clone().fitted(&site, by);
        site.components.extend(copy.parts);
        site.links.extend(copy.links);
    }
    site
}

/// Written into the folder of `WATTSHIFT_PICTURES`.
#[test]
fn pictures_from_afar() {
    if std::env::var_os("WATTSHIFT_PICTURES").is_none() {
        return;
    }
    let site = large();
    let middle = Layout::new(&site).nodes[site.components.len() / 2].center();
    for dark in [false, true] {
        let app = App::for_test(site.clone(), services());
        let mut harness = harness_of(vec2(1600.0, 1000.0), dark, app);
        harness.state_mut().send(Action::Do(Command::ShowSite));
        harness.run_steps(3);
        for (scale, name) in
            [(0.12, "12"), (0.25, "25"), (0.3, "30"), (0.45, "45"), (0.5, "50"), (0.6, "60"), (1.0, "100")]
        {
            let camera = &mut harness.state_mut().view_mut().camera;
            camera.to_screen = TSTransform::new(vec2(640.0, 500.0) - middle.to_vec2() * scale, scale);
            camera.moved = true;
            picture_of(&mut harness, &format!("afar-{name}-{}", if dark { "dark" } else { "light" }));
        }
    }
}
