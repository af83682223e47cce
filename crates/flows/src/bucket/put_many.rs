//! Storing all files of a folder.

use std::collections::HashMap;
use std::path::PathBuf;
use std::sync::Arc;

use ferry_core::exit::Exit;
use ferry_core::ids::ObjectName;
use ferry_core::job::Listed;
use ferry_swift::{ErrorKind, Lanes, Source, store};

use super::card;
use super::glob::Filter;
use super::local::{Folder, LocalFile, There, compare};
use super::many::{Done, LANES, ManyReport, Trouble};
use super::meter::Meter;
use super::put::{PutOptions, features, storing};
use super::remove::Large;
use super::{NamedBucket, Rail};
use crate::{Context, Failure};

/// What is asked of an upload of many files.
#[derive(Debug, Clone)]
pub struct PutMany {
    /// The folder.
    pub folder: PathBuf,
    /// What stands before each file's path in its object's name: empty, or with a slash at its end.
    pub prefix: String,
    /// Which of the files, by their paths below the folder.
    pub filter: Filter,
    /// How they are stored.
    pub options: PutOptions,
}

/// Stores every file below a folder that the filter takes. What is there already, by size and MD5, is left; another content
/// is one failure of many.
pub async fn put_many(
    context: &Context,
    bucket: &NamedBucket,
    request: &PutMany,
    rail: &Rail,
) -> Result<ManyReport, Failure> {
    bucket.refuse_protected()?;
    let options = &request.options;
    let folder = Folder::read(&request.folder).await?;
    let prefix = Some(request.prefix.as_str()).filter(|prefix| !prefix.is_empty());
    let there = bucket.all(context, prefix).await?;
    let mut report = ManyReport::new("put", bucket, options.dry_run);
    let mut uploads = uploads(folder, there, request, &mut report);
    if options.overwrite {
        rail.check(uploads.iter().filter_map(|upload| upload.there.as_ref()))?;
    }
    for upload in uploads.iter().filter(|upload| upload.there.is_none()) {
        rail.check_name(upload.name.as_str())?;
    }
    if options.dry_run {
        for upload in uploads {
            let found = upload.examine(context, bucket, options.overwrite).await;
            report.examined(
                upload.name.as_str(),
                &upload.file.path,
                upload.file.bytes,
                found,
            );
        }
        return Ok(report.ended());
    }
    if options.overwrite && uploads.iter().any(|upload| upload.there.is_some()) {
        let large = Large::of(context, bucket, Some(&request.prefix)).await?;
        for upload in &mut uploads {
            upload.large = upload.there.is_some() && large.has(&upload.name);
        }
    }
    let largest = uploads.iter().map(|upload| upload.file.bytes).max();
    let features = features(context, bucket, largest, options).await?;
    let bytes = uploads.iter().map(|upload| upload.file.bytes).sum();
    let meter = Meter::of_many(context, "storing", uploads.len() as u64, bytes);
    let items = uploads
        .into_iter()
        .map(|upload| (upload.name.to_string(), upload))
        .collect();
    let shared = Arc::new(Shared {
        context: context.clone(),
        bucket: bucket.clone(),
        options: PutOptions {
            features,
            ..options.clone()
        },
        lanes: Lanes::new(LANES),
        meter: meter.clone(),
    });
    report
        .carry_out(context, &meter, items, move |upload| {
            let shared = Arc::clone(&shared);
            async move { upload.carry_out(&shared).await }
        })
        .await
}

/// What all uploads share.
struct Shared {
    context: Context,
    bucket: NamedBucket,
    /// Their features are those that were seen to work.
    options: PutOptions,
    lanes: Lanes,
    meter: Meter,
}

/// What the folder gives to store; what cannot be is reported.
fn uploads(
    folder: Folder,
    there: Vec<Listed>,
    request: &PutMany,
    report: &mut ManyReport,
) -> Vec<Upload> {
    let mut there: HashMap<String, Listed> = there
        .into_iter()
        .map(|object| (object.name.clone(), object))
        .collect();
    for (path, why) in folder.refused {
        if request.filter.takes(&path) {
            report.fails(path, why);
        }
    }
    let mut uploads = Vec::new();
    for (path, file) in folder.files {
        if !request.filter.takes(&path) {
            continue;
        }
        match format!("{}{path}", request.prefix).parse::<ObjectName>() {
            Ok(name) => uploads.push(Upload {
                card: request.options.card
                    || there.contains_key(&format!("{name}{}", card::ENDING)),
                there: there.remove(name.as_str()),
                large: false,
                name,
                file,
            }),
            Err(error) => report.fails(path, error.to_string()),
        }
    }
    uploads
}

/// A file on its way.
struct Upload {
    name: ObjectName,
    file: LocalFile,
    there: Option<Listed>,
    /// Whether what is replaced has segments.
    large: bool,
    /// Whether a card is written behind it: asked for, or there from an earlier content.
    card: bool,
}

impl Upload {
    async fn carry_out(&self, shared: &Shared) -> Result<Done, Trouble> {
        let Shared {
            context,
            bucket,
            options,
            lanes,
            meter,
        } = shared;
        if let Some(done) = self.examine(context, bucket, options.overwrite).await? {
            return Ok(done);
        }
        let how = storing(self.there.as_ref(), options, options.features);
        let source = Source::File(self.file.path.clone());
        let stored = store(
            &bucket.bucket,
            &self.name,
            source,
            &how,
            lanes,
            &meter.tell(),
        )
        .await
        .map_err(|error| self.trouble(error))?;
        if self.large && stored.segments == 0 {
            let swept = bucket.sweep(context, &self.name).await;
            swept.map_err(Trouble::This)?;
        }
        if self.card {
            let content = (stored.bytes, stored.sha256.as_str());
            let written = bucket.write_card(context, &self.name, content).await;
            written.map_err(Trouble::This)?;
        }
        Ok(Done::Bytes(stored.bytes))
    }

    /// Whether the object is there already; another one is a failure.
    async fn examine(
        &self,
        context: &Context,
        bucket: &NamedBucket,
        overwrite: bool,
    ) -> Result<Option<Done>, Trouble> {
        let Some(there) = self.there.as_ref().filter(|_| !overwrite) else {
            return Ok(None);
        };
        let known = (there.bytes, there.etag.as_deref());
        let (name, path) = (&self.name, &self.file.path);
        let compared = compare(context, &bucket.bucket, name, path, known).await;
        match compared.map_err(Trouble::of)? {
            There::Same(_) => Ok(Some(Done::Already)),
            _ => Err(Trouble::This(Failure::new(
                Exit::Conflict,
                "not replaced without --overwrite: the bucket has it with another content, or with an ETag that is no MD5",
            ))),
        }
    }

    /// What cannot be read here is this file's trouble alone.
    fn trouble(&self, error: ferry_swift::Error) -> Trouble {
        let what = format!("cannot store {}", self.name);
        match error.kind() {
            ErrorKind::Local => Trouble::This(Failure::bucket(error, what)),
            _ => Trouble::bucket(error, what),
        }
    }
}
