//! The two tables of `docs/architecture.md`.

/// What the page says.
pub struct Page {
    pub rooms: Vec<Room>,
    pub borders: Vec<Border>,
}

/// A row of the table of rooms.
pub struct Room {
    pub name: String,
    pub imports: Vec<String>,
}

/// A row of the table of borders.
pub struct Border {
    pub names: Vec<String>,
    /// Rooms, or files under `src/`.
    pub places: Vec<String>,
    pub reason: String,
}

impl Page {
    pub fn parse(text: &str) -> Self {
        let rooms = rows(text, "## Rooms")
            .map(|[room, _, imports]| {
                let mut names = code(room);
                assert_eq!(names.len(), 1, "a room has one name: {room}");
                assert!(imports.trim() == "nothing" || imports.contains('`'), "`{imports}` names no room");
                Room { name: names.remove(0), imports: code(imports) }
            })
            .collect();
        let borders = rows(text, "## Borders")
            .map(|[names, places, reason]| {
                let border =
                    Border { names: code(names), places: code(places), reason: reason.trim().to_owned() };
                assert!(
                    !border.names.is_empty() && !border.places.is_empty(),
                    "a border without names: {names}"
                );
                border
            })
            .collect();
        Self { rooms, borders }
    }

    pub fn room(&self, name: &str) -> Option<&Room> {
        self.rooms.iter().find(|room| room.name == name)
    }
}

/// Cells of the first table under a heading, without its head.
fn rows<'a>(text: &'a str, heading: &str) -> impl Iterator<Item = [&'a str; 3]> {
    let lines = text.lines().skip_while(move |line| *line != heading);
    let table = lines.skip_while(|line| !line.starts_with('|')).take_while(|line| line.starts_with('|'));
    let rows: Vec<[&str; 3]> = table
        .skip(2)
        .map(|line| {
            let cells: Vec<&str> = line.trim_matches('|').split('|').collect();
            cells.try_into().unwrap_or_else(|cells| panic!("three cells are expected: {cells:?}"))
        })
        .collect();
    assert!(!rows.is_empty(), "the page has no table under `{heading}`");
    rows.into_iter()
}

/// The words between backticks.
fn code(cell: &str) -> Vec<String> {
    cell.split('`').skip(1).step_by(2).map(str::to_owned).collect()
}
