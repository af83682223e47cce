//! How archives are named.

use crate::ids::{JobId, JobName};

/// The object names that an archive may have, best first: as given, with `.zip` behind, with `.zip` taken off.
/// Whether Gen3 adds the ending is not documented. Letter case is never changed.
pub fn names_tried(archive: &str) -> Vec<String> {
    let mut names = vec![archive.to_owned(), format!("{archive}.zip")];
    names.extend(
        archive
            .strip_suffix(".zip")
            .filter(|stem| !stem.is_empty())
            .map(str::to_owned),
    );
    names
}

/// The archive's name when no answer tells it: the job's name, else `Service_Instance_Data-<jobId>` (documented for Gen3).
pub fn default_archive_name(name: Option<&JobName>, job: &JobId) -> String {
    match name {
        Some(name) => name.as_str().to_owned(),
        None => format!("Service_Instance_Data-{job}"),
    }
}

/// The id of the job that made an archive, taken from a name such as `Local_Suite_Instance-142040.zip` or
/// `archive_Local_Suite_Instance-<uuid>.zip` (both seen). `None` where the name ends in neither digits nor a UUID.
pub fn job_of_archive(object: &str) -> Option<JobId> {
    let stem = object.strip_suffix(".zip")?;
    let id = uuid_behind_dash(stem).or_else(|| {
        let (_, id) = stem.rsplit_once('-')?;
        (!id.is_empty() && id.bytes().all(|byte| byte.is_ascii_digit())).then_some(id)
    })?;
    id.parse().ok()
}

fn uuid_behind_dash(stem: &str) -> Option<&str> {
    let at = stem.len().checked_sub(36)?;
    let (before, id) = stem.split_at_checked(at)?;
    let is_uuid = id.bytes().enumerate().all(|(at, byte)| match at {
        8 | 13 | 18 | 23 => byte == b'-',
        _ => byte.is_ascii_hexdigit(),
    });
    (before.ends_with('-') && is_uuid).then_some(id)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_go_from_the_given_one_outwards() {
        assert_eq!(names_tried("a"), ["a", "a.zip"]);
        assert_eq!(names_tried("a.zip"), ["a.zip", "a.zip.zip", "a"]);
        assert_eq!(names_tried(".zip"), [".zip", ".zip.zip"]);
    }

    #[test]
    fn the_default_is_the_name_of_the_job() {
        let id: JobId = "7".parse().unwrap();
        let name: JobName = "ferry-test".parse().unwrap();
        assert_eq!(default_archive_name(Some(&name), &id), "ferry-test");
        assert_eq!(default_archive_name(None, &id), "Service_Instance_Data-7");
    }

    #[test]
    fn finds_the_job_in_the_name() {
        for (object, id) in [
            ("Local_Suite_Instance-142040.zip", Some("142040")),
            (
                "archive_Local_Suite_Instance-67e7358b-077b-420f-9e04-e9b9e8374b68.zip",
                Some("67e7358b-077b-420f-9e04-e9b9e8374b68"),
            ),
            ("Local_Suite_Instance-142040", None),
            ("ferry-test-20260304T050607Z-0a1f.zip", None),
            ("142040.zip", None),
            ("é67e7358b-077b-420f-9e04-e9b9e8374b6.zip", None),
            ("a-.zip", None),
        ] {
            assert_eq!(
                job_of_archive(object).as_ref().map(JobId::as_str),
                id,
                "{object}"
            );
        }
    }
}
