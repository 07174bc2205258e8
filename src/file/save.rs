//! Saving: at every moment the folder holds a whole file, the old one or the new.

use std::fs;
use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::time::Duration;

use super::read::decode;
use super::write::write_text;
use crate::quantity::Report;
use crate::site::Site;

/// Why a site was not saved. The file that was there is as it was.
#[derive(Debug, thiserror::Error)]
pub enum SaveError {
    #[error("there is no such folder: {}", .0.display())]
    MissingFolder(PathBuf),
    #[error("the name is that of a folder: {}", .0.display())]
    IsFolder(PathBuf),
    #[error("the file is write-protected: {}", .0.display())]
    ReadOnly(PathBuf),
    #[error("the site would not read back as it is, so nothing was written: {}", .0.display())]
    WouldNotReadBack(PathBuf),
    #[error("{doing} failed ({source}): {}", path.display())]
    Disk { doing: &'static str, source: std::io::Error, path: PathBuf },
}

impl SaveError {
    /// How to mend it.
    pub fn hint(&self) -> &'static str {
        match self {
            Self::MissingFolder(_) => "make the folder or save somewhere else",
            Self::IsFolder(_) => "save under another name",
            Self::ReadOnly(_) => "save under another name, or allow writing to the file",
            Self::WouldNotReadBack(_) => {
                "a value is not a finite number; undo the last changes and save again"
            }
            Self::Disk { .. } => {
                "check who may write to the folder and that the disk has room, or save somewhere else"
            }
        }
    }
}

/// Tries to put the new file in the place of the old one; a virus scanner may hold the old one for a moment.
const ATTEMPTS: u32 = 3;

/// Saves a site; the previous file stays beside it as `NAME.bak`.
///
/// # Errors
/// See [`SaveError`]; the file that was there is then untouched.
pub fn save(path: &Path, site: &Site) -> Result<(), SaveError> {
    let target = target_of(path);
    let text = write_text(site);
    if decode(&text, &mut Report::default()).is_none_or(|back| back.site != *site) {
        return Err(SaveError::WouldNotReadBack(target));
    }
    put(target, text.as_bytes(), Previous::Keep)
}

/// Writes any other file, such as an export, in one step: it is there whole or not at all.
///
/// # Errors
/// See [`SaveError`]; a file that was there is then untouched.
pub fn write_atomically(path: &Path, bytes: &[u8]) -> Result<(), SaveError> {
    put(target_of(path), bytes, Previous::Drop)
}

/// What becomes of the file that was there.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Previous {
    Keep,
    Drop,
}

/// Through a link to the file it means, which must not be replaced by the file.
fn target_of(path: &Path) -> PathBuf {
    fs::canonicalize(path).unwrap_or_else(|_| path.to_path_buf())
}

fn put(target: PathBuf, bytes: &[u8], previous: Previous) -> Result<(), SaveError> {
    let folder = match target.parent() {
        Some(folder) if folder.as_os_str().is_empty() => Path::new("."),
        Some(folder) => folder,
        None => return Err(SaveError::IsFolder(target)),
    };
    if !folder.is_dir() {
        return Err(SaveError::MissingFolder(folder.to_path_buf()));
    }
    let before = fs::metadata(&target).ok();
    if before.as_ref().is_some_and(fs::Metadata::is_dir) {
        return Err(SaveError::IsFolder(target));
    }
    if before.as_ref().is_some_and(|about| about.permissions().readonly()) {
        return Err(SaveError::ReadOnly(target));
    }
    let disk = |doing| {
        let path = target.clone();
        move |source| SaveError::Disk { doing, source, path }
    };
    let mut new = temporary(folder).map_err(disk("making a new file"))?;
    new.write_all(bytes).map_err(disk("writing"))?;
    if let Some(before) = &before {
        new.as_file()
            .set_permissions(before.permissions())
            .map_err(disk("giving the new file the old one's rights"))?;
    }
    new.as_file().sync_all().map_err(disk("writing"))?;
    if before.is_some() && previous == Previous::Keep {
        keep_backup(&target, folder).map_err(disk("keeping the previous file"))?;
    }
    replace(new, &target).map_err(disk("replacing the file"))
}

fn temporary(folder: &Path) -> std::io::Result<tempfile::NamedTempFile> {
    let mut builder = tempfile::Builder::new();
    builder.prefix(".wattshift-").suffix(".tmp");
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt as _;
        // What the user's mask leaves of it, as for any file a program makes.
        builder.permissions(fs::Permissions::from_mode(0o666));
    }
    builder.tempfile_in(folder)
}

/// The name of the previous version of a file.
fn backup_of(path: &Path) -> PathBuf {
    let mut name = path.as_os_str().to_owned();
    name.push(".bak");
    name.into()
}

fn keep_backup(path: &Path, folder: &Path) -> std::io::Result<()> {
    let mut copy = temporary(folder)?;
    std::io::copy(&mut fs::File::open(path)?, &mut copy)?;
    copy.as_file().sync_all()?;
    replace(copy, &backup_of(path))
}

fn replace(new: tempfile::NamedTempFile, target: &Path) -> std::io::Result<()> {
    let mut new = new;
    let mut attempt = 1;
    loop {
        match new.persist(target) {
            Ok(_) => return Ok(()),
            Err(failed) if attempt >= ATTEMPTS => return Err(failed.error),
            Err(failed) => {
                new = failed.file;
                std::thread::sleep(Duration::from_millis(50) * attempt);
                attempt += 1;
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::file::read;

    fn site(name: &str) -> Site {
        let mut site = Site::empty(name);
        site.catalogue = crate::file::catalogue::built_in();
        site
    }

    #[test]
    fn the_previous_file_stays_beside_the_new_one() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("a.site.ron");
        for name in ["one", "two", "three"] {
            save(&path, &site(name)).unwrap();
        }
        assert_eq!(read(&path).0.unwrap().site, site("three"));
        assert_eq!(read(&folder.path().join("a.site.ron.bak")).0.unwrap().site, site("two"));
        assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 2, "no temporary file is left");
    }

    #[test]
    fn what_cannot_be_saved_leaves_the_old_file_as_it_was() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("a.site.ron");
        save(&path, &site("one")).unwrap();
        let mut broken = site("two");
        broken.latitude = f64::NAN;
        assert!(matches!(save(&path, &broken), Err(SaveError::WouldNotReadBack(_))));

        let mut protected = fs::metadata(&path).unwrap().permissions();
        protected.set_readonly(true);
        fs::set_permissions(&path, protected).unwrap();
        let error = save(&path, &site("two")).unwrap_err();
        assert!(matches!(error, SaveError::ReadOnly(_)));
        assert!(error.to_string().ends_with("a.site.ron"), "the path comes last: {error}");
        assert_eq!(read(&path).0.unwrap().site, site("one"));
    }

    #[test]
    fn places_that_cannot_hold_a_file_are_refused() {
        let folder = tempfile::tempdir().unwrap();
        assert!(matches!(save(folder.path(), &site("x")), Err(SaveError::IsFolder(_))));
        let nowhere = folder.path().join("no").join("a.site.ron");
        assert!(matches!(save(&nowhere, &site("x")), Err(SaveError::MissingFolder(_))));
        let file = folder.path().join("file");
        fs::write(&file, "x").unwrap();
        assert!(matches!(save(&file.join("a.site.ron"), &site("x")), Err(SaveError::MissingFolder(_))));
    }

    #[cfg(unix)]
    #[test]
    fn a_link_stays_a_link_and_rights_stay_as_they_were() {
        use std::os::unix::fs::PermissionsExt as _;
        let folder = tempfile::tempdir().unwrap();
        let real = folder.path().join("real.site.ron");
        save(&real, &site("one")).unwrap();
        fs::set_permissions(&real, fs::Permissions::from_mode(0o640)).unwrap();
        let link = folder.path().join("link.site.ron");
        std::os::unix::fs::symlink(&real, &link).unwrap();
        save(&link, &site("two")).unwrap();
        assert!(fs::symlink_metadata(&link).unwrap().is_symlink());
        assert_eq!(read(&real).0.unwrap().site, site("two"));
        assert_eq!(fs::metadata(&real).unwrap().permissions().mode() & 0o777, 0o640);
    }
}
