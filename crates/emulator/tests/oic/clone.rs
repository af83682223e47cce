//! Whole exports and imports in virtual time.

use bytes::Bytes;

use crate::house::{Client, demo};

mod activation;
mod answers;
mod exports;
mod imports;
mod layouts;
mod orders;
mod policies;
mod report;

const PATTERNS: [&str; 3] = ["suffix", "valid-zips", "final-name"];

pub(crate) fn gen2_folder() -> tempfile::TempDir {
    // The demonstration's own artifacts, without its projects, told to be Gen2.
    let folder = tempfile::tempdir().unwrap();
    for name in ["source", "target"] {
        let own = folder.path().join(name);
        std::fs::create_dir_all(own.join("certificates")).unwrap();
        std::fs::write(own.join("instance.toml"), "generation = \"gen2\"\n").unwrap();
    }
    std::fs::write(folder.path().join("source/certificates/ca.pem"), "ca").unwrap();
    for (path, bytes) in demo_artifacts() {
        if !path.starts_with("projects/") {
            let file = path.rsplit('/').next().unwrap();
            std::fs::write(folder.path().join("source").join(file), bytes).unwrap();
        }
    }
    folder
}

/// The artifacts of the demonstration's `test`, as its archive holds them.
fn demo_artifacts() -> Vec<(String, Vec<u8>)> {
    let runtime = std::thread::spawn(|| {
        let runtime = tokio::runtime::Builder::new_current_thread()
            .build()
            .unwrap();
        runtime.block_on(async {
            let test = Client::of(&demo(&[]), "test").await;
            let mut out = Vec::new();
            for (path, sha256) in test.artifacts().await {
                let path_of_bytes = format!("/_ferry/artifacts/test/{sha256}");
                let request = http::Request::builder()
                    .uri(path_of_bytes)
                    .header("host", "localhost")
                    .body(Bytes::new())
                    .unwrap();
                let bytes = crate::house::send(&test.emulator, request).await.bytes;
                out.push((path, bytes.to_vec()));
            }
            out
        })
    });
    runtime.join().unwrap()
}
