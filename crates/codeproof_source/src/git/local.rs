//! A repository in a folder of this machine. Its objects are read where they lie, through a private repository of ours
//! that has them as its alternates, so that its own configuration counts for nothing: it is not even read, except while
//! names of revisions are looked up, which starts no program.

use std::fs;
use std::os::unix::ffi::OsStrExt as _;
use std::path::{Path, PathBuf};

use super::command::{GitCommand, Limits, read_all};
use super::remote::{commit_of, init};
use super::revision::{self, Revision};
use super::{Git, GitError};
use crate::walk::Repository;

/// A repository in a folder.
pub(super) struct LocalRepository {
    /// The folder, for messages.
    folder: PathBuf,
    git_dir: PathBuf,
    objects: PathBuf,
}

/// Whether a folder is a bare repository: it has what every repository has, and no `.git`.
pub fn is_bare_repository(folder: &Path) -> bool {
    folder.join("HEAD").is_file()
        && folder.join("objects").is_dir()
        && (folder.join("refs").is_dir() || folder.join("reftable").is_dir())
        && !folder.join(".git").exists()
}

impl LocalRepository {
    /// The repository in `folder`: a bare one, or the one whose work tree starts there.
    pub(super) fn at(folder: &Path) -> Result<Self, GitError> {
        if is_bare_repository(folder) {
            let objects = folder.join("objects");
            return Ok(Self { folder: folder.to_owned(), git_dir: folder.to_owned(), objects });
        }
        match Repository::at(folder) {
            Some(repository) => Ok(Self::of(&repository)),
            None => Err(GitError::NotARepository { path: folder.to_owned() }),
        }
    }

    /// The repository of a work tree.
    pub(super) fn of(repository: &Repository) -> Self {
        Self {
            folder: repository.work_tree.clone(),
            git_dir: repository.git_dir.clone(),
            objects: repository.common_dir.join("objects"),
        }
    }

    pub(super) fn git_dir(&self) -> &Path {
        &self.git_dir
    }

    /// The commit that a `--ref` names.
    pub(super) fn commit(
        &self,
        git: &Git,
        home: &Path,
        revision: &Revision,
        written: Option<&str>,
        limits: &Limits<'_>,
    ) -> Result<String, GitError> {
        let candidates = match revision {
            Revision::Head => vec!["HEAD".to_owned()],
            Revision::Id(name) | Revision::Full(name) => vec![name.clone()],
            Revision::Name(name) if revision::is_abbreviated(name) => {
                vec![format!("refs/heads/{name}"), format!("refs/tags/{name}")]
            }
            Revision::Name(name) => vec![format!("refs/heads/{name}"), format!("refs/tags/{name}"), name.clone()],
        };
        for candidate in candidates {
            if let Some(commit) = commit_of(git, home, &self.git_dir, &candidate, limits.clone())? {
                return Ok(commit);
            }
        }
        let url = self.folder.display().to_string();
        match revision {
            Revision::Head => Err(GitError::Empty { url }),
            Revision::Id(name) | Revision::Full(name) | Revision::Name(name) => {
                let advice = revision::advice(name, &self.names(git, home, limits)?);
                Err(GitError::NoRevision { url, revision: written.unwrap_or("HEAD").to_owned(), advice })
            }
        }
    }

    /// Full names of all branches and tags.
    pub(super) fn names(&self, git: &Git, home: &Path, limits: &Limits<'_>) -> Result<Vec<String>, GitError> {
        let command = GitCommand::at_home(git, home).repository(&self.git_dir);
        let command =
            command.arguments(["for-each-ref", "--format=%(refname)", "refs/heads/", "refs/tags/", "refs/remotes/"]);
        let ended = command.run("list branches and tags", limits.clone(), |out| read_all(out))?;
        Ok(String::from_utf8_lossy(&ended.value).lines().map(str::to_owned).collect())
    }

    /// A private repository that sees the objects of this one; `commit` is one of them.
    pub(super) fn private(
        &self,
        git: &Git,
        home: &Path,
        commit: &str,
        limits: &Limits<'_>,
    ) -> Result<PathBuf, GitError> {
        let git_dir = home.join("private.git");
        let format = if commit.len() == 64 { "sha256" } else { "sha1" };
        init(git, home, &git_dir, format, limits.clone())?;
        let failed = |source| GitError::System { action: "make a private repository".to_owned(), source };
        let objects = fs::canonicalize(&self.objects).map_err(failed)?;
        let info = git_dir.join("objects/info");
        fs::create_dir_all(&info).map_err(failed)?;
        fs::write(info.join("alternates"), quoted(objects.as_os_str().as_bytes())).map_err(failed)?;
        Ok(git_dir)
    }
}

/// A path as git reads it in `objects/info/alternates`: a string in C's notation, and a line end.
fn quoted(path: &[u8]) -> Vec<u8> {
    let mut line = vec![b'"'];
    for byte in path {
        match byte {
            b'"' | b'\\' => line.extend([b'\\', *byte]),
            0x20..=0x7e => line.push(*byte),
            _ => line.extend(format!("\\{byte:03o}").into_bytes()),
        }
    }
    line.extend(b"\"\n");
    line
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn paths_of_objects_are_quoted() {
        assert_eq!(quoted("/a b/\"c\"\nü:#".as_bytes()), b"\"/a b/\\\"c\\\"\\012\\303\\274:#\"\n");
    }
}
