//! The sites that come with the program, from `site_templates`.

/// A site to begin with.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Template {
    /// What it is called on the command line: the file's name without `.site.ron`.
    pub name: &'static str,
    pub title: &'static str,
    pub summary: &'static str,
    /// The whole site file.
    pub text: &'static str,
}

macro_rules! template {
    ($name:literal, $title:literal, $summary:literal) => {
        Template {
            name: $name,
            title: $title,
            summary: $summary,
            text: include_str!(concat!("../../site_templates/", $name, ".site.ron")),
        }
    };
}

const TEMPLATES: [Template; 3] = [
    template!(
        "west-texas-100mw",
        "West Texas 100 MW",
        "Air-cooled mine on ERCOT West, 40 MW of which can become liquid-cooled colocation"
    ),
    template!(
        "upstate-new-york-75mw",
        "Upstate New York 75 MW",
        "Lake-side mine in NYISO zone A with two AI halls under construction"
    ),
    template!(
        "washington-18mw",
        "Washington 18 MW",
        "Small mine on public power: a full retrofit to 190 kW racks for $128M, or part of it"
    ),
];

/// The built-in sites, in the order they are shown.
pub fn templates() -> &'static [Template] {
    &TEMPLATES
}

/// The built-in site of a name.
pub fn template(name: &str) -> Option<&'static Template> {
    TEMPLATES.iter().find(|template| template.name == name)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::file::{read_text, write_text};

    #[test]
    fn every_template_loads_clean_and_is_a_whole_site() {
        for template in templates() {
            let (site, report) = read_text(template.text);
            assert_eq!(report.problems, [], "{}", template.name);
            let site = site.unwrap();
            assert_eq!(site.name, template.title);
            assert!(
                (20..=50).contains(&site.components.len()),
                "{}: {}",
                template.name,
                site.components.len()
            );
            assert!((3..=5).contains(&site.halls().count()));
            assert!(site.fleets.len() == 2 && (2..=4).contains(&site.offers.len()));
            assert!(site.scenarios.len() >= 2 && site.provenance.len() >= 15);
            assert!(site.limits.capex_total_usd.is_some() && !site.limits.capex_by_year_usd.is_empty());
            for offer in &site.offers {
                assert!(offer.sign_by.is_some_and(|date| date > site.plan.start), "{}", offer.id);
            }
            assert_eq!(read_text(&write_text(&site)).0.as_ref(), Some(&site));
        }
    }

    #[test]
    fn drawn_parts_do_not_lie_on_one_another() {
        for template in templates() {
            let site = read_text(template.text).0.unwrap();
            for (index, one) in site.components.iter().enumerate() {
                for other in &site.components[..index] {
                    let (dx, dy) = (
                        (one.at_schematic.x - other.at_schematic.x).abs(),
                        (one.at_schematic.y - other.at_schematic.y).abs(),
                    );
                    // Halls are drawn 212 by 116, buses 104 wide, other symbols 44: half of each, and room for a wire.
                    let halves = |part: &crate::site::Component| match part.kind {
                        crate::site::Kind::Hall(_) => (106.0, 58.0),
                        crate::site::Kind::Switchgear(_) => (52.0, 13.0),
                        _ => (22.0, 22.0),
                    };
                    let ((a, b), (c, d)) = (halves(one), halves(other));
                    let is_clear = dx >= a + c + 12.0 || dy >= b + d + 12.0;
                    assert!(is_clear, "{}: {} and {}", template.name, one.id, other.id);
                }
                assert!(one.at_schematic.x % 8.0 == 0.0 && one.at_schematic.y % 8.0 == 0.0, "{}", one.id);
            }
        }
    }

    #[test]
    fn every_file_in_the_folder_is_a_template() {
        let folder = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("site_templates");
        let mut files: Vec<String> = std::fs::read_dir(folder)
            .unwrap()
            .map(|entry| entry.unwrap().file_name().to_string_lossy().into_owned())
            .collect();
        files.sort();
        let mut names: Vec<String> =
            templates().iter().map(|template| format!("{}.site.ron", template.name)).collect();
        names.sort();
        assert_eq!(files, names);
        assert_eq!(template("washington-18mw").map(|template| template.title), Some("Washington 18 MW"));
        assert_eq!(template("washington"), None);
    }
}
