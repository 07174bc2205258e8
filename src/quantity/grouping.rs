//! Like problems told as one: same code, same kind of thing, same words but for names and numbers.
//!
//! A drawing of forty coolers has forty of some remarks. People read one line with a count and the range of each
//! figure; scripts get every problem.

use super::diagnostic::Problem;

/// What a problem is about, as far as it is known.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Subject {
    /// What things of its kind are called: `CRAH`.
    pub kind: String,
    /// What the user calls it, as messages do.
    pub name: String,
}

/// One problem, or several alike.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Group<'a> {
    /// In the order they came; never empty.
    pub problems: Vec<&'a Problem>,
    /// Names of what they are about, in the same order; empty where a single problem is about nothing named.
    pub names: Vec<String>,
    /// The problem's own words, or those of all with `each of 8 parts (CRAH)` for the name and `0.02 to 0.05` for
    /// figures that differ.
    pub message: String,
    pub hint: String,
}

/// Stands for the name while words are compared; no user can type it into a name that is shown.
const NAME: char = '\u{0}';

/// A text as words and the numbers between them: one more of the words.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
struct Pieces {
    words: Vec<String>,
}

/// Numbers of a message and of its hint, as they are written.
type Numbers = (Vec<String>, Vec<String>);

struct Found<'a> {
    severity: super::Severity,
    code: &'static str,
    kind: Option<String>,
    message: Pieces,
    hint: Pieces,
    problems: Vec<&'a Problem>,
    names: Vec<String>,
    /// Of each problem: numbers of message and hint.
    numbers: Vec<Numbers>,
}

/// Groups problems, in the order in which the first of each came. What `subject` does not know stands alone.
///
/// The time goes with the problems and the groups there are; a report is bounded where it is made.
pub fn grouped<'a>(
    problems: impl IntoIterator<Item = &'a Problem>,
    subject: impl Fn(&Problem) -> Option<Subject>,
) -> Vec<Group<'a>> {
    let mut groups: Vec<Found<'a>> = Vec::new();
    for problem in problems {
        let subject = subject(problem);
        let name = subject.as_ref().map_or("", |subject| subject.name.as_str());
        let (message, of_message) = pieces(&without_name(&problem.message, name));
        let (hint, of_hint) = pieces(&without_name(&problem.hint, name));
        let kind = subject.as_ref().map(|subject| subject.kind.clone());
        let like = groups.iter().position(|group| {
            kind.is_some()
                && group.kind == kind
                && (group.severity, group.code) == (problem.severity, problem.code)
                && group.message == message
                && group.hint == hint
        });
        let place = like.unwrap_or(groups.len());
        if like.is_none() {
            let (severity, code) = (problem.severity, problem.code);
            let (problems, names, numbers) = (Vec::new(), Vec::new(), Vec::new());
            groups.push(Found { severity, code, kind, message, hint, problems, names, numbers });
        }
        let group = &mut groups[place];
        group.problems.push(problem);
        group.names.extend(subject.map(|subject| subject.name));
        group.numbers.push((of_message, of_hint));
    }
    groups.into_iter().map(told).collect()
}

fn told(found: Found<'_>) -> Group<'_> {
    let Found { kind, message, hint, problems, names, numbers, .. } = found;
    if let [single] = problems.as_slice() {
        let (message, hint) = (single.message.clone(), single.hint.clone());
        return Group { problems, names, message, hint };
    }
    let each = format!("each of {} parts ({})", problems.len(), kind.unwrap_or_default());
    let text = |pieces: &Pieces, of: fn(&Numbers) -> &Vec<String>| {
        let mut text = String::new();
        for (place, words) in pieces.words.iter().enumerate() {
            text.push_str(&words.replace(NAME, &each));
            if place + 1 < pieces.words.len() {
                let values: Vec<&str> =
                    numbers.iter().filter_map(|one| Some(of(one).get(place)?.as_str())).collect();
                text.push_str(&range(&values));
            }
        }
        text
    };
    let message = text(&message, |numbers| &numbers.0);
    let hint = text(&hint, |numbers| &numbers.1);
    Group { problems, names, message, hint }
}

/// `0.02 to 0.05`, each as it was written; one number where all are the same.
fn range(values: &[&str]) -> String {
    let value = |text: &str| text.replace(',', "").parse::<f64>().unwrap_or(0.0);
    let least = values.iter().min_by(|a, b| value(a).total_cmp(&value(b)));
    let most = values.iter().max_by(|a, b| value(a).total_cmp(&value(b)));
    match (least, most) {
        (Some(least), Some(most)) if value(least) < value(most) => format!("{least} to {most}"),
        (Some(least), _) => (*least).to_owned(),
        _ => String::new(),
    }
}

/// The text with every whole word that is the name taken out.
fn without_name(text: &str, name: &str) -> String {
    if name.is_empty() {
        return text.to_owned();
    }
    let mut rest = text;
    let mut result = String::with_capacity(text.len());
    while let Some(at) = rest.find(name) {
        let (before, after) = (&rest[..at], &rest[at + name.len()..]);
        let joins = |letter: Option<char>| letter.is_some_and(char::is_alphanumeric);
        let is_word = !joins(before.chars().next_back()) && !joins(after.chars().next());
        result.push_str(before);
        if is_word {
            result.push(NAME);
        } else {
            result.push_str(name);
        }
        rest = after;
    }
    result + rest
}

/// Words and numbers of a text. Digits that belong to a word (`T1`, `2N`) are no number.
fn pieces(text: &str) -> (Pieces, Vec<String>) {
    let (mut words, mut numbers) = (vec![String::new()], Vec::new());
    let mut letters = text.char_indices().peekable();
    let mut before = ' ';
    while let Some((at, letter)) = letters.next() {
        let starts = letter.is_ascii_digit() && !before.is_alphanumeric();
        let end = starts.then(|| number_end(&text[at..])).flatten().map(|length| at + length);
        match (end, words.last_mut()) {
            (Some(end), _) => {
                numbers.push(text[at..end].to_owned());
                words.push(String::new());
                while letters.next_if(|(next, _)| *next < end).is_some() {}
                before = '0';
            }
            (None, Some(word)) => {
                word.push(letter);
                before = letter;
            }
            (None, None) => {}
        }
    }
    (Pieces { words }, numbers)
}

/// Length of the number a text begins with, digits with points and commas between them; `None` where letters follow.
fn number_end(text: &str) -> Option<usize> {
    let mut end = 0;
    for (at, letter) in text.char_indices() {
        if letter.is_ascii_digit() {
            end = at + 1;
        } else if !(matches!(letter, '.' | ',') && at == end) {
            return (!letter.is_alphanumeric()).then_some(end);
        }
    }
    Some(end)
}

#[cfg(test)]
mod tests {
    use super::super::Severity;
    use super::*;

    fn problem(place: &str, code: &'static str, message: &str) -> Problem {
        let severity = Severity::Info;
        Problem {
            severity,
            code,
            place: place.to_owned(),
            message: message.to_owned(),
            hint: "see 5.1".to_owned(),
        }
    }

    /// `dry/DC 1` is about the dry cooler DC 1.
    fn subject(problem: &Problem) -> Option<Subject> {
        let (kind, name) = problem.place.split_once('/')?;
        Some(Subject { kind: kind.to_owned(), name: name.to_owned() })
    }

    #[test]
    fn like_problems_become_one_with_count_and_ranges() {
        let problems = [
            problem("dry/DC 1", "far", "DC 1 in the weather of 2N: drawn 0.060, modelled 0.031; 1,200 h"),
            problem("crah/C1", "far", "C1 in the weather of 2N: drawn 0.060, modelled 0.031; 1,200 h"),
            problem("dry/DC 10", "far", "DC 10 in the weather of 2N: drawn 0.060, modelled 0.007; 999 h"),
            problem("dry/DC 2", "far", "DC 2 in the weather of 2N: drawn 0.060, modelled 0.040; 1,000 h"),
        ];
        let groups = grouped(&problems, subject);
        assert_eq!(groups.len(), 2);
        assert_eq!(
            groups[0].message,
            "each of 3 parts (dry) in the weather of 2N: drawn 0.060, modelled 0.007 to 0.040; 999 to 1,200 h"
        );
        assert_eq!(groups[0].names, ["DC 1", "DC 10", "DC 2"]);
        assert_eq!(groups[0].hint, "see 5.1");
        assert_eq!((groups[1].message.as_str(), groups[1].problems.len()), (problems[1].message.as_str(), 1));
    }

    #[test]
    fn what_differs_in_code_words_severity_or_is_about_nothing_known_stands_alone() {
        let mut worse = problem("dry/B", "far", "B is far");
        worse.severity = Severity::Warning;
        let problems = [
            problem("dry/A", "far", "A is far"),
            problem("dry/B", "near", "B is far"),
            problem("dry/B", "far", "B is farther"),
            worse,
            problem("site", "far", "all is far"),
            problem("site", "far", "all is far"),
        ];
        let groups = grouped(&problems, subject);
        assert_eq!(groups.len(), problems.len());
        assert!(groups.iter().zip(&problems).all(|(group, problem)| group.message == problem.message));
    }

    #[test]
    fn hostile_names_and_numbers_lose_nothing() {
        for name in ["", "1", ".", "0.5", "é", "\u{0}", "a b"] {
            let said = [format!("{name} has 0.5 of 1"), format!("{name} has 1.5. of 1")];
            let problems = said.each_ref().map(|text| problem(&format!("dry/{name}"), "far", text));
            let groups = grouped(&problems, subject);
            assert_eq!(groups.iter().map(|group| group.problems.len()).sum::<usize>(), 2, "{name}");
            assert!(groups.iter().all(|group| !group.message.is_empty()));
        }
        assert_eq!(pieces("1.2.3, 4,5 x6 7y 8").1, ["1.2.3", "4,5", "8"]);
        assert_eq!(grouped(&[], subject), []);
    }
}
